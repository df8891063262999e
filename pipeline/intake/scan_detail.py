"""How finely a page must be drawn to show the detail that its own scan has.

A scan is a page most of which lies under bitmaps, with hardly any visible text on top. It is drawn at the resolution of
its largest bitmap, up to what a page of A4 needs at 300 dpi; every other page is drawn at 144 dpi, which its text and
its figures do with.
"""

import math
from collections.abc import Iterator
from ctypes import byref, c_uint
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.intake.page_objects import Rect, bounds_on_page
from pipeline.pages import PageSize

SCAN_PIXELS = 9_000_000  # of a page drawn at its scan's detail; A4 at 300 dpi has 8.7 million
SCAN_SHARE = 0.5  # share of the page's area under bitmaps, overlaps counted twice
TEXT_SHARE = 0.03  # share of the page's area under visible text, from which on a page is more than a stamped scan
MOST_OBJECTS = 3000  # looked at; a scan has few, and a page of more is drawn as any other
FORM_DEPTH = 3
AVERAGED = 0.75  # of a bitmap's own resolution: drawn with less, its pixels are averaged anyway
INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(frozen=True, slots=True)
class ScanDetail:
    """How a scan is to be drawn: ``scale`` is pixels per point, 0 for a page that is no scan; ``hard_edged`` pages have
    only black and white in them, drawn pixel for pixel.
    """

    scale: float = 0.0
    hard_edged: bool = False


def scan_detail(page: pdfium.PdfPage, size: PageSize) -> ScanDetail:
    """What shows the page's scan in full, in at most ``SCAN_PIXELS`` pixels."""
    if not _has_images(page):
        return ScanDetail()
    area = size.width * size.height
    images = text = detail = 0.0
    black_and_white = False
    for number, item in enumerate(_objects(page)):
        if number >= MOST_OBJECTS:
            return ScanDetail()
        covered = _area(bounds_on_page(item)) / area
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images += covered
            if covered >= SCAN_SHARE:
                text = 0.0  # lies below the image, and is not seen
            density = _density(item) if covered >= SCAN_SHARE / 10 else 0.0
            if density > detail:
                detail, black_and_white = density, _is_black_and_white(item)
        elif pdfium_c.FPDFTextObj_GetTextRenderMode(item) not in INVISIBLE:
            text += covered
    if images < SCAN_SHARE or text >= TEXT_SHARE:
        return ScanDetail()
    scale = min(detail, math.sqrt(SCAN_PIXELS / area))
    return ScanDetail(scale, black_and_white and scale >= AVERAGED * detail)


def _has_images(page: pdfium.PdfPage) -> bool:
    """Whether a bitmap is among the page's objects, or may be in one of its forms. Most pages have none, and a helper
    object for each of their letters would take longer than their reading.
    """
    kinds = (
        pdfium_c.FPDFPageObj_GetType(pdfium_c.FPDFPage_GetObject(page, number))
        for number in range(pdfium_c.FPDFPage_CountObjects(page))
    )
    return any(kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM) for kind in kinds)


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


def _is_black_and_white(image: pdfium.PdfObject) -> bool:
    return isinstance(image, pdfium.PdfImage) and image.get_metadata().bits_per_pixel == 1


def _area(rect: Rect) -> float:
    return max(rect[2] - rect[0], 0.0) * max(rect[3] - rect[1], 0.0)
