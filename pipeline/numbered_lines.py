"""Which numbers count the lines beside them: those that a manuscript, a transcript or a poem has in its margin.

They are a column of numbers that count up from line to line, or from every fifth to the next, outside all the text that
they stand beside. That text runs on from line to line, as a table's rows and a list's items do not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]

LEAST = 8  # numbered lines
LEAST_SMALL = 4  # of a column in smaller type than the text: a short last page
SMALL = 0.85  # times the height of the text's words
STEPS = (1, 5, 10, 2)  # numbers count up by
MISSED = 3  # steps from one number to the next at most: some are read wrong
FOLLOWING = 0.9  # share of the numbers that are the one before and a step
NUMBERED = 0.6  # share of the lines that have a number, or have it where the steps say
ALL = 0.9  # of them where the numbers come from the page before: a list's lines have none but their items
GOING_ON = 0.25  # share of the lines that begin with a small letter: of prose it is more than half
APART = 0.5  # of the text's height: between numbers and text; the marks of footnotes stand closer
CELLS = 2.5  # of the text's height: white between the cells of a row, and between few words of a line
CELL = 0.3  # of a row's width: a table's last cell is no wider
MANY = 20  # numbers that count the lines of a page: the page may be a bibliography, whose lines begin with capitals
EVEN = 0.1  # of the numbers' height: by which their distances differ where they count the lines of a page, not of text
REACH = 60.0  # points behind the text's edge, within which lines begin or end
_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class Trust:
    """How exact words are: by how many points the edges of the numbers of a column differ, and how many are misread, or
    have a line of text read with them, as a share of the others.
    """

    aligned: float
    misread: float


PRINTED, READ = Trust(1.5, 0.0), Trust(6.0, 0.1)


def margin_numbers(texts: Sequence[str], boxes: Boxes, trust: Trust = PRINTED) -> list[list[int]]:
    """The places of the words that number lines, a list for each column of them, from top to bottom.

    ``boxes`` (n, 4) are left, bottom, right and top of the words, or of lines read from an image, in points, y up.
    """
    found = [place for place, text in enumerate(texts) if _NUMBER.fullmatch(text)]
    groups = [group for side in (0, 2) for group in _aligned(found, boxes[:, side], trust.aligned)]
    counted = [column for group in groups if len(column := _counting(group, texts, boxes)) >= LEAST_SMALL]
    columns: list[list[int]] = []
    for column in sorted(counted, key=len, reverse=True):
        goes_on = any(_follows(column, other, texts) or _follows(other, column, texts) for other in counted)
        if _are_others(column, columns) and _stand_beside_lines(column, texts, boxes, trust, goes_on=goes_on):
            columns.append(column)
    for column in counted:  # those between two columns of text, and beside the rest of one
        goes_on = any(_follows(column, other, texts) or _follows(other, column, texts) for other in columns)
        if goes_on and _are_others(column, columns) and _sides(column, boxes, trust) is not None:
            columns.append(column)
    return columns


def reach(columns: Sequence[Sequence[int]], boxes: Boxes) -> Boxes:
    """(columns, 4): the box around the numbers of each column, as ``boxes`` are told."""
    return np.array([(*boxes[c, :2].min(axis=0), *boxes[c, 2:].max(axis=0)) for c in columns]).reshape(-1, 4)


def _are_others(column: Sequence[int], columns: Iterable[Sequence[int]]) -> bool:
    """Whether none of the numbers is in another column of them: they may be aligned at either side."""
    return not any(set(column) & set(other) for other in columns)


def _aligned(found: Sequence[int], edges: Boxes, slack: float) -> Iterator[list[int]]:
    """Numbers whose edges on one side are in one place."""
    group: list[int] = []
    for place in sorted(found, key=lambda place: float(edges[place])):
        if group and edges[place] - edges[group[0]] > slack:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _counting(group: Sequence[int], texts: Sequence[str], boxes: Boxes) -> list[int]:
    """Those of a column, from top to bottom, that count up by one step, of which a few may be missing."""
    ordered = sorted(group, key=lambda place: -float(boxes[place, 1]))
    steps = [int(texts[lower]) - int(texts[upper]) for upper, lower in pairwise(ordered)]
    step = next((step for step in STEPS if steps and steps.count(step) >= FOLLOWING * len(steps)), 0)
    if not step:
        return []
    first = steps.index(step)
    column = [ordered[first]]
    for place in ordered[first + 1 :]:
        beyond = int(texts[place]) - int(texts[column[-1]])
        if 0 < beyond <= MISSED * step and beyond % step == 0:
            column.append(place)
    return column


def _follows(column: Sequence[int], other: Sequence[int], texts: Sequence[str]) -> bool:
    """Whether the column's numbers go on where those of the ``other`` end, as beside the second of two columns."""
    step = int(texts[column[1]]) - int(texts[column[0]])
    return int(texts[column[0]]) == int(texts[other[-1]]) + step


