"""Fonts that the parser calls by their key in the file, such as F2, get the name that pdfium knows: Helvetica-Bold.

The 14 standard fonts need no descriptor in a file, and the parser reads names from descriptors only. Without the name
nobody sees that a word is bold, italic or of a fixed pitch.
"""

from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.intake.pdfium_text import font_name
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import boxes_of

TRIES = 5  # words of a font whose middle pdfium is asked for
TOLERANCE = 2.0  # points by which the middle may miss a character


def name_fonts(page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage) -> None:
    """Name the fonts of the page's words and lines, in place; a font without any name keeps its key."""
    words = list(_keyed(page.word_cells))
    if not words:
        return
    samples: dict[str, list[PdfTextCell]] = {}
    for word in sorted(words, key=lambda cell: len(cell.text), reverse=True):
        samples.setdefault(word.font_key, []).append(word)
    text_page = shown.get_textpage()
    try:
        names = {key: _name(text_page, frame, cells[:TRIES]) for key, cells in samples.items()}
    finally:
        text_page.close()
    for cell in (*words, *_keyed(page.textline_cells)):
        cell.font_name = names.get(cell.font_key) or cell.font_name


def _keyed(cells: Sequence[TextCell]) -> Iterator[PdfTextCell]:
    return (
        cell for cell in cells if isinstance(cell, PdfTextCell) and cell.font_key and cell.font_name == cell.font_key
    )


def _name(text_page: pdfium.PdfTextPage, frame: ShownPage, words: Sequence[PdfTextCell]) -> str:
    """The font's name after a slash, as the parser writes names; empty where no word has one."""
    for left, bottom, right, top in boxes_of(words).tolist():
        x, y = frame.stored((left + right) / 2, (bottom + top) / 2)
        index = pdfium_c.FPDFText_GetCharIndexAtPos(text_page, x, y, TOLERANCE, TOLERANCE)
        if name := font_name(text_page, index):
            return "/" + name
    return ""
