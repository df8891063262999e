"""Text that docling-parse leaves out and pdfium reads."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.missed import find_missed, put_in
from tests.support.bitmap_fonts import FixedPitch, distilled_page
from tests.unit.intake.pdf_files import Page, PdfFile, text


def mended(operators: bytes, tmp_path: Path, lose: tuple[str, ...] = ()) -> SegmentedPdfPage:
    """The page as the parser reads it, without the words ``lose``, then with what it missed."""
    path = PdfFile([Page(operators)]).write(tmp_path / "page.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    page.word_cells = [word for word in page.word_cells if word.text not in lose]
    page.textline_cells = [line for line in page.textline_cells if line.text not in lose]
    shown = pdfium.PdfDocument(path)[0]
    if missed := find_missed(page, shown, shown_page(shown)):
        put_in(page, missed)
    return page


def lines(page: SegmentedPdfPage) -> list[str]:
    return [line.text for line in page.textline_cells]


def test_a_line_that_reaches_over_the_edge_of_the_page(tmp_path: Path) -> None:
    cut = text("Rain fell for nine days, then", y=778, size=14)
    page = mended(cut + text("the ford was closed.", y=762, size=14), tmp_path)
    assert lines(page) == ["Rain fell for nine days, then", "the ford was closed."]
    assert [word.text for word in page.word_cells][:3] == ["Rain", "fell", "for"]


def test_a_line_in_the_middle_stands_behind_the_line_before_it(tmp_path: Path) -> None:
    rows = [text(row, y=700 - 14 * n, size=10) for n, row in enumerate(["The mill", "stood", "by the weir"])]
    page = mended(b"".join(rows), tmp_path, lose=("stood",))
    assert lines(page) == ["The mill", "stood", "by the weir"]
    assert [cell.index for cell in page.textline_cells] == [0, 1, 2]


def test_a_word_inside_a_line_is_told_by_the_line(tmp_path: Path) -> None:
    page = mended(text("one boat and two oars", size=10), tmp_path, lose=("and",))
    assert lines(page) == ["one boat and two oars"]
    assert [word.text for word in page.word_cells] == ["one", "boat", "and", "two", "oars"]


def test_the_last_letter_beyond_the_edge_is_its_word_s(tmp_path: Path) -> None:
    page = mended(text("hold the conditions", x=457, size=20), tmp_path)
    assert [word.text for word in page.word_cells] == ["hold", "the", "condition"]


def test_nothing_is_told_twice(tmp_path: Path) -> None:
    page = mended(text("A, b. (c) d-e", size=12) + text("hidden", y=300, mode=3), tmp_path, lose=("hidden",))
    assert lines(page) == ["A, b. (c) d-e"]


def test_what_lies_beyond_the_page_is_no_text_of_it(tmp_path: Path) -> None:
    page = mended(text("seen") + text("crop mark", y=810), tmp_path)
    assert lines(page) == ["seen"]


@pytest.mark.parametrize("pitch", [FixedPitch.NO, FixedPitch.YES])
def test_most_of_a_page_in_fonts_of_pictures_is_lost(pitch: FixedPitch, tmp_path: Path) -> None:
    path = distilled_page(["the office of the old harbour", "keeps the records of each pilot"], tmp_path, pitch)
    page = cells.parse_page(cells.load(str(path), ""), 1)
    shown = pdfium.PdfDocument(path)[0]
    missed = find_missed(page, shown, shown_page(shown))
    assert missed is not None
    assert missed.share > 0.9
