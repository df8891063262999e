"""The last row of a table, alone at the top of a page."""

from pipeline.pages import Box
from pipeline.stages.light_layout.amount_tables import amount_tables
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.lone_rows import lone_row
from tests.support.layout_pages import line, paragraph


def row(*texts: str, top: float = 100, step: float = 100) -> list[LayoutLine]:
    return [line(text, 60 + step * number, top) for number, text in enumerate(texts)]


LAST = row("Cover 7", "894.2", "123.7", "170.3")


def test_a_row_of_a_name_and_amounts_above_running_text_is_a_table() -> None:
    lines = [line("Village Libraries", 200, 40), *LAST, *paragraph(4, 60, 130)]
    assert [found.box for found in amount_tables(lines)] == [bounds([one.box for one in LAST])]


HEADS = row("Part", "Loans", "Visits", "Floor", top=84)


def test_its_heads_belong_to_it() -> None:
    lines = [*paragraph(3, 60, 30), *HEADS, *LAST]
    assert [found.box for found in amount_tables(lines)] == [bounds([one.box for one in (*HEADS, *LAST)])]
    found = lone_row([word for one in (*HEADS, *LAST) for word in one.words], Box(50, 80, 500, 115))
    assert found is not None
    assert [(cell.row, cell.column, cell.header) for cell in found.cells[::4]] == [(0, 0, True), (1, 0, False)]
    assert (found.rows, found.columns) == (2, 4)


def test_a_row_with_another_row_beside_it_is_not_alone() -> None:
    for above in (HEADS[:3], row("Part", "Loans", "12", "Floor", top=84)):
        assert amount_tables([*above, *LAST, *paragraph(4, 60, 130)]) == []
    assert amount_tables([*HEADS, *LAST, *row("Spine", "none", "none", "none", top=116)]) == []


def test_what_is_no_name_with_several_amounts_is_no_row() -> None:
    for texts in (("Cover 7", "894.2", "123.7"), ("Cover", "894.2", "and", "170.3"), ("7", "894.2", "123.7", "170.3")):
        assert amount_tables([*row(*texts), *paragraph(4, 60, 130)]) == []


def test_amounts_close_together_are_a_sentence() -> None:
    assert amount_tables([*row("Rooms", "12", "14", "16", step=42), *paragraph(4, 60, 130)]) == []


def test_its_cells_are_as_wide_as_their_texts() -> None:
    found = lone_row([word for one in LAST for word in one.words], Box(50, 95, 500, 115))
    assert found is not None
    assert (found.rows, found.columns) == (1, 4)
    assert [cell.box for cell in found.cells] == [one.box for one in LAST]
    assert lone_row([word for one in LAST[:3] for word in one.words], Box(50, 95, 500, 115)) is None
