"""Where a new paragraph or item begins among the rows of one block. Pure functions.

Six signs: white space above, an item's mark, a caption's number, a line to write on above, an indent (of first lines,
or of all others), and a line that ends although the next line's first word had room on it. Changes of type are looked
for in ``classify``.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median, pstdev

from pipeline.pages import Box
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.blocks import Row
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds
from pipeline.stages.light_layout.match import reads_right_to_left

PARAGRAPH_GAP = 0.6  # in body heights, on top of the block's usual gap: space between paragraphs
ENTRY_GAP = 0.4  # in line heights, on top of the least gap: space between entries that hang
INDENT = (0.5, 4.0)  # in line heights: what a paragraph's first line is set in by
SPACE = 0.3  # in line heights: a space between words
ROOM = 1.0  # in line heights: room that is left beyond the next word before a line counts as ended early
AROUND = 3  # rows above and below whose ends show how far a line could have run
SAME_EDGE = 0.35  # in line heights: rows that end this close to each other are set to one edge
IN_SENTENCE = 0.5  # of a line's width: a line that ends in a sentence with no more room than that goes on, as in verse
COLUMN_LINES = 5  # lines that start at one edge and so show where a column ends
COLUMN_INDENT = 4.0  # in line heights: lines of one column start this close to each other
_BROKEN_WORD = re.compile("[^\\W_][-\u2010\u00ad]$|\\s-$")
_WORD_GOES_ON = re.compile("[^\\W_]")
FULL_STOPS = (".", "!", "?", ":", "\u3002")  # what ends a sentence for good; behind a comma "Table 2." may be its end
FIRST_LETTERS = "aAiI"
AUTHOR_CHARACTERS = 300  # of a row that are looked at
AUTHORED = 3  # rows that begin with authors and a year make a list of references
_AUTHORS = re.compile(
    r"[^\W\d_][\w\u2019'-]+(?: [^\W\d_][\w\u2019'-]+)?, (?:[A-Z]\.[ -]?)+[^()]*\((?:1[5-9]|20)\d\d[a-z]?\)"
)
HANGING = 2  # hanging entries of more than one row that make a list of them


def column_edge(rows: Sequence[Row], lines: Sequence[LayoutLine]) -> float | None:
    """Where most long lines of the page end that start where ``rows`` do, in points from the left.

    None where fewer than ``COLUMN_LINES`` start there, where text stands right of the rows, or the text runs leftward.
    """
    box = bounds([row.box for row in rows])
    height = median(row.height for row in rows)
    alike = [line for line in lines if line.upright and abs(line.box.left - box.left) < COLUMN_INDENT * height]
    if len(alike) < COLUMN_LINES or reads_right_to_left("".join(row.lines[0].text for row in rows)):
        return None
    edge = sorted(line.box.right for line in alike)[-max(len(alike) // 4, 1)]
    beside = Box(box.right + SPACE * height, box.top, max(edge, box.right), box.bottom)
    return None if any(line.box.intersection(beside) > 0 for line in lines) else edge


def breaks(ordered: Sequence[Row], type_: Typography, edge: float | None = None) -> set[int]:
    """Indices of the rows, but for the first, with which paragraphs or items begin; rows from top to bottom.

    ``edge`` is where the lines of the column end, as far as it is known.
    """
    gaps = [lower.box.top - upper.box.bottom for upper, lower in pairwise(ordered)]
    usual = sorted(gaps)[len(gaps) // 4] if gaps else 0.0  # where every paragraph is short, most gaps are wide ones
    found = {n + 1 for n, gap in enumerate(gaps) if gap > usual + PARAGRAPH_GAP * type_.height}
    found |= _items(ordered) | _captions(ordered) | _fields(ordered)
    starts, ends = _edges(ordered)
    found |= _hanging(ordered, starts, ends) or _by_authors(ordered) or _indented(ordered, starts, ends)
    if not _share_middle(ordered, starts, ends):
        found |= {n + 1 for n in range(len(ordered) - 1) if _ends_early(n, ordered, ends, type_, edge)}
    return found - {0}


def starts_item(row: Row) -> bool:
    """Whether the row begins with a bullet or an item's number."""
    first = row.lines[0]
    return line_patterns.has_bullet(first) or line_patterns.has_number(first)


