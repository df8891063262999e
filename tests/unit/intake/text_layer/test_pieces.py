"""Words are put together where the parser tore them, and stay apart where a mark is raised."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.pieces import cut, halve_letters, join_spaced, join_torn, join_under_accents
from tests.support.mapped_fonts import MappedFont
from tests.unit.intake.pdf_files import Page, PdfFile
from tests.unit.intake.text_layer.test_mending import lines, mended, words
from tests.unit.intake.text_layer.test_touching import piece

# The feet and tops of a word of 10 points and of what stands right behind it.
LETTER, RAISED, LOWER, TALL = (100, 110), (104, 111), (100, 107), (104, 113)


@pytest.mark.parametrize(
    ("behind", "torn"), [(LETTER, True), (RAISED, False), (LOWER, True), (TALL, True), ((104, 109), True)]
)
def test_a_small_letter_that_reaches_higher_is_a_mark(behind: tuple[float, float], torn: bool) -> None:
    parts = [piece("Price", 60, 90, *LETTER), piece("a", 90, 95, *behind)]
    assert len(join_torn(parts)) == (1 if torn else 2)


def test_gaps_between_thai_letters_are_no_spaces() -> None:
    word = piece("abcdef", 60, 130)
    edges = [(60 + 10 * n + 5 * (n > 2), 100, 70 + 10 * n + 5 * (n > 2), 120) for n in range(6)]
    for letters, parts in (("abcdef", ["abc", "def"]), ("กขคงจฉ", ["กขคงจฉ"])):
        written = word.model_copy(update={"text": letters})
        glyphs = PageGlyphs(tuple(letters), np.array(edges, dtype=np.float64))
        assert [one.text for one in cut(written, boxes_of([written])[0], glyphs)] == parts


@pytest.mark.parametrize(
    ("word", "seen", "says"), [("àà", "à", "à"), ("aallll", "all", "all"), ("II", "II", "II"), ("ab", "a", "ab")]
)
def test_letters_that_a_copy_doubles_are_halved_where_they_are_seen_once(word: str, seen: str, says: str) -> None:
    edges = [(60 + 10 * n, 100, 70 + 10 * n, 120) for n in range(len(seen))]
    glyphs = PageGlyphs(tuple(seen), np.array(edges, dtype=np.float64))
    assert [one.text for one in halve_letters([piece(word, 60, 62 + 10 * len(seen))], glyphs)] == [says]


@pytest.mark.parametrize(
    ("spaced", "read"),
    [
        ("R O O M S ,  A S K  2 0 2 1", ["ROOMS,", "ASK", "2021"]),
        ("A 1 B 2 C 3 D 4", list("A1B2C3D4")),
        ("2 0 2 1", list("2021")),
    ],
    ids=["words with a mark and a year", "labels", "figures alone"],
)
def test_marks_and_figures_belong_to_letter_spaced_words(spaced: str, read: list[str]) -> None:
    letters = [
        piece(letter, 60 + 5 * place, 66 + 5 * place) for place, letter in enumerate(spaced) if not letter.isspace()
    ]
    assert ["".join(cell.text for cell in group) for group in join_spaced(letters)] == read


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
