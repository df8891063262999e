"""Boxes as docling has them and as Folio has them, both in points with the origin at the top left."""

from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle

from pipeline.pages import Box


def to_docling(box: Box) -> BoundingBox:
    """The same box in docling's type."""
    return BoundingBox(l=box.left, t=box.top, r=box.right, b=box.bottom, coord_origin=CoordOrigin.TOPLEFT)


def from_docling(box: BoundingBox) -> Box:
    """The same box in Folio's type; ``box`` must have its origin at the top left."""
    return Box(box.l, box.t, box.r, box.b)


def box_around(rect: BoundingRectangle) -> Box:
    """The upright box around a cell's rectangle, which must have its origin at the top left."""
    xs, ys = (rect.r_x0, rect.r_x1, rect.r_x2, rect.r_x3), (rect.r_y0, rect.r_y1, rect.r_y2, rect.r_y3)
    return Box(min(xs), min(ys), max(xs), max(ys))


def with_height(rect: BoundingRectangle, height: float) -> BoundingRectangle:
    """The rectangle around the same middle, as high as ``height`` across its text's direction."""
    factor = height / rect.height / 2 if rect.height else 0.5
    sides = ((rect.r_x0, rect.r_y0, rect.r_x3, rect.r_y3), (rect.r_x1, rect.r_y1, rect.r_x2, rect.r_y2))
    moved = []
    for x0, y0, x1, y1 in sides:
        x, y, dx, dy = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * factor, (y1 - y0) * factor
        moved.append(((x - dx, y - dy), (x + dx, y + dy)))
    (first, fourth), (second, third) = moved
    names = [f"r_{axis}{corner}" for corner in range(4) for axis in "xy"]
    values = (*first, *second, *third, *fourth)
    return rect.model_copy(update=dict(zip(names, values, strict=True)))