def _sides(column: Sequence[int], boxes: Boxes, trust: Trust) -> tuple[list[int], list[int]] | None:
    """The words at the left and at the right of the numbers, beside all of them; None where others stand between or
    over them.
    """
    own = boxes[list(column)]
    (left, low), (right, high) = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
    level = (boxes[:, 3] > low) & (boxes[:, 1] < high)
    level[list(column)] = False
    at_left, at_right = level & (boxes[:, 2] <= left), level & (boxes[:, 0] >= right)
    if (level & ~at_right & ~at_left).sum() > trust.misread * len(column):
        return None
    return np.flatnonzero(at_left).tolist(), np.flatnonzero(at_right).tolist()


def _stand_beside_lines(
    column: Sequence[int], texts: Sequence[str], boxes: Boxes, trust: Trust, *, goes_on: bool
) -> bool:
    """Whether lines of running text stand at one side of the numbers, and nothing at the other. ``goes_on`` says that
    another column's numbers come before or after them.
    """
    at_left, at_right = _sides(column, boxes, trust) or ([], [])
    if bool(at_left) == bool(at_right):
        return False
    own, beside = boxes[list(column)], at_left or at_right
    edges = boxes[beside, 0] - own[:, 2].max() if at_right else own[:, 0].min() - boxes[beside, 2]
    height = float(np.median(boxes[beside, 3] - boxes[beside, 1]))
    if edges.min() < APART * height:
        return False
    middles, own_height = (own[:, 1] + own[:, 3]) / 2, float(np.median(own[:, 3] - own[:, 1]))
    small, step = own_height < SMALL * height, int(texts[column[1]]) - int(texts[column[0]])
    near = _lines((place for place, edge in zip(beside, edges, strict=True) if edge <= edges.min() + REACH), boxes)
    even = len(column) >= LEAST and bool(np.ptp(np.diff(middles)) < EVEN * own_height)
    later = int(texts[column[0]]) > MANY  # on a page behind others
    grid = even and (small or goes_on or later)
    have = [_is_level(line, middles, boxes) for line in near]
    if len(column) < (LEAST_SMALL if small or step > 1 else LEAST) or not (grid or _every(step, have)):
        return False
    if even and small and len(column) >= MANY:
        return True
    lines = near if at_right else _lines(beside, boxes)
    lines = lines if step > 1 else [line for line in lines if _is_level(line, middles, boxes)]
    begun = sum(texts[line[0]][:1].islower() for line in lines)
    counts_on = later and not goes_on and (grid or sum(have) >= ALL * len(have))
    if begun < GOING_ON * len(lines) and not counts_on:
        return False
    return step > 1 or goes_on or not _have_cells(_lines(beside, boxes), boxes, height)


def _have_cells(lines: Sequence[list[int]], boxes: Boxes, height: float) -> bool:
    """Whether most of the lines are a table's rows: a short last cell stands apart, as no second column does."""
    rows = 0
    for line in lines:
        left, right = boxes[line, 0], boxes[line, 2]
        apart = np.flatnonzero(left[1:] - right[:-1] > CELLS * height)
        rows += bool(len(apart) and right[-1] - left[apart[-1] + 1] < CELL * (right[-1] - left[0]))
    return 2 * rows >= len(lines)


def _lines(places: Iterable[int], boxes: Boxes) -> list[list[int]]:
    """The words row by row, from left to right."""
    lines: list[list[int]] = []
    for place in sorted(places, key=lambda place: -float(boxes[place, 1] + boxes[place, 3])):
        if lines and boxes[place, 1] + boxes[place, 3] > 2 * boxes[lines[-1][0], 1]:
            lines[-1].append(place)
        else:
            lines.append([place])
    return [sorted(line, key=lambda place: float(boxes[place, 0])) for line in lines]


def _is_level(line: Sequence[int], middles: Boxes, boxes: Boxes) -> bool:
    """Whether one of the ``middles`` is as high as the line."""
    return bool(((middles > boxes[line[0], 1]) & (middles < boxes[line[0], 3])).any())


def _every(step: int, have: Sequence[bool]) -> bool:
    """Whether most lines have a number; where the numbers count by a greater ``step``, whether so many lines stand
    from one to the next, give or take one: two lines of an image may look like one.
    """
    if step == 1:
        return sum(have) >= NUMBERED * len(have)
    places = [place for place, has in enumerate(have) if has]
    right = sum(abs(lower - upper - step) <= 1 for upper, lower in pairwise(places))
    return len(places) >= LEAST_SMALL and right >= NUMBERED * (len(places) - 1)
