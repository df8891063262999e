"""Columns of read lines that stand a space apart."""

import numpy as np
import pytest

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, PageSize
from pipeline.stages.light_layout.blocks import paragraphs
from pipeline.stages.light_layout.column_starts import with_column_starts
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import with_marks
from pipeline.stages.light_layout.turned import line_on_page
from tests.support.layout_pages import HEIGHT, WIDTH


def read(text: str, left: float, right: float, top: float) -> LayoutLine:
    """A line as detectors box it: of 8 points type, 13 points high."""
    return LayoutLine(text, Box(left, top, right, top + 13))


def columns(count: int, wandering: float = 0) -> list[LayoutLine]:
    """Rows 11 points apart, with 6 points of white in their middle."""
    return [
        read(side, left + wandering * row, right + wandering * row, 100 + 11 * row)
        for row in range(count)
        for side, left, right in (("left", 40, 207), ("right", 213, 380))
    ]


def test_lines_that_begin_at_one_place_behind_others_are_a_column() -> None:
    lines = with_column_starts(columns(5))
    assert [line.begins_column for line in lines] == [False, True] * 5
    assert [{line.text for line in group} for group in paragraphs(lines)] == [{"left"}, {"right"}]


def test_a_line_behind_another_begins_a_column_where_the_lines_below_it_do() -> None:
    """The rows of two columns need not be level with each other."""
    below = [read("right", 213, 380, 117 + 11 * row) for row in range(5)]
    pair = columns(1)
    assert [line.begins_column for line in with_column_starts([*pair, *below])] == [False, True] + [False] * 5
    across = [read("a heading over both", 40, 380, 117 + 22 * row) for row in range(3)]
    assert not any(line.begins_column for line in with_column_starts([*pair, *below, *across]))


def test_pieces_of_a_few_lines_or_at_other_places_are_none() -> None:
    for lines in (columns(3), columns(5, wandering=9)):
        assert not any(line.begins_column for line in with_column_starts(lines))


def test_texts_behind_numbers_are_none() -> None:
    items = [
        read(text, left, right, 100 + 11 * row)
        for row in range(6)
        for text, left, right in ((f"{row}.", 40, 54), ("Water", 60, 300))
    ]
    assert not any(line.begins_column for line in with_column_starts(items))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_columns_of_a_turned_page_begin_too(turn: int) -> None:
    frame = TurnedPage(turn, WIDTH, HEIGHT)
    lines = [line_on_page(line, frame) for line in columns(5)]
    paper = np.full((int(HEIGHT), int(WIDTH)), 255, dtype=np.uint8)
    found = with_marks(lines, paper, 1.0, PageSize(WIDTH, HEIGHT))
    assert [line.begins_column for line in found] == [False, True] * 5
