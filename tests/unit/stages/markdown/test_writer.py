"""A document's text stays text in the Markdown file: a Markdown reader finds in it what the document has, no more."""

import pytest
from docling_core.types.doc import (
    DocItemLabel,
    DoclingDocument,
    Formatting,
    ImageRefMode,
    TableCell,
    TableData,
)
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.document import Script
from markdown_it import MarkdownIt
from pydantic import AnyUrl

from pipeline.formats import TableForm
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box
from pipeline.stages.markdown import to_markdown

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table><iframe src=//evil>",
    "<!--",
    "<?php ?>",
    "<!DOCTYPE x>",
)
PLAIN = (
    "# no heading",
    "* no item",
    "- no item",
    "+ no item",
    "1986. was no item",
    "3) neither",
    "> no quotation",
    "---",
    "***",
    "*no* emphasis and **none** here",
    "_no_ emphasis and __none__",
    "5 * 3 * 2 and 2*3*4",
    "snake_case_name and _private",
    "`no code` and ``none``",
    "~~not struck~~ and ~~~",
    "[no link](https://example.org)",
    "[none]: https://example.org",
    "![no picture](x.png)",
    "a \\ backslash \\* and \\\\",
    "&amp; &lt; &#35; R&D",
    "<b>no tag</b>, a < b, a<b, <https://example.org>",
    "| no | table |",
    "Chapter #",
)


def read(text: str) -> list[tuple[str, str]]:
    """The blocks that a Markdown reader finds, with the text in each; inline marks and tags are named."""
    found = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        if token.type == "inline":
            marks = [child for child in token.children or () if child.type not in ("text", "text_special", "softbreak")]
            words = "".join(child.content for child in token.children or () if child.type.startswith("text"))
            found.append((f"inline {[mark.type for mark in marks]}" if marks else "text", words))
        elif not token.type.startswith("paragraph"):
            found.append((token.type, token.content))
    return found


