"""Words are put together where the parser tore them, and stay apart where a mark is raised."""

import numpy as np
import pytest

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.pieces import cut, halve_letters, join_torn
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
