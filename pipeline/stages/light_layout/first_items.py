"""The first items of a list, which the network often takes for headings. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.line_patterns import item_number

GAP = 1.2  # in line heights: the white between two items at most
EDGE = 1.0  # in line heights: they begin this close to each other
MOST = 1000  # numbered blocks of a page that are looked at
_ITEMS = (LayoutLabel.LIST_ITEM, LayoutLabel.SECTION_HEADER)


def with_first_items(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where a heading is an item that the list's next one follows, or which follows the list's last one:
    set alike, with the numbers in turn, at one edge, and with nothing but nested items between.
    """
    numbered = [block for block in blocks if block.label in _ITEMS and item_number(block.lines[0].text) is not None]
    numbered = sorted(numbered, key=lambda block: block.box.top)[:MOST]
    pairs = [
        (upper, lower)
        for place, upper in enumerate(numbered)
        if (lower := _below(upper, numbered[place + 1 :])) is not None and _is_next(lower, upper, blocks)
    ]
    items = {id(block) for pair in pairs for block in pair}
    return [replace(block, label=LayoutLabel.LIST_ITEM) if id(block) in items else block for block in blocks]


def _below(upper: Block, lower: Sequence[Block]) -> Block | None:
    """The first of ``lower`` that begins where ``upper`` does."""
    reach = EDGE * upper.lines[0].height
    return next((block for block in lower if abs(block.lines[0].box.left - upper.lines[0].box.left) < reach), None)


def _is_next(lower: Block, upper: Block, blocks: Sequence[Block]) -> bool:
    one, other = upper.lines[0], lower.lines[0]
    number, following = item_number(one.text), item_number(other.text)
    if number is None or following != number + 1 or one.font != other.font:
        return False
    between = [block for block in blocks if upper.box.top < block.box.top < lower.box.top and _over(block, upper)]
    nested = all(block.label is LayoutLabel.LIST_ITEM and block.box.left > upper.box.left for block in between)
    gap = other.box.top - max(block.box.bottom for block in (upper, *between))
    return nested and -0.5 * one.height < gap < GAP * one.height


def _over(block: Block, other: Block) -> bool:
    return min(block.box.right, other.box.right) > max(block.box.left, other.box.left)
