"""Elements as docling's reading order takes them, on pages of 600 by 800 points."""

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.base import CoordOrigin, Size
from docling_core.types.doc.labels import DocItemLabel

SIZE = Size(width=600, height=800)


def element(cid: int, label: DocItemLabel, box: tuple[float, float, float, float], text: str = "") -> PageElement:
    """The element at ``box``: left, top, right and bottom in points from the page's top left corner."""
    left, top, right, bottom = box
    return PageElement(
        cid=cid,
        page_no=1,
        page_size=SIZE,
        label=label,
        text=text,
        l=left,
        r=right,
        t=SIZE.height - top,
        b=SIZE.height - bottom,
        coord_origin=CoordOrigin.BOTTOMLEFT,
    )
