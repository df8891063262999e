"""Tables with drawn rules, found in the page's pixels: long straight edges make a lattice, the lattice makes cells.
Pure.

An edge is a step in brightness, so the border of a shaded cell counts as well as a drawn line. Edges are looked for in
runs of whole ``BLOCK``s of pixels, which costs a few milliseconds for a page.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.light_layout.match import LayoutWord

BLOCK = 4  # pixels; at 144 dpi 2 points, a fraction of a line of small print
LEAST_STEP = 20  # of 255: rules and shades of scans and photographs differ by more, JPEG noise by less
PALE_STEP = 8  # the same where nothing but drawing is on a page: a pale panel on white paper
LEAST_RUN = 20.0  # points: longer than the straight strokes of letters, shorter than a table cell
SAME_RULE = 4.0  # points: the two edges of a thick rule, and double rules, are one
REACH = 6.0  # points within which a rule meets another; above two BLOCKs, by which the ends of a run are uncertain
BEYOND = 8.0  # points by which rules that cross reach beyond each other on all sides; those of frames and axes do not
OPEN_ROW = 1.5  # times as high as the highest row between two rules: an outer row with no rule at its outer side
OPEN_LINES = 5.0  # times as high as its words: rows of more lines are the notices of two columns
WORD_INK = 2.0  # points: a word's box may reach as far over a rule beside it
DRAWN = 0.6  # share of a cell's side that must be drawn for a border
MOST_RULES = 1500  # edges on one axis: hatching, halftones and maps have more, and sorting them out is quadratic
WORD_EDGE = 0.15  # of a word's smaller side: how far a rule may cut into its box, which is larger than its ink
THROUGH = 0.25  # share of a rule that may lie in words
PANEL = 0.6  # share of a lattice that one cell may cover; beyond that it is a frame around other things
FILLED = 0.35  # share of cells with words from which on a lattice is a table and not the grid of a chart

ALL_TRUE = 0x01010101  # four true bytes, read as one number

Mask = NDArray[np.bool_]
Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight edge in points: at ``place`` on one axis, from ``start`` to ``end`` on the other."""

    place: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DrawnRules:
    """The straight edges on a page or a part of it: those that run across and those that run down."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class CrossedRules:
    """A level rule and an upright one that cross each other, and that no other level rule meets; in points."""

    level: Rule
    upright: Rule


def drawn_rules(gray: Gray, scale: float, words: Sequence[LayoutWord], least_step: int = LEAST_STEP) -> DrawnRules:
    """The edges in ``gray``, (height, width) at ``scale`` pixels per point, that are no strokes of ``words``, which are
    in points. Brightness changes over an edge by ``least_step`` of 255 at least.
    """
    boxes = np.array([(w.box.left, w.box.top, w.box.right, w.box.bottom) for w in words]).reshape(-1, 4)
    across = _merged(_clear(_rules(_level_edges(gray, least_step), scale), boxes[:, [1, 0, 3, 2]]))
    down = _merged(_clear(_rules(_upright_edges(gray, least_step), scale), boxes))
    return DrawnRules(tuple(across), tuple(down))


def lattices(rules: DrawnRules, words: Sequence[LayoutWord]) -> list[TableStructure]:
    """The ruled tables that ``rules`` draw around ``words``, as structures with a box for every cell."""
    found = []
    for rows, columns in _components(rules.across, rules.down):
        table = _table(rows, columns, words)
        if table is not None:
            found.append(table)
    return [table for table in found if not any(_within(table.box, other.box) for other in found if other is not table)]


def _within(inner: Box, outer: Box) -> bool:
    return inner.intersection(outer) > 0.9 * inner.area and inner.area < outer.area


def crossed_rules(rules: DrawnRules) -> list[CrossedRules]:
    """The pairs among ``rules`` that cross; the first upright from the left of those that cross one level rule."""
    found: list[CrossedRules] = []
    for upright in sorted(rules.down, key=lambda rule: rule.place):
        met = [level for level in rules.across if _cross(level, upright, -REACH)]
        if len(met) == 1 and _cross(met[0], upright, BEYOND) and all(met[0] is not pair.level for pair in found):
            found.append(CrossedRules(met[0], upright))
    return found


def _cross(level: Rule, upright: Rule, beyond: float) -> bool:
    """Whether each of the rules reaches at least so many points beyond the other."""
    return (
        level.start + beyond <= upright.place <= level.end - beyond
        and upright.start + beyond <= level.place <= upright.end - beyond
    )


def _level_edges(gray: Gray, least: int) -> Mask:
    """(height - 1, blocks): whether brightness steps between a row of pixels and the next all along a block."""
    width = gray.shape[1] // BLOCK * BLOCK
    steps = _steps(gray[:-1, :width], gray[1:, :width], least)
    return np.asarray(np.ascontiguousarray(steps).view(np.uint32) == ALL_TRUE)


def _upright_edges(gray: Gray, least: int) -> Mask:
    """(width - 1, blocks): the same between columns of pixels."""
    height = gray.shape[0] // BLOCK * BLOCK
    steps = _steps(gray[:height, :-1], gray[:height, 1:], least)
    both = steps[::2] & steps[1::2]
    return np.ascontiguousarray((both[::2] & both[1::2]).T)


def _steps(one: Gray, other: Gray, least: int) -> Mask:
    step = np.maximum(one, other)
    step -= np.minimum(one, other)
    return np.asarray(step >= least)


def _rules(edges: Mask, scale: float) -> list[Rule]:
    least = max(int(LEAST_RUN * scale / BLOCK), 2)
    padded = np.zeros((edges.shape[0], edges.shape[1] + 2), dtype=np.bool_)  # so that no run reaches into the next row
    padded[:, 1:-1] = _bridged(edges)
    flat = padded.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = changes[::2], changes[1::2]
    long = ends - starts >= least
    if long.sum() > MOST_RULES:
        return []
    rows, firsts = np.divmod(starts[long], padded.shape[1])
    lasts = firsts + (ends - starts)[long]
    return [
        Rule((y + 1) / scale, start * BLOCK / scale, end * BLOCK / scale)
        for y, start, end in zip(rows.tolist(), firsts.tolist(), lasts.tolist(), strict=True)
    ]


def _bridged(edges: Mask) -> Mask:
    """Gaps of one and two blocks closed: there another rule crosses, and the step in brightness is hidden."""
    whole = edges.copy()
    whole[:, 1:-1] |= edges[:, :-2] & edges[:, 2:]
    whole[:, 1:-2] |= edges[:, :-3] & edges[:, 3:]
    whole[:, 2:-1] |= edges[:, :-3] & edges[:, 3:]
    return whole


def _clear(rules: Sequence[Rule], boxes: NDArray[np.float64]) -> list[Rule]:
    """Rules that do not run through words; strokes of letters above each other do.

    ``boxes`` are the words' (low, start, high, end): the axis of ``Rule.place`` first.
    """
    if not rules or not len(boxes):
        return list(rules)
    edge = WORD_EDGE * np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    found = np.array([(rule.place, rule.start, rule.end) for rule in rules])
    through = (found[:, :1] > boxes[:, 0] + edge) & (found[:, :1] < boxes[:, 2] - edge)
    shared = np.minimum(found[:, 2:], boxes[:, 3]) - np.maximum(found[:, 1:2], boxes[:, 1])
    covered = (np.maximum(shared, 0) * through).sum(axis=1)
    return [rule for rule, length in zip(rules, covered, strict=True) if length <= THROUGH * (rule.end - rule.start)]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Edges at nearly one place that touch become one rule at their middle."""
    ordered = sorted(rules, key=lambda rule: rule.place)
    merged = grouped(
        ordered, lambda group, rule: rule.place - group[0].place <= SAME_RULE and _meet(group, rule), latest_first=True
    )
    return [_joined(group) for group in merged]


