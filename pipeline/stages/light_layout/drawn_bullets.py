"""Bullets that are drawn instead of typed: a small spot of ink in front of a line.

Browsers draw the bullets of their lists as circles and squares, and text recognition often passes over a spot or a
dash. So the page's pixels are looked at in front of each line. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box
from pipeline.stages.check_boxes import ink_of
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import reads_right_to_left

REACH = 2.2  # in line heights: how far in front of its text a bullet stands at most
WITHIN = 1.6  # in line heights: how far a read line's box may reach in front of its text, over the bullet
SIZE = (0.12, 0.62)  # in line heights: least and largest side of a bullet
ROUND = 0.65  # its shorter side as a share of its longer one
DASH = (0.25, 1.0)  # in line heights: least and largest width of a scanned dash
THIN = 0.2  # in line heights: it is no thicker
FULL = 0.6  # share of its box that is ink
SOLID = 0.25  # share of its box that is ink; a thin ring has 0.3, a disc 0.78
MIDDLE = (0.28, 0.78)  # of the line's height, from the top: where a bullet's middle stands
GAP = 0.2  # in line heights: white between a bullet and its text
LETTER = (0.45, 0.5)  # size and distance of the first letter of a read line, in line heights: larger, and nearer
EVEN = 0.85  # shorter side as a share of the longer one: figures are narrower than large bullets
TOUCHING = 0.25  # of its height that an area may share with the line above or below: boxes of scanned lines are high
ALIKE = 0.3  # in line heights: by which the distances of two bullets from their texts may differ
LEAST = 2  # bullets of one kind that a page must have: a single spot may be dirt

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot of ink: its distance to the text in front of which it stands and its size, both in line heights, its
    shorter side as a share of its longer one, and whether it is a dash.
    """

    distance: float
    size: float
    shape: float
    dash: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether it is as large and narrow as a figure."""
        return not self.dash and self.size > LETTER[0] and self.shape < EVEN


def with_drawn_bullets(lines: Sequence[LayoutLine], gray: Gray, scale: float) -> list[LayoutLine]:
    """The lines, those with a drawn bullet marked so, and read ones with a number that stands apart.

    ``gray`` is (height, width) at ``scale`` pixels per point.
    """
    areas = _apart([_area_before(line) for line in lines], lines)
    crowded = _crowded(areas, lines)
    spots = {
        number: spot
        for number, line in enumerate(lines)
        if not crowded[number] and (spot := _spot(line, areas[number], gray, scale))
    }
    kept = {number for number, spot in spots.items() if sum(_alike(spot, other) for other in spots.values()) >= LEAST}
    return [_marked(line, spots[number]) if number in kept else line for number, line in enumerate(lines)]


def _marked(line: LayoutLine, spot: Spot) -> LayoutLine:
    is_number = not line.words and spot.is_figure
    return replace(line, numbered=True) if is_number else replace(line, bulleted=True)


def _alike(one: Spot, other: Spot) -> bool:
    near = abs(one.distance - other.distance) < ALIKE and abs(one.size - other.size) < 0.5 * max(one.size, other.size)
    return near and one.dash == other.dash


def _area_before(line: LayoutLine) -> Box:
    """Where a bullet in front of the line would stand: right of a line that runs from right to left."""
    box, height = _letters(line)
    over = 0.0 if line.words else WITHIN * height
    start, end = line.box.left - REACH * height, line.box.left + over
    if reads_right_to_left(line.text):
        start, end = line.box.right - over, line.box.right + REACH * height
    return Box(max(start, 0.0), box.top, end, box.bottom)


def _letters(line: LayoutLine) -> tuple[Box, float]:
    """The line's box and the height of its type in points, both as high as its letters where its font says less."""
    low = line.words and line.letter_box.top < line.box.top
    return (line.letter_box, line.letter_box.height) if low else (line.box, line.height)


