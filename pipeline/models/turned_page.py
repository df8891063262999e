"""A page that was scanned on its side or upside down, and the same page held so that its text is upright."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.models.images import Floats, Pixels
from pipeline.pages import Box


@dataclass(frozen=True, slots=True)
class TurnedPage:
    """``turn`` quarter turns clockwise, 0 to 3, by which the text is turned on a page of ``width`` × ``height``, in
    any unit.
    """

    turn: int
    width: float
    height: float

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the page turned back."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)

    def upright_image(self, image: Pixels) -> Pixels:
        """The page's image, turned back."""
        return np.ascontiguousarray(np.rot90(image, self.turn)) if self.turn else image

    def upright(self, points: Floats) -> Floats:
        """Where points (n, 2) of the page lie on the page turned back."""
        x, y = points[:, 0], points[:, 1]
        turned = ((x, y), (y, self.width - x), (self.width - x, self.height - y), (self.height - y, x))[self.turn]
        return np.stack(turned, axis=1)

    def upright_box(self, box: Box) -> Box:
        """Where a box of the page lies on the page turned back."""
        if self.turn == 0:
            return box
        corners = self.upright(np.array([(box.left, box.top), (box.right, box.bottom)], dtype=np.float64))
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        return Box(float(left), float(top), float(right), float(bottom))

    def on_page(self, box: Box) -> Box:
        """Where a box of the page turned back lies on the page itself."""
        width, height = self.width, self.height
        if self.turn == 1:
            return Box(width - box.bottom, box.left, width - box.top, box.right)
        if self.turn == 2:
            return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
        if self.turn == 3:
            return Box(box.top, height - box.right, box.bottom, height - box.left)
        return box


def rows_of(centers: Floats, least_gap: float) -> NDArray[np.intp]:
    """Row number of each point (n, 2), from 0 at the top; a new row starts ``least_gap`` below the first point of the
    last one.
    """
    rows = np.zeros(len(centers), dtype=np.intp)
    row, top = -1, -np.inf
    for index in np.argsort(centers[:, 1], kind="stable"):
        if centers[index, 1] - top > least_gap:
            row, top = row + 1, centers[index, 1]
        rows[index] = row
    return rows
