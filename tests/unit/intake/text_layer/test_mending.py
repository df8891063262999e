"""Pages whose parser cut, doubled or turned what their reader sees."""

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell, SegmentedPdfPage
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.reader import PdfReader
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer import leftward
from pipeline.intake.text_layer.geometry import boxes_of, joined, placed
from pipeline.intake.text_layer.glyphs import PageGlyphs, read_glyphs
from pipeline.intake.text_layer.mending import mend
from pipeline.intake.text_layer.pieces import join_rows, join_spaced, join_torn, part_marks
from pipeline.pages import RenderedPage
from tests.support.glyph_readers import glyph_readers
from tests.support.mapped_fonts import mapped_page
from tests.unit.intake.pdf_files import Page, PdfFile, text


def mended(path: Path) -> SegmentedPdfPage:
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    return page


def lines(page: SegmentedPdfPage) -> list[str]:
    return [cell.text for cell in page.textline_cells]


def words(page: SegmentedPdfPage) -> list[str]:
    return [cell.text for cell in page.word_cells]


def at(*placed: tuple[float, float, str], size: float = 12) -> PdfFile:
    """One page with texts at (x, y)."""
    return PdfFile([Page(b"".join(text(string, x, y, size) for x, y, string in placed))])


# -- right to left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ("(3 ןקת) קוח", "חוק (תקן 3)"),  # brackets as the eye sees them
        (")3 ןקת( קוח", "חוק (תקן 3)"),  # brackets as they are written
        ("12.75 לש", "של 12.75"),
        ("90% םע", "עם 90%"),
        ("2024 30 םוי", "יום 30 2024"),
        ("Open Source לש תנכות", "תוכנת של Open Source"),
        ("(6)(ב)27 ףיעס", "סעיף 27(ב)(6)"),
        ("ﺔﺤﻔﺻ ﺏﺎﺘﻛ", "كتاب صفحة"),
        ("ﻡﻼﺳ", "سلام"),
    ],
)
def test_lines_from_right_to_left_are_in_the_order_of_writing(tmp_path: Path, drawn: str, written: str) -> None:
    page = mended(mapped_page([list(drawn), list("םיבר םיבתכמ")]).write(tmp_path / "a.pdf"))
    assert lines(page) == [written, "מכתבים רבים"]
    assert words(page) == [*written.split(), "מכתבים", "רבים"]


def test_a_row_that_the_parser_cut_at_its_numbers_is_one_line(tmp_path: Path) -> None:
    page = mended(mapped_page([list("םויב")]).write(tmp_path / "a.pdf"))
    line = page.textline_cells[0]
    assert isinstance(line, PdfTextCell)
    left, bottom, right, top = boxes_of([line])[0]
    pieces = [
        placed(line, "ביום", (left, bottom, right, top)),
        placed(line, "16:30", (left - 40, bottom + 1, left - 0.4 * (top - bottom), top - 1)),
        placed(line, "כן", (left - 60, bottom, left - 43, top)),
        placed(line, "Abc", (left - 60, bottom - 40, left - 43, top - 40)),
    ]
    assert [found.text for found in leftward.join_rows(pieces)] == ["ביום 16:30 כן", "Abc"]


