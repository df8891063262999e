"""Items of lists that are numbered without a dot or a bracket: ``1 Wash``, ``2 Dry``.

A number alone says little: sentences, rows of tables and numbered lines begin with one, too. So the numbers have to
count up, to stand apart from their texts, and the texts, with their further lines, to hang at one edge. Pure functions.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.stages.light_layout.line_patterns import ends_sentence, is_amount, is_contents_entry, last_number
from pipeline.stages.light_layout.lines import LayoutLine, after_number

GAP = (0.35, 4.0)  # in line heights: white between a number and its text, which is wider than between words
CLEAR_GAP = 0.55  # in line heights: white before one text of a list at least; numbers of more figures leave less
WORD_GAP = 1.5  # in line heights: words further apart are cells of a table
EDGE = 0.3  # in line heights: by which edges that are one may differ
MOST_LINES = 1000  # of a page; one of more is no list
LEAST = 3  # numbers that count up where the first of them is not 1: a list that goes on
MOST_PARTED = 0.2  # share of the items that may begin in the middle of a sentence: more are numbered lines
EVEN = 1.5  # times the least step from item to item: where none is longer, every line has a number
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_DIGITS = re.compile(r"[1-9]\d?")
_LETTER = re.compile("[a-zA-Z]")


def _digits(text: str) -> int:
    return int(text) if _DIGITS.fullmatch(text) else 0


def _letter(text: str) -> int:
    return ord(text.lower()) - ord("a") + 1 if _LETTER.fullmatch(text) else 0


def _roman(text: str) -> int:
    return ROMAN.index(text) + 1 if text in ROMAN else 0


COUNTS: tuple[Callable[[str], int], ...] = (_digits, _letter, _roman)


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line with what may be its number, the edge of its text in points, the white between the two in line heights,
    and the number's own line, if it has one.
    """

    line: LayoutLine
    number: str
    text_left: float
    gap: float
    number_line: LayoutLine | None = None

    @property
    def whole(self) -> LayoutLine:
        """The line with its number, marked as an item."""
        line = self.line if self.number_line is None else after_number(self.number_line, self.line)
        return replace(line, numbered=True)


def with_bare_numbers(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines; those of items with a bare number are marked so, and joined with it where it stands alone."""
    if len(lines) > MOST_LINES:
        return list(lines)
    alone = any(len(line.words) == 1 and _counts(line.words[0].text) for line in lines)
    found = [numbered for line in lines if (numbered := _numbered(line, lines if alone else ()))]
    items: dict[int, LayoutLine] = {}
    gone: set[int] = set()
    for count in COUNTS:
        for chain in _chains(found, lines, count):
            for item in chain:
                items[id(item.line)] = item.whole
                gone |= {id(item.number_line)} if item.number_line else set()
    return [items.get(id(line), line) for line in lines if id(line) not in gone]


def _numbered(line: LayoutLine, lines: Sequence[LayoutLine]) -> NumberedLine | None:
    """The line with its number, where it begins with one or one of ``lines`` that is nothing else stands before it."""
    words = sorted(line.words, key=lambda word: word.box.left)
    if line.turn or not words or is_contents_entry(line.text):
        return None
    alone = None if _counts(words[0].text) else _alone_before(line, lines)
    text = words if alone else words[1:]
    number = alone.words[0] if alone else words[0]
    if not text or not _counts(number.text):
        return None
    gaps = [after.box.left - before.box.right for before, after in pairwise(text)]
    apart = (text[0].box.left - number.box.right) / line.height
    if not GAP[0] < apart < GAP[1] or max(gaps, default=0.0) > WORD_GAP * line.height:
        return None
    return NumberedLine(line, number.text, text[0].box.left, apart, alone)


def _counts(text: str) -> bool:
    return any(count(text) for count in COUNTS)


def _alone_before(line: LayoutLine, lines: Sequence[LayoutLine]) -> LayoutLine | None:
    """The only other line in the row of ``line``, where it is one word that may be a number and stands before it."""
    beside = [
        other
        for other in lines
        if other is not line
        and min(other.box.bottom, line.box.bottom) - max(other.box.top, line.box.top) > 0.5 * other.box.height
    ]
    alone = len(beside) == 1 and len(beside[0].words) == 1 and beside[0].box.right < line.box.left
    return beside[0] if alone else None


def _chains(
    found: Iterable[NumberedLine], lines: Sequence[LayoutLine], count: Callable[[str], int]
) -> list[list[NumberedLine]]:
    """The items that count up one below the other, as lists of two and more."""
    chains: list[list[NumberedLine]] = []
    for item in sorted((item for item in found if count(item.number)), key=lambda item: item.line.box.top):
        value = count(item.number)
        fits = [chain for chain in chains if count(chain[-1].number) == value - 1 and _follows(chain[-1], item, lines)]
        if fits:
            fits[-1].append(item)
        else:
            chains.append([item])
    return [chain for chain in chains if _is_list(chain, count(chain[0].number))]


def _follows(upper: NumberedLine, lower: NumberedLine, lines: Sequence[LayoutLine]) -> bool:
    """Whether two texts share their edge, and whatever stands between them stands at that edge or further right."""
    edge = upper.text_left - EDGE * upper.line.height
    start, end = upper.line.box.top + 0.5 * upper.line.height, lower.line.box.top - 0.2 * lower.line.height
    if abs(upper.text_left - lower.text_left) > EDGE * upper.line.height or end < start:
        return False
    left = min((item.number_line or item.line).box.left for item in (upper, lower))
    between = [line for line in lines if start < line.box.top < end and line.box.right > left]
    return all(line.box.left >= edge or _is_number_of(line, between) for line in between)


def _is_number_of(line: LayoutLine, between: Sequence[LayoutLine]) -> bool:
    """Whether the line is a mark alone, as those of lists within an item are."""
    return len(line.words) == 1 and any(other is not line and other.box.left > line.box.right for other in between)


def _is_list(chain: Sequence[NumberedLine], first: int) -> bool:
    pages = sum(last_number(item.line.text) > 0 for item in chain)
    clear = any(item.gap > CLEAR_GAP for item in chain)
    if len(chain) < (2 if first == 1 else LEAST) or 2 * pages > len(chain) or not clear or all(map(_is_row, chain)):
        return False
    small = [_text(item)[:1].islower() for item in chain]
    parted = [after and not ends_sentence(upper.line.text) for upper, after in zip(chain, small[1:], strict=False)]
    steps = [lower.line.box.top - upper.line.box.top for upper, lower in pairwise(chain)]
    every_line = max(steps) < EVEN * min(steps)
    return all(small) or (sum(parted) <= MOST_PARTED * len(chain) and not (every_line and any(parted)))


def _is_row(item: NumberedLine) -> bool:
    """Whether what follows the number is nothing but numbers, as in a row of a table."""
    return all(map(is_amount, _text(item).split()))


def _text(item: NumberedLine) -> str:
    return item.line.text.strip().removeprefix(item.number).strip()
