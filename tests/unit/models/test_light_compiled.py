"""The light bundle compiled for this machine's CPU finds what it finds with onnxruntime, and says which engine runs
what.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.shelf import MANIFEST, Package, PackageShelf
from pipeline.models.light_bundle import LightBundle
from pipeline.models.light_compiled import cpu_specs, open_packages
from pipeline.pages import EngineInfo, PagePrediction, PageTask
from tests.support.render import render, task_for

PAGES = (
    ("2305.03393v1-pg9.pdf", 1, False),
    ("redp5110_sampled.pdf", 3, False),
    ("multi_page.pdf", 2, False),
    ("table_mislabeled_as_picture.pdf", 1, False),
    ("right_to_left_02.pdf", 1, True),
    ("ocr_test.pdf", 1, True),
    ("ocr_test_rotated_90.pdf", 1, True),
)
# Points; a pixel of the page image is half a point.
SAME_PLACE = 0.05
COMPILED = (
    EngineInfo("layout", "PP-PicoDet CDLA", "AOTInductor"),
    EngineInfo("ocr", "PP-OCRv6 small", "lines by AOTInductor, words by onnxruntime"),
    EngineInfo("tables", "SLANet-plus", "onnxruntime"),
)

Pages = tuple[list[PageTask], list[NDArray[np.uint8]]]


@pytest.fixture(scope="module")
def pages(documents: Path) -> Pages:
    images = [render(documents / name, page) for name, page, _ in PAGES]
    return [
        task_for(image, number, ocr=ocr)
        for number, (image, (_, _, ocr)) in enumerate(zip(images, PAGES, strict=True), 1)
    ], images


@pytest.fixture(scope="module")
def light_shelf(kept_shelf: PackageShelf, pages: Pages) -> PackageShelf:
    """The CPU lane's packages. Cold, they take a minute or two."""
    outcomes = list(compile_networks(cpu_specs(), Target("cpu"), kept_shelf, pages[1][:3]))
    assert [type(outcome.package) for outcome in outcomes] == [Package] * 3
    return kept_shelf


def predictions(bundle: LightBundle, pages: Pages) -> list[PagePrediction]:
    found = bundle.predict(*pages)
    assert all(isinstance(page, PagePrediction) for page in found)
    return [page for page in found if isinstance(page, PagePrediction)]


@pytest.mark.timeout(900)
def test_the_same_regions_lines_and_tables_are_found(light_shelf: PackageShelf, pages: Pages) -> None:
    compiled = LightBundle(threads=2, packages=light_shelf.folder)
    for wanted, found in zip(predictions(LightBundle(threads=2), pages), predictions(compiled, pages), strict=True):
        assert [region.label for region in found.regions] == [region.label for region in wanted.regions]
        assert_same_places([region.box for region in found.regions], [region.box for region in wanted.regions])
        assert [line.text for line in found.lines] == [line.text for line in wanted.lines]
        assert [(t.rows, t.columns, len(t.cells)) for t in found.tables] == [
            (t.rows, t.columns, len(t.cells)) for t in wanted.tables
        ]
        assert found.turn == wanted.turn
    assert compiled.engines == COMPILED


def assert_same_places(found: Sequence[object], wanted: Sequence[object]) -> None:
    def corners(boxes: Sequence[object]) -> list[tuple[float, ...]]:
        return [(b.left, b.top, b.right, b.bottom) for b in boxes]  # type: ignore[attr-defined]

    if wanted:
        np.testing.assert_allclose(corners(found), corners(wanted), atol=SAME_PLACE, rtol=0)


@pytest.mark.timeout(900)
def test_every_page_of_the_networks_is_run_compiled(light_shelf: PackageShelf) -> None:
    light = open_packages(light_shelf.folder, 2)
    assert light.layout is not None
    assert light.detector is not None
    assert light.classifier is not None
    assert light.layout.package_for((1, 3, 800, 608))
    for height, width in ((1056, 832), (960, 736), (1600, 32), (736, 960)):
        assert light.detector.package_for((1, 3, height, width))
    for lines in (1, 2, 16):
        assert light.classifier.package_for((lines, 3, 48, 192))


def test_without_packages_the_engine_is_onnxruntime(tmp_path: Path) -> None:
    for packages in (None, tmp_path / "absent", tmp_path):
        assert [info.engine for info in LightBundle(threads=1, packages=packages).engines] == ["onnxruntime"] * 3


@pytest.mark.timeout(900)
def test_packages_of_another_torch_are_refused_and_the_engine_says_why(
    light_shelf: PackageShelf, pages: Pages, tmp_path: Path
) -> None:
    other = PackageShelf(tmp_path)
    for spec in cpu_specs():
        made = next(compile_networks([spec], Target("cpu"), light_shelf, []))
        assert isinstance(made.package, Package)
        key = replace(made.package.key, torch="2.10.0")
        other.put(
            key, made.package.archive.read_bytes(), made.package.constants.read_bytes(), made.package.verification
        )
    bundle = LightBundle(threads=1, packages=tmp_path)
    layout, text, tables = bundle.engines
    assert layout.engine.startswith("onnxruntime (no package: compiled for torch 2.10.0, not 2.11")
    assert text.engine.startswith("lines by onnxruntime (no package: compiled for torch 2.10.0")
    assert tables.engine == "onnxruntime"
    assert len(list(tmp_path.glob(f"*/{MANIFEST}"))) == 3
    assert predictions(bundle, (pages[0][:1], pages[1][:1]))[0].regions


@pytest.mark.timeout(900)
def test_a_process_that_computed_compiled_can_be_forked(light_shelf: PackageShelf, documents: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from pipeline.models.light_bundle import LightBundle
from tests.support.render import render, task_for
image = render(Path({str(documents / "ocr_test.pdf")!r}))
bundle = LightBundle(threads=2, packages=Path({str(light_shelf.folder)!r}))
def texts():
    return [[line.text for line in page.lines] for page in bundle.predict([task_for(image, ocr=True)] * 2, [image] * 2)]
wanted = texts()
assert bundle.engines[0].engine == "AOTInductor" and wanted[0]
for _ in range(3):
    if (child := os.fork()) == 0:
        signal.alarm(100)
        os._exit(0 if texts() == wanted else 1)
    assert os.waitpid(child, 0)[1] == 0
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr
