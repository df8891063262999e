"""How finely a page must be drawn to show the detail that its own scan has.

A scan is a page most of which lies under bitmaps, with hardly any visible text on top. It is drawn at the resolution of
its largest bitmap, up to what a page of A4 needs at 300 dpi; every other page is drawn at 144 dpi, which its text and
its figures do with.
"""

import math
from collections.abc import Iterator
from ctypes import byref, c_uint

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.intake.page_objects import Rect, bounds_on_page
from pipeline.pages import PageSize

SCAN_PIXELS = 9_000_000  # of a page drawn at its scan's detail; A4 at 300 dpi has 8.7 million
SCAN_SHARE = 0.5  # share of the page's area under bitmaps, overlaps counted twice
TEXT_SHARE = 0.03  # share of the page's area under visible text, from which on a page is more than a stamped scan
MOST_OBJECTS = 3000  # looked at; a scan has few, and a page of more is drawn as any other
FORM_DEPTH = 3
INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


def scan_scale(page: pdfium.PdfPage, size: PageSize) -> float:
    """Pixels per point that show the page's scan in full, at most ``SCAN_PIXELS`` in all; 0 for a page that is no
    scan.
    """
    area = size.width * size.height
    images = text = detail = 0.0
    for number, item in enumerate(_objects(page)):
        if number >= MOST_OBJECTS:
            return 0.0
        covered = _area(bounds_on_page(item)) / area
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images += covered
            if covered >= SCAN_SHARE:
                text = 0.0  # lies below the image, and is not seen
            detail = max(detail, _density(item)) if covered >= SCAN_SHARE / 10 else detail
        elif pdfium_c.FPDFTextObj_GetTextRenderMode(item) not in INVISIBLE:
            text += covered
    if images < SCAN_SHARE or text >= TEXT_SHARE:
        return 0.0
    return min(detail, math.sqrt(SCAN_PIXELS / area))


def _objects(page: pdfium.PdfPage) -> Iterator[pdfium.PdfObject]:
    kinds = [pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_TEXT]
    found: Iterator[pdfium.PdfObject] = page.get_objects(filter=kinds, max_depth=FORM_DEPTH)
    return found


def _density(image: pdfium.PdfObject) -> float:
    """Pixels of the bitmap per point of the page."""
    width, height = c_uint(), c_uint()
    shown = _area(bounds_on_page(image))
    if not pdfium_c.FPDFImageObj_GetImagePixelSize(image, byref(width), byref(height)) or shown <= 0:
        return 0.0
    return math.sqrt(width.value * height.value / shown)


def _area(rect: Rect) -> float:
    return max(rect[2] - rect[0], 0.0) * max(rect[3] - rect[1], 0.0)
