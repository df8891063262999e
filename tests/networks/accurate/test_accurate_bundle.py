"""The accurate bundle as a whole, eager on the CPU, and its networks as the compiler takes them."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.models.accurate.accurate_bundle import AccurateBundle
from pipeline.models.accurate.accurate_specs import accurate_specs
from pipeline.models.aot.compiler import _dynamic_shapes, example_inputs
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.spec import Precision, Signature, Span, Tensors
from pipeline.models.bundle import Bundle
from pipeline.models.choice import BundleName, choose_bundles
from pipeline.pages import Lane, LayoutLabel, PageFailure, PagePrediction, PageResult, PageTask
from pipeline.store.weight_cache import find_weights
from tests.support.accurate_pages import TestPage
from tests.support.checkpoints import LAYOUT_FOLDER, SOME_FORMULAS, TABLE_FOLDER, save_layout
from tests.support.formula_checkpoint import FORMULA_FOLDER, LIGHT, save_formulas


@pytest.fixture(scope="module")
def bundle(weights_dir: Path) -> Bundle:
    return AccurateBundle(find_weights(weights_dir), Engines("cpu"))


def test_other_weights_are_another_revision(bundle: Bundle, weights_dir: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(weights_dir, tmp_path / "weights"))
    assert AccurateBundle(find_weights(copied), Engines("cpu")).revision == bundle.revision
    weights = copied / TABLE_FOLDER / "model.safetensors"
    tensors = load_file(weights)
    name = next(iter(tensors))
    save_file(tensors | {name: tensors[name] + 1}, weights, metadata={"format": "pt"})
    assert AccurateBundle(find_weights(copied), Engines("cpu")).revision != bundle.revision


def test_the_same_weights_with_other_settings_are_another_revision(weights_dir: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(weights_dir, tmp_path / "weights"))
    config = copied / LAYOUT_FOLDER / "config.json"
    config.write_text(config.read_text().replace('"num_queries": 10', '"num_queries": 21'))
    assert find_weights(copied).layout.revision != find_weights(weights_dir).layout.revision
    assert find_weights(copied).tables.revision == find_weights(weights_dir).tables.revision


def predicted(result: PageResult) -> PagePrediction:
    assert isinstance(result, PagePrediction)
    return result


def test_pages_come_back_in_order_with_what_was_asked_for(bundle: Bundle, pages: list[TestPage]) -> None:
    tasks = [PageTask(page.rendered, ocr=False, tables=index != 1) for index, page in enumerate(pages)]
    results = [predicted(result) for result in bundle.predict(tasks, [page.image for page in pages])]
    assert [result.page for result in results] == [page.rendered.page for page in pages]
    assert all(result.settled and result.regions for result in results)
    assert results[1].tables == ()
    for result in results:
        tables = {
            region.box for region in result.regions if region.label in (LayoutLabel.TABLE, LayoutLabel.DOCUMENT_INDEX)
        }
        assert {table.box for table in result.tables} <= tables
    assert [info.task for info in bundle.engines] == ["layout", "ocr", "tables"]
    assert [info.model for info in bundle.engines] == ["docling-layout-heron", "PP-OCRv6 small", "TableFormerV2"]
    assert (bundle.name, bundle.lane) == ("accurate", Lane.CPU)
    assert bundle.predict([], []) == []


def test_a_page_that_cannot_be_read_costs_that_page_only(bundle: Bundle, pages: list[TestPage]) -> None:
    tasks = [PageTask(page.rendered, ocr=False, tables=True) for page in pages[:2]]
    # Its size is unknown, which no network minds, but its place on the page cannot be told.
    spoilt = replace(tasks[0], page=replace(tasks[0].page, scale=0.0))
    failed, fine = bundle.predict([spoilt, tasks[1]], [page.image for page in pages[:2]])
    assert isinstance(failed, PageFailure)
    assert failed.code == "page_model_failed"
    assert predicted(fine).page == tasks[1].page.page


@pytest.fixture(scope="module")
def formula_weights(weights_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same networks, but that layout sees formulas, and one that reads them."""
    copied = Path(shutil.copytree(weights_dir, tmp_path_factory.mktemp("with-formulas") / "weights"))
    save_layout(copied, biases=SOME_FORMULAS)
    save_formulas(copied, LIGHT, LIGHT)
    return copied


