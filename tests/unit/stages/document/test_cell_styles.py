"""Links and raised characters of a table's cells reach the document, and nothing else of their style does."""

import pytest
from docling_core.types.doc import DocItemLabel, ImageRefMode, ProvenanceItem, RichTableCell, TableCell, TableData
from docling_core.types.doc.base import BoundingBox, Size

from pipeline.pages import Box
from pipeline.stages.document import cell_styles
from pipeline.stages.document.cell_styles import add_cell_styles
from pipeline.stages.document.element_text import PrintedPage, StyledWord, TextRecord, key_of
from pipeline.stages.markdown import to_markdown
from tests.unit.stages.document.made import BODY, FRAME, HEIGHT, WIDTH, Made

LINK = "https://example.org/bolts?a=1&b=2"
PLACE = BoundingBox(l=50, t=100, r=400, b=200)


def word(text: str, left: float, row: int = 0, *, up: float = 0.0, **style: object) -> StyledWord:
    """A word of a table's row, rows 20 points apart; what is raised is half as high."""
    top = 100 + 20.0 * row - up
    height = 5 if style.get("script") else 10
    return StyledWord(text, Box(left, top, left + 5 * len(text), top + height), **style)  # type: ignore[arg-type]


def table(*rows: list[str], pages: tuple[int, ...] = (1,), label: DocItemLabel = DocItemLabel.TABLE) -> Made:
    """A document with one table, whose columns are 100 points wide, on these pages: each has all rows but one."""
    made = Made()
    cells = [
        TableCell(
            text=text,
            bbox=BoundingBox(l=50 + 100 * column, t=95 + 20 * (row % 2), r=140 + 100 * column, b=114 + 20 * (row % 2)),
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=column,
            end_col_offset_idx=column + 1,
            column_header=row == 0,
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    for page in pages:
        made.document.add_page(page_no=page, size=Size(width=WIDTH, height=HEIGHT))
    data = TableData(table_cells=cells, num_rows=len(rows), num_cols=len(rows[0]))
    box = PLACE.to_bottom_left_origin(HEIGHT)
    added = made.document.add_table(data, prov=ProvenanceItem(page_no=pages[0], bbox=box, charspan=(0, 0)), label=label)
    added.prov += [ProvenanceItem(page_no=page, bbox=box, charspan=(0, 0)) for page in pages[1:]]
    return made


def styled(made: Made, *pages: tuple[StyledWord, ...]) -> str:
    """The Markdown, with the words of the table on each page."""
    record = TextRecord(
        PrintedPage(number, FRAME, BODY, {}, tables=((key_of(number, PLACE), words),))
        for number, words in enumerate(pages, start=1)
    )
    add_cell_styles(made.document, record)
    return to_markdown(made.document, ImageRefMode.PLACEHOLDER)


def test_links_and_raised_marks_are_written_and_bold_is_not() -> None:
    made = table(["Part", "Price"], ["Bolt shop", "61.4 3"])
    words = (
        word("Part", 55, bold=True),
        word("Price", 155, bold=True),
        word("Bolt", 55, 1, link=LINK),
        word("shop", 80, 1, link=LINK),
        word("61.4", 155, 1),
        word("3", 175, 1, up=1, script=1),
    )
    assert styled(made, words).splitlines() == [
        "| Part                                           | Price            |",
        "|------------------------------------------------|------------------|",
        f"| [Bolt shop]({LINK}) | 61.4<sup>3</sup> |",
    ]
    cells = made.document.tables[0].data.table_cells
    assert [cell.text for cell in cells] == ["Part", "Price", "Bolt shop", "61.4 3"]
    assert [type(cell) for cell in cells] == [TableCell, TableCell, RichTableCell, RichTableCell]
    assert made.document.validate_tree(made.document.body)


def test_what_stands_in_a_cell_by_itself_is_raised_against_nothing() -> None:
    made = table(["Part", "Price"], ["Bolt", "3"])
    words = (word("Bolt", 55, 1), word("3", 155, 1, up=1, script=1), word("Part", 55), word("Price", 155))
    assert "<sup>" not in styled(made, words)


def test_only_addresses_of_the_web_and_of_mail_are_links() -> None:
    made = table(["Part"], ["Bolt"])
    assert "script" not in styled(made, (word("Part", 55), word("Bolt", 55, 1, link="javascript:alert(1)")))
    assert not any(isinstance(cell, RichTableCell) for cell in made.document.tables[0].data.table_cells)


def test_a_cell_of_a_table_over_pages_has_the_words_that_spell_it() -> None:
    made = table(["Part"], ["Bolt"], ["Plate"], pages=(1, 2))
    first, second = (word("Part", 55), word("Bolt", 55, 1)), (word("Plate", 55, link=LINK),)
    assert f"| [Plate]({LINK}) |" in styled(made, first, second)
    assert styled(table(["Part"], ["Bolt"], ["Plate"], pages=(1, 2)), first).count("[") == 0


def test_a_table_of_contents_stays_plain() -> None:
    made = table(["Bolts", "4"], label=DocItemLabel.DOCUMENT_INDEX)
    assert styled(made, (word("Bolts", 55, link=LINK), word("4", 155))) == "- Bolts 4"


def test_a_cell_that_spans_is_html_with_its_link_and_marks_escaped() -> None:
    made = table(["Part & <b>", ""], ["Bolt", "61.4 *"])
    head = made.document.tables[0].data.table_cells[0]
    head.col_span = head.end_col_offset_idx = 2
    del made.document.tables[0].data.table_cells[1]
    words = (
        *(word(text, 55 + 30 * n, link=LINK) for n, text in enumerate(["Part", "&", "<b>"])),
        word("Bolt", 55, 1),
        word("61.4", 155, 1),
        word("*", 175, 1, up=1, script=1),
    )
    written = styled(made, words)
    assert f'<th colspan="2"><a href="{LINK.replace("&", "&amp;")}">Part &amp; &lt;b&gt;</a></th>' in written
    assert "<td>61.4<sup>*</sup></td>" in written


def test_words_that_do_not_spell_the_cell_give_it_no_style() -> None:
    made = table(["Part"], ["Bolt"])
    words = (word("Part", 55), word("Bolt", 55, 1, link=LINK), word("and nut", 80, 1))
    assert "[" not in styled(made, words)


def test_a_record_without_the_page_leaves_the_table_as_it_is() -> None:
    made = table(["Part"], ["Bolt"])
    before = made.document.tables[0].data.model_copy(deep=True)
    add_cell_styles(made.document, TextRecord([]))
    assert made.document.tables[0].data == before


def test_a_cell_that_holds_items_of_the_document_stays_as_it_is() -> None:
    made = table(["Part"], ["Bolt"])
    (_, cell), added = made.document.tables[0].data.table_cells, made.document.tables[0]
    held = made.document.add_text(DocItemLabel.TEXT, "Bolt", parent=added)
    rich = RichTableCell(**cell.model_dump(), ref=held.get_ref())
    added.data.table_cells[1] = rich
    styled(made, (word("Part", 55), word("Bolt", 55, 1, link=LINK)))
    assert added.data.table_cells[1] is rich


def test_a_table_with_more_words_than_can_be_compared_is_left_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile files have rows of thousands of words, each of them in each cell's reach."""
    monkeypatch.setattr(cell_styles, "MOST_COMPARED", 1)
    written = styled(table(["Part", "Bolt"]), (word("Part", 55, link=LINK), word("Bolt", 155, link=LINK)))
    assert written.count(LINK) == 1
