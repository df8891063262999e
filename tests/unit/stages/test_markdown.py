"""A document's text stays text in the Markdown file, and everything else is docling's own Markdown."""

import pytest
from docling_core.types.doc import DocItemLabel, DoclingDocument, ImageRefMode, TableCell, TableData
from markdown_it import MarkdownIt

from pipeline.stages.markdown import to_markdown

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table><iframe src=//evil>",
    "<!--",
    "<?php ?>",
    "<!DOCTYPE x>",
)
HARMLESS = ("p < 0.05", "a<1", "x <= y", "5 > 3", "R&D", "<!-- image -->", "[link](https://example.org)")


def document(*cells: str) -> DoclingDocument:
    made = DoclingDocument(name="made")
    table = [
        TableCell(
            text=text,
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=0,
            end_col_offset_idx=1,
        )
        for row, text in enumerate(("head", *cells))
    ]
    made.add_table(TableData(table_cells=table, num_rows=len(table), num_cols=1))
    made.add_text(DocItemLabel.TEXT, "A paragraph with <b>bold</b> text_here.")
    return made


def tags(text: str) -> list[str]:
    """The raw HTML that a Markdown reader finds."""
    tokens = [
        inner
        for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text)
        for inner in (token, *(token.children or ()))
    ]
    return [
        token.content
        for token in tokens
        if token.type in ("html_inline", "html_block") and token.content.strip() != "<!-- image -->"
    ]


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_tag_of_a_cell_or_formula_is_one_in_the_file(cell: str) -> None:
    made = document(cell)
    made.add_text(DocItemLabel.FORMULA, cell)
    text = to_markdown(made, ImageRefMode.PLACEHOLDER)
    assert tags(text) == []
    assert cell not in text
    assert cell in [item.text for item in made.tables[0].data.table_cells], "JSON keeps the text as it is"


def test_what_opens_no_tag_is_written_as_docling_writes_it() -> None:
    made = document(*HARMLESS)
    made.add_text(DocItemLabel.FORMULA, "a < b")
    made.add_text(DocItemLabel.CODE, "<script>")
    for mode, placeholder in ((ImageRefMode.PLACEHOLDER, ""), (ImageRefMode.REFERENCED, "<!-- image -->")):
        expected = made.export_to_markdown(image_mode=mode, image_placeholder=placeholder)
        assert to_markdown(made, mode, placeholder) == expected
