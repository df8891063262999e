"""A page's text as pdfium reads it, in docling-parse's shape: the second opinion for pages that docling-parse cannot
read.

Words end at white space, lines where pdfium breaks them or where a gap is wider than the line is high (two columns on
one baseline). Coordinates are docling-parse's: points, y up, origin at the bottom left of the page as shown.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import (
    BitmapResource,
    BoundingRectangle,
    PdfCellRenderingMode,
    PdfPageBoundaryType,
    PdfPageGeometry,
    PdfTextCell,
    SegmentedPdfPage,
)

from pipeline.intake.page_objects import Rect, bounds_on_page
from pipeline.intake.raster import Refused
from pipeline.intake.wire import Trouble

CHARACTERS_PER_WORD = 8  # words have five letters on average; each character costs about 10 µs
REPLACEMENT = "\ufffd"
SOFT_HYPHEN = "\x02"  # pdfium's mark for a hyphen at the end of a line


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


@dataclass(frozen=True, slots=True)
class PdfiumWord:
    """A run of characters without white space, its box on the page as shown, and whether it leaves ink."""

    text: str
    rect: Rect
    hidden: bool


def read_text(page: pdfium.PdfPage, most_words: int = 50_000) -> SegmentedPdfPage:
    """The page's words, lines and bitmap boxes. Raises Refused where there are more characters than ``most_words`` can
    have.
    """
    frame = shown_page(page)
    lines = [part for line in _lines(page, frame, most_words) for part in _split_at_gaps(line)]
    return SegmentedPdfPage(
        dimension=_geometry(frame),
        char_cells=[],
        word_cells=[_cell(index, [word]) for index, word in enumerate(word for line in lines for word in line)],
        textline_cells=[_cell(index, line) for index, line in enumerate(lines)],
        has_words=bool(lines),
        has_lines=bool(lines),
        bitmap_resources=_bitmaps(page, frame),
    )


def shown_page(page: pdfium.PdfPage) -> ShownPage:
    """How pdfium shows the page."""
    left, bottom, _, _ = page.get_bbox()
    return ShownPage(page.get_width(), page.get_height(), page.get_rotation(), left, bottom)


def _geometry(frame: ShownPage) -> PdfPageGeometry:
    box = BoundingBox(l=0, b=0, r=frame.width, t=frame.height, coord_origin=CoordOrigin.BOTTOMLEFT)
    return PdfPageGeometry(
        angle=0.0,
        rect=BoundingRectangle.from_bounding_box(box),
        boundary_type=PdfPageBoundaryType.CROP_BOX,
        art_bbox=box,
        bleed_bbox=box,
        crop_bbox=box,
        media_bbox=box,
        trim_bbox=box,
    )


def _lines(page: pdfium.PdfPage, frame: ShownPage, most_words: int) -> Iterator[list[PdfiumWord]]:
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > CHARACTERS_PER_WORD * most_words:
            raise Refused(Trouble.TOO_DENSE)
        words: list[PdfiumWord] = []
        run: list[int] = []
        for index in range(count):
            character = _character(text_page, index)
            if not character.isspace():
                run.append(index)
                continue
            if run:
                words.append(_word(text_page, run, frame))
                run = []
            if character in "\r\n" and words:
                yield words
                words = []
        if run:
            words.append(_word(text_page, run, frame))
        if words:
            yield words
    finally:
        text_page.close()


def _word(text_page: pdfium.PdfTextPage, run: list[int], frame: ShownPage) -> PdfiumWord:
    units = "".join(_character(text_page, index) for index in run).encode("utf-16-le", "surrogatepass")
    text = units.decode("utf-16-le", "replace").replace(SOFT_HYPHEN, "-")
    boxes = [text_page.get_charbox(index) for index in run]
    rect = frame.shown(
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    )
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pdfium_c.FPDFText_GetTextObject(text_page, run[0]))
    return PdfiumWord(text, rect, mode in (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP))


def _character(text_page: pdfium.PdfTextPage, index: int) -> str:
    """The character at ``index``, or half of a surrogate pair: pdfium answers in UTF-16 code units."""
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    return chr(code) if code <= sys.maxunicode else REPLACEMENT


def _split_at_gaps(words: list[PdfiumWord]) -> Iterator[list[PdfiumWord]]:
    line = [words[0]]
    for word in words[1:]:
        before = line[-1].rect
        if word.rect[0] - before[2] > before[3] - before[1] or word.hidden != line[-1].hidden:
            yield line
            line = []
        line.append(word)
    yield line


def _cell(index: int, words: list[PdfiumWord]) -> PdfTextCell:
    rects = [word.rect for word in words]
    text = " ".join(word.text for word in words)
    return PdfTextCell(
        index=index,
        rect=_rectangle(
            (min(r[0] for r in rects), min(r[1] for r in rects), max(r[2] for r in rects), max(r[3] for r in rects))
        ),
        text=text,
        orig=text,
        rendering_mode=PdfCellRenderingMode.INVISIBLE if words[0].hidden else PdfCellRenderingMode.FILL_TEXT,
        widget=False,
        font_key="",
        font_name="",
    )


def _bitmaps(page: pdfium.PdfPage, frame: ShownPage) -> list[BitmapResource]:
    images = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])
    return [
        BitmapResource(index=index, rect=_rectangle(frame.shown(bounds_on_page(image))))
        for index, image in enumerate(images)
    ]


def _rectangle(rect: Rect) -> BoundingRectangle:
    left, bottom, right, top = rect
    box = BoundingBox(l=left, b=bottom, r=right, t=top, coord_origin=CoordOrigin.BOTTOMLEFT)
    return BoundingRectangle.from_bounding_box(box)
