"""pdfium's half of the parse child: opening a document, the sizes of its pages, and drawing them. Never imported by the
server.
"""

import math
import os
from ctypes import c_ubyte
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.intake.scan_detail import scan_detail
from pipeline.intake.wire import Counted, Drawn, Trouble
from pipeline.pages import MIN_DPI, MOST_PAGES, POINTS_PER_INCH, RENDER_DPI, PageSize
from pipeline.pixels import BYTES_PER_PIXEL

MOST_KEPT_BYTES = 32_000_000  # kept between pages: a scan of A4 at 300 dpi has 26 MB
SOFTENED = 2  # times each pixel is averaged with its neighbours, 1 : 2 : 1; a deviation of one pixel
TROUBLE_OF_ERROR = {pdfium_c.FPDF_ERR_PASSWORD: Trouble.PASSWORD, pdfium_c.FPDF_ERR_SECURITY: Trouble.ENCRYPTION}


class Refused(Exception):
    """The document or the page cannot be read, for the reason in ``trouble``."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def open_document(path: str, password: str) -> pdfium.PdfDocument:
    """Open the file. An owner password alone does not keep anybody out. Raises Refused."""
    # Not PdfDocument(path): for a document without pages that raises with the error code of an earlier failure.
    handle = pdfium_c.FPDF_LoadDocument(os.fsencode(path) + b"\0", password.encode("utf-8") + b"\0")
    if not handle:
        raise Refused(TROUBLE_OF_ERROR.get(pdfium_c.FPDF_GetLastError(), Trouble.DAMAGED))
    document = pdfium.PdfDocument(handle)
    if len(document) < 1:
        document.close()
        raise Refused(Trouble.NO_PAGES)
    return document


def count_pages(document: pdfium.PdfDocument) -> Counted:
    """The page count, and the sizes in points of the first pages. A page that cannot be found has size 0 × 0."""
    count = len(document)
    return Counted(count, tuple(_size_of(document, index) for index in range(min(count, MOST_PAGES))))


def _size_of(document: pdfium.PdfDocument, index: int) -> PageSize:
    try:
        width, height = document.get_page_size(index)
    except pdfium.PdfiumError:
        return PageSize(0.0, 0.0)
    return PageSize(width, height)


def load_page(document: pdfium.PdfDocument, page: int) -> pdfium.PdfPage:
    """Page number ``page``, from 1. Raises Refused where the file has no such page object."""
    try:
        return document[page - 1]
    except pdfium.PdfiumError:
        raise Refused(Trouble.UNREADABLE) from None


def render_scale(size: PageSize, max_megapixels: int, detail: float = 0.0) -> float:
    """Pixels per point: 144 dpi, or ``detail`` where that is more, or as much as the pixel limit allows.

    Raises Refused where that is less than 36 dpi, or where the page has no size.
    """
    if not (math.isfinite(size.width * size.height) and size.width > 0 and size.height > 0):
        raise Refused(Trouble.UNREADABLE)
    scale = max(RENDER_DPI / POINTS_PER_INCH, detail)
    limit = max_megapixels * 1_000_000
    if _pixels(size, scale) > limit:
        scale = math.sqrt(limit / (size.width * size.height))
        while _pixels(size, scale) > limit:  # each side is rounded up to a whole pixel
            scale *= 0.999
    if scale < MIN_DPI / POINTS_PER_INCH:
        raise Refused(Trouble.TOO_LARGE)
    return scale


def _pixels(size: PageSize, scale: float) -> int:
    return math.ceil(size.width * scale) * math.ceil(size.height * scale)


class DrawingMemory:
    """Memory that pages are drawn on, one after another: to ask the system for new memory takes a fifth of the time in
    which a page of text is drawn.
    """

    def __init__(self) -> None:
        self._buffer = (c_ubyte * 0)()

    def bitmap(self, width: int, height: int, **form: Any) -> pdfium.PdfBitmap:
        """A bitmap of ``BYTES_PER_PIXEL``, its rows packed, which lives until the next one is made; pdfium's ``format``
        and the order of its bytes are in ``form``.
        """
        size = width * height * BYTES_PER_PIXEL
        if size > MOST_KEPT_BYTES:
            return pdfium.PdfBitmap.new_native(width, height, **form)
        if size > len(self._buffer):
            self._buffer = (c_ubyte * size)()
        return pdfium.PdfBitmap.new_native(width, height, buffer=self._buffer, **form)


def draw_page(page: pdfium.PdfPage, max_megapixels: int, pixels: str, offset: int, memory: DrawingMemory) -> Drawn:
    """Draw the page as a viewer shows it (rotated, annotations included) and write its pixels at ``offset`` bytes.

    Raises Refused where the page is too large, OSError where the disk is full.
    """
    size = PageSize(page.get_width(), page.get_height())
    render_scale(size, max_megapixels)  # refuses a page without a size before its objects are measured against it
    detail = scan_detail(page, size)
    scale = render_scale(size, max_megapixels, detail.scale)
    form = pdfium_c.FPDFBitmap_BGR
    bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=form, bitmap_maker=memory.bitmap)
    try:
        if detail.hard_edged:
            soften(bitmap.to_numpy())
        _write_at(pixels, offset, memoryview(bitmap.buffer).cast("B")[: bitmap.stride * bitmap.height])
        return Drawn(bitmap.width, bitmap.height, scale, size)
    finally:
        bitmap.close()


def soften(image: NDArray[np.uint8]) -> None:
    """Round the edges of a black-and-white image (height, width, 3), in place: the recognisers learned letters from
    greys, and read the stairs of hard edges as strokes.
    """
    for _ in range(SOFTENED):
        for plane in np.moveaxis(image, 2, 0):
            for lines in (plane, plane.T):
                wide = lines.astype(np.uint16)
                lines[1:-1] = (wide[:-2] + 2 * wide[1:-1] + wide[2:] + 2) >> 2


def _write_at(path: str, offset: int, view: memoryview) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while len(view):
            written = os.pwrite(file, view, offset)
            view, offset = view[written:], offset + written
    finally:
        os.close(file)
