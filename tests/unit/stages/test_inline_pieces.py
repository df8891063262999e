"""A text or a cell that was cut by its styles reads in every format as it is printed."""

import json

import pytest
from docling_core.types.doc import (
    DocItemLabel,
    DoclingDocument,
    Formatting,
    ImageRefMode,
    RichTableCell,
    TableCell,
    TableData,
)
from docling_core.types.doc.document import Script
from pydantic import AnyUrl

from pipeline.stages.chunks import chunk_lines
from pipeline.stages.doctags import doctags
from pipeline.stages.formula_text import text_export
from pipeline.stages.html_page import html_page
from pipeline.stages.inline_pieces import lowered, raised
from pipeline.stages.markdown import to_markdown

LINK = AnyUrl("https://example.org/list")
SUPER, SUB = Formatting(script=Script.SUPER), Formatting(script=Script.SUB)


def cut_text() -> DoclingDocument:
    """A paragraph and a table's cell, each with a link, a raised and a lowered piece."""
    document = DoclingDocument(name="pieces")
    paragraph = document.add_text(DocItemLabel.TEXT, "")
    group = document.add_inline_group(parent=paragraph)
    pieces = [
        ("See ", None, None),
        ("the list", None, LINK),
        (", 10", None, None),
        ("3", SUPER, None),
        (" m of CO", None, None),
        ("2", SUB, None),
    ]
    for text, style, link in pieces:
        document.add_text(DocItemLabel.TEXT, text, parent=group, formatting=style, hyperlink=link)
    table = document.add_table(TableData(num_rows=2, num_cols=1))
    cell = document.add_inline_group(parent=table)
    document.add_text(DocItemLabel.TEXT, "61.4", parent=cell, hyperlink=LINK)
    document.add_text(DocItemLabel.TEXT, "a", parent=cell, formatting=SUPER)
    head, plain = (
        TableCell(
            text=text,
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=0,
            end_col_offset_idx=1,
            column_header=row == 0,
        )
        for row, text in enumerate(["Price", "61.4 a"])
    )
    rich = RichTableCell(**plain.model_dump(), ref=cell.get_ref())
    table.data.table_cells = [head, rich]
    return document


def test_html_has_no_space_that_is_not_printed() -> None:
    page = html_page(cut_text(), ImageRefMode.PLACEHOLDER, "title", "text")
    link = '<a href="https://example.org/list">'
    assert f"<p>See {link}the list</a>, 10<sup>3</sup> m of CO<sub>2</sub></p>" in page
    assert f"<td>{link}61.4</a><sup>a</sup></td>" in page
    assert page.count("61.4") == 1


def test_plain_text_has_unicode_for_raised_and_lowered_figures() -> None:
    text = text_export(cut_text())
    assert text.startswith("See the list, 10³ m of CO₂\n")
    assert "61.4^a" in text
    assert text.count("61.4") == 1


def test_chunks_have_the_links_too() -> None:
    chunks = "\n".join(json.loads(row)["text"] for row in chunk_lines(cut_text()))
    assert "See [the list](https://example.org/list), 10³ m of CO₂" in chunks
    assert "[61.4](https://example.org/list)^a" in chunks
    assert chunks.count("61.4") == 1


def test_doctags_have_the_cells_as_plain_text() -> None:
    tags = doctags(cut_text())
    assert "<fcel>61.4 a<nl>" in tags
    assert tags.count("61.4") == 1


def test_texts_that_docling_puts_into_a_cell_are_written_below_its_table() -> None:
    """It does so with the texts of a table of which nothing tells the cells."""
    document = DoclingDocument(name="no cells")
    table = document.add_table(TableData(num_rows=1, num_cols=1))
    group = document.add_group(parent=table)
    for text in ("The observers", "were logged."):
        document.add_text(DocItemLabel.TEXT, text, parent=group)
    span = {name: value for kind in ("row", "col") for name, value in _one(kind)}
    table.data.table_cells = [RichTableCell.model_validate({"text": "", "ref": group.get_ref(), **span})]
    assert to_markdown(document, ImageRefMode.PLACEHOLDER).endswith("The observers\n\nwere logged.")
    for write in (text_export, doctags):
        assert "The observers" in write(document)
        assert "were logged." in write(document)


def _one(kind: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"start_{kind}_offset_idx", 0), (f"end_{kind}_offset_idx", 1)


def test_groups_of_docling_keep_the_spaces_between_their_items() -> None:
    document = DoclingDocument(name="docling's")
    group = document.add_inline_group()
    for text in ("where", "x > 1", "holds"):
        document.add_text(DocItemLabel.TEXT, text, parent=group)
    assert text_export(document) == "where x > 1 holds"
    assert "where x &gt; 1 holds" in html_page(document, ImageRefMode.PLACEHOLDER, "title", "text")


@pytest.mark.parametrize(
    ("text", "high", "low"),
    [("12", "¹²", "₁₂"), ("-2", "⁻²", "₋₂"), ("max", "^max", "_max"), ("2a", "^2a", "_2a")],
)
def test_characters_without_a_raised_form_stand_behind_a_sign(text: str, high: str, low: str) -> None:
    assert (raised(text), lowered(text)) == (high, low)
