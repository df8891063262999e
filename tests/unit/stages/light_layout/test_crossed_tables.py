"""Rules that cross between a table's head, its first column and its cells: with text all along, they make a table."""

from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.crossed_tables import crossed_tables
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.rulings import CrossedRules, Rule
from tests.support.layout_pages import line, paragraph, region, sheet

ROWS = (("Step", "Load"), ("1", "2/(k + 3)"), ("2", "2/(k + 3) + 1/k"), ("3", "5/k"))
CROSSED = CrossedRules(Rule(112, 95, 260), Rule(125, 98, 154))


def table(top: float = 100) -> list[LayoutLine]:
    return [
        line(text, left, top + 14 * n)
        for n, row in enumerate(ROWS)
        for text, left in zip(row, (108 if n else 100, 130), strict=True)
    ]


def test_a_table_with_one_level_and_one_upright_rule_that_the_network_calls_a_picture_is_a_table() -> None:
    lines = [*paragraph(3, 60, 40), *table(), *paragraph(3, 60, 170)]
    page = sheet(lines, region(LayoutLabel.PICTURE, (90, 90, 300, 160)))
    found = [one for one in regions(replace(page, crossed=(CROSSED,))) if one.label is not LayoutLabel.TEXT]
    assert [(one.label, one.box) for one in found] == [(LayoutLabel.TABLE, bounds([one.box for one in table()]))]
    assert not any(one.label is LayoutLabel.TABLE for one in regions(page))


def test_few_rows_may_have_text_on_one_side_only() -> None:
    assert len(crossed_tables([CROSSED], [one for one in table() if one.text != "3"])) == 1
    assert crossed_tables([CROSSED], [one for one in table() if one.text not in "23"]) == []


def test_rules_with_a_curve_or_words_across_them_make_no_table() -> None:
    assert crossed_tables([CROSSED], [one for one in table() if one.box.top < 125 or one.box.top > 140]) == [], "white"
    assert crossed_tables([CROSSED], [*table()[:-2], line("unknown", 110, 142), line("5/k", 170, 142)]) == []
    assert crossed_tables([CROSSED], [*table(), line("a line of a text that runs on", 200, 128)]) == [], (
        "beyond its ends"
    )


def test_rules_without_a_head_or_with_text_above_that_is_more_than_one_are_no_table() -> None:
    assert crossed_tables([replace(CROSSED, level=Rule(99, 95, 260))], table()) == []
    assert crossed_tables([replace(CROSSED, level=Rule(154, 95, 260))], table()) == []
