"""Pieces of code of several rows between the paragraphs that explain them: lines in fixed pitch right below each other.
Pure functions.

The network sees a paragraph or a table in some of their rows, and words that a program sets apart look like cells.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.blocks import Row
from pipeline.stages.light_layout.fixed_rows import is_code
from pipeline.stages.light_layout.line_patterns import is_address
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds

ROWS = 5  # at least: fewer are told by the block that they stand in
BLANK = 1.8  # in line heights: white between two rows at most, an empty row's
MOST_PAIRS = 1_000_000  # of a line in fixed pitch and something else, which are compared: no page of a book has more
COLUMN_LINES = 3  # that end before a column begins, and that begin with it
MOST_EDGES = 20  # at which most lines begin, and which are looked at
EDGE = 2.0  # points: the lines of a column begin this close to each other
ADDRESSES = 0.5  # of the lines of a run: such a run tells where its authors can be reached


def code_runs(lines: Sequence[LayoutLine], held: Sequence[LayoutRegion], type_: Typography) -> list[LayoutRegion]:
    """The regions of such pieces among ``lines``; none over another line, nor over a table or picture in ``held``."""
    if not type_.fixed or type_.font in type_.fixed:
        return []
    fixed = [line for line in lines if line.turn == 0 and not type_.is_large(line) and _is_code(line, type_)]
    others = [line.box for line in lines if line.turn == 0 and not _is_code(line, type_)]
    taken = [*others, *(region.box for region in held)]
    if len(fixed) * len(taken) > MOST_PAIRS:
        return []
    edges = _column_edges(others)
    columns: dict[int, list[LayoutLine]] = {}
    for line in fixed:
        columns.setdefault(bisect_right(edges, line.box.left + EDGE), []).append(line)
    return [
        LayoutRegion(LayoutLabel.CODE, 1.0, bounds([line.box for line in run]))
        for column in columns.values()
        for run in _runs(column, taken)
        if _row_count(run) >= ROWS and sum(is_address(line.text) for line in run) < ADDRESSES * len(run)
    ]


def _is_code(line: LayoutLine, type_: Typography) -> bool:
    return is_code(Row((line,), line.box), type_)


def _column_edges(others: Sequence[Box]) -> list[float]:
    """Where columns of the other text begin, but for the first, in points: text ends before, and little goes across."""
    starts = Counter(round(box.left) for box in others)
    found = []
    for edge, count in starts.most_common(MOST_EDGES):
        before = sum(box.right <= edge for box in others)
        across = sum(box.left < edge - EDGE and box.right > edge + EDGE for box in others)
        if min(before, count) >= COLUMN_LINES and across < min(before, count):
            found.append(float(edge))
    return sorted(found)


def _runs(fixed: Sequence[LayoutLine], taken: Sequence[Box]) -> list[list[LayoutLine]]:
    """The lines by pieces: a piece ends where white or something else follows."""
    runs: list[list[LayoutLine]] = []
    area: Box | None = None
    for line in sorted(fixed, key=lambda line: line.box.top):
        grown = bounds([area, line.box]) if area is not None else line.box
        near = area is not None and line.box.top - area.bottom < BLANK * line.height
        if not near or _crosses(grown, taken):
            runs.append([])
            grown = line.box
        runs[-1].append(line)
        area = grown
    return runs


def _crosses(area: Box, taken: Sequence[Box]) -> bool:
    return any(area.intersection(box) > 0 for box in taken)


def _row_count(run: Sequence[LayoutLine]) -> int:
    height = median(line.height for line in run)
    tops = sorted(line.box.top for line in run)
    return 1 + sum(lower - upper > height / 2 for upper, lower in pairwise(tops))
