"""Structures measured by the words they hold; rows and columns without words; heads beside their figures."""

from dataclasses import replace
from itertools import pairwise

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.table_choice import best_structure, faulty_share, tidy, with_head

ROWS = (("Part", "Wind", "Rain"), ("Mast", "318", "102"), ("Cable", "530", "26"), ("Screen", "954", "161"))


def word(text: str, left: float, top: float) -> LayoutWord:
    return LayoutWord(text, Box(left, top, left + 5 * len(text), top + 10))


WORDS = [word(text, 10 + 100 * c, 10 + 20 * r) for r, row in enumerate(ROWS) for c, text in enumerate(row)]


def grid(xs: tuple[float, ...], ys: tuple[float, ...]) -> TableStructure:
    cells = tuple(
        TableCell(r, c, 1, 1, r == 0, Box(left, top, right, bottom))
        for r, (top, bottom) in enumerate(pairwise(ys))
        for c, (left, right) in enumerate(pairwise(xs))
    )
    return TableStructure(Box(xs[0], ys[0], xs[-1], ys[-1]), 1.0, len(ys) - 1, len(xs) - 1, cells)


RIGHT = grid((0, 90, 190, 290), (0, 25, 45, 65, 90))


def texts(structure: TableStructure, words: list[LayoutWord]) -> list[tuple[int, int, str]]:
    return [(cell.cell.row, cell.cell.column, cell.text) for cell in fill(structure, words) if cell.text]


def test_the_right_grid_has_no_faults_and_two_columns_in_one_have() -> None:
    assert faulty_share(RIGHT, WORDS) == 0
    assert faulty_share(grid((0, 90, 290), (0, 25, 45, 65, 90)), WORDS) > 0.3


def test_names_over_amounts_are_a_head_though_nobody_said_so() -> None:
    plain = replace(RIGHT, cells=tuple(replace(cell, header=False) for cell in RIGHT.cells))
    assert with_head(plain, WORDS) == RIGHT
    body = [w for w in WORDS if w.box.top > 20]
    assert with_head(plain, [*body, word("Boom", 10, 10), word("12", 110, 10), word("9", 210, 10)]) == plain
    assert with_head(plain, [w for w in WORDS if w.text != "Part"]) == plain


def test_two_rows_of_amounts_in_one_are_a_fault() -> None:
    assert faulty_share(grid((0, 90, 190, 290), (0, 25, 65, 90)), WORDS) > 0


def test_the_most_trusted_structure_is_taken_unless_the_words_object() -> None:
    bad = grid((0, 90, 290), (0, 25, 45, 65, 90))
    assert best_structure((RIGHT, bad), WORDS) == RIGHT
    assert best_structure((bad, None, RIGHT), WORDS) == RIGHT
    assert best_structure((None, None), WORDS) is None


def test_rows_without_words_are_gone() -> None:
    assert tidy(grid((0, 90, 190, 290), (-20, 0, 25, 45, 65, 90)), WORDS).rows == 4


def test_a_head_beside_its_figures_is_put_over_them() -> None:
    words = [word("Part", 10, 10), word("Wind", 60, 10)]
    words += [word(text, left, 30 + 20 * n) for n in range(3) for text, left in ((f"row{n}", 10), ("71", 110))]
    found = tidy(grid((0, 50, 90, 150), (0, 25, 45, 65, 90)), words)
    assert texts(found, words)[:4] == [(0, 0, "Part"), (0, 1, "Wind"), (1, 0, "row0"), (1, 1, "71")]


def test_amounts_in_two_columns_of_which_each_has_a_head_stay_apart() -> None:
    words = [word("Paid", 60, 10), word("Owed", 110, 10), word("a", 10, 30), word("7", 60, 30), word("b", 10, 50)]
    words.append(word("9", 110, 50))
    assert tidy(grid((0, 50, 100, 150), (0, 25, 45, 65)), words).columns == 3


def test_whole_rows_whose_lines_had_room_are_no_wrapped_cells() -> None:
    rows = (("Item", "State", "Where"), ("pulse", "usual", "here"), ("first long item", "usual", "here"))
    words = [word(text, 10 + 100 * c, 10 + 14 * r) for r, row in enumerate(rows) for c, text in enumerate(row)]
    apart = grid((0, 95, 190, 290), (0, 22, 36, 60))
    assert faulty_share(apart, words) == 0
    assert faulty_share(grid((0, 95, 190, 290), (0, 22, 60)), words) > 0


def test_a_wrapped_cell_beside_short_ones_is_no_fault() -> None:
    words = [
        word("a cell that goes on", 10, 10),
        word("in a second line", 10, 24),
        word("7", 150, 10),
        word("8", 200, 10),
    ]
    words += [word("next", 10, 44), word("9", 150, 44), word("3", 200, 44)]
    assert faulty_share(grid((0, 140, 190, 290), (0, 38, 60)), words) == 0
