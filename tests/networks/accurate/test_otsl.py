"""OTSL tokens become a grid of cells."""

from pipeline.models.accurate.otsl import build
from pipeline.pages import Box


def test_spans_reach_over_what_belongs_to_them() -> None:
    grid = build(["ched", "lcel", "ched", "nl", "fcel", "ecel", "rhed", "nl", "ucel", "srow", "fcel", "nl"], [])
    assert (grid.rows, grid.columns) == (3, 3)
    assert [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells] == [
        *((0, 0, 1, 2), (0, 2, 1, 1), (1, 0, 2, 1), (1, 1, 1, 1), (1, 2, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1))
    ]
    assert [c.header for c in grid.cells] == [True, True, False, False, False, False, False]
    assert [c.row_header for c in grid.cells] == [False, False, False, False, True, False, False]
    assert [c.section for c in grid.cells] == [False, False, False, False, False, True, False]


def test_boxes_go_to_cells_as_they_are_written() -> None:
    grid = build(["fcel", "lcel", "nl", "fcel", "fcel", "nl"], [Box(0, 0, 2, 1), Box(0, 1, 1, 2)])
    assert [c.box for c in grid.cells] == [Box(0, 0, 2, 1), Box(0, 1, 1, 2), None]


def test_short_rows_are_filled_and_empty_ones_left_out() -> None:
    grid = build(["nl", "fcel", "nl", "nl", "fcel", "fcel"], [])
    assert (grid.rows, grid.columns) == (2, 2)
    assert [(c.row, c.column) for c in grid.cells] == [(0, 0), (1, 0), (1, 1)]
    assert build([], []).rows == 0
