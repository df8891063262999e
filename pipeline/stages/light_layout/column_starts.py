"""Lines that begin a column although another line ends a space before them, as on scans with narrow gutters. Pure.

The boxes of read lines are higher than their type, so that a gutter is no wider than a space seems to be. But the lines
of a column begin at one place, and pieces of one line do not.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.stages.light_layout.blocks import WORD_GAP, same_height
from pipeline.stages.light_layout.lines import LayoutLine

ALIKE = 0.4  # in line heights: by which the first letters of a column's lines differ
LEAST = 4  # lines that begin at one place, each right behind another line
WIDE = 5.0  # in line heights: a line that ends before the gutter is wider than the number or the mark of an item


def with_column_starts(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines, read ones that begin a column marked so."""
    read = sorted(
        (line for line in lines if not line.words and line.upright and line.turn == 0), key=lambda line: line.box.left
    )
    behind = [line for number, line in enumerate(read) if any(_is_right_behind(line, one) for one in read[:number])]
    starts = {
        id(line)
        for line in behind
        if sum(abs(other.box.left - line.box.left) <= ALIKE * line.height for other in behind) >= LEAST
    }
    return [replace(line, begins_column=True) if id(line) in starts else line for line in lines]


def _is_right_behind(line: LayoutLine, before: LayoutLine) -> bool:
    gap = line.box.left - before.box.right
    height = min(line.height, before.height)
    near = -ALIKE * height < gap < WORD_GAP * height and same_height(line.box, before.box)
    return near and before.box.width > WIDE * height