def _items(ordered: Sequence[Row]) -> set[int]:
    """Rows with a bullet or a number; with a number in square brackets where such numbers count up.

    A single letter with a full stop may be the end of a sentence. So it marks an item only as the first of its kind or
    where the letter before it marks one too. A day of a month is none: the row above goes on to its very end.
    """
    found = {n for n, row in enumerate(ordered) if starts_item(row)}
    letters = {n: line_patterns.letter_mark(ordered[n].lines[0]) for n in found}
    marks = set(letters.values())
    found = {n for n in found if not letters[n] or letters[n] in FIRST_LETTERS or chr(ord(letters[n]) - 1) in marks}
    numbers = {n: line_patterns.item_number(ordered[n].lines[0].text) for n in found}
    found -= {
        n
        for n, number in numbers.items()
        if n and number is not None and number > 1 and number - 1 not in numbers.values() and _runs_on(ordered, n)
    }
    entries = [
        (n, number) for n, row in enumerate(ordered) if (number := line_patterns.entry_number(row.lines[0].text))
    ]
    if all(other == one + 1 for (_, one), (_, other) in pairwise(entries)):
        found |= {n for n, _ in entries if len(entries) > 1 or n == 0}
    return found


def _runs_on(ordered: Sequence[Row], number: int) -> bool:
    """Whether the row goes on with a sentence for which the row above had no more room, at the same edge or further
    right, as the first row of a paragraph is.
    """
    upper, lower = ordered[number - 1], ordered[number]
    edge, height = max(row.box.right for row in ordered), lower.height
    full = edge - upper.box.right < SAME_EDGE * height
    full = full and -SAME_EDGE * height < upper.box.left - lower.box.left < INDENT[1] * height
    return full and upper.lines[-1].text.rstrip()[-1:].isalnum() and not starts_item(upper)


def _captions(ordered: Sequence[Row]) -> set[int]:
    """Rows that begin like a caption with a title, below a caption's or a sentence's end."""
    texts = [row.text for row in ordered]
    return {
        n
        for n in range(1, len(texts))
        if line_patterns.is_titled_caption(texts[n])
        and (texts[n - 1].endswith(FULL_STOPS) or line_patterns.is_titled_caption(texts[n - 1]))
    }


def _fields(ordered: Sequence[Row]) -> set[int]:
    """Rows below one that ends with a line to write on, but for those that go on with its sentence."""
    texts = [row.text for row in ordered]
    return {
        n + 1
        for n, text in enumerate(texts[:-1])
        if line_patterns.ends_with_blank(text) and not texts[n + 1][:1].islower()
    }


