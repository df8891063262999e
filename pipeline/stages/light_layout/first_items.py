"""The first items of a list, which the network often takes for headings. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.line_patterns import item_number

GAP = 1.2  # in line heights: the white between two items at most
EDGE = 1.0  # in line heights: they begin this close to each other


def with_first_items(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where a heading is an item that the list's next one follows, or which follows another that the
    network took for a heading: set alike, with the numbers in turn, at one edge, and with nothing between.
    """
    numbered = [block for block in blocks if block.label in (LayoutLabel.LIST_ITEM, LayoutLabel.SECTION_HEADER)]
    headings = [block for block in numbered if block.label is LayoutLabel.SECTION_HEADER]
    found = {
        id(heading)
        for heading in headings
        if any(_is_next(other, heading) for other in numbered) or any(_is_next(heading, other) for other in headings)
    }
    return [replace(block, label=LayoutLabel.LIST_ITEM) if id(block) in found else block for block in blocks]


def _is_next(lower: Block, upper: Block) -> bool:
    one, other = upper.lines[0], lower.lines[0]
    number, following = item_number(one.text), item_number(other.text)
    if number is None or following != number + 1 or one.font != other.font:
        return False
    gap = other.box.top - upper.lines[-1].box.bottom
    near = -0.5 * one.height < gap < GAP * one.height
    return near and abs(other.box.left - one.box.left) < EDGE * one.height
