"""Levels of headings that are numbered in more than one way: I. and A. and 1. below each other, as engineers,
physicists and lawyers number them.

docling gives each kind of number a level of its own, the same in every document. Which kind stands below which is
seen from the document: a kind that begins anew, or that another one goes on after, stands below it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

ROMAN, LETTER, DIGITS = "roman", "letter", "digits"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_ONE = re.compile(r"([IVXL]{1,6}|[A-Z]|\d{1,2})[.)](?=\s)|([IVXL]{2,6}|\d{1,2})(?=\s[A-Z])")
# I.A.1, as far as I. stands alone, too (else it may be U.S.), and A.1
_BELOW_ROMAN = re.compile(r"[IVXL]{1,6}(?:\.(?:[A-Z]|\d{1,2}|[a-z]))+[.)]?(?=\s)")
_BELOW_LETTER = re.compile(r"[A-Z](?:\.\d{1,2})+[.)]?(?=\s)")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A heading's place among all headings, and its number: its kind, and its value from 1."""

    place: int
    kind: str
    value: int


def nested_levels(headings: Sequence[str]) -> dict[int, int]:
    """Levels from 1 by the places of the headings that have such a number, as far as several kinds of numbers stand
    below each other; empty where they do not.
    """
    numbered = _numbered(headings)
    depths = _depths(numbered)
    several = {place: len(found[0].rstrip(".)").split(".")) for place, found in _several(headings, depths)}
    if len(set(depths.values())) < 2 and not several:
        return {}
    return {heading.place: depths[heading.kind] for heading in numbered} | several


def _several(headings: Sequence[str], kinds: Collection[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """The headings whose number has several parts, by their places."""
    for place, text in enumerate(headings):
        found = _BELOW_LETTER.match(text) or (_BELOW_ROMAN.match(text) if ROMAN in kinds else None)
        if found:
            yield place, found


def _depths(numbered: Sequence[Numbered]) -> dict[str, int]:
    """The level of each kind. One that stands below another stands below the kind of the heading right before it."""
    depths: dict[str, int] = {}
    before = ""
    for heading in numbered:
        if heading.kind not in depths:
            below = any(_stands_below(heading.kind, other, numbered) for other in depths)
            depths[heading.kind] = depths[before] + 1 if below else 1
        before = heading.kind
    return depths


def _numbered(headings: Sequence[str]) -> list[Numbered]:
    found: list[Numbered] = []
    last: dict[str, int] = {}
    for place, text in enumerate(headings):
        if not (match := _ONE.match(text)):
            continue
        token = match[1] or match[2]
        values = _values(token)
        kind = next((kind for kind, value in values.items() if value == last.get(kind, 0) + 1), "")
        kind = kind or next((kind for kind, value in values.items() if value == 1), next(iter(values)))
        last[kind] = values[kind]
        found.append(Numbered(place, kind, values[kind]))
    return found


def _values(token: str) -> dict[str, int]:
    """What the number may be: I is the first of Roman numbers and the ninth letter."""
    if token.isdigit():
        return {DIGITS: int(token)}
    values = {}
    if set(token) <= set(_ROMAN_VALUES):
        signs = [_ROMAN_VALUES[sign] for sign in token]
        values[ROMAN] = sum(-one if one < after else one for one, after in zip(signs, [*signs[1:], 0], strict=True))
    if len(token) == 1:
        values[LETTER] = ord(token) - ord("A") + 1
    return values


def _stands_below(kind: str, other: str, numbered: Sequence[Numbered]) -> bool:
    """Whether numbers of ``kind`` come after the first of ``other`` and begin anew, or ``other`` goes on after them."""
    own = [heading for heading in numbered if heading.kind == kind]
    others = [heading for heading in numbered if heading.kind == other]
    begins = sum(heading.value == 1 for heading in own)
    return own[0].place > others[0].place and (begins > 1 or others[-1].place > own[0].place)
