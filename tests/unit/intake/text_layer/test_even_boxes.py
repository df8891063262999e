"""Boxes that hug the ink of words are as high as their type; documents of a word processor have such boxes."""

from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.even_boxes import ABOVE, ASCENT, BELOW, DESCENT, even_boxes, hugging_fonts, signed_fonts
from pipeline.intake.text_layer.geometry import boxes_of, placed
from pipeline.intake.text_layer.mending import mend
from tests.documents.committed import FOLDER
from tests.support.glyph_readers import glyph_readers
from tests.support.mapped_fonts import mapped_page

LOOSE = ("report", "paper", "invoice", "rotated", "arabic")


def parsed(path: Path) -> SegmentedPdfPage:
    return cells.parse_page(cells.load(str(path), ""), 1)


def evened(path: Path) -> SegmentedPdfPage:
    page = parsed(path)
    with pdfium.PdfDocument(path) as document:
        even_boxes(page, document[0], shown_page(document[0]))
    return page


def mended(path: Path) -> SegmentedPdfPage:
    page = evened(path)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    return page


def heights(page: SegmentedPdfPage) -> Counter[float]:
    boxes = boxes_of(page.word_cells)
    return Counter(np.round(boxes[:, 3] - boxes[:, 1], 1).tolist())


@pytest.mark.parametrize("name", ["writer_report", "writer_tables"])
def test_words_of_one_size_have_one_height(name: str) -> None:
    path = FOLDER / f"{name}.pdf"
    before, after = heights(parsed(path)), heights(evened(path))
    assert max(before.values()) < 0.6 * before.total(), "the parser's boxes hug the ink"
    assert len(after) <= 6, after
    assert after.most_common(1)[0][1] > 0.75 * after.total() or name == "writer_tables"


def test_words_of_less_than_half_their_height_get_it_back() -> None:
    """Browsers tell the parser so of some fonts; every box is as low then, whatever its letters."""
    path = FOLDER / "report.pdf"
    page = parsed(path)
    whole = heights(page).most_common(1)[0][0]
    for cell in (*page.word_cells, *page.textline_cells):
        cell.rect.r_y2 = cell.rect.r_y3 = cell.rect.r_y0 + 0.4 * (cell.rect.r_y2 - cell.rect.r_y0)
    with pdfium.PdfDocument(path) as document:
        even_boxes(page, document[0], shown_page(document[0]))
    found, count = heights(page).most_common(1)[0]
    assert found == pytest.approx(whole, rel=0.2)
    assert count > 0.5 * len(page.word_cells)


def test_words_of_letters_as_wide_as_high_are_not_too_low(tmp_path: Path) -> None:
    squares = parsed(FOLDER / "chinese.pdf")
    before = heights(squares)
    with pdfium.PdfDocument(FOLDER / "chinese.pdf") as document:
        even_boxes(squares, document[0], shown_page(document[0]))
    assert heights(squares) == before


def test_lines_are_as_high_as_their_words() -> None:
    page = evened(FOLDER / "writer_report.pdf")
    lines = boxes_of(page.textline_cells)
    body = Counter(np.round(lines[:, 3] - lines[:, 1], 1).tolist()).most_common(1)[0][0]
    assert body == heights(page).most_common(1)[0][0]


@pytest.mark.parametrize("name", LOOSE)
def test_boxes_as_high_as_their_fonts_stay_as_they_are(name: str) -> None:
    path = FOLDER / f"{name}.pdf"
    page = parsed(path)
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    assert hugging_fonts(words, boxes_of(words)) == frozenset()
    assert evened(path) == page


def test_letters_that_share_no_height_are_one_word() -> None:
    path = FOLDER / "writer_report.pdf"
    assert {".", ","} & words(parsed(path)), "the parser parts a raised figure from what ends the sentence behind it"
    assert not {".", ","} & words(mended(path))
    assert {"m\u00b2,", "m\u00b2."} & words(mended(path))


def words(page: SegmentedPdfPage) -> set[str]:
    return {cell.text for cell in page.word_cells}


