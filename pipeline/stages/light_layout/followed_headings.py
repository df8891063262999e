"""Headings by what follows them: set off from the text right below, they head it. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import rows
from pipeline.stages.light_layout.classify import HEADING_CHARACTERS, BlockPiece, is_heading
from pipeline.stages.light_layout.lines import HEAVY_SCAN, Typography, is_italic

BELOW = 3.5  # in body heights: the text that a heading stands above begins at most this far below
INDENTED = 4.0  # in line heights: that text may be set in by so much that it begins right of a short heading
CENTRED = 0.03  # of the width of the text below: by so much the middle of a heading over it may miss the text's
PROSE = 60  # characters of the text below at least
_ROMAN = re.compile(r"[IVX]{1,5}\.\s\S")


def follow_up(
    blocks: Sequence[Block], held: Sequence[Box], type_: Typography, settled: Sequence[Block] = ()
) -> list[Block]:
    """Emphatic rows right above body text become headings; what introduces nothing is no heading unless the network
    says so.

    ``held`` are the boxes of pictures and tables; ``settled`` blocks stay as they are and may stand below a heading.
    """
    raised = [_raised(block, [*blocks, *settled], type_) for block in blocks]
    shown = [_is_display(block, [*raised, *settled], held) for block in raised]
    return [replace(b, label=LayoutLabel.TEXT) if display else b for b, display in zip(raised, shown, strict=True)]


def _raised(block: Block, blocks: Sequence[Block], type_: Typography) -> Block:
    item = block.label in (LayoutLabel.LIST_ITEM, LayoutLabel.FOOTNOTE)
    if block.label is not LayoutLabel.TEXT and (not item or line_patterns.has_bullet(block.lines[0])):
        return block
    below = [
        other
        for other in blocks
        if 0 <= other.box.top - block.box.bottom + 0.3 * type_.height < BELOW * type_.height
        and block.box.shares_width(other.box)
        and (_near_edge(block, other, type_) or _is_centred(block, other))
    ]
    if not below:
        return block
    nearest = min(below, key=lambda other: other.box.top)
    after = BlockPiece(tuple(rows(nearest.lines)))
    part = BlockPiece(tuple(rows(block.lines)))
    upright = not any(is_italic(font) for font in part.fonts) or len(part.rows) == 1
    first = block.lines[0]
    numbered = line_patterns.has_number(first) or line_patterns.begins_numbered(first.text)
    centred = numbered and _is_centred(block, nearest)
    if centred and _is_in_capitals(part.text):
        return replace(block, label=LayoutLabel.SECTION_HEADER)
    if upright and is_heading(part, block, type_, after, alone=True, centred=centred):
        return replace(block, label=LayoutLabel.SECTION_HEADER)
    return block


def _is_in_capitals(text: str) -> bool:
    """Whether the text is a Roman number and a title in capitals, which journals set in the size of their text."""
    return text.isupper() and len(text) <= HEADING_CHARACTERS and _ROMAN.match(text.strip()) is not None


def _near_edge(block: Block, other: Block, type_: Typography) -> bool:
    """Whether ``other``, below the block, begins about where it does; the text below a heavy scanned line may be set
    in, as in manual pages.
    """
    step = other.box.left - block.box.left
    heavy = all(line.font == HEAVY_SCAN for line in block.lines)
    return abs(step) < 0.25 * max(other.box.width, block.box.width) or (heavy and 0 < step < INDENTED * type_.height)


def _is_centred(block: Block, other: Block) -> bool:
    """Whether the block stands over the middle of a paragraph, and is set in from both its edges."""
    middle = (block.box.left + block.box.right - other.box.left - other.box.right) / 2
    within = other.box.left < block.box.left and block.box.right < other.box.right
    prose = len(other.lines) > 1 and len(other.text) >= PROSE
    return within and prose and abs(middle) < CENTRED * other.box.width


def _is_display(block: Block, blocks: Sequence[Block], held: Sequence[Box]) -> bool:
    """Display type that the network called no heading, with nothing below or with display type as large: a slogan, a
    cover line.
    """
    if block.label is not LayoutLabel.SECTION_HEADER or block.seen is LayoutLabel.SECTION_HEADER:
        return False
    floor = block.box.bottom - 0.3 * block.lines[0].height
    boxes = [box for box in held if box.top >= floor and block.box.shares_width(box)]
    reach = replace(block.box, right=block.box.right + INDENTED * block.lines[0].height)
    texts = [
        other for other in blocks if other is not block and other.box.top >= floor and reach.shares_width(other.box)
    ]
    following = min(texts, key=lambda other: other.box.top, default=None)
    if following is None or any(box.top < following.box.top for box in boxes):
        return not boxes
    if _begins_chapter(block.text, following.text):
        return False
    return following.label is LayoutLabel.SECTION_HEADER and following.lines[0].height >= 0.95 * block.lines[0].height


def _begins_chapter(upper: str, lower: str) -> bool:
    """Whether the upper of two headings is the number of a chapter, or the title of one above its first section."""
    numbered = line_patterns.has_clause_number(lower) or line_patterns.goes_deeper(upper, lower)
    return numbered or line_patterns.counts_part(upper)
