"""Ruled tables found in drawn pixels: 144 dpi, so that 2 pixels are a point."""

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, TableStructure
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.rulings import (
    CrossedRules,
    DrawnRules,
    Rule,
    crossed_rules,
    drawn_rules,
    lattices,
)

SCALE = 2.0


def blank() -> NDArray[np.uint8]:
    return np.full((400, 600), 255, dtype=np.uint8)


def ruled(image: NDArray[np.uint8], xs: list[int], ys: list[int]) -> NDArray[np.uint8]:
    """Rules of two pixels at the given pixels, from the first to the last of the other axis."""
    for x in xs:
        image[ys[0] : ys[-1] + 2, x : x + 2] = 0
    for y in ys:
        image[y : y + 2, xs[0] : xs[-1] + 2] = 0
    return image


def word(text: str, left: float, top: float) -> LayoutWord:
    return LayoutWord(text, Box(left, top, left + 20, top + 8))


def found(image: NDArray[np.uint8], words: list[LayoutWord]) -> list[TableStructure]:
    return lattices(drawn_rules(image, SCALE, words), words)


def cells_of(image: NDArray[np.uint8], words: list[LayoutWord]) -> list[list[tuple[int, int, int, int, str]]]:
    return [
        [(f.cell.row, f.cell.column, f.cell.row_span, f.cell.column_span, f.text) for f in fill(table, words)]
        for table in found(image, words)
    ]


WORDS = [word("a", 25, 25), word("b", 95, 25), word("c", 25, 65), word("d", 95, 65)]


def test_rules_make_cells() -> None:
    image = ruled(blank(), [40, 180, 320], [40, 120, 200])
    assert cells_of(image, WORDS) == [[(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 1, "c"), (1, 1, 1, 1, "d")]]


def test_a_missing_border_joins_cells() -> None:
    image = ruled(blank(), [40, 180, 320], [40, 120, 200])
    image[44:118, 178:184] = 255
    assert cells_of(image, WORDS) == [[(0, 0, 1, 2, "a b"), (1, 0, 1, 1, "c"), (1, 1, 1, 1, "d")]]


def test_the_outer_sides_may_be_open() -> None:
    image = blank()
    image[40:202, 180:182] = 0
    for y in (40, 120, 200):
        image[y : y + 2, 40:322] = 0
    assert cells_of(image, WORDS) == [[(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 1, "c"), (1, 1, 1, 1, "d")]]


def test_shaded_rows_are_rules_too() -> None:
    image = ruled(blank(), [40, 180, 320], [40, 200])
    image[42:120, 42:180] = 200
    image[42:120, 182:320] = 200
    assert [table.rows for table in found(image, WORDS)] == [2]


def test_letters_above_each_other_are_no_rule() -> None:
    image = ruled(blank(), [40, 320], [40, 120, 200])
    image[44:198, 100:104] = 0
    words = [LayoutWord("ill", Box(45, 22 + 9 * n, 60, 30 + 9 * n)) for n in range(8)] + [
        word("a", 22, 30),
        word("end", 120, 30),
        word("b", 22, 80),
        word("last", 120, 80),
    ]
    assert found(image, words) == []


def test_a_frame_around_the_page_is_no_table() -> None:
    image = ruled(blank(), [4, 590], [4, 60, 390])
    image[4:60, 300:302] = 0
    words = [word("left", 20, 10), word("right", 200, 10), word("body", 40, 100), word("more", 80, 150)]
    assert found(image, words) == []


def test_the_grid_of_a_chart_is_no_table() -> None:
    image = ruled(blank(), list(range(40, 560, 60)), list(range(40, 360, 40)))
    assert found(image, [word("peak", 60, 60), word("low", 150, 140)]) == []


def test_a_rule_that_others_cross_is_still_one() -> None:
    ys = [40 + 28 * n for n in range(6)]
    image = ruled(blank(), [40, 180, 320], ys)
    words = [word(f"{row}{column}", 25 + 70 * column, 22 + 14 * row) for row in range(5) for column in range(2)]
    assert [(table.rows, table.columns, len(table.cells)) for table in found(image, words)] == [(5, 2, 10)]


def rows_between(count: int, top: float, step: float) -> list[LayoutWord]:
    return [word("ab", left, top + step * row) for row in range(count) for left in (25, 95)]


def test_the_only_upright_rule_runs_on_along_an_outer_row_without_a_rule() -> None:
    image = blank()
    image[80:242, 180:182] = 0
    for y in (80, 120, 160, 200):
        image[y : y + 2, 40:322] = 0
    words = rows_between(4, 46, 20)
    assert [(table.rows, table.box.bottom) for table in found(image, words)] == [(4, 120)]
    left = [one for one in words if one.box.top < 100 or one.box.left < 90]
    assert [table.rows for table in found(image, left)] == [3], "text on one side of it"
    across = LayoutWord("abcdefgh", Box(70, 106, 120, 114))
    assert [table.rows for table in found(image, [*words[:-2], across])] == [3]


def test_an_outer_row_is_no_higher_than_those_between_rules() -> None:
    image = blank()
    image[80:362, 180:182] = 0
    for y in (80, 120, 160):
        image[y : y + 2, 40:322] = 0
    words = rows_between(7, 46, 20)
    assert [table.rows for table in found(image, words)] == [2]


def test_rules_cross_where_each_reaches_beyond_the_other_on_both_sides() -> None:
    level, upright = Rule(100, 50, 300), Rule(120, 80, 160)
    assert crossed_rules(DrawnRules((level,), (upright,))) == [CrossedRules(level, upright)]
    for corner in (Rule(50, 80, 160), Rule(120, 100, 160), Rule(120, 40, 100)):
        assert crossed_rules(DrawnRules((level,), (corner,))) == []
    assert crossed_rules(DrawnRules((level, Rule(140, 50, 300)), (upright,))) == [], "a lattice"
    assert len(crossed_rules(DrawnRules((level,), (upright, Rule(200, 80, 160))))) == 1


def test_two_rules_that_are_one_and_an_upright_one_make_no_table() -> None:
    rules = DrawnRules((Rule(40, 20, 160), Rule(43, 20, 160)), (Rule(90, 38, 120),))
    assert lattices(rules, rows_between(4, 46, 20)) == []
