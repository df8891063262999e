"""A report's names and values, and its figures below, are two tables."""

from collections.abc import Sequence

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.parted_tables import parted_at_heads
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.rulings import Rule
from tests.support.layout_pages import BODY, line, sheet

BOLD = "/Serif-Bold"
NAMES = [("Owner: Hale", 60), ("Taken: 12 May", 260)]
HEADS = [("TEST", 60), ("RESULT", 160), ("FLAG", 230), ("UNITS", 300)]
FIGURES = [("Iron", 60), ("612", 160), ("H", 230), ("mg", 300)]


def rows(*said: Sequence[tuple[str, float]], head: int, font: str = BOLD) -> list[LayoutLine]:
    return [
        line(text, left, 100 + 16 * number, font=font if number == head else BODY)
        for number, row in enumerate(said)
        for text, left in row
    ]


def parts(lines: list[LayoutLine], *rules: float) -> list[tuple[float, float]]:
    table = LayoutRegion(LayoutLabel.TABLE, 0.9, Box(55, 95, 345, 105 + 16 * 6))
    stacks = [tuple(Rule(place, 55, 345) for place in rules)] if rules else []
    return [(one.box.top, one.box.bottom) for one in parted_at_heads([table], lines, stacks)]


def test_bold_heads_below_rows_in_other_columns_begin_a_table() -> None:
    assert parts(rows(NAMES, NAMES, HEADS, FIGURES, FIGURES, FIGURES, head=2)) == [(100, 126), (132, 190)]


def test_so_do_heads_between_two_rules() -> None:
    lines = rows(NAMES, NAMES, HEADS, FIGURES, FIGURES, FIGURES, head=2, font=BODY)
    assert len(parts(lines)) == 1
    assert parts(lines, 96, 129, 145) == [(100, 126), (132, 190)]


def test_a_bold_row_between_rows_of_the_same_columns_parts_nothing() -> None:
    total = [("All", 60), ("700", 160), ("-", 230), ("mg", 300)]
    assert len(parts(rows(FIGURES, FIGURES, FIGURES, total, FIGURES, FIGURES, head=3))) == 1
    assert len(parts(rows(HEADS, FIGURES, FIGURES, FIGURES, FIGURES, FIGURES, head=0))) == 1
    assert len(parts(rows([("A title", 60)], NAMES, HEADS, FIGURES, FIGURES, FIGURES, head=2))) == 1


def test_the_parts_are_tables_of_their_own() -> None:
    lines = rows(NAMES, NAMES, HEADS, FIGURES, FIGURES, FIGURES, head=2)
    page = sheet(lines, LayoutRegion(LayoutLabel.TABLE, 0.9, Box(55, 95, 345, 200)))
    found = sorted(one.box.top for one in regions(page) if one.label is LayoutLabel.TABLE)
    assert found == [100, 132]
