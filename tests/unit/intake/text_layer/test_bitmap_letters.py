"""Text in TeX's bitmap fonts, whose glyphs have names such as a65 and no table of letters."""

from collections.abc import Sequence
from pathlib import Path

from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.text_layer.bitmap_letters import name_bitmap_letters
from pipeline.intake.text_layer.geometry import boxes_of
from tests.unit.intake.pdf_files import Page, PdfFile, stream

LOW, TALL, DEEP = (0, 430), (0, 700), (-200, 430)  # from the base line: x, d and p, in thousandths


def bitmap_page(rows: list[list[int]], tmp_path: Path) -> SegmentedPdfPage:
    """A page with these character codes in one Type 3 font of 10 pt as pdfTeX writes it; 32 moves on by a space."""
    codes = sorted({code for row in rows for code in row} - {32})
    procedures = []
    for code in codes:
        low, high = DEEP if chr(code) in "gpqy" else LOW if chr(code) in "aceimnorsuvwxz" else TALL
        shape = b"500 0 0 %d 500 %d d1 0 %d 500 %d re f" % (low, high, low, high - low)
        procedures.append(stream(shape))
    names = b" ".join(b"/a%d %d 0 R" % (code, 4 + number) for number, code in enumerate(codes))
    widths = b" ".join(b"500" if code in codes else b"0" for code in range(codes[0], codes[-1] + 1))
    differences = b" ".join(b"%d /a%d" % (code, code) for code in codes)
    font = (
        b"<< /Type /Font /Subtype /Type3 /Name /F1 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 -200 500 700]"
        b" /Resources << >> /FirstChar %d /LastChar %d /Widths [%s] /CharProcs << %s >>"
        b" /Encoding << /Type /Encoding /Differences [%s] >> >>" % (codes[0], codes[-1], widths, names, differences)
    )
    shown = []
    for number, row in enumerate(rows):
        parts = bytes(row).split(b" ")
        text = b" -400 ".join(b"<%s>" % part.hex().encode() for part in parts)
        shown.append(b"BT /F1 10 Tf 72 %d Td [%s] TJ ET\n" % (700 - 14 * number, text))
    path = PdfFile([Page(b"".join(shown))], procedures, font).write(tmp_path / "bitmap.pdf")
    found = cells.parse_page(cells.load(str(path), ""), 1)
    name_bitmap_letters(found)
    return found


def test_codes_are_letters_of_the_cork_encoding(tmp_path: Path) -> None:
    page = bitmap_page([[*b"The o", 30, *b"ce in Kr", 225, *b"lov"]], tmp_path)
    assert [cell.text for cell in page.word_cells] == ["The", "office", "in", "Králov"]
    assert [cell.text for cell in page.textline_cells] == ["The office in Králov"]


def test_ligatures_of_the_older_encoding(tmp_path: Path) -> None:
    page = bitmap_page([[*b"an e", 14, *b"cient chie", 12, *b"g 9", 123, *b"12"]], tmp_path)
    assert [cell.text for cell in page.word_cells] == ["an", "efficient", "chiefig", "9–12"]


def test_a_font_without_letters_holds_signs(tmp_path: Path) -> None:
    assert [cell.text for cell in bitmap_page([[136], [163, 49]], tmp_path).word_cells] == ["•", "£1"]


def test_words_are_as_high_as_their_font(tmp_path: Path) -> None:
    page = bitmap_page([list(b"once upon a time the dogs and cows ran")], tmp_path)
    tops = boxes_of(page.word_cells)[:, 3]
    feet = boxes_of(page.word_cells)[:, 1]
    assert tops.max() - tops.min() < 0.5
    assert feet.max() - feet.min() < 0.5
    assert len(page.textline_cells) == 1


def test_true_dingbats_stay(tmp_path: Path) -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
    path = PdfFile([Page(b"BT /F1 12 Tf 72 700 Td <6c41> Tj ET\n")], [], font).write(tmp_path / "signs.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    before = [cell.text for cell in page.word_cells]
    name_bitmap_letters(page)
    assert [cell.text for cell in page.word_cells] == before
    assert any(ord(character) > 0x2500 for character in before[0])


def named(words: Sequence[tuple[str, str]], tmp_path: Path) -> list[str]:
    """What becomes of words that the parser read so, each with the font that it says, on a page with a bitmap font."""
    page = bitmap_page([list(b"abc")], tmp_path)
    some = page.word_cells[0]
    page.word_cells = [some.model_copy(update={"text": text, "font_name": font}) for text, font in words]
    name_bitmap_letters(page)
    return [cell.text for cell in page.word_cells]


def test_a_sign_that_stands_in_a_word_of_another_font(tmp_path: Path) -> None:
    words = [
        ("Fen\u272f", "/ABCDEF+CMR10"),
        ("\u272fUniversity", "/F8"),
        ("\u272f", "/ABCDEF+Wingdings"),
        ("A\u2194B", "/ABCDEF+CMSY10"),
    ]
    assert named(words, tmp_path) == ["Fen*", "*University", "\u272f", "A\u2194B"]


def test_letters_of_a_formula_in_words_of_a_bitmap_font(tmp_path: Path) -> None:
    words = [
        ("a80\u2666\u2663(Q)", "/F41"),
        ("T\u2190\u2735\u2733\u2738", "/ABCDEF+CMMI10"),
        ("plain", "/F9"),
        ("a12", "/F9"),
    ]
    assert named(words, tmp_path) == ["Pop(Q)", "T\u21900.3", "plain", "a12"]
