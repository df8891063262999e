"""Tables known by their columns of amounts, with the names of their rows and their heads."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.amount_tables import amount_tables
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import line, paragraph, region, sheet

NAMES = ("Plot rents", "Honey", "Total income", "Tools", "Water")
AMOUNTS = ("74,942", "16,399", "91,341", "(7,326)", "-")


def account(left: float = 60) -> list[LayoutLine]:
    lines = [line("2021", left + 250, 100), line("2020", left + 350, 100)]
    for number, (name, amount) in enumerate(zip(NAMES, AMOUNTS, strict=True), start=1):
        top = 100 + 16 * number
        for edge in (left + 274, left + 374):
            lines.append(line(amount, edge - line(amount, 0, 0).box.width, top))
        lines.append(line(name, left, top))
    return lines


def test_a_table_has_the_names_of_its_rows_and_the_head_above_them() -> None:
    (found,) = amount_tables(account())
    assert (found.label, found.box.left, found.box.top, found.box.bottom) == (LayoutLabel.TABLE, 60, 100, 190)


def test_a_predicted_picture_of_amounts_alone_is_replaced_by_the_whole_table() -> None:
    lines = [*account(), *paragraph(5, 60, 300)]
    parts = [region(LayoutLabel.PICTURE, (290, 95, 450, 195), 0.8), region(LayoutLabel.TEXT, (55, 95, 150, 195), 0.9)]
    found = regions(sheet(lines, *parts))
    assert [(r.label, r.box.left) for r in found if r.label is not LayoutLabel.TEXT] == [(LayoutLabel.TABLE, 60)]


def test_a_predicted_table_of_the_same_lines_is_the_same_table() -> None:
    found = regions(sheet(account(), region(LayoutLabel.TABLE, (55, 95, 440, 195), 0.9)))
    assert [r.box for r in found if r.label is LayoutLabel.TABLE] == [bounds([one.box for one in account()])]


def test_numbers_beside_running_text_make_no_table() -> None:
    lines = paragraph(6, 60, 100)
    edge = max(one.box.right for one in lines) + 40
    assert amount_tables([*lines, *(line(str(5 * n), edge, 100 + 14 * n) for n in range(6))]) == []
    notes = [line(f"({n})", 400, 100 + 16 * n) for n in range(4)]
    assert amount_tables([*(line(f"x = {n}y", 60, 100 + 16 * n) for n in range(4)), *notes]) == []


def test_two_tables_with_a_sentence_between_them_stay_two() -> None:
    upper = account()
    between = line("The tools took most of what the honey and the rents had given us", 60, 206)
    lower = [replace(one, box=moved(one.box, 140), words=()) for one in account()]
    assert [found.box.top for found in amount_tables([*upper, between, *lower])] == [100, 240]


def moved(box: Box, down: float) -> Box:
    return replace(box, top=box.top + down, bottom=box.bottom + down)
