"""A table's structure from nothing but where its words stand: gutters of white space make columns, gaps make rows.
Pure.

Used where no rules are drawn between the cells; on scans it is weighed against what the table network read.
"""

import itertools
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.amount_columns import parts_amounts, with_amount_edges
from pipeline.stages.light_layout.head_parts import counted_parts, edges_below, natural_parts
from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.light_layout.match import LayoutWord

GUTTER = 0.7  # in word heights: the narrowest gutter between columns (a space is 0.25 to 0.45)
FINE = 4  # parts of a point by which gutters are measured
SPANNING = 0.12  # share of the rows whose text may cross a gutter, as headings over several columns do
STEP = 1.6  # gaps between rows that are this much larger than those between lines separate the rows of the table
LEAST_GUTTERS = 4  # of a row in which each word is a cell
MOST_HEADS = 4  # rows of text in a table's head
HEADED_ROWS = 2  # rows that show what columns a head stands over
BODY_ROWS = 3  # rows below a head that show the columns better than the head does
CENTRED = 0.5  # in word heights: how far from their middle a head over several others stands
MOST_LEAVES = 60  # columns of a table with heads over several
NAME = 3  # letters of a word that is no mark of an item
MARKER = 1.6  # in word heights: a first column this narrow holds bullets or item numbers


@dataclass(frozen=True, slots=True)
class TextRow:
    """Words on one line, from left to right."""

    words: tuple[LayoutWord, ...]
    box: Box


def text_rows(words: Sequence[LayoutWord]) -> list[TextRow]:
    """Words grouped into lines from top to bottom."""
    rows: list[list[LayoutWord]] = []
    for word in sorted(words, key=lambda w: w.box.top + w.box.bottom):
        if rows and _on_line(rows[-1], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [TextRow(tuple(sorted(row, key=lambda w: w.box.left)), bounds([w.box for w in row])) for row in rows]


def _on_line(row: Sequence[LayoutWord], word: LayoutWord) -> bool:
    box = row[0].box
    shared = min(box.bottom, word.box.bottom) - max(box.top, word.box.top)
    return shared > 0.5 * min(box.height, word.box.height)


def gutters(rows: Sequence[TextRow]) -> list[float]:
    """The x positions, left to right, that separate columns, in points."""
    return [(start + end) / 2 for start, end in _free_stretches(rows)]


def _free_stretches(rows: Sequence[TextRow]) -> list[tuple[float, float]]:
    """Where columns of white space start and end, left to right, in points."""
    words = [word for row in rows for word in row.words]
    left = min(word.box.left for word in words)
    right = max(word.box.right for word in words)
    height = median(word.box.height for word in words)
    ink = np.zeros(int((right - left) * FINE) + 2, dtype=np.int32)
    for row in rows:
        covered = np.zeros(len(ink), dtype=np.bool_)
        for start, end in _pieces(row, height):
            covered[int((start - left) * FINE) : int((end - left) * FINE) + 1] = True
        ink += covered
    free = ink <= int(SPANNING * len(rows))
    found = []
    for start, end in _stretches(free):
        if start > 0 and end < len(ink) - 1 and end - start >= GUTTER * height * FINE:
            found.append((left + start / FINE, left + end / FINE))
    return [(start, end) for start, end in found if left < (start + end) / 2 < right]


def _stretches(free: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where runs of true values start and end."""
    change = np.diff(np.concatenate(([0], free.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True))


def _pieces(row: TextRow, height: float) -> list[tuple[float, float]]:
    """The row's stretches of ink; spaces between words count as ink."""
    pieces: list[tuple[float, float]] = []
    for word in row.words:
        if pieces and word.box.left - pieces[-1][1] < 0.5 * height:
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], word.box.right))
        else:
            pieces.append((word.box.left, word.box.right))
    return pieces


def columns(rows: Sequence[TextRow]) -> list[float]:
    """Gutters without those that only set off bullets and item numbers."""
    edges = gutters(rows)
    while edges and _is_marker_column([word for row in rows for word in row.words if word.box.right <= edges[0]]):
        edges = edges[1:]
    return edges


def _is_marker_column(words: Sequence[LayoutWord]) -> bool:
    """Narrow words, but most of them neither plain numbers nor whole words, which are data."""
    data = sum(word.text.isdecimal() or (word.text.isalpha() and len(word.text) >= NAME) for word in words)
    return all(word.box.width <= MARKER * word.box.height for word in words) and 2 * data < len(words)


