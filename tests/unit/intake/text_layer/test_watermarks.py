"""What lies aslant over a page's text is no part of it; other text that runs aslant stays."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.text_layer.watermarks import take_watermarks
from pipeline.pages import Watermark

LINE = "The ferry leaves the northern quay at nine and carries lamps and salt to the villages"
ROWS = 24
HEIGHT = 842


def page(path: Path, marks: list[tuple[str, float, float, float, float]], *, before: bool = True) -> Path:
    """Lines of text, and text at (x, y) points, turned by degrees, in a size, below or over them."""
    canvas = Canvas(str(path), pagesize=(595, HEIGHT))
    for first in (True, False):
        if first == before:
            for text, x, y, degrees, size in marks:
                canvas.saveState()
                canvas.setFillGray(0.85)
                canvas.setFont("Helvetica-Bold", size)
                canvas.translate(x, y)
                canvas.rotate(degrees)
                canvas.drawCentredString(0, 0, text)
                canvas.restoreState()
        else:
            canvas.setFont("Times-Roman", 11)
            for row in range(ROWS):
                canvas.drawString(80, 700 - 15 * row, LINE)
    canvas.save()
    return path


def taken(path: Path) -> tuple[list[str], list[str], tuple[Watermark, ...]]:
    """The page's lines, its words that are not the lines', and its watermark."""
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    marks = take_watermarks(parsed)
    for kept in (parsed.textline_cells, parsed.word_cells):
        assert [cell.index for cell in kept] == list(range(len(kept)))
    words = [word.text for word in parsed.word_cells if word.text not in LINE.split()]
    return [line.text for line in parsed.textline_cells if line.text != LINE], words, marks


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("degrees", [45, 60, -30])
def test_a_watermark_is_taken_out_of_the_text(tmp_path: Path, degrees: float, before: bool) -> None:
    path = page(tmp_path / "a.pdf", [("CONFIDENTIAL", 300, 520, degrees, 40)], before=before)
    lines, words, (mark,) = taken(path)
    assert (lines, words) == ([], [])
    assert mark.text == "CONFIDENTIAL"
    assert mark.box.holds_middle(mark.box)
    assert mark.box.top < HEIGHT - 520 < mark.box.bottom
    assert mark.box.left < 300 < mark.box.right


def test_the_lines_of_a_watermark_are_one(tmp_path: Path) -> None:
    _, _, (mark,) = taken(page(tmp_path / "a.pdf", [("DRAFT", 260, 560, 45, 50), ("NOT FOR SALE", 320, 500, 45, 30)]))
    assert mark.text == "DRAFT NOT FOR SALE"


@pytest.mark.parametrize(
    "marks",
    [
        [(name, 150 + 60 * place, 770, 45, 11) for place, name in enumerate(("Lamps", "Salt", "Reeds"))],
        [("Pellam Press", 300, 200, 30, 40)],
        [("Approved by Ostrin Harbour Office", 300, 520, 45, 11)],
        [("CONFIDENTIAL", 300, 520, 0, 40)],
        [("CONFIDENTIAL", 40, 520, 90, 20)],
    ],
    ids=["heads of a table", "a sign beside the text", "in the size of the text", "level", "upright"],
)
def test_other_text_stays(tmp_path: Path, marks: list[tuple[str, float, float, float, float]]) -> None:
    lines, words, found = taken(page(tmp_path / "a.pdf", marks))
    assert found == ()
    assert sorted("".join(words)) == sorted("".join(mark[0].replace(" ", "") for mark in marks))
    assert len(lines) >= 1


def test_small_print_aslant_below_a_watermark_stays(tmp_path: Path) -> None:
    lines, words, (mark,) = taken(page(tmp_path / "a.pdf", [("DRAFT", 300, 560, 45, 50), ("Lamps", 300, 500, 45, 9)]))
    assert (lines, words, mark.text) == (["Lamps"], ["Lamps"], "DRAFT")


def test_as_many_words_as_a_poster_has_are_no_watermark(tmp_path: Path) -> None:
    verses = [("A poster whose text climbs", 300.0, 640.0 - 35 * row, 20.0, 20.0) for row in range(9)]
    assert taken(page(tmp_path / "a.pdf", verses[:2]))[2] != ()
    assert taken(page(tmp_path / "a.pdf", verses))[2] == ()


def test_a_page_of_lines_aslant_keeps_them(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.translate(100, 300)
    canvas.rotate(20)
    for row in range(10):
        canvas.drawString(0, -15 * row, "A poster whose text climbs")
    canvas.save()
    lines, _, found = taken(tmp_path / "a.pdf")
    assert found == ()
    assert len(lines) == 10
