"""Standard fonts have their names, as other fonts have."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.font_names import name_fonts
from tests.support.mapped_fonts import mapped_page


def named(path: Path) -> SegmentedPdfPage:
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        name_fonts(page, document[0], shown_page(document[0]))
    return page


def fonts(page: SegmentedPdfPage) -> list[tuple[str, str]]:
    return [(cell.text, cell.font_name) for cell in page.word_cells if isinstance(cell, PdfTextCell)]


@pytest.mark.parametrize("turn", [0, 90, 270])
def test_standard_fonts_are_named(tmp_path: Path, turn: int) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(400, 300))
    canvas.setPageRotation(turn)
    text = canvas.beginText(60, 200)
    for font, words in (("Times-Roman", "The"), ("Times-BoldItalic", " brass valve"), ("Courier", " x=1")):
        text.setFont(font, 12)
        text.textOut(words)
    canvas.drawText(text)
    canvas.save()
    page = named(tmp_path / "a.pdf")
    bold = "/Times-BoldItalic"
    assert fonts(page) == [("The", "/Times-Roman"), ("brass", bold), ("valve", bold), ("x=1", "/Courier")]
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    assert {cell.font_name for cell in lines} <= {"/Times-Roman", bold, "/Courier"}


def test_a_font_with_a_descriptor_keeps_its_name(tmp_path: Path) -> None:
    path = mapped_page([["b", "r"]]).write(tmp_path / "a.pdf")
    assert fonts(named(path)) == [("br", "/Mapped")]
