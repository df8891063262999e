"""Spaces that the recogniser left out, on lines drawn as blocks of ink: 10 pixels of ink per letter, 2 between two."""

import numpy as np
import pytest

from pipeline.models.word_gaps import column_ink, steps_read, with_spaces

LETTER, BETWEEN, HEIGHT = 10, 2, 48


def drawn(words: str, gap: int) -> tuple[np.ndarray, list[float]]:
    """A line that shows ``words`` with ``gap`` pixels between two words, and the columns of its letters' middles."""
    columns, places = [0.0] * 4, []
    for number, word in enumerate(words.split(" ")):
        columns += [0.0] * (gap - BETWEEN if number else 0)
        for _ in word:
            places.append(len(columns) + LETTER / 2)
            columns += [1.0] * LETTER + [0.0] * BETWEEN
    image = np.full((HEIGHT, len(columns)), 200, dtype=np.float32)
    image[12:36] -= 150 * np.array(columns, dtype=np.float32)
    return image, places


def spaced(printed: str, read: str, gap: int = 9) -> str:
    """What becomes of ``read``, which has the letters of ``printed`` and some of its spaces."""
    image, letters = drawn(printed, gap)
    places, number = [], 0
    for sign in read:
        places.append(letters[number] - LETTER if sign == " " else letters[number])
        number += sign != " "
    return with_spaces(read, places, column_ink(image), HEIGHT)


@pytest.mark.parametrize(
    "read",
    ["Composition ofthe pretraining data", "Compositionof thepretraining data", "Composition of the pretrainingdata"],
)
def test_words_that_were_read_as_one_are_parted(read: str) -> None:
    assert spaced("Composition of the pretraining data", read) == "Composition of the pretraining data"


def test_a_line_without_any_space_needs_wide_gaps() -> None:
    assert spaced("Composition of", "Compositionof", 9) == "Compositionof"
    assert spaced("Composition of", "Compositionof", 12) == "Composition of"


def test_letters_set_apart_stay_one_word() -> None:
    assert spaced("A N N U A L", "ANNUAL", 12) == "ANNUAL"


def test_numbers_are_parted_only_by_gaps_wider_than_a_space() -> None:
    assert spaced("in 12 500 tons", "in 12500 tons", 14) == "in 12500 tons"
    assert spaced("1951 1952", "19511952", 12) == "19511952"
    assert spaced("1951 1952", "19511952", 20) == "1951 1952"


def test_scripts_without_spaces_get_none() -> None:
    assert spaced("渡し 船の規則", "渡し船の規則", 20) == "渡し船の規則"


def test_a_letter_that_was_read_late_does_not_part_a_word() -> None:
    image, places = drawn("hall of loans", 9)
    late = [*places[:3], places[3] + 10, places[3] + 12, *places[4:6], places[6] - 10, *places[6:]]
    assert with_spaces("hall of loans", late, column_ink(image), HEIGHT) == "hall of loans"


def test_steps_are_those_at_which_a_character_is_new() -> None:
    assert steps_read(np.array([0, 5, 5, 0, 5, 7, 0, 0, 9])).tolist() == [1, 4, 5, 8]