def test_thai_whose_boxes_hug_the_ink_has_its_signs_and_lines_as_high_as_they_reach(tmp_path: Path) -> None:
    """LibreOffice writes it so: each letter in a box as high as its ink, each sign in one that shares no height."""
    path = mapped_page(["\u0e17\u0e35\u0e48\u0e1f\u0e31\u0e48\u0e07"], "\u0e35\u0e31\u0e48").write(
        tmp_path / "thai.pdf"
    )
    page = parsed(path)
    whole = page.word_cells[0]
    assert isinstance(whole, PdfTextCell)
    left, bottom, _, top = boxes_of([whole])[0]
    feet = bottom + 0.2 * (top - bottom)
    letters = [("\u0e17", 0, 6, 0), ("\u0e35", 6, 6, 8), ("\u0e48", 6, 6, 11), ("\u0e1f", 6, 12, 0)]
    pieces = [
        placed(whole, text, (left + start, feet + up, left + end, feet + up + (3 if up else 7)))
        for text, start, end, up in [*letters, ("\u0e31", 12, 12, 8), ("\u0e48", 12, 12, 11), ("\u0e07", 12, 18, 0)]
    ]
    assert signed_fonts(pieces, boxes_of(pieces)) == {whole.font_name}
    assert signed_fonts([whole], boxes_of([whole])) == frozenset()
    spots = (("\u0e17", left, left + 6), ("\u0e48", left + 6, left + 6))
    in_fonts_box = [placed(whole, text, (start, bottom, end, top)) for text, start, end in spots]
    assert signed_fonts(in_fonts_box, boxes_of(in_fonts_box)) == frozenset()
    page.word_cells, page.textline_cells = [*pieces], [*pieces]
    with pdfium.PdfDocument(path) as document:
        even_boxes(page, document[0], shown_page(document[0]))
    for (cell,) in (page.word_cells, page.textline_cells):
        (box,) = boxes_of([cell])
        assert cell.text == "\u0e17\u0e35\u0e48\u0e1f\u0e31\u0e48\u0e07"
        assert box[3] - box[1] == pytest.approx(12 * (ASCENT + DESCENT) * (1 + ABOVE + BELOW))


def test_a_line_goes_on_behind_an_am_whose_second_half_has_no_text(tmp_path: Path) -> None:
    path = mapped_page(["\u0e19\u0e49\u0e33\u0e21\u0e32"], "\u0e49").write(tmp_path / "am.pdf")
    page = parsed(path)
    whole = page.word_cells[0]
    assert isinstance(whole, PdfTextCell)
    left, bottom, _, top = boxes_of([whole])[0]
    feet = bottom + 0.2 * (top - bottom)
    spots = [("\u0e19", 0, 6, 0), ("\u0e49\u0e33", 6, 6, 8), ("\u0e21\u0e32", 10, 18, 0)]
    lines = [
        placed(whole, text, (left + start, feet + up, left + end, feet + up + (3 if up else 7)))
        for text, start, end, up in spots
    ]
    page.word_cells, page.textline_cells = [*lines], [*lines]
    with pdfium.PdfDocument(path) as document:
        even_boxes(page, document[0], shown_page(document[0]))
    assert [cell.text for cell in page.textline_cells] == ["\u0e19\u0e49\u0e33\u0e21\u0e32"]


# Letters that reach as far as the Latin ones for which they stand.
CYRILLIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абсБеТцНІрКЛмпорщгзТившхуэ")
GREEK = str.maketrans("abcdefghijklmnopqrstuvwxyz", "αβκΔεΛγΗΙμΚΛπνορφτσΘυνωχγι")


@pytest.mark.parametrize("letters", [CYRILLIC, GREEK])
def test_other_alphabets_show_that_boxes_hug_the_ink(letters: dict[int, int]) -> None:
    words = [cell for cell in parsed(FOLDER / "writer_report.pdf").word_cells if isinstance(cell, PdfTextCell)]
    told = hugging_fonts(words, boxes_of(words))
    others = [word.model_copy(update={"text": word.text.translate(letters)}) for word in words]
    assert told
    assert hugging_fonts(others, boxes_of(others)) == told
