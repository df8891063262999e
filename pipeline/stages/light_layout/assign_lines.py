"""Shares a page's lines out to the predicted text regions; what nobody claims is grouped into blocks. Pure
functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.blocks import HANGS, PROSE_WIDTH, paragraphs, same_height, shown_line_gap
from pipeline.stages.light_layout.containers import TRUSTED, inside
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds

TOUCHING = 0.2  # docling's own least share of a line that a region must cover to get it
LEADING = 0.5  # in body heights: the white between two lines of a paragraph at most, where it shows no other
LOOSER = 1.15  # times the white between the lines of one of the two
GOES_ON = ",;-\u2010\u2013\u2014"  # what a line in a sentence ends with, but for letters
ROOM = 1.3  # in line heights: a space, and room that is left beyond the next word before a line counts as ended early
JOINABLE = (LayoutLabel.TEXT, LayoutLabel.LIST_ITEM)
ENCLOSED = 0.9  # share of a block in another block's box from which on it is enclosed
ODDLY_LARGE = 6  # a weak region may not swallow more than this many lines


@dataclass(frozen=True)  # no slots: a cached property needs a place
class Block:
    """Lines that belong together, with the label and score of the region that claimed them.

    ``seen`` is the network's label where ``label`` is what the text rules made of it.
    """

    label: LayoutLabel
    score: float
    lines: tuple[LayoutLine, ...]
    seen: LayoutLabel | None = None

    @cached_property
    def box(self) -> Box:
        return bounds([line.box for line in self.lines])

    @property
    def text(self) -> str:
        return " ".join(line.text.strip() for line in self.lines)


def claim(regions: Sequence[LayoutRegion], lines: Sequence[LayoutLine]) -> tuple[list[Block], list[LayoutLine]]:
    """The blocks that the regions make of the lines, and the lines that no region claims.

    Strong regions claim first, best score first; a line half inside goes before a line that is merely touched. Weak
    regions (below docling's threshold) only get what is left, if it is little and nothing else stands among it.
    """
    ordered = sorted(regions, key=lambda region: -region.score)
    owners: dict[int, int] = {}
    for share in (0.5, TOUCHING):
        for number, region in enumerate(ordered):
            if region.score >= TRUSTED:
                _take(number, region, lines, owners, share)
    for number, region in enumerate(ordered):
        free = [line for index, line in enumerate(lines) if index not in owners and inside(line, region.box)]
        if region.score >= TRUSTED or not 0 < len(free) <= ODDLY_LARGE:
            continue
        area = bounds([line.box for line in free])
        if not any(inside(lines[index], area) for index in owners):
            _take(number, region, lines, owners, 0.5)
    blocks = [
        Block(
            region.label, region.score, tuple(line for index, line in enumerate(lines) if owners.get(index) == number)
        )
        for number, region in enumerate(ordered)
        if number in owners.values()
    ]
    return blocks, [line for index, line in enumerate(lines) if index not in owners]


def dissolved(blocks: Sequence[Block]) -> tuple[list[Block], list[LayoutLine]]:
    """The blocks that do not enclose another one, and the lines of those that do: text does not stand in text."""
    boxes = [block.box for block in blocks]
    enclosing = [
        any(other is not box and box.intersection(other) > ENCLOSED * other.area for other in boxes) for box in boxes
    ]
    pairs = list(zip(blocks, enclosing, strict=True))
    freed = {id(line) for block, outer in pairs if outer for line in block.lines}
    kept = [block for block, outer in pairs if not outer]
    return kept, [line for block in blocks for line in block.lines if id(line) in freed]


def _take(number: int, region: LayoutRegion, lines: Sequence[LayoutLine], owners: dict[int, int], share: float) -> None:
    for index, line in enumerate(lines):
        if index not in owners and inside(line, region.box, share):
            owners[index] = number


def adopt(found: Sequence[Block], orphans: Sequence[LayoutLine]) -> list[Block]:
    """A lone piece on the row of a one-line block, close to it, joins that block; all else makes text blocks of its
    own.
    """
    blocks = list(found)
    rest = []
    for line in orphans:
        home = next((i for i, block in enumerate(blocks) if _beside(line, block)), None)
        if home is None:
            rest.append(line)
        else:
            blocks[home] = replace(blocks[home], lines=(*blocks[home].lines, line))
    return blocks + [Block(LayoutLabel.TEXT, TRUSTED, tuple(group)) for group in paragraphs(rest, shown_line_gap(rest))]


def _beside(line: LayoutLine, block: Block) -> bool:
    box = block.box
    if box.height > 2 * line.height or not same_height(box, line.box):
        return False
    right = block.lines if box.left > line.box.left else (line,)
    if any(piece.begins_column for piece in right):
        return False
    gap = max(box.left - line.box.right, line.box.left - box.right)
    return gap < 2 * line.height and all(piece.font == line.font for piece in block.lines)


def joined(blocks: Sequence[Block], type_: Typography) -> list[Block]:
    """Text blocks joined where one goes on below the other in the same type, at the same edge, without a paragraph's
    gap.

    The network cuts paragraphs where its boxes overlap; what belongs apart is cut again by its marks and gaps. Where
    lines stand far apart, a paragraph of two of them shows no white of its own: the other paragraphs show it.
    """
    ordered = sorted(blocks, key=lambda block: block.box.top)
    usual = _usual_leading([block for block in blocks if block.label in JOINABLE], type_)
    found: list[Block] = []
    for block in ordered:
        home = next((i for i, other in enumerate(found) if _goes_on(other, block, type_, usual, ordered)), None)
        if home is None:
            found.append(block)
        else:
            best = max(found[home], block, key=lambda b: b.score)
            found[home] = Block(best.label, best.score, (*found[home].lines, *block.lines))
    return found


def _goes_on(upper: Block, lower: Block, type_: Typography, usual: float, blocks: Sequence[Block]) -> bool:
    if upper.label not in JOINABLE or lower.label not in JOINABLE:
        return False
    last = max(upper.lines, key=lambda line: line.box.bottom)
    first = min(lower.lines, key=lambda line: line.box.top)
    gap = first.box.top - last.box.bottom
    alike = first.font == last.font and abs(first.height - last.height) < 0.1 * type_.height
    edge = min(abs(first.box.left - last.box.left), abs(first.box.right - last.box.right))
    if not alike or edge >= 0.5 * type_.height or gap <= -0.5 * type_.height:
        return False
    leading = max(LEADING * type_.height, LOOSER * min(_leadings(upper.lines) + _leadings(lower.lines), default=0.0))
    return gap < leading or (gap < LOOSER * usual and _is_cut_off(last, first, blocks))


def _is_cut_off(last: LayoutLine, first: LayoutLine, blocks: Sequence[Block]) -> bool:
    """Whether the line ``last`` is full and ends within a sentence: its column has no room for the word that follows
    in ``first``, at the same edge.
    """
    end, height = last.text.rstrip()[-1:], last.height
    if last.box.width < PROSE_WIDTH * height or not (end.isalpha() or end in GOES_ON):
        return False
    column = [line.box for block in blocks for line in block.lines if line is not last and line is not first]
    edge = max((box.right for box in column if abs(box.left - last.box.left) < HANGS * height), default=0.0)
    return edge >= last.box.right - height and edge - last.box.right < first.first_width + ROOM * height


def _usual_leading(blocks: Sequence[Block], type_: Typography) -> float:
    """The white between the lines of the blocks in the body's size, in points; raised marks are lines of their own."""
    sized = [[line for line in block.lines if abs(line.height - type_.height) < 0.1 * type_.height] for block in blocks]
    leadings = [gap for lines in sized for gap in _leadings(lines)]
    return median(leadings) if leadings else 0.0


def _leadings(lines: Sequence[LayoutLine]) -> list[float]:
    """The white between the lines of a block, in points."""
    ordered = sorted(lines, key=lambda line: line.box.top)
    gaps = [lower.box.top - upper.box.bottom for upper, lower in pairwise(ordered)]
    return [gap for gap in gaps if gap > 0]
