"""What stands between two lines of a paragraph: a space, nothing, or a hyphen that is the word's own.

A hyphen that breaks a word and one that belongs to it look the same at the end of a line. So the text around decides
first (the word may stand elsewhere on the page, in one spelling or the other), then an English dictionary, and then
what kinds of parts meet. In other languages than English a hyphen before a small letter breaks a word.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from spellchecker import SpellChecker

HYPHENS = "-\u2010"
SOFT_HYPHEN = "\u00ad"
# Scripts that put no space between words: Han, kana, their punctuation, Thai, Lao, Khmer, Myanmar.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f]"
)
# Parts that a compound has its hyphen after, and that hardly any word breaks after.
OWN_HYPHEN = re.compile(
    "well|self|half|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    "|ninety|alpha|beta|gamma|delta|epsilon|omega|sigma"
)
# Parts that English writes together with what follows, though both may be words.
WRITTEN_TOGETHER = re.compile(
    "anti|bi|bio|co|counter|de|di|dis|electro|em|en|ex|extra|geo|hyper|im|in|infra|inter|intra|macro|mega|meta|micro"
    "|mid|mini|mis|mono|multi|nano|neuro|non|out|over|photo|poly|post|pre|pro|pseudo|re|semi|sub|super|tele|trans"
    "|tri|un|under|uni|up"
)
ENGLISH = frozenset(
    ("the", "of", "and", "to", "in", "is", "that", "for", "with", "as", "on", "are", "by", "this", "from")
)
CONJUNCTIONS = frozenset(("and", "or", "und", "oder", "bzw", "et", "ou", "och", "eller", "og"))
ABBREVIATION = 4  # capitals at most
ENGLISH_SHARE = 0.08  # of a page's words are these fifteen; 0.25 is usual
_LAST = re.compile(r"(\S*?)([^\W_]+)[-\u2010]$")
_FIRST = re.compile(r"([^\W_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_UNIT = re.compile(r"[^\W_]/$")  # a line ends behind the stroke of a unit or of two words: m/s, and/or
_FLAG = re.compile(r"(?:^|\s)--?[a-z]")


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in small letters, hyphenated ones too, and whether they are English."""

    words: frozenset[str]
    english: bool

    @classmethod
    def of(cls, lines: Iterable[str]) -> "PageWords":
        found = [word.casefold() for line in lines for word in _WORD.findall(line)]
        share = sum(word in ENGLISH for word in found) / max(len(found), 1)
        return cls(frozenset(found), share >= ENGLISH_SHARE)


@cache
def _dictionary() -> SpellChecker:
    """160,000 English words; loading them takes 0.2 s."""
    return SpellChecker(language="en", distance=1)


def join_lines(lines: Sequence[str], vocabulary: PageWords) -> list[str]:
    """The lines, with those that go on without a space put together; what is left is to be joined by spaces."""
    joined: list[str] = []
    for line in lines:
        between = _between(joined[-1], line, vocabulary) if joined else None
        if between is None:
            joined.append(line)
        else:
            joined[-1] = joined[-1].rstrip(SOFT_HYPHEN + HYPHENS) + between + line
    return joined


def _between(upper: str, lower: str, vocabulary: PageWords) -> str | None:
    """What to write between two lines in the place of a hyphen, if there is one; None for a space."""
    if upper.endswith(SOFT_HYPHEN):
        return ""
    if upper.endswith(tuple(HYPHENS)):
        return _hyphen(upper, lower, vocabulary)
    if _UNIT.search(upper) and lower[:1].isalnum():
        return ""
    return "" if upper and lower and UNSPACED.match(upper[-1]) and UNSPACED.match(lower) else None


def _hyphen(upper: str, lower: str, vocabulary: PageWords) -> str | None:
    last, first = _LAST.search(upper), _FIRST.match(lower)
    if first is None:
        return None
    if last is None:
        dashes = len(upper) - len(upper.rstrip(HYPHENS))
        return "-" * dashes if _FLAG.search(upper[:-dashes]) and upper[:-dashes].endswith(" ") else None
    if first[1].casefold() in CONJUNCTIONS and not _is_word(last[2] + first[1], vocabulary):
        return f"{upper[-1]} "  # "pre- and post-war": the rest of the first word follows later
    return "" if _breaks(last, first[1], vocabulary) else upper[-1]


def _is_word(text: str, vocabulary: PageWords) -> bool:
    small = text.casefold()
    return small in vocabulary.words or (vocabulary.english and bool(_dictionary().known([small])))


def _breaks(last: re.Match[str], right: str, vocabulary: PageWords) -> bool:
    """Whether the hyphen between the ``last`` part of a line and ``right`` breaks one word."""
    before, left = last[1], last[2]  # what the part is glued to, and the part
    small_left, small_right = left.casefold(), right.casefold()
    if small_left + small_right in vocabulary.words:
        return True
    if f"{small_left}-{small_right}" in vocabulary.words:
        return False
    if before.strip("([{\"'“‘«„") or len(left) == 1 or not (left.isalpha() and right.isalpha()):
        return False  # a chain of hyphens, an address, a number, "x-ray"
    # Abbreviations in a sentence stay apart, such as ISO-VG 32.
    short = all(part.isupper() and len(part) <= ABBREVIATION for part in (left, right)) and not last.string.isupper()
    if short or OWN_HYPHEN.fullmatch(small_left) or (right[0].isupper() and not left.isupper()):
        return False
    if not vocabulary.english or left[0].isupper() or WRITTEN_TOGETHER.fullmatch(small_left):
        return True
    known = _dictionary().known([small_left + small_right, small_left, small_right])
    return small_left + small_right in known or len(known) < 2
