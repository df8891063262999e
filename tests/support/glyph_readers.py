"""What the mending of a page's text asks pdfium for."""

from collections.abc import Callable

import pypdfium2 as pdfium

from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.glyphs import PageGlyphs, read_glyphs


def glyph_readers(page: pdfium.PdfPage) -> tuple[Callable[[], PageGlyphs], Callable[[], PageGlyphs]]:
    """Readers of the page's characters: in boxes as wide as their advance, and in boxes of their ink."""
    return lambda: read_glyphs(page, shown_page(page)), lambda: read_glyphs(page, shown_page(page), ink=True)
