"""Formulas as LaTeX, against docling's own stage with the same weights; what does not end, and what is damaged."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from docling.datamodel.accelerator_options import AcceleratorDevice, AcceleratorOptions
from docling.datamodel.base_models import ItemAndImageEnrichmentElement
from docling.datamodel.pipeline_options import CodeFormulaVlmOptions
from docling.datamodel.vlm_engine_options import TransformersVlmEngineOptions
from docling.models.stages.code_formula.code_formula_vlm_model import CodeFormulaVlmModel
from docling_core.types.doc import DoclingDocument, ProvenanceItem
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel

from pipeline.errors import WeightsDamaged
from pipeline.models.accurate.formula_reading import MARGIN, FormulaReader, FormulaRequest, Repeating, crop
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, FormulaReading
from pipeline.stages.replay import ReplaySource, replay_result
from tests.support.accurate_pages import TestPage
from tests.support.formula_checkpoint import DARK, LIGHT, grey, save_formulas

CPU = torch.device("cpu")
PLENTY = 60.0  # seconds
BOX = Box(20.0, 15.0, 80.0, 45.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_formulas(tmp_path_factory.mktemp("formulas"))


@pytest.fixture(scope="module")
def reader(folder: Path) -> FormulaReader:
    return FormulaReader(folder, CPU)


def request(page: int, shade: int, turn: int = 0) -> FormulaRequest:
    image = np.full((120, 200, 3), shade, dtype=np.uint8)
    return FormulaRequest(page, image, 2.0, TurnedPage(turn, 100.0, 60.0), BOX)


def by_docling(folder: Path) -> CodeFormulaVlmModel:
    options = CodeFormulaVlmOptions.from_preset(
        "codeformulav2", engine_options=TransformersVlmEngineOptions(device=AcceleratorDevice.CPU)
    )
    on_cpu = AcceleratorOptions(device=AcceleratorDevice.CPU, num_threads=1)
    return CodeFormulaVlmModel(True, False, folder.parent, options, on_cpu)


def test_formulas_of_several_pages_are_read_together(reader: FormulaReader) -> None:
    found = reader.read([request(4, 250), request(7, 20), request(4, 20)], PLENTY)
    assert found == {
        4: (FormulaReading(BOX, LIGHT), FormulaReading(BOX, DARK)),
        7: (FormulaReading(BOX, DARK),),
    }
    assert reader.read([], PLENTY) == {}


def test_what_is_read_is_what_doclings_stage_reads(reader: FormulaReader, folder: Path) -> None:
    document = DoclingDocument(name="a")
    items = [document.add_text(DocItemLabel.FORMULA, "") for _ in range(2)]
    elements = [
        ItemAndImageEnrichmentElement(item=item, image=grey(shade))
        for item, shade in zip(items, (20, 250), strict=True)
    ]
    list(by_docling(folder)(document, elements))
    assert [item.text for item in items] == [DARK, LIGHT]
    found = reader.read([request(1, 20), request(2, 250)], PLENTY)
    assert [found[page][0].latex for page in (1, 2)] == [item.text for item in items]


def test_a_formula_is_shown_as_doclings_stage_shows_it(folder: Path, pages: list[TestPage]) -> None:
    shown = pages[0]
    size = shown.rendered.facts.size
    box = Box(60.2, 72.7, 248.9, 101.1)
    number = shown.rendered.page
    result = replay_result(ReplaySource("a.pdf", "0" * 64, (size,) * number, (number,)))
    result.pages = [shown.for_docling()]
    place = BoundingBox(l=box.left, t=box.top, r=box.right, b=box.bottom)
    item = result.document.add_text(
        DocItemLabel.FORMULA, "", prov=ProvenanceItem(page_no=number, bbox=place, charspan=(0, 0))
    )
    element = by_docling(folder).prepare_element(result, item)
    assert element is not None
    wanted = element.image
    frame = TurnedPage(0, size.width, size.height)
    found = crop(FormulaRequest(number, shown.image, shown.rendered.scale, frame, box))
    assert abs(found.width - wanted.width) <= 1
    assert abs(found.height - wanted.height) <= 1
    difference = np.abs(np.asarray(found.resize(wanted.size), np.float64) - np.asarray(wanted, np.float64))
    assert difference.mean() < 4, "of 255; a pixel's shift at the edge is no other picture"


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_turned_page_is_turned_back(turn: int) -> None:
    page = np.zeros((240, 200, 3), dtype=np.uint8)
    frame = TurnedPage(turn, 100.0, 120.0)
    upright = np.rot90(page, turn)
    upright[:] = np.arange(upright.shape[1], dtype=np.uint8)[None, :, None]  # lighter to the right
    box = Box(30.0, 30.0, 50.0, 40.0)
    found = np.asarray(crop(FormulaRequest(1, page, 2.0, frame, box)))
    assert found.shape[1] == pytest.approx(1.67 * (1 + 2 * MARGIN) * box.width, abs=1.5)
    assert (np.diff(found[found.shape[0] // 2, :, 0].astype(int)) >= 0).all()
    assert found[0, -1, 0] > found[0, 0, 0]


def test_a_formula_at_the_pages_edge_is_cut_there() -> None:
    page = np.full((120, 200, 3), 255, dtype=np.uint8)
    found = crop(FormulaRequest(1, page, 2.0, TurnedPage(0, 100.0, 60.0), Box(0.0, 0.0, 100.0, 60.0)))
    assert found.size == (167, 100)


def test_what_has_no_end_is_no_formula(tmp_path: Path) -> None:
    endless = FormulaReader(save_formulas(tmp_path, "q " * 90, r"\quad " * 30, ends=False), CPU)
    assert endless.read([request(1, 250), request(2, 20)], PLENTY) == {}


def test_what_is_not_read_in_time_stays_unread(reader: FormulaReader) -> None:
    assert reader.read([request(1, 250)], 0.0) == {}
    assert reader.read([request(1, 250)], 1e-9) == {}


def test_repetition_is_told_from_a_formula() -> None:
    repeats = Repeating()
    scores = torch.zeros(0)
    loop = torch.tensor([[9, 9, 9, *[1, 2, 3] * 16], [*range(51)]])
    assert repeats(loop, scores).tolist() == [True, False]
    assert repeats(torch.tensor([[5] * 47]), scores).tolist() == [False]
    assert repeats(torch.tensor([[5] * 48]), scores).tolist() == [True]
    assert repeats(torch.tensor([list(range(17)) * 8]), scores).tolist() == [False], "a row of a matrix"


def test_damaged_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    for file in folder.iterdir():
        (tmp_path / "weights" / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "weights" / "config.json").read_text())
    config["text_config"]["intermediate_size"] = 52
    (tmp_path / "weights" / "config.json").write_text(json.dumps(config))
    with pytest.raises(WeightsDamaged, match=r"^The weights of CodeFormulaV2 are damaged"):
        FormulaReader(tmp_path / "weights", CPU)