def headed_columns(head: TextRow, body: Sequence[TextRow]) -> list[float]:
    """The gutters of a table of a head and the rows below it, each where neither has a word; none where the words of
    ``head`` are no heads of the columns.

    Heads are often wider than what stands below them, and closer together. So the row is parted at its widest gaps,
    and no part may stand over the column of another: names on the left of figures on the right stand over none. Heads
    may show more columns than the white space below them, where a few cells of each are filled.
    """
    edges = columns(body) if len(body) >= HEADED_ROWS else []
    parts = counted_parts(head.words, len(edges) + 1) if edges else []
    if not parts:
        more = natural_parts(head.words)
        height = median(word.box.height for word in head.words)
        return edges_below(more, [_pieces(row, height) for row in body]) if 1 < len(edges) < len(more) - 1 else []
    inks: list[list[LayoutWord]] = [[] for _ in parts]
    for word in (word for row in body for word in row.words):
        inks[bisect(edges, (word.box.left + word.box.right) / 2)].append(word)
    if not all(inks):
        return []
    spans = [(min(w.box.left for w in column), max(w.box.right for w in column)) for column in inks]
    for number, (left, right) in enumerate(parts):
        if any(left < span[1] and span[0] < right for n, span in enumerate(spans) if n != number):
            return []
    pairs = itertools.pairwise(zip(parts, spans, strict=True))
    return [(max(one[1], ink[1]) + min(other[0], next_ink[0])) / 2 for (one, ink), (other, next_ink) in pairs]


def row_starts(rows: Sequence[TextRow], edges: Sequence[float]) -> list[int]:
    """Indices of the text rows with which table rows begin."""
    if len(rows) < 2:
        return list(range(len(rows)))
    gaps = [lower.box.top - upper.box.bottom for upper, lower in itertools.pairwise(rows)]
    limit = _step(gaps, median(row.box.height for row in rows))
    if limit is not None:
        return [0, *(index + 1 for index, gap in enumerate(gaps) if gap > limit)]
    return first_column_rows(rows, edges)


def first_column_rows(rows: Sequence[TextRow], edges: Sequence[float]) -> list[int]:
    """Indices of the text rows that have text in the first column, and of the first one."""
    first = edges[0] if edges else float("inf")
    return [index for index, row in enumerate(rows) if index == 0 or row.words[0].box.left < first]


def _with_amounts(starts: Sequence[int], rows: Sequence[TextRow], edges: Sequence[float]) -> list[int]:
    """The starts, and those text rows that have an amount in a column where their table row has one already."""
    found: list[int] = []
    held: set[int] = set()
    for index, row in enumerate(rows):
        amounts = {bisect(edges, word.box.left) for word in row.words if is_amount(word.text)}
        if index in starts or held & amounts:
            found.append(index)
            held = set()
        held |= amounts
    return found


def _step(gaps: Sequence[float], height: float) -> float | None:
    """The gap between line spacing and row spacing; None where all gaps are alike or none is as small as line
    spacing.
    """
    ordered = sorted(max(gap, 0.1 * height) for gap in gaps)
    best = max(range(len(ordered) - 1), key=lambda i: ordered[i + 1] / ordered[i], default=None)
    if best is None or ordered[best + 1] < STEP * ordered[best] or ordered[best] > 0.7 * height:
        return None
    return (ordered[best] + ordered[best + 1]) / 2


