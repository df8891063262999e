"""Justified lines whose spaces are so narrow that the parser takes some of them for none."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.text_layer.geometry import rectangle
from pipeline.intake.text_layer.mending import mend
from pipeline.intake.text_layer.squeezed import narrow_spaces
from tests.support.glyph_readers import glyph_readers

SIZE = 10.0
SENTENCE = "The miller who came with each new wheel measured how many of them turned"


def justified(path: Path, space: float, sentence: str = SENTENCE) -> Path:
    """A page with one line, whose words are placed one by one, ``space`` times the type's size apart."""
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", SIZE)
    across = 72.0
    for word in sentence.split():
        canvas.drawString(across, 700, word)
        across += stringWidth(word, "Helvetica", SIZE) + space * SIZE
    canvas.save()
    return path


def read(path: Path) -> tuple[list[str], list[str]]:
    """The page's lines and words before they are mended, and after."""
    page = cells.parse_page(cells.load(str(path), ""), 1)
    before = [cell.text for cell in page.word_cells]
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    assert [cell.text for cell in page.textline_cells] == [" ".join(cell.text for cell in page.word_cells)]
    return before, [cell.text for cell in page.word_cells]


@pytest.mark.parametrize("space", [0.11, 0.12])
def test_words_that_the_parser_ran_together_are_parted(tmp_path: Path, space: float) -> None:
    before, after = read(justified(tmp_path / "a.pdf", space))
    assert 5 < len(before) < len(SENTENCE.split())
    assert after == SENTENCE.split()


def test_a_word_goes_on_after_its_hyphen(tmp_path: Path) -> None:
    sentence = "The miller who came with each new mow- wheel how many of them turned"
    _, after = read(justified(tmp_path / "a.pdf", 0.09, sentence))
    assert "mow-wheel" in after, after
    assert len(after) == len(sentence.split()) - 1


def spaces(path: Path) -> list[float]:
    page = cells.parse_page(cells.load(str(path), ""), 1)
    return list(narrow_spaces([cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]).values())


@pytest.mark.parametrize("sentence", ["Related Work", "MV Wotan"])
def test_a_space_before_a_wide_capital(tmp_path: Path, sentence: str) -> None:
    before, after = read(justified(tmp_path / "a.pdf", 0.12, sentence))
    assert len(before) == 1, "the parser's fault"
    assert after == sentence.split()


@pytest.mark.parametrize("word", ["JavaScript", "PDFs", "J.W.", "iPhone", "McGill"])
def test_a_capital_in_a_word(tmp_path: Path, word: str) -> None:
    assert read(justified(tmp_path / "a.pdf", 0.22, word)) == ([word], [word])


def test_other_lines_are_not_looked_at(tmp_path: Path) -> None:
    assert len(spaces(justified(tmp_path / "a.pdf", 0.12))) > 5
    assert spaces(justified(tmp_path / "b.pdf", 0.28)) == []
    assert spaces(justified(tmp_path / "c.pdf", 0.11, "who came")) == []


def test_signs_of_other_scripts_stand_apart_from_their_letters() -> None:
    widths = [30.0, 40.0, 35.0, 30.0, 45.0, 38.0]
    for word, expected in (("letters", 6), ("किताबें", 0)):
        made, left = [], 0.0
        for width in widths:
            made.append(cell(word, left, left + width))
            left += width + 1.2
        assert len(narrow_spaces(made)) == expected


def cell(text: str, left: float, right: float) -> PdfTextCell:
    return PdfTextCell(
        rect=rectangle((left, 700.0, right, 710.0)),
        text=text,
        orig=text,
        index=0,
        from_ocr=False,
        rendering_mode=PdfCellRenderingMode.FILL_TEXT,
        widget=False,
        font_key="F1",
        font_name="/F1",
    )


def test_capitals_that_the_parser_ran_together_are_parted(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setFont("Times-Bold", SIZE)
    canvas.drawString(72, 700, "RESEARCH")
    canvas.drawString(72 + stringWidth("RESEARCH", "Times-Bold", SIZE) + 0.15 * SIZE, 700, "METHODS")
    canvas.save()
    assert read(tmp_path / "a.pdf") == (["RESEARCHMETHODS"], ["RESEARCH", "METHODS"])
