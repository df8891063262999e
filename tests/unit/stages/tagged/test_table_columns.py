"""Cells of a tagged table stand in the columns where they are printed, also where empty ones are left out of it."""

import pytest

from pipeline.pages import Box
from pipeline.stages.tagged import table_columns
from pipeline.stages.tagged.table_columns import in_their_columns
from pipeline.stages.tagged.tag_tree import TagCell

Printed = tuple[float, float] | tuple[float, float, int] | tuple[float, float, int, int]


def placed(*rows: list[Printed], heads: int = 1) -> list[list[int]]:
    """The columns of cells that are printed from left to right, spanning so many columns and rows; tags count those of
    a row from 0.
    """
    cells, boxes = [], []
    for number, row in enumerate(rows):
        column = 0
        for left, right, *spans in row:
            across, down = spans[0] if spans else 1, spans[1] if len(spans) > 1 else 1
            cells.append(TagCell(number, column, down, across, number < heads, ()))
            boxes.append(Box(left, 20.0 * number, right, 20.0 * number + 10) if right > left else None)
            column += across
    found = in_their_columns(cells, boxes)
    assert [cell and (cell.row, cell.columns) for cell in found] == [(cell.row, cell.columns) for cell in cells]
    return [[cell.column for cell in found if cell and cell.row == number] for number in range(len(rows))]


def test_cells_behind_one_that_is_left_out_keep_their_columns() -> None:
    head: list[Printed] = [(10, 40), (60, 90), (110, 140), (160, 190)]
    assert placed(head, [(10, 30), (120, 138), (160, 175)], [(10, 30), (75, 88)], [(10, 30), (162, 188)]) == [
        [0, 1, 2, 3],
        [0, 2, 3],
        [0, 1],
        [0, 3],
    ]


def test_a_head_without_a_first_cell_stands_over_the_others() -> None:
    assert placed([(110, 140), (160, 190)], [(10, 60), (115, 140), (165, 190)], [(10, 50), (120, 140)]) == [
        [1, 2],
        [0, 1, 2],
        [0, 1],
    ]


def test_signs_and_amounts_each_have_a_column_and_a_head_over_several_stands_over_their_middle() -> None:
    year: list[Printed] = [(120, 140), (220, 240)]
    signed: list[Printed] = [(10, 60), (90, 96), (110, 140), (190, 196), (210, 240)]
    assert placed([(145, 195, 3)], year, signed, [(10, 50), (118, 140), (222, 240)], heads=2) == [
        [2],
        [2, 4],
        [0, 1, 2, 3, 4],
        [0, 2, 4],
    ]


def test_a_column_under_a_cell_of_several_rows_is_taken() -> None:
    first: list[Printed] = [(10, 40, 1, 2), (60, 90), (110, 140)]
    assert placed([(10, 40), (60, 90), (110, 140)], first, [(112, 138)], [(12, 38), (112, 138)]) == [
        [0, 1, 2],
        [0, 1, 2],
        [2],
        [0, 2],
    ]


def test_an_empty_cell_that_the_tags_have_keeps_its_place() -> None:
    assert placed([(10, 40), (60, 90), (110, 140)], [(10, 30), (0, 0), (112, 130)], [(10, 30), (115, 138)]) == [
        [0, 1, 2],
        [0, 1, 2],
        [0, 2],
    ]


def test_where_tags_and_places_agree_nothing_moves() -> None:
    # The head of the second column stands at its left, the amounts at its right: no column overlaps another.
    assert placed([(10, 40), (60, 75)], [(10, 30), (80, 90)], [(10, 30)]) == [[0, 1], [0, 1], [0]]
    wide: list[Printed] = [(10.0 * n, 10.0 * n + 8) for n in range(101)]
    assert placed(wide, [wide[0], wide[2]]) == [list(range(101)), [0, 1]]


def test_rows_that_run_leftward_are_placed_from_the_right() -> None:
    head: list[Printed] = [(160, 190), (110, 140), (60, 90), (10, 40)]
    assert placed(head, head, head) == [[0, 1, 2, 3]] * 3
    assert placed(head, [(165, 190), (62, 88)], [(170, 190), (12, 40)]) == [[0, 1, 2, 3], [0, 2], [0, 3]]


def test_heads_span_what_lies_below_them_where_tags_count_columns_of_white_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As statements of companies are laid out: narrow empty columns between the amounts, spanned by heads, and empty
    cells here and there.
    """
    rows: list[list[tuple[float, float, int]]] = [
        [(0, 0, 1), (120, 220, 5), (0, 0, 1)],
        [(120, 140, 2), (200, 220, 2)],
        [(10, 60, 8)],
        [(10, 50, 1), (110, 116, 1), (130, 150, 1), (190, 196, 1), (210, 230, 1)],
        [(10, 40, 1), (135, 150, 1), (214, 230, 1)],
    ]
    cells, boxes = [], []
    for number, row in enumerate(rows):
        column = 0
        for left, right, across in row:
            cells.append(TagCell(number, column, 1, across, number < 2, ()))
            boxes.append(Box(left, 20.0 * number, right, 20.0 * number + 10) if right > left else None)
            column += across
    found = in_their_columns(cells, boxes)
    monkeypatch.setattr(table_columns, "MOST_TRIED", 10)
    assert in_their_columns(cells, boxes) == cells, "too many places to try"
    assert [cell and (cell.row, cell.column, cell.columns) for cell in found] == [
        *(None, (0, 1, 4), None),
        *((1, 1, 2), (1, 3, 2)),
        (2, 0, 5),
        *((3, 0, 1), (3, 1, 1), (3, 2, 1), (3, 3, 1), (3, 4, 1)),
        *((4, 0, 1), (4, 2, 1), (4, 4, 1)),
    ]
