"""A page's text as pdfium reads it, in docling-parse's shape: the second opinion for pages that docling-parse cannot
read.

Words end at white space, lines where pdfium breaks them or where a gap is wider than the line is high (two columns on
one baseline). Coordinates are docling-parse's: points, y up, origin at the bottom left of the page as shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
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
from pipeline.intake.pdfium_text import SOFT_HYPHEN, character, known_font, leaves_no_ink
from pipeline.intake.raster import Refused
from pipeline.intake.shown import ShownPage, shown_page
from pipeline.intake.text_layer.bitmap_letters import (
    NAMELESS,
    TEXT_SIGNS,
    TYPEWRITER,
    is_fixed_pitch,
    of_font_height,
)
from pipeline.intake.wire import Trouble

TEXT_WORDS = 4  # of small letters, in a font of text; mathematics has single ones
CHARACTERS_PER_WORD = 8  # words have five letters on average; each character costs about 10 µs


@dataclass(frozen=True, slots=True)
class PdfiumWord:
    """A run of characters without white space, its box on the page as shown, its font, and whether it leaves ink."""

    text: str
    rect: Rect
    font: str
    hidden: bool


def read_text(page: pdfium.PdfPage, most_words: int = 50_000) -> SegmentedPdfPage:
    """The page's words, lines and bitmap boxes. Raises Refused where there are more characters than ``most_words`` can
    have.
    """
    frame = shown_page(page)
    lines = _as_fonts_are([part for line in _lines(page, frame, most_words) for part in _split_at_gaps(line)])
    return SegmentedPdfPage(
        dimension=_geometry(frame),
        char_cells=[],
        word_cells=[_cell(index, [word]) for index, word in enumerate(word for line in lines for word in line)],
        textline_cells=[_cell(index, line) for index, line in enumerate(lines)],
        has_words=bool(lines),
        has_lines=bool(lines),
        bitmap_resources=_bitmaps(page, frame),
    )


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
            read = character(text_page, index)
            if not read.isspace():
                run.append(index)
                if read != SOFT_HYPHEN:
                    continue
            if run:
                words.append(_word(text_page, run, frame))
                run = []
            if read in f"\r\n{SOFT_HYPHEN}" and words:
                yield words
                words = []
        if run:
            words.append(_word(text_page, run, frame))
        if words:
            yield words
    finally:
        text_page.close()


def _word(text_page: pdfium.PdfTextPage, run: list[int], frame: ShownPage) -> PdfiumWord:
    units = "".join(character(text_page, index) for index in run).encode("utf-16-le", "surrogatepass")
    text = units.decode("utf-16-le", "replace").replace(SOFT_HYPHEN, "-")
    boxes = [text_page.get_charbox(index) for index in run]
    rect = frame.shown(
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    )
    return PdfiumWord(text, rect, known_font(text_page, run[0]), leaves_no_ink(text_page, run[0]))


def _split_at_gaps(words: list[PdfiumWord]) -> Iterator[list[PdfiumWord]]:
    line = [words[0]]
    for word in words[1:]:
        before = line[-1].rect
        if word.rect[0] - before[2] > before[3] - before[1] or word.hidden != line[-1].hidden:
            yield line
            line = []
        line.append(word)
    yield line


def _as_fonts_are(lines: list[list[PdfiumWord]]) -> list[list[PdfiumWord]]:
    """The words of fonts without a name as high as their font, where pdfium gives them boxes of their ink, and their
    signs as TeX means them.
    """
    words = [word for line in lines for word in line if NAMELESS.fullmatch(word.font)]
    put_right: dict[int, PdfiumWord] = {}
    for font in {word.font for word in words}:
        own = [word for word in words if word.font == font]
        put_right |= {id(word): new for word, new in zip(own, _of_one_font(own), strict=True)}
    return [[put_right.get(id(word), word) for word in line] for line in lines]


def _of_one_font(words: list[PdfiumWord]) -> Iterator[PdfiumWord]:
    texts, boxes = [word.text for word in words], np.array([word.rect for word in words])
    lettered = [any(map(str.isalpha, text)) for text in texts]
    typed = is_fixed_pitch(boxes, [len(text) for text in texts], lettered)
    is_text = sum(text.islower() and len(text) > 1 for text in texts) >= TEXT_WORDS
    for word, box in zip(words, of_font_height(texts, boxes), strict=True):
        text = word.text.translate(TEXT_SIGNS) if is_text and not typed else word.text
        yield replace(word, text=text, rect=box, font=TYPEWRITER if typed else word.font)


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
        font_name=words[0].font,
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
