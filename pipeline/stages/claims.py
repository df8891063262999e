"""Shares a page's lines out to the predicted text regions; what nobody claims is grouped into blocks. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.blocks import paragraphs, same_height
from pipeline.stages.containers import TRUSTED, inside
from pipeline.stages.lines import Line, bounds

TOUCHING = 0.2  # docling's own least share of a line that a region must cover to get it
ODDLY_LARGE = 6  # a weak region may not swallow more than this many lines


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, with the label and score of the region that claimed them."""

    label: LayoutLabel
    score: float
    lines: tuple[Line, ...]

    @property
    def box(self) -> Box:
        return bounds([line.box for line in self.lines])

    @property
    def text(self) -> str:
        return " ".join(line.text.strip() for line in self.lines)


def claim(regions: Sequence[LayoutRegion], lines: Sequence[Line]) -> list[Block]:
    """Every line in exactly one block.

    Strong regions claim first, best score first; a line half inside goes before a line that is merely touched. Weak regions
    (below docling's threshold) only get what is left, if it is little. The rest becomes text, grouped by ``paragraphs``.
    """
    ordered = sorted(regions, key=lambda region: -region.score)
    owners: dict[int, int] = {}
    for share in (0.5, TOUCHING):
        for number, region in enumerate(ordered):
            if region.score >= TRUSTED:
                _take(number, region, lines, owners, share)
    for number, region in enumerate(ordered):
        free = [line for index, line in enumerate(lines) if index not in owners and inside(line, region.box)]
        if region.score < TRUSTED and 0 < len(free) <= ODDLY_LARGE:
            _take(number, region, lines, owners, 0.5)
    blocks = [
        Block(region.label, region.score, tuple(line for index, line in enumerate(lines) if owners.get(index) == number))
        for number, region in enumerate(ordered)
        if number in owners.values()
    ]
    orphans = [line for index, line in enumerate(lines) if index not in owners]
    return _adopt(blocks, orphans)


def _take(number: int, region: LayoutRegion, lines: Sequence[Line], owners: dict[int, int], share: float) -> None:
    for index, line in enumerate(lines):
        if index not in owners and inside(line, region.box, share):
            owners[index] = number


def _adopt(blocks: list[Block], orphans: Sequence[Line]) -> list[Block]:
    """A lone piece on the row of a one-line block, close to it, joins that block; all else makes blocks of its own."""
    rest = []
    for line in orphans:
        home = next((i for i, block in enumerate(blocks) if _beside(line, block)), None)
        if home is None:
            rest.append(line)
        else:
            blocks[home] = replace(blocks[home], lines=(*blocks[home].lines, line))
    return blocks + [Block(LayoutLabel.TEXT, TRUSTED, tuple(group)) for group in paragraphs(rest)]


def _beside(line: Line, block: Block) -> bool:
    box = block.box
    if box.height > 2 * line.height or not same_height(box, line.box):
        return False
    gap = max(box.left - line.box.right, line.box.left - box.right)
    return gap < 2 * line.height and all(piece.font == line.font for piece in block.lines)
