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
