"""Which lines are formulas, or parts of one, by their text alone. Pure functions."""

import re
import unicodedata

LONGEST_NAME = 3  # letters: "sin", "log" and "min" are no words
_RELATIONS = "=≤≥≈<>≠∼≡→"
_RELATION = re.compile(rf"[{_RELATIONS}]")
_LETTERS = re.compile(r"[^\W\d_]+")
_MATH = re.compile(r"[=≤≥≈∑∫√±×÷∂∈∞→]")
_OPERATOR = re.compile(r"[−±·∗|⟨⟩∇^]|(?<!\w)\(|\w\s?[+*/]\s?\w")


def has_mathematics(text: str) -> bool:
    """Whether the text has a sign of mathematics that prose has not."""
    return _MATH.search(text) is not None


def is_formula(text: str) -> bool:
    """Whether the text is a relation between short names and no sentence."""
    return _RELATION.search(text) is not None and not _has_words(text) and text[:1] not in _RELATIONS


def is_term(text: str) -> bool:
    """Whether the text is short names with a sign of an operation between them, as the parts of a fraction are."""
    return _OPERATOR.search(text) is not None and not _has_words(text)


def _has_words(text: str) -> bool:
    return any(len(word) > LONGEST_NAME and _is_word(word) for word in _LETTERS.findall(text))


def _is_word(letters: str) -> bool:
    """Whether letters are a word and no product of names: of one script, with capitals at the start or throughout, and
    none of Unicode's letters for mathematics.
    """
    names = [unicodedata.name(letter, "") for letter in letters]
    greek = sum(name.startswith("GREEK") for name in names)
    if any(name.startswith("MATHEMATICAL") for name in names):
        return False
    return greek in (0, len(letters)) and (letters[1:].islower() or letters.isupper() or not letters.isascii())
