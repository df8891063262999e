"""Paragraphs that run beside a table or a picture and go on below it at full width. Pure functions.

What stands in a block's box is docling's text of the block. So a paragraph that would go around a table is cut where
its lines change their width; the pieces are put together again as those of a paragraph over two columns are.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.pages import Box
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.lines import LayoutLine, bounds

HELD = 0.05  # share of a table's or picture's area that a block has to cover to go around it


def parted_around(blocks: Sequence[Block], boxes: Sequence[Box]) -> list[Block]:
    """The ``blocks``, those that go around one of the ``boxes`` cut into what stands above, beside and below it."""
    found = list(blocks)
    for box in boxes:
        found = [part for block in found for part in _parts(block, box)]
    return found


def _parts(block: Block, box: Box) -> list[Block]:
    if block.box.intersection(box) < HELD * box.area:
        return [block]
    lines = sorted(block.lines, key=lambda line: line.box.top)
    runs = [tuple(run) for _, run in groupby(lines, key=lambda line: _is_level(line, box))]
    beside = [bounds([line.box for line in run]) for run in runs if _is_level(run[0], box)]
    if len(runs) < 2 or any(part.intersection(box) > 0 for part in beside):
        return [block]
    return [replace(block, lines=run) for run in runs]


def _is_level(line: LayoutLine, box: Box) -> bool:
    return min(line.box.bottom, box.bottom) > max(line.box.top, box.top)
