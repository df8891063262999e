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
ALL = 0.9  # of them where they may all begin with capitals: not every line of a list or of notes has a number
MOST = 0.5  # of the page's words stand beside small numbers whose lines all begin with capitals; fewer are notes
GOING_ON = 0.25  # share of the lines that begin with a small letter: of prose it is more than half
APART = 0.5  # of the text's height: between numbers and text; the marks of footnotes stand closer
CELLS = 2.5  # of the text's height: white between the cells of a row, and between few words of a line
CELL = 0.3  # of a row's width: a table's last cell is no wider
MANY = 20  # lines of a page at least: so many small numbers count its lines, and one that begins later has pages before
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
    """The places of the words that number lines, from top to bottom, a list for each column of them from the left.

    ``boxes`` (n, 4) are left, bottom, right and top of the words, or of lines read from an image, in points, y up.
    """
    page = _Words(texts, boxes, trust)
    counted = page.counted()
    columns: list[_Column] = []
    for column in sorted(counted, key=lambda column: -len(column.places)):
        if not column.is_part(columns) and page.stand_beside_lines(column, goes_on=column.goes_on(counted)):
            columns.append(column)
    for column in counted:  # those between two columns of text, and beside the rest of one
        if column.goes_on(columns) and not column.is_part(columns) and page.sides(column) is not None:
            columns.append(column)
    return sorted((list(column.places) for column in columns), key=lambda places: float(boxes[places, 0].min()))


