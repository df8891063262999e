"""Letters under accents that TeX draws first."""

from pathlib import Path

from pipeline.intake.text_layer.drawn_accents import join_under_accents
from tests.support.mapped_fonts import MappedFont
from tests.unit.intake.pdf_files import Page, PdfFile
from tests.unit.intake.text_layer.test_mending import lines, mended, words
from tests.unit.intake.text_layer.test_touching import piece

LETTER = (100, 110)  # foot and top of a word of 10 points
ROMAN = "/ABCDEF+CMR10"


def test_a_letter_under_the_accent_before_it_belongs_to_its_word() -> None:
    spots = [
        ("Sz\u02dd", 176, 197),
        ("oll\u02ddosi", 191, 221),
        ("\u00b4", 230, 236),
        ("a", 260, 266),
        ("M\u00b4", 300, 312),
    ]
    drawn = [piece(said, left, right, *LETTER) for said, left, right in spots]
    assert [each.text for each in join_under_accents(drawn)] == ["Sz\u02ddoll\u02ddosi", "\u00b4", "a", "M\u00b4"]


def test_accents_that_the_parser_cut_a_word_at_are_part_of_it(tmp_path: Path) -> None:
    font = MappedFont(tuple(dict.fromkeys("Sz\u02ddollosi M\u00b4arko")))
    drawn = [("Sz\u02dd", 72, 700), ("ollosi", 83, 700), ("M\u00b4", 72, 660), ("arko", 77, 660)]
    shown = (b"BT /F1 12 Tf %d %d Td %s Tj ET\n" % (x, y, font.encode(said)) for said, x, y in drawn)
    path = PdfFile([Page(b"".join(shown))], [font.table()], font.font()).write(tmp_path / "a.pdf")
    page = mended(path)
    assert lines(page) == words(page) == ["Sz\u0151llosi", "M\u00e1rko"]


def test_a_grave_accent_is_one_in_a_font_of_tex_that_has_no_such_quotation_mark() -> None:
    drawn = [piece("l`", 100, 108, *LETTER), piece("a", 103, 108, *LETTER)]
    assert len(join_under_accents(drawn)) == 2
    named = [cell.model_copy(update={"font_name": ROMAN}) for cell in drawn]
    assert [cell.text for cell in join_under_accents(named)] == ["l`a"]


def test_a_letter_far_back_is_under_the_accent_though_the_lines_begin_in_different_fonts() -> None:
    first, second = piece("the S\u00a8", 60, 112, *LETTER), piece("ohne", 106, 130, *LETTER)
    other = first.model_copy(update={"font_name": "/Other"})
    assert [cell.text for cell in join_under_accents([other, second])] == ["the S\u00a8ohne"]
    close = piece("ohne", 111, 135, *LETTER)
    assert len(join_under_accents([other, close])) == 2
