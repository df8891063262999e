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
    told = [(item_number(block.lines[0].text), block) for block in blocks if block.label in _ITEMS]
    numbered = [(number, block) for number, block in told if number is not None]
    numbered = sorted(numbered, key=lambda one: one[1].box.top)[:MOST]
    items: set[int] = set()
    for place, (number, upper) in enumerate(numbered):
        below = next((one for one in numbered[place + 1 :] if _at_edge(upper, one[1])), None)
        if below is not None and below[0] == number + 1 and _follows(upper, below[1], blocks):
            items |= {id(upper), id(below[1])}
    return [replace(block, label=LayoutLabel.LIST_ITEM) if id(block) in items else block for block in blocks]


def _at_edge(upper: Block, lower: Block) -> bool:
    one, other = upper.lines[0], lower.lines[0]
    return abs(other.box.left - one.box.left) < EDGE * one.height


def _follows(upper: Block, lower: Block, blocks: Sequence[Block]) -> bool:
    """Whether the two are set alike, with nothing but nested items between."""
    one, other = upper.lines[0], lower.lines[0]
    between = [b for b in blocks if upper.box.top < b.box.top < lower.box.top and b.box.shares_width(upper.box)]
    nested = all(b.label is LayoutLabel.LIST_ITEM and b.box.left > upper.box.left for b in between)
    gap = other.box.top - max(b.box.bottom for b in (upper, *between))
    return one.font == other.font and nested and -0.5 * one.height < gap < GAP * one.height
