"""The blocks of a tagged page with what stands in them, and blocks of choices cut into one for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from docling_core.types.doc.page import TextCell

from pipeline.pages import Box
from pipeline.stages.docling_boxes import box_around
from pipeline.stages.light_layout.line_patterns import is_choice
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock
from pipeline.stages.tagged.tagged_words import MarkedWord


@dataclass(slots=True)
class BlockContent:
    """A block with what stands in it."""

    block: TagBlock
    words: list[MarkedWord]
    lines: list[TextCell]
    box: Box


def cut_choices(contents: Sequence[BlockContent]) -> list[BlockContent]:
    """The blocks, where text of which several lines begin with a check box is a block from box to box: browsers tag
    such lines as one.
    """
    return [piece for content in contents for piece in _pieces(content)]


def _pieces(content: BlockContent) -> list[BlockContent]:
    starts = [number for number, line in enumerate(content.lines) if is_choice(line.text)]
    if content.block.kind is not BlockKind.TEXT or len(starts) + (starts[:1] != [0]) < 2:
        return [content]
    edges = sorted({0, *starts, len(content.lines)})
    found = []
    for start, end in pairwise(edges):
        lines = content.lines[start:end]
        boxes = [box_around(line.rect) for line in lines]
        words = [word for word in content.words if any(box.holds_middle(word.box) for box in boxes)]
        found.append(BlockContent(content.block, words, lines, bounds(boxes)))
    return found
