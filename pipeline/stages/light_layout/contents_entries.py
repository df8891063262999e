"""The entries of a table of contents: their titles, and their page numbers behind leaders. Pure functions."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.line_patterns import ends_with_read_leader, is_page_number
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

LEADERS = ".…·_ "
LEAST_LEADER = 3  # characters
_INNER_LEADER = re.compile(r"(.*[^.…·_])([.…·_]{4,})([^.…·_]+)")


def without_leaders(words: Sequence[LayoutWord]) -> list[LayoutWord]:
    """The words less the dots that lead the eye to a page number; a word of which dots are a part loses them, and is
    two where they stand within it.
    """
    found = []
    for word in itertools.chain.from_iterable(map(_parted, words)):
        start, text = len(word.text) - len(word.text.lstrip(LEADERS)), word.text.strip(LEADERS)
        short = len(word.text) - len(text) < LEAST_LEADER and not set(word.text) <= set(LEADERS)
        if short and not ends_with_read_leader(word.text):
            found.append(word)  # a full stop
        elif text:
            left, step = word.box.left, word.box.width / len(word.text)
            edges = (left + step * start, left + step * (start + len(text)))
            found.append(replace(word, text=text, box=Box(edges[0], word.box.top, edges[1], word.box.bottom)))
    return found


def _parted(word: LayoutWord) -> list[LayoutWord]:
    """An entry's last word and its page number, where the parser took both and the leader between them for one word."""
    match = _INNER_LEADER.fullmatch(word.text)
    if match is None:
        return [word]
    middle = word.box.left + word.box.width * (match.end(2) / len(word.text))
    return [
        replace(word, text=match[1] + match[2], box=replace(word.box, right=middle)),
        replace(word, text=match[3], box=replace(word.box, left=middle)),
    ]


def contents_structure(words: Sequence[LayoutWord], box: Box) -> TableStructure | None:
    """A table of contents: one row for each entry, two columns, of which the second holds the last word: the page
    number.

    Each entry's first cell begins where its text does, which shows how deep it lies. An entry without a page number
    spans both columns.
    """
    entries = _entries(text_rows(words))
    if not entries:
        return None
    cells = []
    for number, rows in enumerate(entries):
        area = bounds([row.box for row in rows])
        last = rows[-1].words[-1]
        edge = last.box.left if is_page_number(last.text) and len(rows[-1].words) > 1 else box.right
        paged = edge < box.right
        if paged:  # first, since the upper lines of a title may reach over the page number
            cells.append(TableCell(number, 1, 1, 1, False, Box(edge, last.box.top, box.right, area.bottom)))
        right = max([edge, *(row.box.right for row in rows[:-1])])
        cells.append(TableCell(number, 0, 1, 1 if paged else 2, False, replace(area, right=right)))
    return TableStructure(box, 1.0, len(entries), 2, tuple(cells))


def _entries(rows: Sequence[TextRow]) -> list[list[TextRow]]:
    """The rows by entry: one that has no page number goes on in the next row, where that one is set in and has one."""
    entries: list[list[TextRow]] = []
    for row in rows:
        before = entries[-1][-1] if entries else None
        if before is not None and not is_page_number(before.words[-1].text) and _hangs(row, entries[-1][0]):
            entries[-1].append(row)
        else:
            entries.append([row])
    return entries


def _hangs(row: TextRow, first: TextRow) -> bool:
    """Whether the row is set in from the entry's first one, begins with a word, and ends with a page
    number.
    """
    start = row.words[0].text
    inside = row.box.left - first.box.left > 0.5 * first.box.height
    return inside and not start[0].isdigit() and is_page_number(row.words[-1].text)
