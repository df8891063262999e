"""Formulas of a run: which pages are asked for them, what becomes of the answer, and what is booked for it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.pages import Box, FormulaReading, LaneChoice, OcrMode, PagePrediction, PageTask
from pipeline.records import ConvertOptions
from pipeline.settings import Settings
from pipeline.stages.saved_page import load_page
from pipeline.store.artifacts import RunFolder
from tests.documents.parts import FORMULAS
from tests.support.bundles import RefusingBundle
from tests.support.runs import convert
from tests.support.runs import gpu_running as running

DOCUMENT = "code_and_formula.pdf"
LATEX = tuple(formula.latex for formula in FORMULAS[:2])  # which are on its first page, in this order
INVENTED = r"\sum _ { k = 1 } ^ { 99 } k ^ { 12 }"


Place = tuple[float, float, float, float]


class ReadingBundle(RefusingBundle):
    """Reads ``latex`` at ``places``, in shares of the page, where formulas are wanted."""

    reads_formulas = True
    skips_clear = True

    def __init__(self, places: Sequence[Place] = (), latex: Sequence[str] = ()) -> None:
        super().__init__()
        self.places, self.latex = places, latex
        self.asked: list[bool] = []

    def whole(self, task: PageTask) -> PagePrediction:
        self.asked.append(task.formulas)
        size = task.page.facts.size
        sides = (size.width, size.height) * 2
        boxes = [Box(*(share * side for share, side in zip(place, sides, strict=True))) for place in self.places]
        readings = tuple(FormulaReading(box, latex) for box, latex in zip(boxes, self.latex, strict=True))
        return replace(super().whole(task), formulas=readings if task.formulas else (), formula_ms=5.0)


def places_of(settings: Settings, document: Path) -> list[Place]:
    """Where the formulas of the first page stand."""
    with running(settings, RefusingBundle()) as runner:
        view = convert(runner, document, LaneChoice.GPU)
        shown = runner.facsimile(view.run_id, 1)
    assert shown is not None
    return [region.place for region in shown.regions if region.label == "formula"]


def test_pages_that_show_a_formula_are_asked_for_it(settings: Settings, documents: Path) -> None:
    gpu = ReadingBundle()
    with running(settings, gpu) as runner:
        convert(runner, documents / DOCUMENT, LaneChoice.GPU)
        convert(runner, documents / "report_untagged.pdf", LaneChoice.GPU)
        convert(runner, documents / "multi_page.pdf", LaneChoice.GPU, OcrMode.ALWAYS)
    assert gpu.asked == [True, True, False, False, *[True] * 5]


def test_formulas_are_latex_where_it_fits_the_page(settings: Settings, documents: Path) -> None:
    document = documents / DOCUMENT
    places = places_of(settings, document)
    gpu = ReadingBundle(places, (LATEX[0], INVENTED))
    with running(settings, gpu) as runner:
        view = convert(runner, document, LaneChoice.GPU)
    first, second = (text.markdown for text in view.texts)
    assert f"$${LATEX[0]}$$" in first
    assert "99" not in first
    assert "𝑣 = √2𝑔ℎ" in first, "its characters stay"
    assert "∑" in second


def test_a_restored_page_keeps_its_latex(settings: Settings, documents: Path) -> None:
    document = documents / DOCUMENT
    places = places_of(settings, document)
    with running(settings, ReadingBundle(places, LATEX)) as runner:
        view = convert(runner, document, LaneChoice.GPU)
    checkpoint = RunFolder(view.run_id, settings.data_dir / "runs" / view.run_id).checkpoint(1)
    assert checkpoint is not None
    ready = load_page(checkpoint.assembled)
    assert ready is not None
    assert [reading.latex for reading in ready.text.formulas] == list(LATEX)


def test_scans_are_estimated_with_their_formulas(settings: Settings) -> None:
    asked = ConvertOptions(lane=LaneChoice.GPU)
    with running(settings, RefusingBundle()) as runner:
        plain = runner.estimate(20, asked)
    with running(settings, ReadingBundle()) as runner:
        reading = runner.estimate(20, asked)
    assert reading.seconds == plain.seconds, "which printed pages have some is not known yet"
    assert reading.scanned_seconds == plain.scanned_seconds + 12, "two micro-batches and 20 pages"
