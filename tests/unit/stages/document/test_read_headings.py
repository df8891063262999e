"""How high a heading that was read from pixels is: its width and its letters tell, on a scan and on a page of print."""

from pathlib import Path

import numpy as np
import pytest
from docling.datamodel.base_models import AssembledUnit, Cluster, Page, TextElement
from docling_core.types.doc import DocItemLabel
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.pages import PageFacts, PagePrediction, PageSize, RenderedPage, TextLine
from pipeline.pixels import PIXELS
from pipeline.stages.document.element_text import page_text
from pipeline.stages.replay import FinishedPage, ReplayPage
from tests.unit.stages.test_text_choice import cell, page_of

WIDTH, HEIGHT = 600, 800
TEXT = "Work at the landing"
BOX = BoundingBox(l=60, t=40, r=260, b=60)


def shown(folder: Path, printed: int) -> ReplayPage:
    """A page with ``printed`` lines of print and a line that was read, in a box 20 points high."""
    np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8).tofile(folder / PIXELS)
    lines = page_of([cell("a line of print that says something", 60, 100 + 14 * row) for row in range(printed)])
    (folder / "cells").write_text(lines.model_dump_json(), encoding="utf-8")
    facts = PageFacts(1, PageSize(WIDTH, HEIGHT), 0, 0, 0, 0.0, 1.0)
    corners = ((BOX.l, BOX.t), (BOX.r, BOX.t), (BOX.r, BOX.b), (BOX.l, BOX.b))
    prediction = PagePrediction(1, (), (TextLine(TEXT, 0.99, corners),), (), True, 0.0, 0.0, 0.0)
    return ReplayPage(FinishedPage(RenderedPage(1, WIDTH, HEIGHT, 0, 1.0, "cells", facts), prediction, folder / PIXELS))


@pytest.mark.parametrize("printed", [6, 0])
def test_a_read_heading_is_as_high_as_its_width_says(tmp_path: Path, printed: int) -> None:
    heading = TextCell(rect=BoundingRectangle.from_bounding_box(BOX), text=TEXT, orig=TEXT, from_ocr=True)
    cluster = Cluster(id=0, label=DocItemLabel.SECTION_HEADER, bbox=BOX, cells=[heading])
    element = TextElement(label=DocItemLabel.SECTION_HEADER, id=0, page_no=1, cluster=cluster, text=TEXT)
    page = Page(page_no=1)
    page.assembled = AssembledUnit(elements=[element], body=[element], headers=[])
    cells = page_text(page, shown(tmp_path, printed), {}).heading_cells
    assert cells is not None
    assert [one.rect.height for one in cells.textline_cells] == [pytest.approx(25.9, abs=0.1)]
