"""Headings that the network saw in two pieces. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.classify import AS_WIDE
from pipeline.stages.light_layout.lines import HEAVY_SCAN, LayoutLine, Typography

HEADING_LEADING = 0.6  # in line heights: the white between two lines of one heading at most
SMALL_STEP = 0.3  # in line heights: a space between words, and by how much the edges of a block's lines differ


def whole_headings(blocks: Sequence[Block], type_: Typography) -> list[Block]:
    """The blocks in their order, where a heading that the network saw in two pieces is one: the lower piece has the
    same type, begins at the same edge right below the upper one, and its first word had no room there.
    """
    found = dict(enumerate(blocks))
    for number in sorted(found, key=lambda number: blocks[number].box.top):
        lower = found[number]
        home = next((n for n, other in found.items() if n != number and _goes_on(other, lower, blocks, type_)), None)
        if home is not None:
            found[home] = replace(found[home], lines=(*found[home].lines, *lower.lines))
            del found[number]
    return list(found.values())


def _goes_on(upper: Block, lower: Block, blocks: Sequence[Block], type_: Typography) -> bool:
    if upper.label is not LayoutLabel.SECTION_HEADER or lower.label is not LayoutLabel.SECTION_HEADER:
        return False
    last, first = upper.lines[-1], lower.lines[0]
    alike = last.font == first.font and _as_large(last, first, type_)
    gap = first.box.top - last.box.bottom
    edge = abs(upper.box.left - lower.box.left) < SMALL_STEP * first.height
    if not alike or not edge or not -0.5 * first.height < gap < HEADING_LEADING * first.height:
        return False
    starts = line_patterns.has_number(first) or line_patterns.begins_numbered(first.text)
    return not starts and _end(upper, lower, blocks) - last.box.right < first.first_width + SMALL_STEP * first.height


def _end(upper: Block, lower: Block, blocks: Sequence[Block]) -> float:
    """Where the column of a heading in two pieces ends: where the text below it does, else all that shares its width,
    in points from the left.
    """
    below = [
        block.box
        for block in blocks
        if block.label is LayoutLabel.TEXT
        and len(block.lines) > 1
        and block.box.top >= lower.box.bottom
        and block.box.shares_width(lower.box)
    ]
    if below:
        return min(below, key=lambda box: box.top).right
    return max(block.box.right for block in blocks if block.box.shares_width(upper.box))


def _as_large(one: LayoutLine, other: LayoutLine, type_: Typography) -> bool:
    """Whether two lines are of one size: scanned ones by their strokes, since the height of their boxes hangs on their
    letters.
    """
    if one.font == HEAVY_SCAN and other.font == HEAVY_SCAN:
        return max(one.stroke, other.stroke) < AS_WIDE * min(one.stroke, other.stroke)
    return abs(one.height - other.height) < 0.1 * type_.height