def structure(words: Sequence[LayoutWord], box: Box, *, by_gaps: bool = True) -> TableStructure | None:
    """The grid that white space draws in ``box``; None where there are no two columns and two rows.

    Rows are parted by the wider gaps, where gaps differ; else, or without ``by_gaps``, by text in the first column.
    """
    rows = text_rows(words)
    edges = columns(rows) if rows else []
    heads, parted = _head_rows(rows, edges), False
    if heads:
        edges = _finer(edges, rows[:heads], rows[heads:])
    elif _is_head(rows):
        headed = headed_columns(rows[0], rows[1:])
        fits = len(headed) >= max(len(edges), 1) or _stand_apart(rows, edges, headed)
        parted = fits and len(headed) > len(edges)
        heads, edges = (1, headed) if fits else (0, edges)
    body = rows[heads:]
    edges = with_amount_edges(edges, [row.words for row in body]) if edges else edges
    below = row_starts(body, edges) if by_gaps else first_column_rows(body, edges)
    below = _with_amounts(below, body, edges)
    starts = [*(_head_starts(rows[:heads], edges) if heads else ()), *(heads + index for index in below)]
    if not edges or len(starts) < 2:
        return None
    xs = [box.left, *edges, box.right]
    ys = [box.top, *((rows[i - 1].box.bottom + rows[i].box.top) / 2 for i in starts[1:]), box.bottom]
    cells = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
        one_each = parted and number == 0
        spans = [(n, n) for n in range(len(edges) + 1)] if one_each else _spans(rows[start:end], edges)
        if end < heads:
            lower = _spans(rows[end:heads], edges)
            over = _over(spans, lower, rows[start:end], rows[end:heads])
            spans = _centred_over(over, lower, rows[start:end], rows[end:heads], edges) if over is spans else over
        for first, last in spans:
            area = Box(xs[first], ys[number], xs[last + 1], ys[number + 1])
            head = len(starts) > 2 and (number == 0 or end <= heads)  # two rows may be the end of a longer table
            cells.append(TableCell(number, first, 1, last - first + 1, head, area))
    return TableStructure(box, 1.0, len(starts), len(edges) + 1, tuple(cells))


def _stand_apart(rows: Sequence[TextRow], edges: Sequence[float], headed: Sequence[float]) -> bool:
    """Whether heads stand so far from what is below them, as on the left above figures on the right, that white space
    alone (``edges``) gives them columns of their own: as many are headed as are filled, and those are not the same.
    """
    head, body = (
        {bisect(edges, (word.box.left + word.box.right) / 2) for row in some for word in row.words}
        for some in (rows[:1], rows[1:])
    )
    return len(head) == len(body) == len(headed) + 1 and head != body


def _is_head(rows: Sequence[TextRow]) -> bool:
    """Whether the first row has words alone and the second one an amount among them; "2" in "Room 2" is none."""
    first, second = ([*map(_has_amount, rows[:2]), False, False])[:2]
    return second and not first


def _has_amount(row: TextRow) -> bool:
    height = median(word.box.height for word in row.words)
    starts = {start for start, _ in _pieces(row, height)}
    return any(is_amount(word.text) and word.box.left in starts for word in row.words)


def _head_rows(rows: Sequence[TextRow], edges: Sequence[float]) -> int:
    """The number of rows at the top without text in the first column, where enough rows with such text follow; the row
    below them is one more where it names the columns of amounts.
    """
    if not edges:
        return 0
    count = next((index for index, row in enumerate(rows) if row.words[0].box.left < edges[0]), 0)
    count += count > 0 and _is_head(rows[count:])
    return count if count <= MOST_HEADS and len(rows) - count >= BODY_ROWS else 0


def _finer(edges: Sequence[float], heads: Sequence[TextRow], body: Sequence[TextRow]) -> list[float]:
    """The edges of the body's columns, if it has more than the whole table, each where no head stands, if it can be.

    Heads over several columns hide the white space between them.
    """
    found = _free_stretches(body)
    if len(columns(body)) <= len(edges):
        return list(edges)
    narrow = len(found) - len(columns(body))  # columns of bullets, which come first
    lowest = heads[-1]
    height = median(word.box.height for word in lowest.words)
    return [_clear_of(_pieces(lowest, height), stretch) for stretch in found[narrow:]]


def _clear_of(pieces: Sequence[tuple[float, float]], stretch: tuple[float, float]) -> float:
    """The middle of the widest part of ``stretch`` that no piece covers; its own middle where all is covered."""
    parts = [stretch]
    for start, end in pieces:
        cut = [[(left, min(right, start)), (max(left, end), right)] for left, right in parts]
        parts = [(left, right) for pair in cut for left, right in pair if left < right]
    left, right = max(parts, key=lambda part: part[1] - part[0], default=stretch)
    return (left + right) / 2


def _head_starts(heads: Sequence[TextRow], edges: Sequence[float]) -> list[int]:
    """The rows of a head with which table rows begin: those with other cells than the row above them, or with heads
    that this reaches over.
    """
    spans = [_spans([row], edges) for row in heads]

    def reaches_over(index: int) -> bool:
        upper, lower = spans[index - 1], spans[index]
        return _centred_over(upper, lower, heads[index - 1 : index], heads[index : index + 1], edges) is not upper

    return [0, *(n for n in range(1, len(heads)) if spans[n] != spans[n - 1] or reaches_over(n))]


