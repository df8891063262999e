"""Grids from printed rules, drawn here as a printer would."""

import cv2
import numpy as np
import pytest

from pipeline.models.images import Pixels
from pipeline.models.rules import ruled_grid
from pipeline.pages import Box

XS = (20, 160, 300, 480)
YS = (20, 70, 120, 200)
Line = tuple[int, int, int, int]


def across(y: int, x0: int = XS[0], x1: int = XS[-1]) -> Line:
    return (x0, y, x1, y)


def down(x: int, y0: int = YS[0], y1: int = YS[-1]) -> Line:
    return (x, y0, x, y1)


FULL = [across(y) for y in YS] + [down(x) for x in XS]


def drawing(lines: list[Line], thickness: int = 2) -> Pixels:
    image = np.full((YS[-1] + 20, XS[-1] + 20, 3), 255, dtype=np.uint8)
    for x0, y0, x1, y1 in lines:
        cv2.line(image, (x0, y0), (x1, y1), (0, 0, 0), thickness)
    for x in XS[:-1]:
        for y in YS[:-1]:
            cv2.putText(image, "words", (x + 15, y + 32), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1)
    return image


def places(image: Pixels) -> list[tuple[int, int, int, int]] | None:
    grid = ruled_grid(image)
    return sorted((c.row, c.column, c.row_span, c.column_span) for c in grid.cells) if grid else None


NINE = [(row, column, 1, 1) for row in range(3) for column in range(3)]


@pytest.mark.parametrize("thickness", [1, 2, 5])
def test_full_rules_give_every_cell_its_place_and_box(thickness: int) -> None:
    image = drawing(FULL, thickness)
    grid = ruled_grid(image)
    assert grid is not None
    assert places(image) == NINE
    middle = next(cell for cell in grid.cells if (cell.row, cell.column) == (1, 1))
    assert middle.box is not None
    assert middle.box.overlap(Box(XS[1], YS[1], XS[2], YS[2])) > 0.9
    assert not any(cell.header for cell in grid.cells)


def test_open_sides_are_closed() -> None:
    assert places(drawing([across(y) for y in YS] + [down(x) for x in XS[1:-1]])) == NINE


def test_open_top_and_bottom_are_closed() -> None:
    assert places(drawing([across(y) for y in YS[1:-1]] + [down(x) for x in XS])) == NINE


def test_a_missing_rule_joins_cells() -> None:
    lines = [line for line in FULL if line != down(XS[1])] + [down(XS[1], YS[1])]
    assert places(drawing(lines)) == [(0, 0, 1, 2), (0, 2, 1, 1), *NINE[3:]]


def test_an_underline_divides_no_cell() -> None:
    assert places(drawing([*FULL, across(108, XS[1] + 20, XS[1] + 80)])) == NINE


def test_a_coloured_first_row_is_a_header() -> None:
    image = drawing(FULL)
    field = image[YS[0] : YS[1], XS[0] : XS[-1]]
    field[field == 255] = 190
    grid = ruled_grid(image)
    assert grid is not None
    assert [cell.header for cell in sorted(grid.cells, key=lambda cell: cell.row)] == [True] * 3 + [False] * 6


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [across(y) for y in YS],
        [across(YS[0]), across(YS[-1]), down(XS[0]), down(XS[-1])],
        [across(y, 20, 120) for y in (20, 60, 100)] + [down(x, 20, 100) for x in (20, 70, 120)],
    ],
    ids=["no rules", "rows only", "a frame", "a small grid in a corner"],
)
def test_what_is_not_fully_ruled_is_left_to_the_network(lines: list[Line]) -> None:
    assert ruled_grid(drawing(lines)) is None


def test_cells_that_are_no_rectangles_are_left_to_the_network() -> None:
    tall = [across(YS[0]), across(YS[1], XS[1]), *[across(y) for y in YS[2:]], *[down(x) for x in (XS[0], XS[2], XS[3])]]
    assert places(drawing([*tall, down(XS[1])])) == sorted([(0, 0, 2, 1), *[place for place in NINE if place[:2] not in ((0, 0), (1, 0))]])
    assert ruled_grid(drawing([*tall, down(XS[1], YS[0], YS[1])])) is None


def test_rows_that_only_space_divides_are_left_to_the_network() -> None:
    image = drawing([across(YS[0]), across(YS[1]), across(YS[-1]), *[down(x) for x in XS]])
    assert ruled_grid(image) is not None
    for x in XS[:-1]:
        cv2.putText(image, "more", (x + 15, 185), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1)
    assert ruled_grid(image) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 500, 3), (500, 2, 3), (40, 40, 3)])
def test_tiny_images_have_no_grid(shape: tuple[int, int, int]) -> None:
    assert ruled_grid(np.zeros(shape, dtype=np.uint8)) is None


def test_noise_has_no_grid() -> None:
    assert ruled_grid(np.random.default_rng(3).integers(0, 255, (900, 900, 3), dtype=np.uint8)) is None
