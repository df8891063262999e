"""Boxes of text cells as arrays, and cells made anew from others."""

from collections.abc import Sequence
from statistics import median_low

import numpy as np
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell, TextCell
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
TALLER = 1.1  # times the height of others from which a word of the same font is too high
WIDER = 1.3  # times the width of others' letters from which a word is set larger


def boxes_of(cells: Sequence[TextCell]) -> Boxes:
    """(n, 4): left, bottom, right, top of each cell, in points, origin at the bottom left of the page as shown."""
    corners = np.array(
        [(r.r_x0, r.r_x1, r.r_x2, r.r_x3, r.r_y0, r.r_y1, r.r_y2, r.r_y3) for r in (cell.rect for cell in cells)],
        dtype=np.float64,
    ).reshape(-1, 8)
    across, up = corners[:, :4], corners[:, 4:]
    return np.stack((across.min(1), up.min(1), across.max(1), up.max(1)), axis=1)


def runs_across(cell: TextCell) -> bool:
    """Whether the cell's text runs along the width of the page as shown, not up or down."""
    rect = cell.rect
    return abs(rect.r_x1 - rect.r_x0) >= abs(rect.r_y1 - rect.r_y0)


def slope(cell: TextCell) -> float:
    """The rise of the cell's text over its run, or the other way round, whichever is less: 0 where it runs level or
    upright, 1 where it runs from corner to corner.
    """
    across, up = abs(cell.rect.r_x1 - cell.rect.r_x0), abs(cell.rect.r_y1 - cell.rect.r_y0)
    return min(across, up) / max(across, up, 1e-9)


def rectangle(box: Sequence[float] | NDArray[np.float64]) -> BoundingRectangle:
    """``box`` (left, bottom, right, top) in docling's type."""
    left, bottom, right, top = (float(side) for side in box)
    return BoundingRectangle.from_bounding_box(
        BoundingBox(l=left, b=bottom, r=right, t=top, coord_origin=CoordOrigin.BOTTOMLEFT)
    )


def respelled(cell: PdfTextCell, text: str) -> PdfTextCell:
    """The cell with another text; what the file holds stays in ``orig``."""
    return cell.model_copy(update={"text": text})


def placed(cell: PdfTextCell, text: str, box: Sequence[float] | NDArray[np.float64]) -> PdfTextCell:
    """The cell with another text in another place."""
    return cell.model_copy(update={"text": text, "orig": text, "rect": rectangle(box)})


def joined(cells: Sequence[PdfTextCell], text: str) -> PdfTextCell:
    """One cell in the place of several, with the looks of the first."""
    boxes = boxes_of(cells)
    return placed(cells[0], text, np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0))))


def as_high_as_their_font(cells: list[PdfTextCell], numbers: Sequence[int]) -> None:
    """Cut the cells with these numbers down to the height of most others in their font, in place: an accent that was
    drawn above a capital had a box of its own. Those that are wider, too, are set larger and stay.
    """
    if not numbers:
        return
    boxes = boxes_of(cells)
    heights = boxes[:, 3] - boxes[:, 1]
    pitches = (boxes[:, 2] - boxes[:, 0]) / np.array([max(len(cell.text), 1) for cell in cells])
    fonts = np.array([cell.font_name for cell in cells])
    for number in numbers:
        same = fonts == cells[number].font_name
        height, pitch = median_low(heights[same].tolist()), median_low(pitches[same].tolist())
        higher = heights[number] > TALLER * height and pitches[number] < WIDER * pitch
        if higher and runs_across(cells[number]):
            left, bottom, right, _ = boxes[number]
            box = rectangle((left, bottom, right, bottom + height))
            cells[number] = cells[number].model_copy(update={"rect": box})


def within(words: Sequence[PdfTextCell], line: PdfTextCell) -> list[PdfTextCell]:
    """The words whose middle lies in the line's box."""
    return [words[index] for index in np.flatnonzero(_within(_middles(words), boxes_of([line])[0])).tolist()]


def retell(lines: list[PdfTextCell], words: Sequence[PdfTextCell], changed: Sequence[PdfTextCell]) -> None:
    """Lines that hold a changed word say again what their words say, in place."""
    if not changed:
        return
    boxes, middles, marks = boxes_of(lines), _middles(words), _middles(changed)
    for number, box in enumerate(boxes):
        if _within(marks, box).any():
            own = [words[index].text for index in np.flatnonzero(_within(middles, box)).tolist()]
            lines[number] = respelled(lines[number], " ".join(own))


def _middles(cells: Sequence[PdfTextCell]) -> Boxes:
    boxes = boxes_of(cells)
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _within(points: Boxes, box: Boxes) -> NDArray[np.bool_]:
    return np.asarray(((points >= box[:2]) & (points <= box[2:])).all(axis=1))


def numbered(cells: Sequence[TextCell]) -> list[TextCell]:
    """The cells, each with its place for number: docling puts the cells of a block in the order of their numbers, and
    takes two of one number for the same one.
    """
    return [
        cell if cell.index == index else cell.model_copy(update={"index": index}) for index, cell in enumerate(cells)
    ]
