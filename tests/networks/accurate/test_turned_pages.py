"""Pages on their side and upside down through the accurate bundle, with their text read: everything lies where it is on
the page.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.models.accurate.accurate_bundle import AccurateBundle
from pipeline.models.aot.engine import Engines
from pipeline.models.images import Pixels
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, PagePrediction, TableStructure
from pipeline.store.weight_cache import find_weights
from tests.documents.handmade import SCAN_LINES
from tests.support.render import SCALE, render, task_for, upper_half

TEXT = list(SCAN_LINES)


def scan(documents: Path) -> Pixels:
    """The half of the page that has text."""
    return upper_half(render(documents / "scan.pdf"))


@pytest.fixture(scope="module")
def read(weights_dir: Path, documents: Path) -> list[PagePrediction]:
    """The same half of a scan, turned by 0 to 3 quarter turns clockwise."""
    upright = scan(documents)
    images = [np.ascontiguousarray(np.rot90(upright, -turn)) for turn in range(4)]
    tasks = [task_for(image, number, ocr=True) for number, image in enumerate(images, 1)]
    found = AccurateBundle(find_weights(weights_dir), Engines("cpu")).predict(tasks, images)
    return [page for page in found if isinstance(page, PagePrediction)]


def frame(page: PagePrediction, documents: Path) -> TurnedPage:
    height, width = scan(documents).shape[:2]
    sides = (width, height) if page.turn % 2 == 0 else (height, width)
    return TurnedPage(page.turn, sides[0] / SCALE, sides[1] / SCALE)


def test_the_text_is_read_whichever_way_the_page_lies(read: list[PagePrediction], documents: Path) -> None:
    assert [page.turn for page in read] == [0, 1, 2, 3]
    assert [[line.text for line in page.lines] for page in read] == [TEXT] * 4
    assert all(page.ocr and page.ocr_ms > 0 for page in read)
    places = [
        frame(page, documents).upright(np.array([line.corners[0] for line in page.lines], dtype=np.float32))
        for page in read
    ]
    for turned in places[1:]:
        np.testing.assert_allclose(turned, places[0], atol=2)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_regions_and_tables_lie_on_the_page_as_it_was_given(
    read: list[PagePrediction], documents: Path, turn: int
) -> None:
    """Turned back by hand they are those of the upright page, whose pixels are the same."""
    upright, turned = read[0], read[turn]
    own = frame(turned, documents)
    assert len(upright.regions) > 5
    assert len(upright.tables) > 0
    assert any(cell.box for table in upright.tables for cell in table.cells)
    assert [replace(region, box=Box(0, 0, 1, 1)) for region in turned.regions] == [
        replace(region, box=Box(0, 0, 1, 1)) for region in upright.regions
    ]
    for found, wanted in zip(turned.regions, upright.regions, strict=True):
        assert_same(own.upright_box(found.box), wanted.box)
    for table, other in zip(turned.tables, upright.tables, strict=True):
        assert_same_table(table, other, own)


def assert_same_table(found: TableStructure, wanted: TableStructure, own: TurnedPage) -> None:
    assert (found.rows, found.columns, len(found.cells)) == (wanted.rows, wanted.columns, len(wanted.cells))
    assert_same(own.upright_box(found.box), wanted.box)
    for cell, other in zip(found.cells, wanted.cells, strict=True):
        assert replace(cell, box=None) == replace(other, box=None)
        if cell.box and other.box:
            assert_same(own.upright_box(cell.box), other.box)


def assert_same(found: Box, wanted: Box) -> None:
    sides = (found.left, found.top, found.right, found.bottom)
    assert sides == pytest.approx((wanted.left, wanted.top, wanted.right, wanted.bottom), abs=0.01)