def _over(
    upper: list[tuple[int, int]], lower: list[tuple[int, int]], above: Sequence[TextRow], below: Sequence[TextRow]
) -> list[tuple[int, int]]:
    """The spans of a head row, where each text reaches over all the heads in the rows below that it overlaps."""
    height = median(word.box.height for row in (*above, *below) for word in row.words)
    heads = [piece for row in above for piece in _pieces(row, height)]
    under = sorted(piece for row in below for piece in _pieces(row, height))
    if len(heads) < 1 or len(under) != len(lower) - 1:
        return upper
    groups = [[n for n, (start, end) in enumerate(under, 1) if start < right and left < end] for left, right in heads]
    taken = [number for group in groups for number in group]
    if len(taken) != len(set(taken)) or any(len(group) < 2 for group in groups):
        return upper
    firsts = {group[0]: group[-1] for group in groups}
    spans, number = [], 0
    while number < len(lower):
        last = firsts.get(number, number)
        spans.append((lower[number][0], lower[last][1]))
        number = last + 1
    return spans


def _centred_over(
    upper: list[tuple[int, int]],
    lower: list[tuple[int, int]],
    above: Sequence[TextRow],
    below: Sequence[TextRow],
    edges: Sequence[float],
) -> list[tuple[int, int]]:
    """The same where texts are narrower than the heads below: each stands in the middle over those that it reaches
    over, and together they reach over all heads from some column on.
    """
    height = median(word.box.height for row in (*above, *below) for word in row.words)
    middles = [(start + end) / 2 for start, end in sorted(piece for row in above for piece in _pieces(row, height))]
    words = [(bisect(edges, (w.box.left + w.box.right) / 2), w.box) for row in below for w in row.words]
    leaves = [[box for column, box in words if first <= column <= last] for first, last in lower]
    for start in range(len(leaves)):
        if not all(leaves[start:]):
            continue
        boxes = [bounds(leaf) for leaf in leaves[start:]]
        groups = _groups(middles, [(box.left, box.right) for box in boxes], CENTRED * height)
        if any(last > first for first, last in groups):
            found = [(lower[start + first][0], lower[start + last][1]) for first, last in groups]
            return [*((column, column) for column in range(found[0][0])), *found]
    return upper


def _groups(middles: Sequence[float], leaves: Sequence[tuple[float, float]], slack: float) -> list[tuple[int, int]]:
    """The leaves in as many runs as there are ``middles``, each with its middle there; empty where there are none."""

    @cache  # else the ways to part leaves that lie over each other would be tried one by one
    def from_leaf(number: int, first: int) -> tuple[tuple[int, int], ...]:
        for last in range(first, len(leaves)):
            if abs((leaves[first][0] + leaves[last][1]) / 2 - middles[number]) > slack:
                continue
            if number == len(middles) - 1:
                if last == len(leaves) - 1:
                    return ((first, last),)
            elif rest := from_leaf(number + 1, last + 1):
                return ((first, last), *rest)
        return ()

    return [*from_leaf(0, 0)] if 0 < len(middles) <= min(len(leaves), MOST_LEAVES) else []


def _spans(rows: Sequence[TextRow], edges: Sequence[float]) -> list[tuple[int, int]]:
    """First and last column of each cell of a table row: text that crosses a gutter joins the columns beside it."""
    if len(rows) == 1 and _has_word_for_each(rows[0], edges):
        return [(number, number) for number in range(len(edges) + 1)]
    height = median(word.box.height for row in rows for word in row.words)
    crossed = [
        any(
            start < x - 0.1 * height and end > x + 0.1 * height and not parts_amounts(x, row.words)
            for row in rows
            for start, end in _pieces(row, height)
        )
        for x in edges
    ]
    spans = [(0, 0)]
    for index, joined in enumerate(crossed, start=1):
        if joined:
            spans[-1] = (spans[-1][0], index)
        else:
            spans.append((index, index))
    return spans


def _has_word_for_each(row: TextRow, edges: Sequence[float]) -> bool:
    """Whether one word stands over each of several columns, as heads do that are too wide for them."""
    middles = [(word.box.left + word.box.right) / 2 for word in row.words]
    columns = [bisect(edges, middle) for middle in middles]
    return len(edges) >= LEAST_GUTTERS and columns == list(range(len(edges) + 1))