def test_formulas_are_read_where_a_page_wants_them(formula_weights: Path, pages: list[TestPage]) -> None:
    bundle = AccurateBundle(find_weights(formula_weights), Engines("cpu"))
    assert [(info.task, info.model) for info in bundle.engines][-1] == ("formulas", "CodeFormulaV2")
    tasks = [PageTask(page.rendered, False, False, formulas=index == 1) for index, page in enumerate(pages)]
    results = [predicted(result) for result in bundle.predict(tasks, [page.image for page in pages])]
    found = {region.box for region in results[1].regions if region.label is LayoutLabel.FORMULA and region.score >= 0.5}
    assert {reading.box for reading in results[1].formulas} <= found
    assert {reading.latex for reading in results[1].formulas} == {LIGHT}
    assert results[1].formula_ms > 0
    others = [result for index, result in enumerate(results) if index != 1]
    assert all(not result.formulas and result.formula_ms == 0 for result in others)


def test_the_network_for_formulas_is_part_of_the_revision(formula_weights: Path) -> None:
    weights = find_weights(formula_weights)
    revisions = {
        AccurateBundle(replace(weights, formulas=formulas), Engines("cpu")).revision
        for formulas in (None, weights.formulas)
    }
    assert len(revisions) == 2


def test_damaged_weights_for_formulas_cost_the_formulas_only(formula_weights: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(formula_weights, tmp_path / "weights"))
    (copied / FORMULA_FOLDER / "model.safetensors").write_bytes(b"damaged")
    bundle = AccurateBundle(find_weights(copied), Engines("cpu"))
    assert not bundle.reads_formulas
    assert [info.task for info in bundle.engines] == ["layout", "ocr", "tables"]


def examples(signature: Signature) -> Tensors:
    """Random inputs with each open dimension somewhere within its range."""
    torch.manual_seed(0)
    made = []
    for given in signature.inputs:
        shape = [min(side.low + 2 * side.step, side.high) if isinstance(side, Span) else side for side in given.shape]
        if given.dtype is None:
            made.append(torch.randn(shape))
        elif given.dtype is torch.uint8:
            made.append(torch.randint(0, 256, shape, dtype=torch.uint8))
        else:
            made.append(torch.ones(shape, dtype=given.dtype))
    return tuple(made)


@pytest.mark.parametrize("name", ["layout", "encode", "step", "place"])
def test_each_pass_is_exported(weights_dir: Path, pages: list[TestPage], name: str) -> None:
    spec = getattr(accurate_specs(find_weights(weights_dir), Precision.FLOAT32, "cpu"), name)
    module, signature = spec.build().eval().requires_grad_(False), spec.signatures[0]
    with torch.no_grad():
        program = torch.export.export(
            module, examples(signature), dynamic_shapes=_dynamic_shapes(signature), strict=False
        )
    inputs = example_inputs(spec, signature, [np.asarray(pages[0].image)])[0] if spec.examples else examples(signature)
    with torch.inference_mode():
        exported, eager = program.module()(*inputs), module(*inputs)
    pairs = zip(exported, eager, strict=True) if isinstance(eager, tuple) else [(exported, eager)]
    assert all(torch.allclose(one, other, atol=1e-4) for one, other in pairs)


def test_half_precision_keeps_what_decides_in_float32(weights_dir: Path) -> None:
    specs = accurate_specs(find_weights(weights_dir), Precision.BFLOAT16, "cpu")
    layout, encode = specs.layout.build(), specs.encode.build()
    assert {weight.dtype for weight in layout.get_submodule("detector.model.backbone").parameters()} == {torch.bfloat16}
    assert {weight.dtype for weight in layout.get_submodule("detector.model.decoder").parameters()} == {torch.float32}
    pixels = torch.randint(0, 256, (1, 3, 640, 640), dtype=torch.uint8)
    with torch.inference_mode():
        assert [value.dtype for value in layout(pixels)] == [torch.float32, torch.int64, torch.float32]
        assert {value.dtype for value in encode(pixels[:, :, :448, :448])} == {torch.float32}


@pytest.mark.parametrize(
    ("wanted", "weights", "gpu", "bundles"),
    [
        ("auto", True, True, (BundleName.LIGHT, BundleName.ACCURATE)),
        ("auto", False, True, (BundleName.LIGHT, BundleName.LIGHT)),
        ("auto", True, False, (BundleName.LIGHT, None)),
        ("light", True, True, (BundleName.LIGHT, BundleName.LIGHT)),
        ("accurate", True, True, (BundleName.ACCURATE, BundleName.ACCURATE)),
        ("accurate", True, False, (BundleName.ACCURATE, None)),
        ("accurate", False, True, (BundleName.LIGHT, BundleName.LIGHT)),
    ],
)
def test_the_choice_of_bundles(
    wanted: str, weights: bool, gpu: bool, bundles: tuple[BundleName, BundleName | None]
) -> None:
    assert choose_bundles(wanted, weights, gpu) == bundles