def _apart(areas: Sequence[Box], lines: Sequence[LayoutLine]) -> list[Box]:
    """The areas in front of scanned lines less what they share with the lines right above and below; the others as
    they are.
    """
    text = np.array([(line.box.left, line.box.top, line.box.right, line.box.bottom) for line in lines])
    found = []
    for number, (area, line) in enumerate(zip(areas, lines, strict=True)):
        least = TOUCHING * (area.bottom - area.top)
        near = (text[:, 2] > area.left) & (text[:, 0] < area.right) & (np.arange(len(lines)) != number)
        above = near & (text[:, 3] > area.top) & (text[:, 3] < area.top + least)
        below = near & (text[:, 1] < area.bottom) & (text[:, 1] > area.bottom - least)
        trimmed = replace(
            area, top=text[above, 3].max(initial=area.top), bottom=text[below, 1].min(initial=area.bottom)
        )
        found.append(area if line.words else trimmed)
    return found


def _crowded(areas: Sequence[Box], lines: Sequence[LayoutLine]) -> NDArray[np.bool_]:
    """Which areas in front of their lines hold a part of another line."""
    area, text = (
        np.array([(box.left, box.top, box.right, box.bottom) for box in boxes])
        for boxes in (areas, [line.box for line in lines])
    )
    found = np.zeros(len(lines), dtype=np.bool_)
    for number, one in enumerate(area):
        shared = np.minimum(one[2:], text[:, 2:]) - np.maximum(one[:2], text[:, :2])
        height = one[3] - one[1]
        below = (np.abs(text[:, 0] - text[number, 0]) < height) & (shared[:, 1] < TOUCHING * height)
        meets = (shared > 0).all(axis=1) & ~below
        meets[number] = False
        found[number] = meets.any()
    return found


def _spot(line: LayoutLine, area: Box, gray: Gray, scale: float) -> Spot | None:
    """The spot in ``area``, in front of the line, where one stands alone."""
    box, height = _letters(line)
    if line.turn or len(line.text.strip()) < 2 or box.height > 2 * height:
        return None
    leftward = reads_right_to_left(line.text)
    rows = slice(max(int(area.top * scale), 0), int(area.bottom * scale) + 1)
    columns = slice(int(area.left * scale), max(int(area.right * scale), 0))
    ink = ink_of(gray[rows, columns])[:, :: -1 if leftward else 1]
    runs = _runs(np.asarray(ink.any(axis=0), dtype=np.bool_))
    if not line.words:
        runs = runs[:2]  # the bullet and what comes after it
        if len(runs) < 2 or runs[1][0] - runs[0][1] < GAP * height * scale:
            return None
        text = runs[1][0]
    else:
        text = ink.shape[1]
        if len(runs) != 1 or text - runs[0][1] < GAP * height * scale:
            return None
    spot = _measured(ink[:, runs[0][0] : runs[0][1]], (text - runs[0][1]) / scale, height, scale)
    if spot is not None and spot.dash:
        return None if line.words else spot
    if spot is None or line.words or spot.size <= LETTER[0]:
        return spot
    apart = spot.distance >= LETTER[1] and (not spot.is_figure or line.text.strip()[0].isdigit())
    return spot if apart else None


def _runs(columns: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where stretches of columns with ink start and end."""
    change = np.diff(np.concatenate(([0], columns.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True))


def _measured(ink: NDArray[np.bool_], distance: float, height: float, scale: float) -> Spot | None:
    """The spot, if it has the size, the shape and the place of a bullet. ``distance`` and ``height`` in points."""
    inked = np.flatnonzero(ink.any(axis=1))
    if not len(inked):
        return None
    top, bottom = int(inked[0]), int(inked[-1]) + 1
    sides = sorted((bottom - top, ink.shape[1]))
    unit = height * scale
    middle = (top + bottom) / 2 / max(ink.shape[0], 1)
    solid = ink[top:bottom].mean()
    if not MIDDLE[0] <= middle <= MIDDLE[1] or solid < SOLID:
        return None
    fits = SIZE[0] * unit <= sides[0] and sides[1] <= SIZE[1] * unit and sides[0] >= ROUND * sides[1]
    flat = DASH[0] * unit <= ink.shape[1] <= DASH[1] * unit and bottom - top <= THIN * unit and solid >= FULL
    return Spot(distance / height, sides[1] / unit, sides[0] / sides[1], not fits) if fits or flat else None
