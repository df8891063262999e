"""Spaces between words that the recogniser left out, found again as white gaps in the image of the line.

PP-OCR learned most of its letters from scripts without spaces, and joins words that are set close: "Compositionof
thepretraining". Its output says at which step of the line each character was read, so that the white between two
characters can be measured and compared with the white between the line's other characters.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.models.images import Floats

MIDDLE = (0.2, 0.8)  # of a line's height: where its own ink is
INKED = 0.3  # of a line's strongest contrast, from which on a column of pixels holds ink
LEAST_GAP = 0.07  # of the line's height: a narrower gap is one between letters
LEAST_GAP_ALONE = 0.2  # the same in a line in which no space was read
OF_SPACES = 0.7  # of the width of the line's spaces that were read, from which on a gap is a space
OF_LETTERS = 1.8  # times the usual gap between the line's letters, from which on a gap is a space
RELUCTANT = 1.5  # times as wide a gap is asked for between capitals, beside digits and after signs, which stand apart
LAST_SPACED = "\u2e7f"  # scripts after this character put no spaces between words
OPENING, CLOSING = "([{\u201c\u2018", ".,;:!?)]}\u201d\u2019%"

Columns = NDArray[np.float32]


def column_ink(line: Floats) -> Columns:
    """How far the strongest pixel of each column of a line (height, width), in any levels, differs from the paper,
    (width,). The neighbours of a line reach into its edges, which do not count.
    """
    return np.asarray(np.abs(line - np.median(line))[middle_rows(len(line))].max(axis=0), dtype=np.float32)


def middle_rows(height: int) -> slice:
    """The rows of a line in which its small letters stand."""
    return slice(round(MIDDLE[0] * height), round(MIDDLE[1] * height))


def steps_read(numbers: NDArray[np.integer]) -> NDArray[np.intp]:
    """The steps of a line (steps,) at which a character was read: those whose number is neither that of the step before
    nor 0, the blank of Connectionist Temporal Classification.
    """
    new = np.concatenate(([True], numbers[1:] != numbers[:-1]))
    return np.flatnonzero(new & (numbers != 0))


def with_spaces(text: str, places: Sequence[float], ink: Columns, height: int) -> str:
    """``text`` with spaces where the line shows them.

    ``places`` are the columns, in pixels, at which its characters were read; ``ink`` is that of ``column_ink``, of a
    line ``height`` pixels high.
    """
    if len(text) < 2 or len(text) != len(places) or not ink.size:
        return text
    gaps = _gaps(places, ink)
    pairs = list(pairwise(text))
    spaces = [max(gaps[index - 1 : index + 1]) for index, sign in enumerate(text[:-1]) if sign == " " and index]
    letters = [gap for gap, (one, other) in zip(gaps, pairs, strict=True) if one.isalpha() and other.isalpha()]
    least = max(OF_LETTERS * median(letters) if letters else 0.0, (LEAST_GAP if spaces else LEAST_GAP_ALONE) * height)
    least = max(least, OF_SPACES * median(spaces)) if spaces else least
    wide = [at for at, gap in enumerate(gaps, 1) if gap >= least and gap >= least * _reluctance(*pairs[at - 1])]
    edges = [0, *(at for at in wide if _inside(text, at, wide)), len(text)]
    return " ".join(text[start:end] for start, end in pairwise(edges))


def _gaps(places: Sequence[float], ink: Columns) -> list[int]:
    """The widest run of columns without ink whose middle lies between each two characters, in pixels."""
    blank = ink < INKED * float(ink.max())
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], blank, [False])).astype(np.int8)))
    starts, ends = bounds[0::2], bounds[1::2]
    homes = np.searchsorted(np.asarray(places), (starts + ends) / 2) - 1
    gaps = [0] * (len(places) - 1)
    for home, width in zip(homes.tolist(), (ends - starts).tolist(), strict=True):
        if 0 <= home < len(gaps):
            gaps[home] = max(gaps[home], width)
    return gaps


def _inside(text: str, at: int, others: Sequence[int]) -> bool:
    """Whether two characters of one word stand on either side of ``at``. The recogniser may see a word's last letter
    late, so that the gap behind the word seems to lie before that letter.
    """
    word = text[max(at - 2, 0) : at + 2]
    return len(word) == 4 and " " not in word and at - 1 not in others and at + 1 not in others


def _reluctance(one: str, other: str) -> float:
    """How much wider than between letters a gap must be to be a space; infinite where none belongs."""
    if one.isspace() or other.isspace() or one > LAST_SPACED or other > LAST_SPACED:
        return inf
    if one.isalpha() and other.isalpha():
        return RELUCTANT if one.isupper() and other.isupper() else 1.0
    before, after = one.isalnum() or one in CLOSING, other.isalnum() or other in OPENING
    return RELUCTANT if before and after else inf