def reach(columns: Sequence[Sequence[int]], boxes: Boxes) -> Boxes:
    """(columns, 4): the box around the numbers of each column, as ``boxes`` are told."""
    own = [boxes[list(column)] for column in columns]
    return np.array([(*one[:, :2].min(axis=0), *one[:, 2:].max(axis=0)) for one in own]).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class _Column:
    """Numbers below each other that count up by ``step`` from ``first`` to ``last``: the places of their words."""

    places: tuple[int, ...]
    first: int
    last: int
    step: int

    def is_part(self, others: Iterable["_Column"]) -> bool:
        """Whether one of the numbers is in another column: they may be aligned at either side."""
        return any(not set(self.places).isdisjoint(other.places) for other in others)

    def goes_on(self, others: Iterable["_Column"]) -> bool:
        """Whether it begins where another one ends, or ends where one begins, as beside two columns of text."""
        return any(self.first == other.last + self.step or other.first == self.last + other.step for other in others)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a page and their boxes, and how far they can be trusted."""

    texts: Sequence[str]
    boxes: Boxes
    trust: Trust

    def counted(self) -> list[_Column]:
        """The columns of numbers that count up."""
        found = [place for place, text in enumerate(self.texts) if _NUMBER.fullmatch(text)]
        columns = [self._counting(group) for side in (0, 2) for group in self._aligned(found, side)]
        return [column for column in columns if column is not None and len(column.places) >= LEAST_SMALL]

    def _aligned(self, found: Sequence[int], side: int) -> Iterator[list[int]]:
        """Numbers whose edges on one side (0: left, 2: right) are in one place."""
        edges = self.boxes[:, side]
        group: list[int] = []
        for place in sorted(found, key=lambda place: float(edges[place])):
            if group and edges[place] - edges[group[0]] > self.trust.aligned:
                yield group
                group = []
            group.append(place)
        if group:
            yield group

    def _counting(self, group: Sequence[int]) -> _Column | None:
        """Those of a group, from top to bottom, that count up by one step, of which a few may be missing."""
        ordered = sorted(group, key=lambda place: -float(self.boxes[place, 1]))
        values = [int(self.texts[place]) for place in ordered]
        steps = [lower - upper for upper, lower in pairwise(values)]
        step = next((step for step in STEPS if steps and steps.count(step) >= FOLLOWING * len(steps)), 0)
        if not step:
            return None
        start = steps.index(step)
        places, last = [ordered[start]], values[start]
        for place, value in zip(ordered[start + 1 :], values[start + 1 :], strict=True):
            if 0 < value - last <= MISSED * step and (value - last) % step == 0:
                places.append(place)
                last = value
        return _Column(tuple(places), values[start], last, step)

    def sides(self, column: _Column) -> tuple[list[int], list[int]] | None:
        """The words at the left and at the right of the numbers, beside all of them; None where others stand between or
        over them.
        """
        ((left, low, right, high),) = reach([column.places], self.boxes).tolist()
        level = (self.boxes[:, 3] > low) & (self.boxes[:, 1] < high)
        level[list(column.places)] = False
        at_left, at_right = level & (self.boxes[:, 2] <= left), level & (self.boxes[:, 0] >= right)
        if (level & ~at_right & ~at_left).sum() > self.trust.misread * len(column.places):
            return None
        return np.flatnonzero(at_left).tolist(), np.flatnonzero(at_right).tolist()

    def stand_beside_lines(self, column: _Column, *, goes_on: bool) -> bool:
        """Whether lines of running text stand at one side of the numbers, and nothing at the other. ``goes_on`` says
        that another column's numbers come before or after them.
        """
        at_left, at_right = self.sides(column) or ([], [])
        if bool(at_left) == bool(at_right):
            return False
        own, beside = self.boxes[list(column.places)], at_left or at_right
        edges = self.boxes[beside, 0] - own[:, 2].max() if at_right else own[:, 0].min() - self.boxes[beside, 2]
        height, own_height = _height(self.boxes[beside]), _height(own)
        if edges.min() < APART * height:
            return False
        small, later = own_height < SMALL * height, column.first > MANY
        middles = (own[:, 1] + own[:, 3]) / 2
        even = len(own) >= LEAST and bool(np.ptp(np.diff(middles)) < EVEN * own_height)
        grid = even and (small or later)
        near = self._rows(np.array(beside)[edges <= edges.min() + REACH].tolist())
        have = [self._is_level(row, middles) for row in near]
        enough = LEAST_SMALL if small or column.step > 1 else LEAST
        if len(own) < enough or not (grid or _every(column.step, have)):
            return False
        every = sum(have) >= ALL * len(have)
        whole = every and len(beside) >= MOST * (len(self.texts) - len(own))
        if small and len(own) >= LEAST and (whole or (even and len(own) >= MANY)):
            return True
        rows = near if at_right else self._rows(beside)
        told = rows if column.step > 1 else [row for row in rows if self._is_level(row, middles)]
        counts_on = later and not goes_on and (grid or every)
        if not counts_on and not self._go_on(told):
            return False
        return column.step > 1 or goes_on or not self._have_cells(self._rows(beside), height)

    def _go_on(self, rows: Sequence[list[int]]) -> bool:
        """Whether some of the rows go on with the one before."""
        return sum(self.texts[row[0]][:1].islower() for row in rows) >= GOING_ON * len(rows)

    def _have_cells(self, rows: Sequence[list[int]], height: float) -> bool:
        """Whether most of the rows are a table's: a short last cell stands apart, as no second column does."""
        found = 0
        for row in rows:
            left, right = self.boxes[row, 0], self.boxes[row, 2]
            apart = np.flatnonzero(left[1:] - right[:-1] > CELLS * height)
            found += bool(len(apart) and right[-1] - left[apart[-1] + 1] < CELL * (right[-1] - left[0]))
        return 2 * found >= len(rows)

    def _rows(self, places: Iterable[int]) -> list[list[int]]:
        """The words row by row, from left to right."""
        rows: list[list[int]] = []
        for place in sorted(places, key=lambda place: -float(self.boxes[place, 1] + self.boxes[place, 3])):
            if rows and self.boxes[place, 1] + self.boxes[place, 3] > 2 * self.boxes[rows[-1][0], 1]:
                rows[-1].append(place)
            else:
                rows.append([place])
        return [sorted(row, key=lambda place: float(self.boxes[place, 0])) for row in rows]

    def _is_level(self, row: Sequence[int], middles: Boxes) -> bool:
        """Whether one of the ``middles`` is as high as the row."""
        return bool(((middles > self.boxes[row[0], 1]) & (middles < self.boxes[row[0], 3])).any())


def _height(boxes: Boxes) -> float:
    return float(np.median(boxes[:, 3] - boxes[:, 1]))


def _every(step: int, have: Sequence[bool]) -> bool:
    """Whether most lines have a number; where the numbers count by a greater ``step``, whether so many lines stand
    from one to the next, give or take one: two lines of an image may look like one.
    """
    if step == 1:
        return sum(have) >= NUMBERED * len(have)
    places = [place for place, has in enumerate(have) if has]
    right = sum(abs(lower - upper - step) <= 1 for upper, lower in pairwise(places))
    return len(places) >= LEAST_SMALL and right >= NUMBERED * (len(places) - 1)
