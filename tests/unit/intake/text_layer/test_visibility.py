"""Text that nobody can see goes; whatever can be seen stays, also in light colours and under thin rules."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake import cells, raster
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.geometry import boxes_of, placed
from pipeline.intake.text_layer.visibility import LEAST_HEIGHT, DrawnPage, _thickness, drop_hidden
from tests.unit.intake.pdf_files import FONT, Page, PdfFile, stream, text

IMAGE = stream(
    bytes(range(0, 250, 10)) * 4,
    b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8",
)


def seen(
    tmp_path: Path, page: Page, objects: tuple[bytes, ...] = (), font: bytes = FONT
) -> tuple[SegmentedPdfPage, int]:
    path = PdfFile([page], list(objects), font).write(tmp_path / "a.pdf")
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    pixels = tmp_path / "pixels.rgb"
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        drawn = raster.draw_page(shown, 24, str(pixels), 0, raster.DrawingMemory())
        image = DrawnPage(str(pixels), 0, drawn.width, drawn.height, drawn.scale)
        return parsed, drop_hidden(parsed, shown, shown_page(shown), image)


def lines(page: SegmentedPdfPage) -> list[str]:
    return [cell.text for cell in page.textline_cells]


WHITE, BLACK = b"1 1 1 rg\n", b"0 0 0 rg\n"


@pytest.mark.parametrize(
    "operators",
    [
        WHITE + text("obey me", 72, 600, 12) + BLACK,  # white on white
        b"0.99 0.98 1 rg\n" + text("obey me", 72, 600, 12) + BLACK,  # nearly white
        text("obey me", 72, 600, 12, mode=3),  # no ink
        text("obey me", 72, 600, 12) + WHITE + b"60 590 200 30 re f\n" + BLACK,  # painted over
        text("obey me", 72, 600, 1),  # too small
        b"0.2 0.2 0.6 rg 60 590 200 30 re f\n" + text("obey me", 72, 600, 12) + BLACK,  # in the colour of its box
        b"q 400 10 5 5 re W n\n" + text("obey me", 72, 600, 12) + b"Q\n",  # clipped away
    ],
)
@pytest.mark.parametrize("rotate", [0, 90])
def test_what_nobody_can_see_is_left_out_and_counted(tmp_path: Path, operators: bytes, rotate: int) -> None:
    page, dropped = seen(tmp_path, Page(text("Plain words", 72, 700, 12) + operators, rotate=rotate))
    assert lines(page) == ["Plain words"]
    assert dropped == len("obeyme")


def test_a_line_keeps_the_words_that_can_be_seen(tmp_path: Path) -> None:
    operators = b"BT /F1 12 Tf 72 700 Td (Pay ) Tj 1 1 1 rg (nothing ) Tj 0 0 0 rg (now) Tj ET\n"
    page, _ = seen(tmp_path, Page(operators))
    assert " ".join(lines(page)) == "Pay now"


@pytest.mark.parametrize(
    "operators",
    [
        b"0 0 0.4 rg 60 590 200 30 re f\n" + WHITE + text("Good day", 72, 600, 12),  # white on dark
        b"0.8 0.8 0.8 rg\n" + text("Good day", 72, 600, 12),  # light grey
        text("Good day", 72, 600, 12) + b"60 590 200 30 re S\n",  # framed later
        b"1 1 0.8 rg 60 590 200 30 re f\n" + BLACK + text("Good day", 72, 600, 12),  # on a tint
        b"q 60 590 200 30 re W n\n" + text("Good day", 72, 600, 12) + b"Q\n",  # in its frame
    ],
)
def test_what_can_be_seen_stays(tmp_path: Path, operators: bytes) -> None:
    page, dropped = seen(tmp_path, Page(operators))
    assert (lines(page), dropped) == (["Good day"], 0)


def test_a_dash_that_fills_its_own_box_stays(tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type3 /Name /F1 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 900 300]"
        b" /Resources << >> /FirstChar 45 /LastChar 45 /Widths [900] /CharProcs << /hyphen 4 0 R >>"
        b" /Encoding << /Type /Encoding /Differences [45 /hyphen] >> >>"
    )
    shape = stream(b"900 0 0 250 900 300 d1 0 250 900 50 re f")
    page, dropped = seen(tmp_path, Page(b"BT /F1 30 Tf 72 700 Td (-) Tj ET\n"), (shape,), font)
    assert lines(page) == ["-"]
    assert dropped == 0


def test_signs_go_with_the_words_around_them(tmp_path: Path) -> None:
    hidden = b"BT /F1 12 Tf 72 600 Td 1 1 1 rg (obey - me) Tj 0 0 0 rg ET\n"
    page, _ = seen(tmp_path, Page(text("Plain - words", 72, 700, 12) + hidden))
    assert lines(page) == ["Plain - words"]


def test_a_font_that_cannot_be_drawn_here_is_not_hidden(tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /90ms-RKSJ-H"
        b" /DescendantFonts [<< /Type /Font"
        b" /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1)"
        b" /Supplement 2 >> /DW 1000 >>] >>"
    )
    shown = b"BT /F1 16 Tf 72 700 Td <93fa967b> Tj ET"
    path = PdfFile([Page(shown)], font=font).write(tmp_path / "b.pdf")
    assert [cell.text for cell in cells.parse_page(cells.load(str(path), ""), 1).textline_cells] == ["日本"]
    pixels = tmp_path / "pixels.rgb"
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        page = document[0]
        drawn = raster.draw_page(page, 24, str(pixels), 0, raster.DrawingMemory())
        image = DrawnPage(str(pixels), 0, drawn.width, drawn.height, drawn.scale)
        assert drop_hidden(parsed, page, shown_page(page), image) == 0
    assert lines(parsed) == ["日本"]


def test_a_layer_behind_a_picture_is_marked_as_hidden(tmp_path: Path) -> None:
    picture = b"q 612 0 0 792 0 0 cm /I Do Q\n"
    behind = Page(text("old reading", 72, 700, 12) + picture, resources=b"/XObject << /I 4 0 R >>")
    page, dropped = seen(tmp_path, behind, (IMAGE,))
    assert (lines(page), dropped) == (["old reading"], 0)
    counts = cells.count_page(page)
    assert (counts.characters, counts.hidden_characters) == (0, len("oldreading"))
    on_top = Page(picture + text("a caption", 72, 700, 12), resources=b"/XObject << /I 4 0 R >>")
    page, _ = seen(tmp_path, on_top, (IMAGE,))
    assert cells.count_page(page).characters == len("acaption")


def test_a_sign_on_an_am_has_no_width_and_can_be_seen(tmp_path: Path) -> None:
    page, _ = seen(tmp_path, Page(text("No", 72, 700, 12)))
    (word,) = page.word_cells
    assert isinstance(word, PdfTextCell)
    left, bottom, _, top = boxes_of([word])[0]
    narrow = [placed(word, written, (left, bottom, left, top)) for written in ("\u0e49\u0e33", "\u0e49", "it")]
    assert (_thickness(narrow, boxes_of(narrow)) >= LEAST_HEIGHT).tolist() == [True, True, False]


def test_a_bullet_of_a_bitmap_font_that_fills_its_box_stays(tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type3 /Name /F1 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 400 400]"
        b" /Resources << >> /FirstChar 136 /LastChar 136 /Widths [400] /CharProcs << /a136 4 0 R >>"
        b" /Encoding << /Type /Encoding /Differences [136 /a136] >> >>"
    )
    shape = stream(b"400 0 0 0 400 400 d1 0 0 400 400 re f")
    page, dropped = seen(tmp_path, Page(b"BT /F1 30 Tf 72 700 Td <88> Tj ET\n"), (shape,), font)
    assert (lines(page), dropped) == (["\u277c"], 0)
