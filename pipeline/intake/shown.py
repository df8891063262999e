"""How a page is shown, and where on it something of the page as stored is seen."""

from dataclasses import dataclass

import pypdfium2 as pdfium

from pipeline.intake.page_objects import Rect


@dataclass(frozen=True, slots=True)
class ShownPage:
    """How the page is shown: its size in points as shown, its rotation in degrees, the corner of its visible box."""

    width: float
    height: float
    rotation: int
    left: float
    bottom: float

    def shown(self, rect: Rect) -> Rect:
        """``rect`` of the unrotated page, as seen on the page as shown (ISO 32000-1, 7.7.3.3: Rotate is clockwise)."""
        x0, y0, x1, y1 = rect[0] - self.left, rect[1] - self.bottom, rect[2] - self.left, rect[3] - self.bottom
        if self.rotation == 90:
            return (y0, self.height - x1, y1, self.height - x0)
        if self.rotation == 180:
            return (self.width - x1, self.height - y1, self.width - x0, self.height - y0)
        if self.rotation == 270:
            return (self.width - y1, x0, self.width - y0, x1)
        return (x0, y0, x1, y1)

    def stored(self, x: float, y: float) -> tuple[float, float]:
        """The point of the unrotated page that is seen at (x, y) of the page as shown."""
        if self.rotation == 90:
            x, y = self.height - y, x
        elif self.rotation == 180:
            x, y = self.width - x, self.height - y
        elif self.rotation == 270:
            x, y = y, self.width - x
        return x + self.left, y + self.bottom


def shown_page(page: pdfium.PdfPage) -> ShownPage:
    """How pdfium shows the page."""
    left, bottom, _, _ = page.get_bbox()
    return ShownPage(page.get_width(), page.get_height(), page.get_rotation(), left, bottom)
