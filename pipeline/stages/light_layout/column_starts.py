"""Lines that begin a column although another line ends a space before them, as on scans with narrow gutters. Pure.

The boxes of read lines are higher than their type, so that a gutter is no wider than a space seems to be. But the lines
of a column begin at one place, and pieces of one line do not.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.stages.light_layout.blocks import WORD_GAP, same_height
from pipeline.stages.light_layout.lines import LayoutLine, bounds

ALIKE = 0.4  # in line heights: by which the first letters of a column's lines differ
LEAST = 4  # lines that begin at one place
CROSSING = 0.25  # for each of them, lines that run across that place at most
WIDE = 5.0  # in line heights: a line that ends before the gutter is wider than the number or the mark of an item


def with_column_starts(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines, read ones that begin a column marked so."""
    read = sorted(
        (line for line in lines if not line.words and line.upright and line.turn == 0), key=lambda line: line.box.left
    )
    starts = {
        id(line)
        for number, line in enumerate(read)
        if any(_is_right_behind(line, one) for one in read[:number]) and _begins_with_others(line, read)
    }
    return [replace(line, begins_column=True) if id(line) in starts else line for line in lines]


def _begins_with_others(line: LayoutLine, read: Sequence[LayoutLine]) -> bool:
    """Whether other lines begin where ``line`` does, and hardly any runs across that place between them."""
    place, slack = line.box.left, ALIKE * line.height
    column = bounds([other.box for other in read if abs(other.box.left - place) <= slack])
    beside = [other for other in read if column.top <= (other.box.top + other.box.bottom) / 2 <= column.bottom]
    same = sum(abs(other.box.left - place) <= slack for other in beside)
    across = sum(other.box.left < place - slack and other.box.right > place + slack for other in beside)
    return same >= LEAST and across <= CROSSING * same


def _is_right_behind(line: LayoutLine, before: LayoutLine) -> bool:
    gap = line.box.left - before.box.right
    height = min(line.height, before.height)
    near = -ALIKE * height < gap < WORD_GAP * height and same_height(line.box, before.box)
    return near and before.box.width > WIDE * height