def table_of(rows: list[list[str]], heads: int = 1) -> TableData:
    cells = [
        TableCell(
            text=text,
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=column,
            end_col_offset_idx=column + 1,
            column_header=row < heads,
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    return TableData(table_cells=cells, num_rows=len(rows), num_cols=len(rows[0]))


def written(document: DoclingDocument, form: TableForm = TableForm.HTML) -> str:
    return to_markdown(document, ImageRefMode.PLACEHOLDER, form=form)


@pytest.mark.parametrize("text", PLAIN)
def test_a_paragraph_reads_as_what_it_says(text: str) -> None:
    document = DoclingDocument(name="made")
    document.add_text(DocItemLabel.TEXT, text)
    assert read(written(document)) == [("text", text)]


@pytest.mark.parametrize("text", PLAIN)
def test_so_does_a_cell_of_a_pipe_table(text: str) -> None:
    document = DoclingDocument(name="made")
    document.add_table(table_of([["head", "other"], [text, "1"]]))
    assert ("text", text) in read(written(document))


@pytest.mark.parametrize("text", PLAIN)
def test_so_do_headings_and_list_items(text: str) -> None:
    document = DoclingDocument(name="made")
    document.add_heading(text, level=1)
    group = document.add_list_group()
    document.add_list_item(text, parent=group, marker="-")
    document.add_list_item(text, parent=group, marker="(a)", enumerated=True)
    found = [entry for entry in read(written(document)) if not entry[0].endswith(("_open", "_close"))]
    assert found == [("text", text), ("text", text), ("text", f"(a) {text}")]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_of_the_document_is_one_in_the_file(text: str) -> None:
    document = DoclingDocument(name="made")
    document.add_table(table_of([["head"], [text]]))
    document.add_table(table_of([["head"], ["under"], [text]], heads=2))
    document.add_text(DocItemLabel.FORMULA, text)
    document.add_text(DocItemLabel.FORMULA, "", orig=text)
    document.add_text(DocItemLabel.CAPTION, text)
    result = written(document)
    assert text not in result
    allowed = {"<table>", "</table>", "<tr>", "</tr>", "<th>", "</th>", "<td>", "</td>"}
    blocks = [content for kind, content in read(result) if kind == "html_block"]
    tags = {tag for block in blocks for tag in block.replace(">", ">\0").split("\0") if tag.strip().startswith("<")}
    assert {tag.strip() for tag in tags} <= allowed
    assert not [kind for kind, _ in read(result) if "html_inline" in kind]


def contents(rows: list[tuple[float, str, str]], turn: int = 0) -> DoclingDocument:
    """On a page of 600 × 800 whose text is turned by quarter turns clockwise."""
    frame = TurnedPage(turn, *((800, 600) if turn % 2 else (600, 800)))
    document = DoclingDocument(name="made")
    data = table_of([[text, page] for _, text, page in rows], heads=0)
    for index, cell in enumerate(data.table_cells):
        row, column = divmod(index, 2)
        left = 400 if column else rows[row][0]
        box = frame.on_page(Box(left, 20 * row, left + 90, 20 * row + 10))
        cell.bbox = BoundingBox(l=box.left, t=box.top, r=box.right, b=box.bottom)
    document.add_table(data, label=DocItemLabel.DOCUMENT_INDEX)
    return document


@pytest.mark.parametrize("turn", range(4))
def test_a_table_of_contents_is_a_nested_list_however_the_page_lies(turn: int) -> None:
    indented = contents([(60, "Roofs", "1"), (80, "Tiles *and* slates", "2"), (60, "1. Walls", "5")], turn)
    assert written(indented) == "- Roofs 1\n  - Tiles \\*and\\* slates 2\n- 1\\. Walls 5"


def test_a_table_of_contents_is_nested_by_its_numbers_where_all_begin_at_one_edge() -> None:
    numbered = contents([(60, "1 Roofs", "1"), (60, "1.1 Tiles", "2"), (60, "2 Walls", "5"), (60, "2.1.1 Brick", "5")])
    assert written(numbered) == "- 1 Roofs 1\n  - 1.1 Tiles 2\n- 2 Walls 5\n  - 2.1.1 Brick 5"


def test_text_without_meaning_to_markdown_is_not_touched() -> None:
    text = "R&D costs $5 to $6, p < 0.05, 5 * 3, snake_case; see [4] and (a) for 100% of it: a|b, #7, x+y = 3."
    document = DoclingDocument(name="made")
    document.add_text(DocItemLabel.TEXT, text)
    assert written(document) == text


def test_code_keeps_its_lines_and_no_fence_in_it_ends_it() -> None:
    code = "for x in y:\n    print(x)\n```\n# done *x* <b>"
    document = DoclingDocument(name="made")
    document.add_code(code)
    assert read(written(document)) == [("fence", code + "\n")]


def test_lines_of_a_text_stay_lines() -> None:
    document = DoclingDocument(name="made")
    document.add_text(DocItemLabel.TEXT, "The boat went out\nat half past three")
    assert written(document) == "The boat went out  \nat half past three"


def test_a_formula_without_latex_is_written_with_its_characters() -> None:
    document = DoclingDocument(name="made")
    document.add_text(DocItemLabel.FORMULA, "", orig="Δx = a_1 + *b*")
    document.add_text(DocItemLabel.FORMULA, "x < y", orig="x<y")
    assert written(document) == "Δx = a_1 + \\*b\\*\n\n$$x < y$$"


def test_headings_begin_below_the_title_or_in_its_place() -> None:
    document = DoclingDocument(name="made")
    document.add_heading("One", level=1)
    assert written(document) == "## One"
    document.add_heading("Two", level=2)
    assert written(document) == "# One\n\n## Two"
    document.add_title("Title")
    assert written(document) == "## One\n\n### Two\n\n# Title"
    document.add_heading("Deep", level=9)
    assert written(document).endswith("###### Deep")


def test_list_items_keep_their_own_numbers_and_nest() -> None:
    document = DoclingDocument(name="made")
    outer = document.add_list_group()
    first = document.add_list_item("one", parent=outer, marker="3.", enumerated=True)
    inner = document.add_list_group(parent=first)
    document.add_list_item("under", parent=inner, marker="•")
    document.add_list_item("clause", parent=inner, marker=".1", enumerated=True)
    document.add_list_item("two", parent=outer, marker="4)", enumerated=True)
    document.add_list_item("three", parent=outer, marker="1.2.", enumerated=True)
    assert written(document) == "3. one\n    - under\n    - .1 clause\n4) two\n- 1.2. three"


def test_bold_italic_raised_and_linked_words() -> None:
    document = DoclingDocument(name="made")
    paragraph = document.add_text(DocItemLabel.TEXT, "")
    group = document.add_inline_group(parent=paragraph)
    for text, formatting, link in (
        ("Do ", None, None),
        ("not", Formatting(bold=True), None),
        (" eat ", None, None),
        ("the_lamp ", Formatting(italic=True), None),
        ("10", None, None),
        ("6", Formatting(script=Script.SUPER), None),
        (" H", None, None),
        ("2", Formatting(script=Script.SUB), None),
        ("O, see ", None, None),
        ("here", None, AnyUrl("https://example.org/a?b=1&c=(2)")),
        (" or ", None, None),
        ("there", None, AnyUrl("javascript:alert(1)")),
        (".", None, None),
    ):
        document.add_text(DocItemLabel.TEXT, text, parent=group, formatting=formatting, hyperlink=link)
    assert written(document) == (
        "Do **not** eat *the_lamp* 10<sup>6</sup> H<sub>2</sub>O, "
        "see [here](https://example.org/a?b=1&c=%282%29) or there."
    )


def test_a_wide_table_is_not_padded_and_a_narrow_one_is() -> None:
    document = DoclingDocument(name="made")
    document.add_table(table_of([["a", "b"], ["1", "long cell"]]))
    assert written(document) == "| a   | b         |\n|-----|-----------|\n| 1   | long cell |"
    document = DoclingDocument(name="made")
    document.add_table(table_of([["a", "b"], ["1", "long " * 40]]))
    assert max(map(len, written(document).splitlines()[:2])) < 20


def test_a_table_without_a_header_gets_an_empty_one() -> None:
    document = DoclingDocument(name="made")
    document.add_table(table_of([["1", "2"], ["3", "4"]], heads=0))
    assert written(document).splitlines()[0].strip("| ") == ""
    assert written(document).splitlines()[2] == "| 1   | 2   |"


def test_spans_are_html_or_pipes_on_request() -> None:
    wide = TableCell(
        text="wide | <b>",
        col_span=2,
        start_row_offset_idx=0,
        end_row_offset_idx=1,
        start_col_offset_idx=0,
        end_col_offset_idx=2,
        column_header=True,
    )
    data = table_of([["", ""], ["x", "y\nz"]])
    data.table_cells = [wide, *data.table_cells[2:]]
    document = DoclingDocument(name="made")
    document.add_table(data)
    assert written(document) == (
        '<table>\n<tr><th colspan="2">wide | &lt;b&gt;</th></tr>\n<tr><td>x</td><td>y<br>z</td></tr>\n</table>'
    )
    assert written(document, TableForm.PIPES).splitlines()[0] == "| wide \\| &lt;b> | wide \\| &lt;b> |"
