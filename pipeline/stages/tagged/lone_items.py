"""Numbered headings that are tagged as lists of one item each, as office programs do without a heading style."""

from collections.abc import Sequence
from dataclasses import replace

from docling_core.types.doc.page import PdfTextCell

from pipeline.stages.light_layout.lines import is_bold
from pipeline.stages.tagged.block_content import BlockContent
from pipeline.stages.tagged.tag_tree import BlockKind

LONGEST = 100  # characters of a heading


def with_headings_of_items(contents: Sequence[BlockContent]) -> list[BlockContent]:
    """The blocks, where list items with a number and nothing but bold words, alone and right before a text are
    headings. Where the tags have headings, the author knew them, and items stay items.
    """
    if any(content.block.kind is BlockKind.HEADING for content in contents):
        return list(contents)
    kinds = [None, *(content.block.kind for content in contents), None]
    return [
        _as_heading(content)
        if after is BlockKind.TEXT and before is not content.block.kind and _heads(content)
        else content
        for before, content, after in zip(kinds, contents, kinds[2:], strict=False)
    ]


def _heads(content: BlockContent) -> bool:
    text = " ".join(line.text.strip() for line in content.lines)
    lettered = [word.cell for word in content.words if any(map(str.isalpha, word.cell.text))]
    bold = bool(lettered) and all(isinstance(cell, PdfTextCell) and is_bold(cell.font_name) for cell in lettered)
    return content.block.kind is BlockKind.ITEM and bold and text[:1].isdigit() and len(text) <= LONGEST


def _as_heading(content: BlockContent) -> BlockContent:
    block = replace(content.block, kind=BlockKind.HEADING, depth=0)
    return BlockContent(block, content.words, content.lines, content.box)
