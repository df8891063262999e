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


def test_a_page_number_below_a_column_is_none_of_its_amounts() -> None:
    lines = account()
    number = line("5", lines[-2].box.left, 100 + 16 * 8, height=5)
    (found,) = amount_tables([*lines, number])
    assert found.box.bottom == 190
    dash = line("-", lines[-2].box.left, 100 + 16 * 6, height=5)
    assert amount_tables([*lines, dash])[0].box.bottom == dash.box.bottom


def test_a_head_alone_in_its_row_stands_right_above_the_table() -> None:
    for top, reached in ((80, 80), (70, 100)):
        (found,) = amount_tables([*account(), line("in thousands", 320, top)])
        assert found.box.top == reached


def moved(box: Box, down: float) -> Box:
    return replace(box, top=box.top + down, bottom=box.bottom + down)


def test_close_columns_of_times_that_make_one_line_a_row_are_a_table() -> None:
    stops = ("Dunmore Quay", "Mill Lane", "Orrin Bridge")
    rows = [one_line(stop, [f"0{6 + n}.{m}0" for m in range(5)], 100 + 16 * n) for n, stop in enumerate(stops)]
    assert [found.box for found in amount_tables(rows)] == [bounds([row.box for row in rows])]


def one_line(name: str, amounts: list[str], top: float) -> LayoutLine:
    """A row whose columns are so close that docling makes one line of it."""
    parts = [line(name, 60, top), *(line(amount, 150 + 40 * n, top) for n, amount in enumerate(amounts))]
    own = tuple(word for part in parts for word in part.words)
    return replace(
        parts[0], text=" ".join(word.text for word in own), words=own, box=bounds([word.box for word in own])
    )


def test_amounts_that_begin_at_one_edge_are_a_column_too() -> None:
    rows = [("Iron", "11.2", "g/dL"), ("Salt", "41500.3", "mg/L"), ("Zinc", "6.875", "mg/L"), ("Lead", "2", "mg/L")]
    lines = [
        line(text, left, 100 + 16 * n)
        for n, row in enumerate(rows)
        for left, text in zip((60, 200, 340), row, strict=True)
    ]
    assert [found.box for found in amount_tables(lines)] == [bounds([one.box for one in lines])]


def test_a_title_in_larger_type_right_above_a_table_is_none_of_its_heads() -> None:
    rows = [
        ("No.", "Size", "Price"),
        ("2300", "DN 15", "10.50"),
        ("2301", "DN 40", "10.50"),
        ("2302", "DN 65", "17.50"),
    ]
    lines = [
        line(text, left, 100 + 16 * n)
        for n, row in enumerate(rows)
        for left, text in zip((60, 200, 340), row, strict=True)
    ]
    title = line("Price list", 55, 78, height=16)
    assert [found.box.top for found in amount_tables([title, *lines])] == [100]


def test_a_column_of_few_remarks_below_a_head_belongs_to_the_table() -> None:
    remarks = [line("Remark", 500, 100), line("in a field", 500, 132), line("in Latin", 500, 164)]
    (found,) = amount_tables([*account(), *remarks])
    assert found.box.right == max(one.box.right for one in remarks)


def test_what_stands_beside_a_table_without_a_head_or_between_its_rows_does_not() -> None:
    beside = [line("in a field", 500, 132), line("in Latin", 500, 164)]
    between = [line("Remark", 500, 100), line("in a field", 500, 140), line("in Latin", 500, 172)]
    for others in (beside, between):
        (found,) = amount_tables([*account(), *others])
        assert found.box.right == bounds([one.box for one in account()]).right


LOANS = (
    ("Dairy", "12", "9", "two churns in"),
    ("Smithy", "4", "", ""),
    ("Cooperage", "", "3", "from last year"),
    ("Saddlery", "7", "7", ""),
    ("Weaving", "15", "", "police told"),
    ("Boats", "2", "5", ""),
    ("Nets", "1", "6", ""),
)


def loans() -> list[LayoutLine]:
    """Amounts of which the last ones are in one line with the remark behind them, whose first one has two lines."""
    note = 276.0
    lines = [line("Room", 60, 100), line("Lent", 180, 100), line("Back", 248, 100), line("Note", note, 100)]
    for row, (name, lent, back, remark) in enumerate(LOANS):
        top = 120 + (16 * row if row == 0 else 16 * row + 14)
        lines.append(line(name, 60, top))
        lines += [line(lent, 195 - line(lent, 0, 0).box.width, top)] if lent else []
        if back and remark:
            amount, words = line(back, 262, top), line(remark, note, top)
            both = (*amount.words, *words.words)
            lines.append(replace(words, text=f"{back} {remark}", box=bounds([w.box for w in both]), words=both))
        elif back or remark:
            lines.append(line(back, 262, top) if back else line(remark, note, top))
    lines.append(line("Oxhill", note, 134))
    return lines


def test_a_column_of_remarks_right_behind_the_amounts_is_the_tables_with_its_second_lines() -> None:
    lines = loans()
    (found,) = amount_tables(lines)
    assert found.box == bounds([one.box for one in lines])


def test_a_table_goes_on_over_a_row_without_amounts_to_one_whose_last_cells_are_a_space_apart() -> None:
    lines = loans()
    note, top = lines[3].box.left, max(one.box.bottom for one in lines)
    last, remark = line("95", 262, top + 52), line("type, one case", note, top + 52)
    both = (*last.words, *remark.words)
    rows = [
        *(line("Bees", 60, top + 6), line("room being", note, top + 6), line("painted", note, top + 20)),
        *(line("Hives", 60, top + 36), line("kept outside", note, top + 36)),
        *(line("Print shop", 60, top + 52), line("3", 190, top + 52)),
        replace(remark, text="95 type, one case", box=bounds([w.box for w in both]), words=both),
    ]
    tables = [r.box for r in regions(sheet([*lines, *rows])) if r.label is LayoutLabel.TABLE]
    whole = bounds([one.box for one in (*lines, *rows)])
    assert [(box.left, box.top, box.bottom) for box in tables] == [(whole.left, whole.top, whole.bottom)]


def entries(*lefts: float) -> list[LayoutLine]:
    """Five rows of a day, what was bought, where, and its price."""
    return [
        line(text, left, 100 + 14 * row)
        for row in range(5)
        for text, left in zip(("3 May", f"oars of elm {row}", "Quay", f"{row}4.50"), lefts, strict=True)
    ]


def test_a_table_has_the_columns_left_of_the_one_beside_its_amounts() -> None:
    (found,) = amount_tables(entries(60, 130, 300, 420))
    assert found.box.left == 60
    (found,) = amount_tables([one for one in entries(60, 130, 300, 420) if (one.text, one.box.top) != ("Quay", 100)])
    assert found.box.left == 60, "a row without a place"
    (found,) = amount_tables([one for one in entries(60, 130, 300, 420) if one.box.top < 128 or one.box.left > 200])
    assert found.box.left == 300, "two of five rows"


def test_columns_of_text_that_begin_anywhere_are_none_of_a_table_of_amounts() -> None:
    lines = [replace(one, box=moved(one.box, 0)) for one in entries(60, 130, 300, 420)]
    ragged = [line(f"oars of elm {n}", 130 + 9 * n, 100 + 14 * n) for n in range(5)]
    (found,) = amount_tables([*(one for one in lines if one.box.left > 200), *ragged])
    assert found.box.left == 300


def test_first_columns_are_left_to_the_network_where_it_sees_a_table() -> None:
    seen = [Box(50, 90, 470, 180)]
    assert [found.box.left for found in amount_tables(entries(60, 130, 300, 420), seen)] == [300]
