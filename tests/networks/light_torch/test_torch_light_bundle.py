"""The light bundle on torch says what the light bundle on onnxruntime says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.models.aot.engine import Engines
from pipeline.models.bundle import Bundle, OutOfMemory
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import LightBundle
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.pages import Lane, LayoutLabel, PageFailure, PagePrediction, PageResult, PageTask
from tests.support.render import render, task_for, upper_half

SAME = 0.9


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return TorchLightBundle(Engines("cpu"))


@pytest.fixture(scope="module")
def reference() -> Bundle:
    return LightBundle(threads=1)


def predicted(result: PageResult) -> PagePrediction:
    assert isinstance(result, PagePrediction)
    return result


def matched(one: PagePrediction, other: PagePrediction) -> int:
    """Regions of ``one`` that ``other`` has too: same kind, nearly the same box."""
    return sum(any(a.label is b.label and a.box.overlap(b.box) >= SAME for b in other.regions) for a in one.regions)


def dark(image: Pixels) -> Pixels:
    return 255 - image // 2 - 100


def test_regions_of_printed_pages(bundle: Bundle, reference: Bundle, documents: Path) -> None:
    names = [
        "paper_page",
        "code_and_formula",
        "gallery",
        "right_to_left_framed",
        "facing_pages",
    ]
    images = [render(documents / f"{name}.pdf") for name in names]
    images.append(np.concatenate([images[0]] * 2, axis=1))
    images.append(dark(images[1]))
    tasks = [task_for(image, number, tables=False) for number, image in enumerate(images, 1)]
    ours = [predicted(result) for result in bundle.predict(tasks, images)]
    theirs = [predicted(result) for result in reference.predict(tasks, images)]
    assert [result.page for result in ours] == [1, 2, 3, 4, 5, 6, 7]
    found, wanted = sum(map(matched, theirs, ours)), sum(len(result.regions) for result in theirs)
    invented = sum(len(result.regions) for result in ours) - sum(map(matched, ours, theirs))
    assert wanted > 60
    assert found >= 0.98 * wanted
    assert invented <= 0.02 * wanted
    assert all(len(result.regions) > 5 for result in ours[5:])


def test_text_and_turn_of_scanned_pages(bundle: Bundle, reference: Bundle, documents: Path) -> None:
    names = ["scan", "scan_rotated_90", "scan_rotated_180", "scan_rotated_270"]
    images = [upper_half(render(documents / f"{name}.pdf"), turn) for turn, name in enumerate(names)]
    images.append(upper_half(render(documents / "paper_page.pdf")))
    tasks = [task_for(image, number, ocr=True, tables=False) for number, image in enumerate(images, 1)]
    ours = [predicted(result) for result in bundle.predict(tasks, images)]
    theirs = [predicted(result) for result in reference.predict(tasks, images)]
    assert [result.turn for result in ours] == [0, 1, 2, 3, 0]
    assert [[line.text for line in result.lines] for result in ours] == [
        [line.text for line in result.lines] for result in theirs
    ]
    assert len(ours[4].lines) > 15
    for one, other in zip(ours, theirs, strict=True):
        assert [line.corners for line in one.lines] == pytest.approx(
            np.array([line.corners for line in other.lines]), abs=1.0
        )
        assert matched(other, one) >= len(other.regions) - 1
        assert one.ocr_ms > 0 < one.layout_ms


def test_tables_of_pages_that_are_read_are_left_to_be_completed(bundle: Bundle, documents: Path) -> None:
    upright = render(documents / "paper_page.pdf")
    printed, read = task_for(upright, 3), task_for(upright, 3, ocr=True)
    (first,) = bundle.predict([printed], [upright])
    assert predicted(first).tables == ()
    assert bundle.complete(printed, upright, first) == first
    completed = predicted(bundle.complete(read, upright, first))
    assert [(table.rows, table.columns) for table in completed.tables] == [(6, 8)]
    assert completed.tables[0].box in [r.box for r in predicted(first).regions if r.label is LayoutLabel.TABLE]
    assert completed.table_ms > 0
    assert bundle.complete(task_for(upright, 3, tables=False), upright, first) == first


def test_a_table_on_a_turned_page_lies_where_it_is_on_that_page(bundle: Bundle, documents: Path) -> None:
    upright = render(documents / "paper_page.pdf")
    (flat,) = bundle.predict([task_for(upright)], [upright])
    turned = np.ascontiguousarray(np.rot90(upright, -1))
    task = task_for(turned, ocr=True)
    frame_free = predicted(bundle.complete(task_for(upright, ocr=True), upright, flat)).tables[0]
    (sideways,) = bundle.predict([task_for(turned)], [turned])
    # As if its text had been read and found lying on its side.
    width = task.page.width / task.page.scale
    lying = predicted(flat)
    regions = tuple(
        type(r)(r.label, r.score, type(r.box)(width - r.box.bottom, r.box.left, width - r.box.top, r.box.right))
        for r in lying.regions
    )
    prediction = PagePrediction(1, regions, (), (), True, 1.0, 1.0, 0.0, turn=1)
    table = predicted(bundle.complete(task, turned, prediction)).tables[0]
    assert (table.rows, table.columns) == (frame_free.rows, frame_free.columns)
    assert table.box.left == pytest.approx(width - frame_free.box.bottom, abs=0.01)
    assert table.box.top == pytest.approx(frame_free.box.left, abs=0.01)
    assert predicted(sideways).turn == 0


def test_a_page_that_fails_leaves_the_others_alone(bundle: Bundle, documents: Path) -> None:
    good, bad = render(documents / "scan.pdf"), np.zeros((0, 100, 3), dtype=np.uint8)
    tasks = [task_for(good, 1, ocr=True), task_for(bad, 2, ocr=True), task_for(good, 3)]
    first, second, third = bundle.predict(tasks, [good, bad, good])
    assert len(predicted(first).lines) == 3
    assert second == PageFailure(2, "page_model_failed", "Page 2: the models failed on it; convert this page again.")
    assert predicted(third).regions
    assert bundle.complete(tasks[1], bad, second) == second
    assert bundle.predict([], []) == []


class FullDevice(Engines):
    """Every pass asks for more memory than there is."""

    def network(self, spec: Any) -> Any:
        def refuse(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
            raise torch.OutOfMemoryError("CUDA out of memory.")

        return refuse


def test_a_full_device_is_told_apart_from_a_failed_page(documents: Path) -> None:
    image = render(documents / "scan.pdf")
    tasks: list[PageTask] = [task_for(image, 1), task_for(image, 2)]
    with pytest.raises(OutOfMemory):
        TorchLightBundle(FullDevice("cpu")).predict(tasks, [image, image])


def test_the_bundle_names_its_engines_and_its_lane(bundle: Bundle) -> None:
    assert (bundle.name, bundle.lane) == ("light", Lane.CPU)
    assert [(info.task, info.engine) for info in bundle.engines] == [
        ("layout", "torch"),
        ("ocr", "torch"),
        ("tables", "onnxruntime"),
    ]


def test_the_weights_have_one_revision_on_either_lane(bundle: Bundle, reference: Bundle) -> None:
    assert bundle.revision == reference.revision
    assert re.fullmatch("[0-9a-f]{16}", bundle.revision)
