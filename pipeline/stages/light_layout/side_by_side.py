"""Short paragraphs side by side that the network saw as one, as the texts of cards and notices: two rows of them look
like two wide lines. Pure functions.

What tells them from one paragraph whose lines are broken in two: each side begins like a sentence, goes on from line to
line, and keeps one edge of its own. The white between them may be no wider than that between words.
"""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.stages.light_layout.line_patterns import ends_sentence
from pipeline.stages.light_layout.lines import LayoutLine

GUTTER = 0.5  # in line heights: white between the two sides, at least
EDGE = 0.5  # in line heights: by which lines of one side begin apart, at most
LEAST_LINES = 2  # of each side
MOST_LINES = 60  # of all: what is longer shows by its rows


def side_by_side(lines: Sequence[LayoutLine]) -> list[tuple[LayoutLine, ...]]:
    """The paragraphs from left to right; all of ``lines`` where they are not several side by side."""
    if len(lines) <= MOST_LINES:
        for edge in sorted({line.box.left for line in lines})[1:]:
            left = [line for line in lines if line.box.right <= edge - GUTTER * line.height]
            right = [line for line in lines if line.box.left >= edge]
            whole = len(left) + len(right) == len(lines)
            if whole and _is_paragraph(left) and _is_paragraph(_column(right)):
                return [tuple(left), *side_by_side(right)]
    return [tuple(lines)]


def _column(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """Those of the lines that begin at the leftmost edge."""
    edge = min((line.box.left for line in lines), default=0.0)
    return [line for line in lines if line.box.left <= edge + EDGE * line.height]


def _is_paragraph(lines: Sequence[LayoutLine]) -> bool:
    """Whether the lines keep one edge, begin a sentence, and one of them goes on in the middle of one."""
    ordered = sorted(lines, key=lambda line: line.box.top)
    if len(ordered) < LEAST_LINES or len(_column(ordered)) < len(ordered) or _goes_on(ordered[0]):
        return False
    return any(_goes_on(lower) and not ends_sentence(upper.text) for upper, lower in pairwise(ordered))


def _goes_on(line: LayoutLine) -> bool:
    return line.text.lstrip()[:1].islower()
