"""The heads in a table's row of heads, which may be so close that they make one line. Pure functions."""

import itertools
from collections.abc import Sequence

from pipeline.stages.light_layout.match import LayoutWord

HEAD_GAP = 1.5  # times the widest space within a head: two heads stand further apart
Span = tuple[float, float]


def counted_parts(words: Sequence[LayoutWord], count: int) -> list[Span]:
    """Where the ``count`` parts of a row start and end between its widest gaps, in points; none where those are not
    clearly wider than the others. ``words`` are from left to right.
    """
    ordered = _gaps(words)
    between, within = ordered[: count - 1], ordered[count - 1 :]
    if len(between) < count - 1 or between[-1][0] <= max(HEAD_GAP * within[0][0] if within else 0.0, 0.0):
        return []
    return _cut(words, between)


def natural_parts(words: Sequence[LayoutWord]) -> list[Span]:
    """The same in as many parts as there are gaps clearly wider than the next narrower one, which is a space."""
    ordered = _gaps(words)
    steps = [n for n, (one, other) in enumerate(itertools.pairwise(ordered), 1) if one[0] > HEAD_GAP * other[0] > 0]
    return _cut(words, ordered[: steps[-1]]) if steps else []


def edges_below(parts: Sequence[Span], rows: Sequence[Sequence[Span]]) -> list[float]:
    """The gutters between columns that stand each below one of ``parts``; none where a piece of text in ``rows``
    stands below none of them or below two, or one of them over none.
    """
    spans = list(parts)
    headed: set[int] = set()
    for left, right in itertools.chain.from_iterable(rows):
        over = [n for n, (start, end) in enumerate(parts) if left < end and start < right]
        if len(over) != 1:
            return []
        headed.add(over[0])
        start, end = spans[over[0]]
        spans[over[0]] = (min(start, left), max(end, right))
    apart = all(one[1] < other[0] for one, other in itertools.pairwise(spans))
    if len(headed) < len(parts) or not apart:
        return []
    return [(one[1] + other[0]) / 2 for one, other in itertools.pairwise(spans)]


def _gaps(words: Sequence[LayoutWord]) -> list[tuple[float, int]]:
    """The gaps between the words, the widest first, each with the number of the word before it."""
    pairs = itertools.pairwise(words)
    return sorted(((after.box.left - before.box.right, n) for n, (before, after) in enumerate(pairs)), reverse=True)


def _cut(words: Sequence[LayoutWord], between: Sequence[tuple[float, int]]) -> list[Span]:
    cuts = [0, *sorted(n + 1 for _, n in between), len(words)]
    return [(words[start].box.left, words[end - 1].box.right) for start, end in itertools.pairwise(cuts)]
