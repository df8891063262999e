"""Table structure from printed rules: where lines enclose the cells, they say exactly what a network can only guess.

The long straight edges of a table's image give the borders of rows and columns; a border that is not drawn between two places
of the grid joins them into one cell. What does not come out as rectangles that fill the table is left to the network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.models.images import Pixels
from pipeline.models.structure import Grid, compact
from pipeline.pages import Box, TableCell

# Pixels at 144 dpi: the shortest rule across and down (longer than strokes of letters), and how far edges of one rule lie apart.
LEAST_ACROSS, LEAST_DOWN = 40, 20
SAME_BORDER = 8
# Grey levels, of 255, across an edge, and between text and its ground.
CONTRAST = 16
INK = 48
# Share of a cell's side that must be drawn, and of the image's sides that the grid must fill.
DRAWN = 0.8
FILLED = (0.8, 0.6)
MOST_BORDERS = 120
# Rows set apart by space alone show as at least so many lines of text in most cells of one ruled row.
STACKED_LINES, STACKED_SHARE = 3, 0.75


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: its place across its direction, and where it starts and ends, in pixels."""

    at: float
    start: float
    end: float


def ruled_grid(crop: Pixels) -> Grid | None:
    """The grid that the rules in a table's image (RGB) enclose, with boxes in pixels of the image; None where they do not."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.int16)
    across = _rules(grey, LEAST_ACROSS)
    down = _rules(grey.T, LEAST_DOWN)
    ys, xs = _borders(across, down), _borders(down, across)
    if max(len(ys), len(xs)) > MOST_BORDERS:
        return None
    ys, xs = _dividing(ys, xs, across), _dividing(xs, ys, down)
    if len(ys) < 3 or len(xs) < 3 or not _fills(xs, ys, grey):
        return None
    cells = _cells(xs, ys, across, down)
    if cells is None:
        return None
    grid = compact(cells)
    if min(grid.rows, grid.columns) < 2 or _rows_without_rules(grid, grey):
        return None
    return _with_header(grid, grey)


def _rules(grey: NDArray[np.int16], least: int) -> list[Rule]:
    """Rules along the second axis: edges of lines and of coloured fields alike."""
    edges = np.zeros(grey.shape, dtype=np.uint8)
    edges[2:-2] = np.abs(grey[4:] - grey[:-4]) > CONTRAST
    straight = cv2.morphologyEx(edges, cv2.MORPH_OPEN, np.ones((1, least), dtype=np.uint8))
    # The two edges of a thick rule become one.
    joined = cv2.morphologyEx(straight, cv2.MORPH_CLOSE, np.ones((5, 1), dtype=np.uint8))
    _, _, found, centers = cv2.connectedComponentsWithStats(joined)
    return [
        Rule(float(center[1]), float(left), float(left + width))
        for (left, _, width, height, _), center in zip(found[1:], centers[1:], strict=True)
        if height <= 2 * SAME_BORDER
    ]


def _borders(rules: Sequence[Rule], crossing: Sequence[Rule]) -> list[float]:
    """Places of the rules, and the outer ends of those that cross them, since many tables leave their sides open.

    Rules that lie together make one border, where the long ones among them lie: short ones may be strokes of letters.
    """
    places = sorted([(rule.at, rule.end - rule.start) for rule in rules] + [(end, 1.0) for end in _shared_ends(crossing)])
    borders: list[list[tuple[float, float]]] = []
    for place in places:
        if borders and place[0] - borders[-1][-1][0] <= SAME_BORDER:
            borders[-1].append(place)
        else:
            borders.append([place])
    return [sum(at * length**2 for at, length in border) / sum(length**2 for _, length in border) for border in borders]


def _shared_ends(rules: Sequence[Rule]) -> list[float]:
    """Where the outermost rules start and end, if most of the others do so too."""
    if not rules:
        return []
    first, last = min(rule.start for rule in rules), max(rule.end for rule in rules)
    at_first = sum(rule.start - first <= SAME_BORDER for rule in rules)
    at_last = sum(last - rule.end <= SAME_BORDER for rule in rules)
    return [end for end, count in ((first, at_first), (last, at_last)) if 2 * count >= len(rules)]


def _dividing(borders: Sequence[float], crossing: Sequence[float], rules: Sequence[Rule]) -> list[float]:
    """The outer borders and those that are drawn between at least two neighbouring cells."""

    def divides(border: float) -> bool:
        return any(_drawn(rules, border, start, end) for start, end in pairwise(crossing))

    return [border for border in borders if border in (borders[0], borders[-1]) or divides(border)]


def _fills(xs: Sequence[float], ys: Sequence[float], grey: NDArray[np.int16]) -> bool:
    across, down = (xs[-1] - xs[0]) / grey.shape[1], (ys[-1] - ys[0]) / grey.shape[0]
    return bool(across >= FILLED[0] and down >= FILLED[1])


def _drawn(rules: Iterable[Rule], at: float, start: float, end: float) -> bool:
    """Whether rules at ``at`` cover most of the way from ``start`` to ``end``."""
    near = (rule for rule in rules if abs(rule.at - at) <= SAME_BORDER)
    covered = sum(max(min(rule.end, end) - max(rule.start, start), 0.0) for rule in near)
    return covered >= DRAWN * (end - start)


def _cells(xs: Sequence[float], ys: Sequence[float], across: Sequence[Rule], down: Sequence[Rule]) -> list[TableCell] | None:
    """Places of the grid joined where no rule divides them; None unless every cell is a rectangle."""
    owner = np.arange((len(ys) - 1) * (len(xs) - 1)).reshape(len(ys) - 1, len(xs) - 1)
    for row, column in np.ndindex(owner.shape):
        if column and not _drawn(down, xs[column], ys[row], ys[row + 1]):
            owner[owner == owner[row, column]] = owner[row, column - 1]
        if row and not _drawn(across, ys[row], xs[column], xs[column + 1]):
            owner[owner == owner[row, column]] = owner[row - 1, column]
    cells = []
    for number in np.unique(owner):
        rows, columns = np.nonzero(owner == number)
        (top, bottom), (left, right) = (rows.min(), rows.max() + 1), (columns.min(), columns.max() + 1)
        if len(rows) != (bottom - top) * (right - left):
            return None
        box = Box(xs[left], ys[top], xs[right], ys[bottom])
        cells.append(TableCell(int(top), int(left), int(bottom - top), int(right - left), False, box))
    return cells


def _rows_without_rules(grid: Grid, grey: NDArray[np.int16]) -> bool:
    """Whether some ruled row holds several rows of the table: most of its cells have the same, larger number of text lines."""
    for row in range(grid.rows):
        counts = [_text_lines(grey, cell.box) for cell in grid.cells if cell.row == row and cell.row_span == 1 and cell.box]
        if len(counts) > 1 and max(counts) >= STACKED_LINES and counts.count(max(counts)) >= STACKED_SHARE * len(counts):
            return True
    return False


def _with_header(grid: Grid, grey: NDArray[np.int16]) -> Grid:
    """The first row is a header where its ground is coloured unlike the last row's."""
    papers = [
        float(np.median([np.median(_inside(grey, cell.box)) for cell in grid.cells if cell.row == row and cell.box]))
        for row in (0, max(cell.row for cell in grid.cells))
    ]
    if abs(papers[0] - papers[1]) <= CONTRAST:
        return grid
    return replace(grid, cells=tuple(replace(cell, header=cell.row == 0) for cell in grid.cells))


def _text_lines(grey: NDArray[np.int16], box: Box) -> int:
    inside = _inside(grey, box)
    filled = (np.abs(inside - np.median(inside)) > INK).any(axis=1).astype(np.int8)
    return int((np.diff(filled, prepend=0) == 1).sum())


def _inside(grey: NDArray[np.int16], box: Box) -> NDArray[np.int16]:
    """What lies inside a cell, without its rules."""
    inset = SAME_BORDER // 2
    return grey[int(box.top) + inset : int(box.bottom) - inset, int(box.left) + inset : int(box.right) - inset]
