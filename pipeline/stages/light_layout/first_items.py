"""The first item of a list, which the network often takes for the list's heading. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.line_patterns import item_number

GAP = 1.2  # in line heights: the white between two items at most
EDGE = 1.0  # in line heights: they begin this close to each other


def with_first_items(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where a heading that the list's next item follows is its first one: set alike, with the number
    before, at one edge, and with nothing between.
    """
    items = [block for block in blocks if block.label is LayoutLabel.LIST_ITEM]
    return [
        replace(block, label=LayoutLabel.LIST_ITEM)
        if block.label is LayoutLabel.SECTION_HEADER and any(_is_next(item, block) for item in items)
        else block
        for block in blocks
    ]


def _is_next(item: Block, heading: Block) -> bool:
    one, other = heading.lines[0], item.lines[0]
    number, following = item_number(one.text), item_number(other.text)
    if number is None or following != number + 1 or one.font != other.font:
        return False
    gap = other.box.top - heading.lines[-1].box.bottom
    near = -0.5 * one.height < gap < GAP * one.height
    return near and abs(other.box.left - one.box.left) < EDGE * one.height
