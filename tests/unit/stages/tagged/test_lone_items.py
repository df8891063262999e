"""A bold numbered line above a text is a heading, though the tags call it a list of one item."""

from pathlib import Path

import pytest
import typst
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell

from pipeline.pages import Box
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.tagged.block_content import BlockContent
from pipeline.stages.tagged.lone_items import with_headings_of_items
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock
from pipeline.stages.tagged.tagged_words import MarkedWord
from tests.support.printed_pages import first_page_markdown

ITEM, TEXT, HEADING = BlockKind.ITEM, BlockKind.TEXT, BlockKind.HEADING


def block(kind: BlockKind, text: str, font: str = "/Serif-Bold") -> BlockContent:
    box = Box(50, 100, 200, 110)
    rect = BoundingRectangle.from_bounding_box(to_docling(box))
    mode = PdfCellRenderingMode.FILL_TEXT
    cell = PdfTextCell(rect=rect, text=text, orig=text, rendering_mode=mode, widget=False, font_key="", font_name=font)
    return BlockContent(TagBlock(kind, (7,)), [MarkedWord(cell, box, 7, 0)], [cell], box)


def kinds(*contents: BlockContent) -> list[BlockKind]:
    return [content.block.kind for content in with_headings_of_items(contents)]


SURVEY, PROSE = block(ITEM, "2. Survey"), block(TEXT, "Moles dig.", "/Serif")


def test_it_is_a_heading() -> None:
    assert kinds(PROSE, SURVEY, PROSE, block(ITEM, "3. Results"), PROSE) == [TEXT, HEADING, TEXT, HEADING, TEXT]


@pytest.mark.parametrize(
    "contents",
    [
        (SURVEY, block(ITEM, "3. Results"), PROSE),
        (SURVEY, block(BlockKind.TABLE, "1 2")),
        (block(ITEM, "2. Survey", "/Serif"), PROSE),
        (block(ITEM, "Survey"), PROSE),
        (block(ITEM, "2. " + "Survey " * 20), PROSE),
        (SURVEY, PROSE, block(HEADING, "Results")),
        (SURVEY,),
    ],
    ids=["several", "above a table", "plain", "no number", "long", "a page with headings", "last"],
)
def test_other_items_are_none(contents: tuple[BlockContent, ...]) -> None:
    assert kinds(*contents) == [content.block.kind for content in contents]


def test_a_printed_page_has_such_headings(tmp_path: Path) -> None:
    prose = "Volunteers marked fresh hills between May and August, and we opened each burrow within two days."
    source = (
        f"#set page(width: 400pt, height: 400pt)\n{prose}\n+ *Background*\n{prose}\n#enum(start: 2)[*Survey*]\n{prose}"
    )
    path = tmp_path / "moles.pdf"
    path.write_bytes(typst.compile(source.encode()))
    assert first_page_markdown(path, tmp_path).split("\n\n") == [
        prose,
        "## 1. Background",
        prose,
        "## 2. Survey",
        prose,
    ]
