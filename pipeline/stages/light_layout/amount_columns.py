"""Columns of amounts that stand closer than columns do elsewhere, by their rows. Pure functions."""

import itertools
from bisect import bisect
from collections.abc import Sequence
from statistics import median

from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.match import LayoutWord

LEAST_ROWS = 3
MOST = 0.8  # share of the rows that have as many amounts in a cell
WIDER = 1.8  # times a space: the white between two amounts of different columns
Words = Sequence[LayoutWord]


def with_amount_edges(edges: Sequence[float], rows: Sequence[Words]) -> list[float]:
    """``edges`` of columns, in points, and those between amounts that stand side by side in one cell of most ``rows``,
    as many in each, farther apart than words are.
    """
    spaces = [gap for row in rows for gap in _gaps(_of_text(row))]
    if not spaces:
        return list(edges)
    found = list(edges)
    for column in range(len(edges) + 1):
        cells = [[word for word in row if bisect(edges, _middle(word)) == column] for row in rows]
        found += _between([cell for cell in cells if cell], WIDER * median(spaces))
    return sorted(found)


def parts_amounts(edge: float, row: Words) -> bool:
    """Whether the words on both sides of the edge are amounts, which are no text of one cell."""
    before = [word for word in row if word.box.right <= edge]
    after = [word for word in row if word.box.left >= edge]
    beside = [before[-1], after[0]] if before and after and len(before) + len(after) == len(row) else []
    return bool(beside) and all(is_amount(word.text) for word in beside)


def _between(cells: Sequence[Words], least: float) -> list[float]:
    """The edges between the amounts of a column's cells; none where they are not alike."""
    several = [cell for cell in cells if len(cell) > 1 and all(is_amount(word.text) for word in cell)]
    counts = {len(cell) for cell in several}
    if len(several) < max(LEAST_ROWS, MOST * len(cells)) or len(counts) != 1:
        return []
    if any(gap < least for cell in several for gap in _gaps(cell)):
        return []
    spans = [(min(w.box.left for w in words), max(w.box.right for w in words)) for words in zip(*several, strict=True)]
    if any(one[1] >= other[0] for one, other in itertools.pairwise(spans)):
        return []
    return [(one[1] + other[0]) / 2 for one, other in itertools.pairwise(spans)]


def _of_text(row: Words) -> list[LayoutWord]:
    """The words at the row's start up to its first amount."""
    return list(itertools.takewhile(lambda word: not is_amount(word.text), row))


def _gaps(words: Words) -> list[float]:
    return [after.box.left - before.box.right for before, after in itertools.pairwise(words)]


def _middle(word: LayoutWord) -> float:
    return (word.box.left + word.box.right) / 2
