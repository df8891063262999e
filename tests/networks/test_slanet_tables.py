"""Table structure, against the wheel's own class and against tables as printed."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from rapid_table import RapidTable

from pipeline.models.images import Pixels
from pipeline.models.slanet_tables import SlanetReader, TableNetwork, table_boxes
from pipeline.pages import Box, LayoutLabel, LayoutRegion
from tests.support.render import SCALE, render

# (document, page, the table's box in points)
TABLES = [
    ("paper_page", 1, Box(67, 221, 545, 318)),
    ("tables", 2, Box(54, 339, 542, 783)),
    ("korean_report", 2, Box(311, 118, 566, 203)),
]

UNRULED = Box(57, 322, 540, 454)  # on page 1 of tables, once its rules are erased
LAST_NAME = (75, 440)  # the middle of its last row's first word


def crop_of(documents: Path, name: str, page: int, box: Box) -> Pixels:
    left, top, right, bottom = (round(side * SCALE) for side in (box.left, box.top, box.right, box.bottom))
    return render(documents / f"{name}.pdf", page)[top:bottom, left:right]


@pytest.fixture(scope="module")
def wheel() -> RapidTable:
    return RapidTable()


@pytest.mark.parametrize(("name", "page", "box"), TABLES)
def test_the_network_gives_the_wheels_own_cells(
    wheel: RapidTable, documents: Path, name: str, page: int, box: Box
) -> None:
    crop = crop_of(documents, name, page, box)
    tokens, corners, _ = wheel.table_structure(crop.copy())
    corners = wheel.adapt_slanet_plus(crop, corners)
    theirs = [[quad[0::2].min(), quad[1::2].min(), quad[0::2].max(), quad[1::2].max()] for quad in corners]
    grid, score = TableNetwork().read(crop)

    assert len(grid.cells) > 10
    assert score > 0.9
    assert [[c.row, c.row + c.row_span - 1, c.column, c.column + c.column_span - 1] for c in grid.cells] == (
        wheel.table_matcher.decode_logic_points(tokens)
    )
    theirs = np.clip(theirs, 0, (crop.shape[1], crop.shape[0]) * 2)
    ours = [[c.box.left, c.box.top, c.box.right, c.box.bottom] for c in grid.cells if c.box]
    assert np.allclose(ours, theirs, atol=0.01)


def without_rules(image: Pixels) -> Pixels:
    """The page with every straight stroke of 20 points and more erased."""
    for kernel in (np.ones((1, 40), dtype=np.uint8), np.ones((40, 1), dtype=np.uint8)):
        rules = cv2.dilate(cv2.erode(255 - image, kernel), kernel)
        image = np.where(rules > 30, 255, image).astype(np.uint8)
    return image


def test_a_table_without_rules_is_read_by_the_network(documents: Path) -> None:
    image = without_rules(render(documents / "tables.pdf"))
    structure = SlanetReader().read(image, SCALE, UNRULED)
    assert 0.9 < structure.score < 1.0
    assert (structure.rows, structure.columns, len(structure.cells)) == (7, 5, 35)
    last = next(cell for cell in structure.cells if (cell.row, cell.column) == (6, 0))
    assert last.box is not None
    assert last.box.left < LAST_NAME[0] < last.box.right
    assert last.box.top < LAST_NAME[1] < last.box.bottom


@pytest.mark.parametrize(
    "box", [Box(-50, -50, -10, -10), Box(0, 0, 5000, 5000), Box(100, 100, 100, 100), Box(599, 799, 700, 900)]
)
def test_boxes_off_the_page_do_not_fail(box: Box) -> None:
    structure = SlanetReader().read(np.full((1600, 1200, 3), 255, dtype=np.uint8), SCALE, box)
    assert structure.box == box


def region(label: LayoutLabel, score: float, *sides: float) -> LayoutRegion:
    return LayoutRegion(label, score, Box(*sides))


def test_only_tables_without_better_ones_in_the_same_place_are_read() -> None:
    regions = [
        region(LayoutLabel.TABLE, 0.6, 0, 0, 110, 100),
        region(LayoutLabel.TABLE, 0.9, 0, 0, 100, 100),
        region(LayoutLabel.TABLE, 0.5, 10, 10, 40, 40),
        region(LayoutLabel.TABLE, 0.45, 0, 120, 100, 200),
        region(LayoutLabel.TABLE, 0.35, 0, 300, 100, 400),
        region(LayoutLabel.TABLE, 0.95, 0, 500, 100, 503),
        region(LayoutLabel.PICTURE, 0.99, 200, 0, 300, 100),
    ]
    assert table_boxes(regions) == [Box(0, 0, 100, 100), Box(0, 120, 100, 200)]
