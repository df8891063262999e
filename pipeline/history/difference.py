"""The page-by-page difference of two runs' Markdown. Pure functions; lines by the standard library's difflib.

Blank lines and the white space around a line take no part: in Markdown they carry no text. Work is bounded, since the
texts come from strangers' files and difflib's time grows with the number of equal pairs of lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 2
"""Equal lines kept beside a changed one."""
MOST_LINES, MOST_WORDS = 2_000, 400
MOST_PAIRS = 20_000
"""Lines of a page (words of a line), and pairs of equal ones in its two versions, up to which it is compared piece by
piece.
"""
MOST_BY_WORDS = 100
"""Changed lines of a page that are compared word by word; later ones are shown as removed and added."""
ALIKE = 0.4
"""Two lines that share less of their words are shown as one removed and one added, without marks."""


class Change(StrEnum):
    """How one page's text differs. ``left_only`` and ``right_only``: the other run has no text of it."""

    EQUAL = "equal"
    CHANGED = "changed"
    LEFT_ONLY = "left_only"
    RIGHT_ONLY = "right_only"


class Mark(StrEnum):
    """What became of a line. ``skipped`` stands for equal lines that are not shown."""

    SAME = " "
    REMOVED = "-"
    ADDED = "+"
    SKIPPED = "…"


@dataclass(frozen=True, slots=True)
class DifferencePiece:
    """A part of a line; ``changed`` where the other version of the line has something else."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One line of a difference; ``skipped`` counts the lines it stands for, where it stands for more."""

    mark: Mark
    pieces: tuple[DifferencePiece, ...] = ()
    skipped: int = 0

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PageChange:
    """One page of either run."""

    page: int
    change: Change


def compare_pages(left: Mapping[int, str], right: Mapping[int, str]) -> tuple[PageChange, ...]:
    """How each page that has a text in either run differs, in page order. ``left`` and ``right`` are Markdown by page
    number.
    """
    return tuple(
        PageChange(page, _change(left.get(page), right.get(page))) for page in sorted(left.keys() | right.keys())
    )


def compare_lines(left: str, right: str) -> tuple[DifferenceLine, ...] | None:
    """The difference of two versions of a page, far equal lines left out; empty where only white space differs.

    None where the page is too long or too repetitive to be compared line by line.
    """
    old, new = _lines(left), _lines(right)
    if not _comparable(old, new, MOST_LINES):
        return None
    lines: list[DifferenceLine] = []
    by_words = MOST_BY_WORDS
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        lines += _same(old[i1:i2]) if tag == "equal" else _replaced(old[i1:i2], new[j1:j2], by_words)
        by_words = max(by_words - (0 if tag == "equal" else min(i2 - i1, j2 - j1)), 0)
    return tuple(_without_far(lines))


def _comparable(old: Sequence[str], new: Sequence[str], most: int) -> bool:
    counts = Counter(old)
    return max(len(old), len(new)) <= most and sum(counts[item] for item in new) <= MOST_PAIRS


def _change(left: str | None, right: str | None) -> Change:
    if left is None:
        return Change.RIGHT_ONLY
    if right is None:
        return Change.LEFT_ONLY
    return Change.EQUAL if left == right else Change.CHANGED


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _same(lines: Sequence[str]) -> list[DifferenceLine]:
    return [DifferenceLine(Mark.SAME, (DifferencePiece(line),)) for line in lines]


def _replaced(old: Sequence[str], new: Sequence[str], by_words: int) -> list[DifferenceLine]:
    """Removed lines, then added ones; the first ``by_words`` that stand at the same place of both are compared word by
    word.
    """
    pairs = [_by_words(before, after) for before, after in list(zip(old, new, strict=False))[:by_words]]
    paired = len(pairs)
    removed = [pieces for pieces, _ in pairs] + [(DifferencePiece(line),) for line in old[paired:]]
    added = [pieces for _, pieces in pairs] + [(DifferencePiece(line),) for line in new[paired:]]
    return [DifferenceLine(Mark.REMOVED, pieces) for pieces in removed] + [
        DifferenceLine(Mark.ADDED, pieces) for pieces in added
    ]


def _by_words(old: str, new: str) -> tuple[tuple[DifferencePiece, ...], tuple[DifferencePiece, ...]]:
    before, after = old.split(" "), new.split(" ")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if not _comparable(before, after, MOST_WORDS) or matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        return (DifferencePiece(old),), (DifferencePiece(new),)
    codes = matcher.get_opcodes()
    left = [(before[i1:i2], tag != "equal") for tag, i1, i2, _, _ in codes]
    right = [(after[j1:j2], tag != "equal") for tag, _, _, j1, j2 in codes]
    return _pieces(left), _pieces(right)


def _pieces(groups: list[tuple[list[str], bool]]) -> tuple[DifferencePiece, ...]:
    """The words of each group, with the blanks between groups where they belong to neither."""
    pieces: list[DifferencePiece] = []
    for words, changed in groups:
        if words:
            pieces += ([DifferencePiece(" ")] if pieces else []) + [DifferencePiece(" ".join(words), changed)]
    return tuple(pieces)


def _without_far(lines: list[DifferenceLine]) -> Iterator[DifferenceLine]:
    """Equal lines more than ``CONTEXT`` away from a change become one that counts them."""
    changed = [position for position, line in enumerate(lines) if line.mark is not Mark.SAME]
    near = {position + step for position in changed for step in range(-CONTEXT, CONTEXT + 1)}
    skipped = 0
    for position, line in enumerate(lines if changed else []):
        if position not in near:
            skipped += 1
            continue
        if skipped:
            yield DifferenceLine(Mark.SKIPPED, skipped=skipped)
            skipped = 0
        yield line
    if skipped:
        yield DifferenceLine(Mark.SKIPPED, skipped=skipped)
