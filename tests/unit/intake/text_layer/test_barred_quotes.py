"""Bars whose ink is that of quotation marks are quotation marks."""

import numpy as np
import pytest

from pipeline.intake.text_layer.barred_quotes import with_quotes
from pipeline.intake.text_layer.glyphs import PageGlyphs
from tests.unit.intake.text_layer.test_unmapped import BOTTOM, TIMES, TOP, WIDTH, cell

FOOT = BOTTOM + 2
QUOTE, BAR, LINE = (FOOT + 5, FOOT + 8), (FOOT + 2.3, FOOT + 2.8), (FOOT - 2, FOOT + 7)  # feet and heads of their ink


def quoted(*parsed: tuple[str, str], ink: dict[str, tuple[float, float]]) -> list[str]:
    """The words that the parser and pdfium read as ``parsed``, put right; the ``ink`` of letters is that of lines."""
    left, words, characters, boxes, inked = 10.0, [], "", [], []
    for text, seen in parsed:
        words.append(cell(text, left, left + WIDTH * len(text), TIMES))
        for char in seen:
            low, high = ink.get(char, LINE)
            characters += char
            boxes.append((left, BOTTOM, left + WIDTH, TOP))
            inked.append((left, low, left + WIDTH, high))
            left += WIDTH
        left += WIDTH
    glyphs = PageGlyphs(tuple(characters), np.array(boxes))
    feet = np.full(len(characters), FOOT)
    found = with_quotes(words, lambda: glyphs, lambda: PageGlyphs(tuple(characters), np.array(inked), feet=feet))
    return [found.get(place, word).text for place, word in enumerate(words)]


def test_bars_with_the_ink_of_quotation_marks_are_these() -> None:
    read = ("(-old-", "(―old-"), ("-mill‖)", "―mill‖)"), ("by-day", "by-day")
    assert quoted(*read, ink={"―": QUOTE, "‖": QUOTE}) == ["(“old-", "“mill”)", "by-day"]


@pytest.mark.parametrize(
    "ink",
    [
        {"―": BAR},
        {"―": BAR, "‖": (FOOT - 2, FOOT + 1)},  # below the line
        {"―": (FOOT + 6, FOOT + 6.5)},  # above the letters
    ],
)
def test_bars_and_double_lines_are_none(ink: dict[str, tuple[float, float]]) -> None:
    assert quoted(("-x‖", "―x‖"), ink=ink) == ["-x‖"]


def test_words_that_are_read_in_two_ways_stay() -> None:
    assert quoted(("-ox‖", "―x‖"), ("‖xx", "x―x"), ink={"―": QUOTE, "‖": QUOTE}) == ["-ox‖", "‖xx"]


def test_characters_are_read_only_where_there_is_a_double_line() -> None:
    assert with_quotes([cell("-old-", 0, 20, TIMES)], pytest.fail, pytest.fail) == {}