def _meet(group: Sequence[Rule], rule: Rule) -> bool:
    return any(rule.start <= other.end + REACH and other.start <= rule.end + REACH for other in group)


def _joined(group: Sequence[Rule]) -> Rule:
    place = (min(rule.place for rule in group) + max(rule.place for rule in group)) / 2
    return Rule(place, min(rule.start for rule in group), max(rule.end for rule in group))


def _components(across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Rules that cross or meet, directly or through others: horizontal ones and vertical ones."""
    left = set(range(len(down)))
    seen: set[int] = set()
    for first in range(len(across)):
        if first in seen:
            continue
        rows, columns, queue = {first}, set[int](), [first]
        while queue:
            row = across[queue.pop()]
            for number in [n for n in left if _crosses(row, down[n])]:
                left.discard(number)
                columns.add(number)
                for other in range(len(across)):
                    if other not in rows and _crosses(across[other], down[number]):
                        rows.add(other)
                        queue.append(other)
        seen |= rows
        if len(rows) >= 2 and columns:
            yield [across[n] for n in sorted(rows)], [down[n] for n in sorted(columns)]


def _crosses(row: Rule, column: Rule) -> bool:
    horizontally = row.start - REACH <= column.place <= row.end + REACH
    return horizontally and column.start - REACH <= row.place <= column.end + REACH


def _places(rules: Sequence[Rule], low: float, high: float) -> list[float]:
    """Distinct places of rules, with the ends of the crossing ones where no rule closes the lattice."""
    places: list[float] = []
    for place in sorted([low, high, *(rule.place for rule in rules)]):
        if places and place - places[-1] <= SAME_RULE:
            continue
        places.append(place)
    return places


def _table(rows: Sequence[Rule], columns: Sequence[Rule], words: Sequence[LayoutWord]) -> TableStructure | None:
    ys = _places(rows, *_outer(rows, columns))
    xs = _places(columns, *_outer(columns, rows))
    if len(columns) == 1:
        ys = _with_open_rows(ys, Box(xs[0], ys[0], xs[-1], ys[-1]), columns[0], words)
    box = Box(xs[0], ys[0], xs[-1], ys[-1])
    held = [word for word in words if word.box.intersection(box) > 0.5 * word.box.area]
    cells = _cells(xs, ys, rows, columns)
    filled = [cell for cell in cells if cell.box is not None and any(cell.box.holds_middle(word.box) for word in held)]
    if len(filled) < max(FILLED * len(cells), 3) or any(
        cell.box is not None and cell.box.area > PANEL * box.area for cell in cells
    ):
        return None
    return _compact(filled, cells, box)


def _outer(rules: Sequence[Rule], crossing: Sequence[Rule]) -> tuple[float, float]:
    """The extent along the axis of ``rules``: their own places, or where the crossing rules reach beyond them."""
    low, high = min(rule.place for rule in rules), max(rule.place for rule in rules)
    if len(crossing) < 2:
        return low, high
    start, end = sorted(rule.start for rule in crossing)[1], sorted(rule.end for rule in crossing)[-2]  # two must agree
    return (start if start < low - 2 * REACH else low), (end if end > high + 2 * REACH else high)


def _with_open_rows(ys: Sequence[float], box: Box, upright: Rule, words: Sequence[LayoutWord]) -> list[float]:
    """``ys`` of the table ``box`` with the ends of its only upright rule, where a row above the first level rule or
    below the last one has none at its outer side: it is no higher than the other rows, and has words on both sides.
    """
    most = OPEN_ROW * max((lower - upper for upper, lower in itertools.pairwise(ys)), default=0.0)

    def is_row(top: float, bottom: float) -> bool:
        area = Box(box.left, top, box.right, bottom)
        held = [word.box for word in words if area.holds_middle(word.box)]
        sides = {(word.left + word.right) / 2 < upright.place for word in held}
        crossed = any(word.left < upright.place - WORD_INK < upright.place + WORD_INK < word.right for word in held)
        high = max((word.height for word in held), default=0.0)
        low = 2 * REACH < bottom - top <= min(most, OPEN_LINES * high)
        return low and len(sides) == 2 and not crossed

    above = [upright.start] if is_row(upright.start, ys[0]) else []
    below = [upright.end] if is_row(ys[-1], upright.end) else []
    return [*above, *ys, *below]


def _cells(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Rule], columns: Sequence[Rule]) -> list[TableCell]:
    """Slots of the lattice, joined where no border is drawn between them."""
    walls = [[_is_drawn(columns, x, top, bottom) for x in xs[1:-1]] for top, bottom in itertools.pairwise(ys)]
    floors = [[_is_drawn(rows, y, left, right) for left, right in itertools.pairwise(xs)] for y in ys[1:-1]]
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in taken:
                continue
            last = column
            while last < len(xs) - 2 and not walls[row][last] and (row, last + 1) not in taken:
                last += 1
            low = row
            while low < len(ys) - 2 and not any(floors[low][column : last + 1]):
                low += 1
            taken |= {(r, c) for r in range(row, low + 1) for c in range(column, last + 1)}
            area = Box(xs[column], ys[row], xs[last + 1], ys[low + 1])
            cells.append(TableCell(row, column, low - row + 1, last - column + 1, False, area))
    return cells


def _is_drawn(rules: Sequence[Rule], place: float, start: float, end: float) -> bool:
    drawn = sum(
        max(min(rule.end, end) - max(rule.start, start), 0.0)
        for rule in rules
        if abs(rule.place - place) <= SAME_RULE + 1
    )
    return drawn >= DRAWN * (end - start)


def _compact(filled: Sequence[TableCell], cells: Sequence[TableCell], box: Box) -> TableStructure | None:
    """The cells renumbered without rows and columns in which no cell with words begins."""
    rows = sorted({cell.row for cell in filled})
    columns = sorted({cell.column for cell in filled})
    if len(rows) < 2 or len(columns) < 2:
        return None
    kept = []
    for cell in cells:
        row_span = sum(cell.row <= row < cell.row + cell.row_span for row in rows)
        column_span = sum(cell.column <= column < cell.column + cell.column_span for column in columns)
        if row_span and column_span:
            row = sum(other < cell.row for other in rows)
            column = sum(other < cell.column for other in columns)
            kept.append(TableCell(row, column, row_span, column_span, row == 0, cell.box))
    areas = [cell.box for cell in filled if cell.box is not None]
    return TableStructure(bounds([box, *areas]), 1.0, len(rows), len(columns), tuple(kept))