def _edges(ordered: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Where each row starts and ends in reading direction: growing in that direction, in points."""
    if reads_right_to_left("".join(line.text for row in ordered for line in row.lines)):
        return [-row.box.right for row in ordered], [-row.box.left for row in ordered]
    return [row.box.left for row in ordered], [row.box.right for row in ordered]


def _indented(ordered: Sequence[Row], starts: Sequence[float], ends: Sequence[float]) -> set[int]:
    """First lines of paragraphs: set in from the edge that most lines share, with the line after back at the edge.

    A line that ends before there was no more room for the next word is one of a poem's.
    """
    found: set[int] = set()
    reach = max(ends)
    for number in range(1, len(ordered) - 1):
        height = ordered[number].box.height
        before, here, after = starts[number - 1 : number + 2]
        if any(_numbered(ordered[near]) for near in (number - 1, number + 1)):
            continue  # a hanging indent
        if _parted(ordered, number) and not _parted(ordered, number - 1):
            continue  # the last line of an entry
        room = reach - ends[number] > ordered[number + 1].lines[0].first_width + (SPACE + ROOM) * height
        if INDENT[0] * height < here - after < INDENT[1] * height and abs(before - after) < 0.3 * height and not room:
            found.add(number)
    return found


def _numbered(row: Row) -> bool:
    text = row.lines[0].text
    return starts_item(row) or line_patterns.has_clause_number(text) or line_patterns.entry_number(text) is not None


def _by_authors(ordered: Sequence[Row]) -> set[int]:
    """Rows that begin entries of a list of references with their authors and year, where several do."""
    texts = (row.text[:AUTHOR_CHARACTERS] for row in ordered)
    found = {n for n, text in enumerate(texts) if _AUTHORS.match(text)}
    return found if len(found) >= AUTHORED else set()


def _parted(ordered: Sequence[Row], number: int) -> bool:
    """Whether the white space below the row is wider than that above or below it elsewhere."""
    gap = ordered[number + 1].box.top - ordered[number].box.bottom
    least = min(lower.box.top - upper.box.bottom for upper, lower in pairwise(ordered))
    return gap > least + ENTRY_GAP * ordered[number].height


def _hanging(ordered: Sequence[Row], starts: Sequence[float], ends: Sequence[float]) -> set[int]:
    """First rows of entries whose other rows are set in, as in lists of references.

    Entries with set-in first rows look alike. The two differ in the rows above a first row: those are the short last
    rows of entries.
    """
    height = median(row.height for row in ordered)
    edge = min(starts)
    outer = [start - edge < 0.3 * height for start in starts]
    inner = [INDENT[0] * height < start - edge < INDENT[1] * height for start in starts]
    if not all(one or other for one, other in zip(outer, inner, strict=True)):
        return set()
    if all(starts_item(ordered[n - 1]) for n in range(1, len(ordered)) if inner[n] and outer[n - 1]):
        return set()  # their marks say where they begin
    first = [n for n in range(1, len(ordered)) if outer[n] and inner[n - 1]]
    if sum(inner) < HANGING or not first or _run_on(outer, ends, height) >= max(HANGING, len(first)):
        return set()
    if (len(first) < HANGING or not outer[0]) and not _are_entries(outer):
        return set()
    above_outer = median(ends[n - 1] for n in first)
    above_inner = median(ends[n - 1] for n in range(1, len(ordered)) if inner[n])
    if above_outer > above_inner - SAME_EDGE * height:
        return set()
    return {n for n in range(1, len(ordered)) if outer[n]}


def _run_on(outer: Sequence[bool], ends: Sequence[float], height: float) -> int:
    """How many full rows at the edge have another one below: rows of entries go on below, set in."""
    reach = max(ends)
    return sum(
        one and other and reach - end < SAME_EDGE * height
        for one, other, end in zip(outer, outer[1:], ends, strict=False)
    )


def _are_entries(outer: Sequence[bool]) -> bool:
    """Whether single rows at the edge have rows set in below them, somewhere two and more: an entry that goes on from
    the column before begins with such rows, and two entries are few.
    """
    pairs = list(pairwise(outer))
    return (False, False) in pairs and (True, True) not in pairs


def centred(ordered: Sequence[Row]) -> bool:
    """Whether the rows share their middle and no edge: such lines are broken where they look well."""
    return _share_middle(ordered, *_edges(ordered))


def _share_middle(ordered: Sequence[Row], starts: Sequence[float], ends: Sequence[float]) -> bool:
    if len(ordered) < 2:
        return False
    middles = [(start + end) / 2 for start, end in zip(starts, ends, strict=True)]
    height = median(row.height for row in ordered)
    return pstdev(starts) > 0.5 * height and pstdev(middles) < 0.3 * min(pstdev(starts), pstdev(ends))


def _ends_early(
    number: int, ordered: Sequence[Row], ends: Sequence[float], type_: Typography, edge: float | None
) -> bool:
    """Whether the next row's first word had room at the end of row ``number``, whose end is no edge of the text."""
    upper, lower = ordered[number], ordered[number + 1]
    if any(type_.is_large(line) for line in (*upper.lines, *lower.lines)):
        return False  # headings are broken by sense
    end, start = upper.lines[-1].text.rstrip(), lower.lines[0].text.lstrip()
    if _BROKEN_WORD.search(end) and _WORD_GOES_ON.match(start):
        return False
    near = range(max(number - AROUND, 0), min(number + AROUND + 1, len(ordered)))
    if any(abs(ends[n] - ends[number]) < SAME_EDGE * upper.height for n in near if abs(n - number) == 1):
        return False
    reach = max(ends[n] for n in near)
    room = (reach if edge is None else max(reach, edge)) - ends[number]
    in_sentence = start[:1].islower() and not line_patterns.ends_sentence(end)
    if in_sentence and room < IN_SENTENCE * upper.box.width:
        return False
    return room > lower.lines[0].first_width + (SPACE + ROOM) * upper.height
