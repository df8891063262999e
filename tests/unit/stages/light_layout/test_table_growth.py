"""A table grows over the rows beside it that fit its columns, and over nothing behind a row that does not."""

from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.containers import pictures
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.ruleless_tables import with_head_above, with_rows_beside
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import line, region, sheet


def test_a_table_does_not_grow_over_a_sentence_to_the_fields_below_it() -> None:
    cells = [
        line(f"{name} {row}", left, 100 + 14 * row) for row in range(3) for name, left in (("name", 60), ("value", 300))
    ]
    words = [word for cell in cells for word in cell.words]
    table = region(LayoutLabel.TABLE, (58, 98, 360, 140))
    fields = [line("Signature:", 60, 156), line("3 May 2023", 300, 156)]
    assert with_rows_beside(table, words, fields).box.bottom == 166
    sentence = line("I have read the rules of the harbour and accept each of them", 60, 142)
    assert with_rows_beside(table, words, [sentence, *fields]).box == table.box


def entries(top: float, count: int = 2) -> list[LayoutLine]:
    """Entries whose texts stand as far behind their bullets as cells do."""
    parts = ((sign, left, top + 14 * n) for n in range(count) for sign, left in (("\u2022", 60), (f"entry {n}", 90)))
    return [line(text, left, height) for text, left, height in parts]


def figures(top: float, count: int = 4) -> list[LayoutLine]:
    parts = ((name, left, top + 14 * n) for n in range(count) for name, left in ((f"mast {n}", 60), (f"{n}.5", 200)))
    return [line(text, left, height) for text, left, height in parts]


def test_entries_above_a_table_are_none_of_its_rows() -> None:
    words = [word for cell in figures(90) for word in cell.words]
    table = region(LayoutLabel.TABLE, (55, 88, 240, 144))
    assert with_rows_beside(table, words, entries(60)).box.top == 88
    assert with_rows_beside(table, words, figures(60, 2)).box.top == 60, "rows"


def listed(top: float) -> LayoutLine:
    return line("\u2022 an entry that says a good deal more than all the figures in the table below it do", 60, top)


def test_a_table_that_the_lines_show_goes_before_one_with_the_entries_above_it() -> None:
    cells = figures(100, 5)
    lines = [listed(60), listed(76), *cells]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (50, 58, 500, 175), 0.8)))
    assert [one.box for one in found if one.label is LayoutLabel.TABLE] == [bounds([cell.box for cell in cells])]


def test_a_ruled_table_is_one_though_the_network_sees_the_entries_above_it_in_it() -> None:
    cells = figures(100, 5)
    box = bounds([cell.box for cell in cells])
    ruled = structure([word for cell in cells for word in cell.words], box)
    assert ruled is not None
    lines = [listed(60), listed(76), *cells]
    seen = sheet(lines, region(LayoutLabel.TABLE, (50, 58, 500, 175), 0.8))
    found = regions(replace(seen, ruled=(ruled,)))
    assert [one.box for one in found if one.label is LayoutLabel.TABLE] == [box]


def test_a_heading_above_a_table_is_no_head_of_it_though_the_network_sees_it_there() -> None:
    heading = line("Work at the new pier", 60, 70, height=14)
    cells = [*figures(100, 5), *(line(f"{n}.25", 300, 100 + 14 * n) for n in range(5))]
    found = regions(sheet([heading, *cells], region(LayoutLabel.TABLE, (50, 66, 500, 175), 0.8)))
    assert [one.box for one in found if one.label is LayoutLabel.TABLE] == [bounds([cell.box for cell in cells])]


def test_a_table_grows_over_the_second_line_of_a_cell_and_what_follows() -> None:
    words = [word for cell in figures(90) for word in cell.words]
    table = region(LayoutLabel.TABLE, (55, 88, 240, 144))
    row = [line("mast 5", 60, 148), line("7.5 as", 200, 148)]
    last = [line("mast 6", 60, 174), line("8.5", 200, 174)]
    assert with_rows_beside(table, words, [*row, line("read", 200, 161), *last]).box.bottom == 184
    for other in (line("read", 60, 161), line("read", 215, 161), line("read", 200, 168)):
        assert with_rows_beside(table, words, [*row, other]).box.bottom == 158, "of the first cell, beside, or too low"


def headed(names: str = "SALTS") -> list[LayoutLine]:
    """Heads, the name of the first rows, and these."""
    heads = [line(text, left, 100) for text, left in (("Sample", 60), ("Value", 200), ("Unit", 280))]
    rows = [(f"salt {n}", f"{n}.5", "mg") for n in range(4)]
    cells = [
        (cell, left, 132 + 14 * n) for n, row in enumerate(rows) for cell, left in zip(row, (66, 200, 280), strict=True)
    ]
    return [*heads, line(names, 60, 116), *(line(*cell) for cell in cells)]


def test_a_table_grows_over_the_name_of_its_first_rows_to_its_heads() -> None:
    lines = headed()
    own = [word for cell in lines[4:] for word in cell.words]
    table = region(LayoutLabel.TABLE, (60, 130, 300, 186))
    assert with_head_above(table, own, lines[:4]).box.top == 100
    assert with_head_above(table, own, headed("All that was found in the salts here")[:4]).box == table.box
    assert with_head_above(table, own, lines[3:4]).box == table.box


def test_labels_above_a_table_are_no_heads_though_the_network_sees_them_in_it() -> None:
    lines = [line("Ordered by:", 60, 60), line("the harbour", 200, 60), *headed()]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (50, 55, 320, 190), 0.9)))
    assert [round(one.box.top) for one in found if one.label is LayoutLabel.TABLE] == [100]


def test_a_picture_of_a_ruled_table_is_a_table() -> None:
    cells = figures(100, 5)
    box = bounds([cell.box for cell in cells])
    ruled = structure([word for cell in cells for word in cell.words], box)
    assert ruled is not None
    page = sheet(cells, region(LayoutLabel.PICTURE, (50, 90, 260, 180), 0.7))
    assert not pictures(replace(page, ruled=(ruled,)))
    assert pictures(page)


def close_rows(top: float, count: int, *columns: tuple[str, float]) -> list[LayoutLine]:
    """Rows whose words stand closer than cells do, each row a line."""
    found = []
    for row in range(count):
        words = [word for text, left in columns for word in line(text, left, top + 14 * row).words]
        found.append(
            LayoutLine(" ".join(word.text for word in words), bounds([w.box for w in words]), "", tuple(words))
        )
    return found


def test_rows_below_a_table_that_stand_in_its_columns_are_its_own_however_close_their_words() -> None:
    cells = close_rows(100, 3, ("7", 60), ("101", 80), ("201", 112))
    words = [word for cell in cells for word in cell.words]
    table = region(LayoutLabel.TABLE, (58, 98, 140, 140))
    below = close_rows(142, 2, ("8", 60), ("144", 80), ("244", 112))
    assert with_rows_beside(table, words, below).box.bottom == 166
    aside = close_rows(142, 2, ("8", 60), ("144", 84), ("24", 112))
    assert with_rows_beside(table, words, aside).box == table.box
    few = close_rows(142, 2, ("8", 60), ("144", 80))
    assert with_rows_beside(table, words, few).box == table.box
