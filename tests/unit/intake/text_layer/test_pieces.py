"""Words are put together where the parser tore them, and stay apart where a mark is raised."""

import numpy as np
import pytest

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.pieces import cut, halve_letters, join_spaced, join_torn
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
