"""Whether a page's tags say more than its looks do. Pure functions.

Tags are written by programs, and some write them badly: one paragraph for the whole page, one for each line, an order
that jumps, text that no tag covers. Such a page is better read by its looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.pages import Box
from pipeline.stages.tagged.tag_tree import BlockKind

COVERED = 0.9  # of the visible characters outside artifacts
ARTIFACTS = 0.5  # of the visible characters at most
BARE = 0.5  # of the characters at most in text that no tag but the document's own holds
BACKWARD = 0.15  # of the steps from block to block at most: steps up the page within a column
LUMP = 0.7  # of the page's characters at most in one paragraph,
LUMP_CHARACTERS = 1500  # on a page of that many
CUT = 0.3  # of the paragraphs at most that end inside a sentence that the next one goes on with
CUT_LEAST = 4


@dataclass(frozen=True, slots=True)
class BlockText:
    """What is compared of a block: its kind, its text, its box, and whether no tag says what it is."""

    kind: BlockKind
    text: str
    box: Box
    bare: bool = False


def believed(blocks: Sequence[BlockText], covered: int, loose: int, artifacts: int) -> bool:
    """Whether to read the page by its tags.

    ``covered``, ``loose`` and ``artifacts`` are numbers of visible characters: under tags of the page's blocks, under
    none, and in artifacts.
    """
    if not covered or covered < COVERED * (covered + loose) or artifacts > ARTIFACTS * (covered + loose + artifacts):
        return False
    if sum(len(block.text) for block in blocks if block.bare) > BARE * covered:
        return False
    if all(block.kind in (BlockKind.TEXT, BlockKind.PICTURE) for block in blocks):
        return False
    return not (_jumps(blocks) or _lump(blocks, covered) or _cut(blocks))


def _jumps(blocks: Sequence[BlockText]) -> bool:
    texts = [block for block in blocks if block.text]
    steps = list(pairwise(texts))
    back = sum(_above(after.box, before.box) for before, after in steps)
    return back > max(1, BACKWARD * len(steps))


def _above(one: Box, other: Box) -> bool:
    """Whether ``one`` stands above ``other`` in the same column."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return one.bottom <= other.top + 1 and shared > 0.5 * min(one.width, other.width)


def _lump(blocks: Sequence[BlockText], characters: int) -> bool:
    longest = max((len(block.text) for block in blocks if block.kind is BlockKind.TEXT), default=0)
    return characters > LUMP_CHARACTERS and longest > LUMP * characters


def _cut(blocks: Sequence[BlockText]) -> bool:
    pairs = [
        (before, after)
        for before, after in pairwise(blocks)
        if before.kind is after.kind is BlockKind.TEXT and before.text and after.text
    ]
    cut = sum(before.text[-1].isalpha() and after.text[0].islower() for before, after in pairs)
    return cut >= CUT_LEAST and cut > CUT * len(pairs)
