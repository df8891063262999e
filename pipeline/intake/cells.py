"""docling-parse's half of the parse child: the text of a page as docling itself would read it. Never imported by the
server.
"""

import re
import unicodedata
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell, SegmentedPdfPage
from docling_parse.pdf_parser import ContentConfig, ContentLevel, DecodeConfig, DoclingPdfParser, PdfDocument

from pipeline.intake.page_objects import Rect
from pipeline.intake.wire import Counts

# Of docling's own settings for a page (docling/backend/docling_parse_backend.py): cells and the boxes of bitmaps.
# Bitmaps' bytes and vector shapes serve only docling-parse's renderer, and pdfium draws the pages here.
CONTENT = ContentConfig(
    char_cells_content_level=ContentLevel.COMPUTE,
    word_cells_content_level=ContentLevel.COMPUTE_AND_MATERIALIZE,
    line_cells_content_level=ContentLevel.COMPUTE_AND_MATERIALIZE,
    shapes_content_level=ContentLevel.SKIP,
    bitmaps_content_level=ContentLevel.COMPUTE_AND_MATERIALIZE,
    include_bitmap_bytes=False,
)
DECODING = DecodeConfig(enforce_same_font=True, release_native_memory_every_n_pages=1, keep_qpdf_warnings=True)

INKLESS = frozenset({PdfCellRenderingMode.INVISIBLE, PdfCellRenderingMode.ONLY_CLIPPING})
GRID = 256
REPLACEMENT = "\ufffd"
MEANINGLESS = frozenset({"Cc", "Cn", "Co", "Cs"})  # control, unassigned, private use, surrogate
CONTROLS = dict.fromkeys(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\x02\t\n\r")
"""C0, DEL and C1, but for STX, with which some fonts write their hyphen: docling turns it into one."""
UNMAPPED_GLYPH = re.compile(r"GLYPH<[^<>]{0,80}>")  # how docling-parse spells a glyph that has no Unicode value


def load(path: str, password: str) -> PdfDocument:
    """Open the file with docling-parse. Raises RuntimeError or ValueError where it cannot."""
    return DoclingPdfParser(loglevel="fatal").load(
        Path(path), password=password or None, decode_config=DECODING, content_config=CONTENT
    )


def load_copy(copy: BytesIO, password: str = "") -> PdfDocument:
    """Open a document that lies in memory."""
    return DoclingPdfParser(loglevel="fatal").load(
        copy, password=password or None, decode_config=DECODING, content_config=CONTENT
    )


def parse_page(parsed: PdfDocument, page: int) -> SegmentedPdfPage:
    """Page number ``page``, from 1: words, lines, bitmap boxes, links and form widgets.

    Coordinates are docling-parse's: points, y up, origin at the bottom left of the page as shown (rotated, cropped).
    """
    segmented = parsed.get_page(page)
    parsed.unload_pages((page, page + 1))
    return segmented


def count_page(page: SegmentedPdfPage) -> Counts:
    """The numbers that decide how the page is treated; see ``PageFacts``."""
    lines = [cell for cell in page.textline_cells if cell.text.strip()]
    visible = [cell.text for cell in lines if not (isinstance(cell, PdfTextCell) and cell.rendering_mode in INKLESS)]
    characters = sum(_ink(text) for text in visible)
    return Counts(
        cells=len(visible),
        characters=characters,
        hidden_characters=sum(_ink(cell.text) for cell in lines) - characters,
        garbled_share=garbled_share("".join(visible)),
        image_share=image_share(page),
    )


def drop_controls(page: SegmentedPdfPage) -> None:
    """Take control characters out of the text: no export needs them, JSON would carry them to the next program, and
    terminals obey some.
    """
    for cell in (*page.word_cells, *page.textline_cells):
        if cell.text.isprintable() and cell.orig.isprintable():
            continue
        cell.text, cell.orig = cell.text.translate(CONTROLS), cell.orig.translate(CONTROLS)


def _ink(text: str) -> int:
    return sum(not character.isspace() for character in text)


def garbled_share(text: str) -> float:
    """Share of the characters without a meaning: replacement and control characters, private use, unmapped glyphs."""
    if _plain(text):
        return 0.0
    ink = [character for character in UNMAPPED_GLYPH.sub(REPLACEMENT, text) if not character.isspace()]
    return sum(_garbled(character) for character in ink) / len(ink) if ink else 0.0


def meaningless(text: str) -> int:
    """How many characters of ``text`` mean nothing; an unmapped glyph counts as often as its spelling has letters."""
    if _plain(text):
        return 0
    unmapped = sum(len(match[0]) for match in UNMAPPED_GLYPH.finditer(text))
    return unmapped + sum(_garbled(character) for character in text)


def _plain(text: str) -> bool:
    """Whether every character is one of ASCII's that has a meaning, as those of most pages are."""
    return text.isascii() and text.isprintable() and "GLYPH<" not in text


def _garbled(character: str) -> bool:
    return character == REPLACEMENT or unicodedata.category(character) in MEANINGLESS


def image_share(page: SegmentedPdfPage) -> float:
    """Share of the page's area under bitmaps, in [0, 1], to about 1 %; overlaps count once."""
    boxes = (bitmap.rect.to_bounding_box() for bitmap in page.bitmap_resources)
    rects = ((box.l, box.b, box.r, box.t) for box in boxes)
    return covered_share(rects, page.dimension.width, page.dimension.height)


def covered_share(rects: Iterable[Rect], width: float, height: float) -> float:
    """Share of the page's area under ``rects``, in points from its lower left corner, in [0, 1], to about 1 %.

    They are painted onto a grid, because a hostile page has tens of thousands of them and an exact union would take
    minutes.
    """
    if width <= 0 or height <= 0:
        return 0.0
    covered = np.zeros((GRID, GRID), dtype=np.bool_)
    for rect in rects:
        left, right = _grid_span(rect[0], rect[2], width)
        low, high = _grid_span(rect[1], rect[3], height)
        covered[low:high, left:right] = True
    return float(covered.mean())


def _grid_span(start: float, end: float, length: float) -> tuple[int, int]:
    low, high = sorted((min(max(start / length, 0.0), 1.0), min(max(end / length, 0.0), 1.0)))
    return round(low * GRID), round(high * GRID)