def test_words_of_two_scripts_that_touch_stay_two_and_each_keeps_its_font(tmp_path: Path) -> None:
    path = mapped_page([list("ןמAbc לש")]).write(tmp_path / "a.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        glyphs = read_glyphs(document[0], shown_page(document[0]))
    glued, of = (word for word in page.word_cells if isinstance(word, PdfTextCell))
    left, bottom, right, top = boxes_of([glued])[0]
    edge = float(glyphs.boxes[list(glyphs.characters).index("A")][0])
    latin, hebrew = placed(glued, "cbA", (edge, bottom, right, top)), placed(glued, "מן", (left, bottom, edge, top))
    for name, word in (("/Latin", latin), ("/Hebrew", hebrew), ("/Bold", of)):
        word.font_name = name
    rows = [line for line in page.textline_cells if isinstance(line, PdfTextCell)]
    found_lines, found = leftward.reorder(rows, [latin, hebrew, of], glyphs)
    fonts = {word.text: word.font_name for word in found}
    assert list(fonts.items()) == [("של", "/Bold"), ("Abc", "/Latin"), ("מן", "/Hebrew")]
    assert [line.text for line in found_lines] == ["של Abc מן"]


def test_the_mark_of_an_item_is_joined_from_further_away(tmp_path: Path) -> None:
    line = mended(mapped_page([list("םויב")]).write(tmp_path / "a.pdf")).textline_cells[0]
    assert isinstance(line, PdfTextCell)
    pieces = [placed(line, "•", (200, 104, 204, 108)), placed(line, "ביום", (120, 100, 180, 112))]
    assert [found.text for found in leftward.join_rows(pieces)] == ["• ביום"]
    far = [placed(line, "•", (240, 104, 244, 108)), pieces[1]]
    assert len(leftward.join_rows(far)) == 2


def test_lam_and_alef_drawn_as_one_glyph_keep_their_order(tmp_path: Path) -> None:
    page = mended(mapped_page([["م", "لا", "س"]]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["سلام"]


def test_the_mended_arabic_is_that_of_the_reference(documents: Path) -> None:
    page = mended(documents / "arabic.pdf")
    reference = (documents / "arabic.md").read_text(encoding="utf-8").split()
    found = words(page)
    assert len(set(found) & set(reference)) > 0.9 * len(set(found))


# -- pieces ------------------------------------------------------------------------------------------------------------


def test_thai_signs_without_width_stay_with_their_letters(tmp_path: Path) -> None:
    string = "ที่นี่ว่าทุ่งท่าเรือ"
    page = mended(mapped_page([list(string)], zero_width="ี่ืุ่").write(tmp_path / "a.pdf"))
    assert (lines(page), words(page)) == ([string], [string])


def test_hindi_in_the_order_of_drawing_is_written_out(tmp_path: Path) -> None:
    page = mended(mapped_page([list("िकसी िदन नाव िमलेगी")]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["किसी दिन नाव मिलेगी"]
    assert words(page) == ["किसी", "दिन", "नाव", "मिलेगी"]


def test_bold_made_by_drawing_twice_is_read_once(tmp_path: Path) -> None:
    page = mended(
        at((72, 700, "Sailing at noon"), (72.5, 700, "Sailing at noon"), (72, 650, "Sailing at noon")).write(
            tmp_path / "a.pdf"
        )
    )
    assert lines(page) == ["Sailing at noon", "Sailing at noon"]
    assert words(page) == ["Sailing", "at", "noon"] * 2


@pytest.mark.parametrize("shift", [0.6, -0.6])
def test_a_copy_with_which_a_line_begins_anew_is_no_line(tmp_path: Path, shift: float) -> None:
    operators = text("By letter only.", 72, 700, 12) + text("By letter only. The shop is closed.", 72 + shift, 700, 12)
    page = mended(PdfFile([Page(operators)]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["By letter only. The shop is closed."]


def test_a_line_that_begins_anew_with_a_copy_is_one(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    place = 72.0
    for part, shift in (("Lost tickets: ", 0.0), ("fare", 0.0), ("fare", 0.6), (" at noon", 0.0)):
        canvas.drawString(place + shift, 700, part)
        place += 0.0 if part == "fare" and not shift else canvas.stringWidth(part, "Helvetica", 12)
    canvas.save()
    page = mended(tmp_path / "a.pdf")
    assert words(page) == ["Lost", "tickets:", "fare", "at", "noon"]
    assert lines(page) == ["Lost tickets: fare at noon"]


def test_numbers_that_repeat_in_a_column_stay(tmp_path: Path) -> None:
    page = mended(
        at(*((72.0 + 40 * column, 700 - 12.0 * row, "1") for row in range(3) for column in range(3))).write(
            tmp_path / "a.pdf"
        )
    )
    assert words(page) == ["1"] * 9


def test_letter_spaced_words_are_words(tmp_path: Path) -> None:
    operators = b"BT /F1 12 Tf 6 Tc 72 700 Td (HARBOUR DUES) Tj ET\n"
    page = mended(PdfFile([Page(operators)]).write(tmp_path / "a.pdf"))
    assert (lines(page), words(page)) == (["HARBOUR DUES"], ["HARBOUR", "DUES"])


def test_letters_that_the_parser_joined_belong_to_their_letter_spaced_word(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "We")).write(tmp_path / "a.pdf")), ""), 1)
    first = page.word_cells[0]
    assert isinstance(first, PdfTextCell)
    drawn = [*zip("FIRST", range(72, 122, 10), strict=True), ("R", 130), ("OOM", 140), ("is", 170)]
    letters = [placed(first, text, (left, 697, left + 10 * len(text) - 3, 709)) for text, left in drawn]
    groups = ["".join(cell.text for cell in group) for group in join_spaced(letters)]
    assert groups == ["FIRST", "ROOM", "is"]


def test_labels_in_a_row_are_no_word(tmp_path: Path) -> None:
    page = mended(PdfFile([Page(b"BT /F1 12 Tf 9 Tc 72 700 Td (ABCDEF) Tj ET\n")]).write(tmp_path / "a.pdf"))
    assert words(page) == list("ABCDEF")


def test_words_that_only_narrow_gaps_part_get_their_spaces(tmp_path: Path) -> None:
    parts = b"".join(b"(%s) -95 " % word for word in (b"Every", b"loaded", b"wagon", b"needs", b"a", b"gap"))
    operators = b"BT /F1 11 Tf 72 700 Td [%s] TJ ET\n" % parts + text("The responsibilities", 72, 650, 11)
    page = mended(PdfFile([Page(operators)]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["Every loaded wagon needs a gap", "The responsibilities"]
    assert words(page) == ["Every", "loaded", "wagon", "needs", "a", "gap", "The", "responsibilities"]


def test_raised_marks_that_the_parser_joined_to_numbers_and_names_are_parted(tmp_path: Path) -> None:
    operators = (
        b"BT /F1 12 Tf 72 700 Td (Idony Marsh) Tj 4 Ts /F1 8 Tf (1,3) Tj 0 Ts /F1 12 Tf ( has 24.91) Tj 4 Ts /F1 8 Tf"
        b" (2) Tj 0 Ts /F1 12 Tf ( of 37.26 in B52) Tj ET\n"
    )
    path = PdfFile([Page(operators)]).write(tmp_path / "a.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    parsed = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    glued = [joined(parsed[1:3], "Marsh1,3"), parsed[3], joined(parsed[4:6], "24.912")]
    page.word_cells = [parsed[0], *glued, *parsed[6:]]
    page.textline_cells[0].text = " ".join(cell.text for cell in page.word_cells)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    assert words(page) == ["Idony", "Marsh", "1,3", "has", "24.91", "2", "of", "37.26", "in", "B52"]
    assert lines(page) == ["Idony Marsh 1,3 has 24.91 2 of 37.26 in B52"]
    mark, foot = page.word_cells[2].rect, page.word_cells[1].rect
    assert mark.r_y0 > foot.r_y0 + 2


def test_words_that_run_up_the_page_stay_whole(tmp_path: Path) -> None:
    shown = [b"frost, before the", b"a mast", b"thirds, in all", b"no Donaudampfschifffahrt"]
    operators = b"BT /F1 12 Tf 0 1 -1 0 300 72 Tm 16 TL " + b" ".join(b"(%s) Tj T*" % line for line in shown) + b" ET\n"
    page = mended(PdfFile([Page(operators)]).write(tmp_path / "a.pdf"))
    assert lines(page) == [line.decode() for line in shown]
    assert words(page) == [word for line in shown for word in line.decode().split()]


def test_the_reader_hands_out_mended_pages(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = mapped_page([list("Andr´e"), list("(1 ןקת) קוח")]).write(tmp_path / "a.pdf")
    [page] = reader.render(path, "", (1,), out_dir)
    assert isinstance(page, RenderedPage)
    found = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    assert lines(found) == ["André", "חוק (תקן 1)"]
    assert [cell.index for cell in found.word_cells] == list(range(len(found.word_cells)))


# -- signs -------------------------------------------------------------------------------------------------------------


def with_font(path: Path, *shown: tuple[str, float, float, str]) -> SegmentedPdfPage:
    """A page with texts in a font at (x, y)."""
    canvas = Canvas(str(path), pagesize=(612, 792))
    for font, x, y, string in shown:
        canvas.setFont(font, 12)
        canvas.drawString(x, y, string)
    canvas.save()
    return mended(path)


def test_the_only_letter_of_a_font_in_front_of_texts_is_a_bullet(tmp_path: Path) -> None:
    items = ["Nets of cotton", "Lines of hemp", "Three anchors"]
    rows = [("Helvetica", 90, 700 - 20 * row, item) for row, item in enumerate(items)]
    marks = [("Courier", 72, 700 - 20 * row, "o") for row in range(3)]
    assert lines(with_font(tmp_path / "a.pdf", *rows, *marks)) == [text for item in items for text in ("•", item)]


@pytest.mark.parametrize(
    "shown",
    [
        [("Courier", 72, 700, "o")],  # one only
        [("Courier", 72, 700, "a"), ("Courier", 72, 680, "b")],  # an enumeration
        [("Courier", 72, 700, "o"), ("Courier", 300, 600, "o")],  # one stands alone
        [("Courier", 72, 700, "o"), ("Courier", 80, 680, "o"), ("Helvetica", 72, 680, "v")],  # within a formula
    ],
    ids=["one", "enumeration", "alone", "behind text"],
)
def test_other_lone_letters_stay(tmp_path: Path, shown: list[tuple[str, float, float, str]]) -> None:
    rows = [("Helvetica", 90, 700 - 20 * row, "Nets of cotton") for row in range(2)]
    assert "•" not in "".join(words(with_font(tmp_path / "a.pdf", *rows, *shown)))


def test_signs_of_old_macs_are_put_right_on_a_page_that_shows_some(tmp_path: Path) -> None:
    shown = ["a ÒpureÓ ideaÑso be", "it that isnÕt his"]
    page = mended(mapped_page([list(line) for line in shown]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["a “pure” idea—so be", "it that isn’t his"]
    assert words(page)[:3] == ["a", "“pure”", "idea—so"]


def _piece(text: str, left: float, right: float) -> PdfTextCell:
    box = BoundingBox(l=left, b=100, r=right, t=120, coord_origin=CoordOrigin.BOTTOMLEFT)
    rect = BoundingRectangle.from_bounding_box(box)
    mode = PdfCellRenderingMode.FILL_TEXT
    return PdfTextCell(rect=rect, text=text, orig=text, rendering_mode=mode, widget=False, font_key="", font_name="/F")


def test_pieces_of_one_line_are_one_line_and_columns_are_not() -> None:
    pieces = [_piece("one", 60, 80), _piece("two", 84, 100), _piece("far", 140, 160)]
    assert [cell.text for cell in join_rows(pieces)] == ["one two", "far"]


def test_marks_that_are_drawn_after_their_items_stand_before_them(tmp_path: Path) -> None:
    items = [
        (90, 700, "Who heats it?"),
        (90, 680, "What is baked?"),
        (72, 700, "1."),
        (72, 680, "2."),
        (300, 700, "3."),
    ]
    assert lines(mended(at(*items).write(tmp_path / "late.pdf"))) == [
        "1.",
        "Who heats it?",
        "2.",
        "What is baked?",
        "3.",
    ]


def test_a_word_that_a_kerned_letter_tears_is_one(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "We")).write(tmp_path / "torn.pdf")), ""), 1)
    first = page.word_cells[0]
    assert isinstance(first, PdfTextCell)
    places = [("We", 72, 90), ("giv", 93, 108.2), ("e", 108, 114.7), ("a", 118, 124), ("x", 124, 130), ("12", 140, 153)]
    pieces = [placed(first, text, (left, 697, right, 709)) for text, left, right in [*places, ("34", 153, 166)]]
    assert [[cell.text for cell in group] for group in join_torn(pieces)] == [
        ["We"],
        ["giv", "e"],
        ["a"],
        ["x"],
        ["12"],
        ["34"],
    ]


def test_a_word_that_a_drawn_accent_tears_is_one(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "We")).write(tmp_path / "drawn.pdf")), ""), 1)
    first = page.word_cells[0]
    assert isinstance(first, PdfTextCell)
    near = [("B", 72, 78), ("¨urger", 78, 104), ("caf", 110, 124), ("´e", 124, 130)]
    places = [*near, ("x", 140, 145), ("¨", 145, 149)]
    pieces = [placed(first, text, (left, 697, right, 709)) for text, left, right in places]
    groups = ["".join(cell.text for cell in group) for group in join_torn(pieces)]
    assert groups == ["B¨urger", "caf´e", "x", "¨"]


def test_an_accent_that_is_drawn_above_a_capital_makes_its_word_no_higher(tmp_path: Path) -> None:
    path = at((72, 700, "counted by "), (72, 680, "´Encore")).write(tmp_path / "drawn.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    for cell in (page.word_cells[-1], page.textline_cells[-1]):
        cell.rect.r_y2 = cell.rect.r_y3 = cell.rect.r_y2 + 4
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    assert words(page) == ["counted", "by", "Éncore"]
    assert len({round(float(box[3] - box[1]), 3) for box in boxes_of(page.word_cells)}) == 1
    assert len({round(float(box[3] - box[1]), 3) for box in boxes_of(page.textline_cells)}) == 1


def test_a_word_set_larger_stays_as_high_as_it_is(tmp_path: Path) -> None:
    operators = text("counted by them all", 72, 700, 12) + text("´Encore", 72, 650, 18)
    page = mended(PdfFile([Page(operators)]).write(tmp_path / "a.pdf"))
    small, large = (box[3] - box[1] for box in boxes_of([page.word_cells[0], page.word_cells[-1]]).tolist())
    assert (words(page)[-1], large) == ("Éncore", pytest.approx(1.5 * small))


def test_a_fraction_with_a_raised_number_is_one_word(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "We")).write(tmp_path / "fraction.pdf")), ""), 1)
    first = page.word_cells[0]
    assert isinstance(first, PdfTextCell)
    places = [("to", 72, 82, 0), ("1", 85, 88, 6), ("\u20444", 88, 93, 0), ("of", 96, 104, 0)]
    places += [
        ("2", 107, 112, 0),
        ("1", 112, 115, 6),
        ("\u2044", 115, 117, 0),
        ("16,", 117, 125, 0),
        ("8", 126, 130, 0),
    ]
    pieces = [placed(first, text, (left, 697 + lift, right, 709)) for text, left, right, lift in places]
    groups = ["".join(cell.text for cell in group) for group in join_torn(pieces)]
    assert groups == ["to", "1\u20444", "of", "2", "1\u204416,", "8"]


def test_letters_and_commas_are_no_raised_marks(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "path,")).write(tmp_path / "path.pdf")), ""), 1)
    word = page.word_cells[0]
    assert isinstance(word, PdfTextCell)
    box = boxes_of([word])[0]
    edges = np.linspace(box[0], box[2], 6)
    places = {"p": (-2.0, 6.7), "a": (0.0, 6.7), "t": (0.0, 6.7), "h": (0.0, 7.3), ",": (-1.2, 6.7)}
    found = [(edges[n], 700 + places[char][0], edges[n + 1], 700 + places[char][1]) for n, char in enumerate("path,")]
    assert part_marks(word, PageGlyphs(tuple("path,"), np.array(found))) == [word]
