"""Tables known by their columns of amounts: price lists, receipts, accounts, with no rules and often not seen by the
network, or without the column that names the rows. Pure functions.

An amount that stands below another at one edge, with a name in its row, is the mark of such a table.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.blocks import is_right_below, paragraphs, same_height
from pipeline.stages.light_layout.containers import inside, line_words
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.lone_rows import has_heads, is_lone_row
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import GUTTER

LEAST_ROWS = 3
EDGE = 0.6  # in line heights: by which one edge of a column's amounts differs, as by a closing bracket
SMALLER = 0.6  # times as high: what is set so small below a column is a page number
SAME_START, LEAST_STARTS = 0.15, 2  # lines that begin at one place, within so many line heights, begin a column
ROW_GAP = 4.5  # in line heights: amounts of one column stand closer, with a heading of rows between them
HEAD_GAP = 2.5  # in line heights: a table's head stands closer to its rows
LONE_HEAD_GAP = 1.25  # the same of a head that is alone in its row: the head of a page stands further off
TITLE = 1.25  # times the height of the amounts: what is larger heads the table from outside
NAMED = 0.7  # share of the amounts that have a name in their row
REMARKS = 2  # of a column that few rows have
HELD = 0.9  # share of a table that another one holds, from which on it is not needed
INDENT = 4.0  # in line heights: names of rows begin this close to each other
FULL = 0.85  # of a paragraph's width: lines of running text are at least as wide
SET = 0.6  # share of a paragraph's lines that are so, from which on it is running text
_NOTE = re.compile(r"\(\d{1,2}\)")
_CURRENCY = re.compile(r"[$€£¥]")
_NOTHING = re.compile(r"[-–—−]")


@dataclass(frozen=True, slots=True)
class AmountRow:
    """An amount and the name of its row, where there is one."""

    amount: LayoutLine
    name: LayoutLine | None


def amount_tables(lines: Sequence[LayoutLine], seen: Sequence[Box] = ()) -> list[LayoutRegion]:
    """Regions around the tables among ``lines``, which are those in no other table, picture or frame. The network saw
    tables at ``seen``, and their first columns better than the lines show them.
    """
    level = [line for line in lines if line.upright and line.turn == 0]
    starts = sorted(line.box.left for line in level)
    free = [piece for line in level for piece in _parted(line, starts)]
    amounts = [line for line in free if _is_amount(line)]
    if len(amounts) < LEAST_ROWS:
        return []
    names = [line for line in free if not _is_amount(line) and any(map(str.isalpha, line.text))]
    running = _running(names)
    found: list[Box] = []
    for column in _columns(amounts, names):
        named = [AmountRow(amount, _name(amount, names)) for amount in column]
        box = _table(named, running)
        if box is not None:
            plain = [line for line in free if id(line) not in running]
            whole = _whole(box, plain)
            if not any(whole.intersection(other) > 0 for other in seen):
                whole = _with_first_columns(whole, plain)
            found.append(_with_remarks(_with_heads(whole, named, free), plain))
    return [LayoutRegion(LayoutLabel.TABLE, 1.0, box) for box in _united([*found, *_lone_rows(free)])]


def _lone_rows(lines: Sequence[LayoutLine]) -> list[Box]:
    """Rows of a name and several amounts, with their heads or without, and nothing but running text above and below, as
    where a page's end cut off a table's last row or all but its first.
    """
    rows = rows_across(lines)
    found = []
    for number, row in enumerate(rows):
        words = _words(row)
        if not is_lone_row(words):
            continue
        start = number - 1 if number and has_heads(_words(rows[number - 1]), words) else number
        beside = [*rows[max(start - 1, 0) : start], *rows[number + 1 : number + 2]]
        if all(len(other) == 1 for other in beside):
            found.append(bounds([line.box for other in rows[start : number + 1] for line in other]))
    return found


def _words(row: Sequence[LayoutLine]) -> list[LayoutWord]:
    return [word for line in row for word in line_words(line)]


def _parted(line: LayoutLine, starts: Sequence[float]) -> list[LayoutLine]:
    """The line by its gaps, where several amounts stand between them, or other lines begin (at ``starts``, sorted,
    in points) where it goes on: close columns make one line.
    """
    pieces: list[list[LayoutWord]] = []
    for word in line.words:
        if pieces and word.box.left - pieces[-1][-1].box.right < GUTTER * line.height:
            pieces[-1].append(word)
        else:
            pieces.append([word])
    parted = []
    for piece in pieces:
        text, box = " ".join(word.text for word in piece), bounds([word.box for word in piece])
        parted.append(replace(line, text=text, words=tuple(piece), box=box))
    slack = SAME_START * line.height
    begins = any(_near(starts, piece.box.left, slack) >= LEAST_STARTS for piece in parted[1:])
    return parted if begins or sum(map(_is_amount, parted)) > 1 else [line]


def _near(places: Sequence[float], place: float, slack: float) -> int:
    """How many of the sorted ``places`` are no farther from ``place`` than ``slack``."""
    return bisect_right(places, place + slack) - bisect_left(places, place - slack)


def _is_amount(line: LayoutLine) -> bool:
    """Whether the line is nothing but an amount, or the dash of none; no number of a note."""
    text = line.text.strip()
    return (is_amount(text) and not _NOTE.fullmatch(text)) or _NOTHING.fullmatch(text) is not None


def _running(names: Sequence[LayoutLine]) -> set[int]:
    """The lines (by ``id``) of running text: most of them are as wide as their paragraph."""
    found: set[int] = set()
    for group in paragraphs(names):
        widest = max(line.box.width for line in group)
        full = sum(line.box.width >= FULL * widest for line in group)
        if len(group) >= LEAST_ROWS and full >= SET * len(group) and widest > 2 * INDENT * group[0].height:
            found |= {id(line) for line in group}
    return found


def _columns(amounts: Sequence[LayoutLine], names: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """Amounts below each other that begin or end at one edge, with no text between them that runs across the edge."""
    ordered = sorted(amounts, key=lambda line: line.box.top)
    found = grouped(ordered, lambda column, line: _below(column[-1], line, names))
    return [column for column in found if len(column) >= LEAST_ROWS]


def _below(upper: LayoutLine, lower: LayoutLine, names: Sequence[LayoutLine]) -> bool:
    gap = lower.box.top - upper.box.bottom
    left, right = upper.box.left - lower.box.left, upper.box.right - lower.box.right
    level = min(abs(left), abs(right)) <= EDGE * upper.height
    small = lower.height < SMALLER * upper.height and _NOTHING.fullmatch(lower.text.strip()) is None
    near = level and not small and -0.3 * upper.height < gap <= ROW_GAP * upper.height
    return near and not any(
        upper.box.bottom <= (name.box.top + name.box.bottom) / 2 <= lower.box.top
        and name.box.left < upper.box.left
        and name.box.right > upper.box.left
        for name in names
    )


def _name(amount: LayoutLine, names: Sequence[LayoutLine]) -> LayoutLine | None:
    """The text in the row of the amount that stands next to its left."""
    level = [n for n in names if same_height(n.box, amount.box) and n.box.right <= amount.box.left]
    return max(level, key=lambda n: n.box.right, default=None)


def _table(column: Sequence[AmountRow], running: set[int]) -> Box | None:
    """The box around the rows, where most of the amounts have names that begin at one edge and are no sentences."""
    named = [row for row in column if row.name is not None]
    if len(named) < max(LEAST_ROWS, NAMED * len(column)):
        return None
    names = [row.name for row in named if row.name is not None]
    edge = median(name.box.left for name in names)
    alike = [name for name in names if abs(name.box.left - edge) <= INDENT * name.height]
    if len(alike) < NAMED * len(names) or sum(id(name) in running for name in names) > len(names) / 2:
        return None
    if any(
        lower.amount.box.top - upper.amount.box.bottom > ROW_GAP * upper.amount.height
        for upper, lower in pairwise(named)
    ):
        return None
    return bounds([*(name.box for name in alike), *(row.amount.box for row in column)])


def _whole(box: Box, lines: Sequence[LayoutLine]) -> Box:
    """The box grown over what else most of its rows have at their ends, and over the amounts and their signs."""
    level = [line for line in lines if _in_rows(line, box)]
    box = bounds([box, *(line.box for line in level if _is_amount(line) or _CURRENCY.fullmatch(line.text.strip()))])
    beyond = [line for line in level if line.box.left >= box.right]
    if len(rows_across(beyond)) >= NAMED * len(rows_across([line for line in level if _is_amount(line)])):
        return bounds([box, *(line.box for line in beyond)])
    return box


def _with_first_columns(box: Box, lines: Sequence[LayoutLine]) -> Box:
    """The box grown over the columns left of it, where what names the amounts is not what names the rows: pieces that
    begin at one edge, in most of its rows and in none alone; amounts there are those of a table beside it.
    """
    level = [line for line in lines if _in_rows(line, box)]
    rows = rows_across([line for line in level if line.box.left >= box.left])
    while True:
        before = [max(row, key=_right) for row in rows_across([n for n in level if n.box.right <= box.left])]
        column = [line for line in before if not _is_amount(line)]
        edge = median(line.box.left for line in column) if column else 0.0
        begun = [line for line in column if abs(line.box.left - edge) <= EDGE * line.height]
        beside = [line for line in begun if any(same_height(line.box, row[0].box) for row in rows)]
        further = [line for line in before if line.box.right < edge]  # of rows with nothing in this column
        if len(beside) < max(LEAST_ROWS, NAMED * len(rows)) or len(beside) + len(further) < len(before):
            return box
        box = bounds([box, *(line.box for line in beside)])


def _right(line: LayoutLine) -> float:
    return line.box.right


def _with_remarks(box: Box, lines: Sequence[LayoutLine]) -> Box:
    """The box grown over columns of text at its end that few rows have: below a head in the first row, at its edge, and
    level with the rows.
    """
    rows = rows_across([line for line in lines if inside(line, box)])
    beyond = sorted((line for line in lines if line.box.left >= box.right), key=lambda line: line.box.left)
    for head in [line for line in beyond if rows and same_height(line.box, rows[0][0].box)]:
        column = [
            line
            for line in beyond
            if line.box.shares_width(head.box) and _in_rows(line, box) and line.box.top > head.box.bottom
        ]
        level = [line for line in column if any(same_height(line.box, row[0].box) for row in rows)]
        begun = all(abs(line.box.left - head.box.left) <= EDGE * line.height for line in column)
        if len(column) < REMARKS or not begun or not all(line in level or _goes_on(line, column) for line in column):
            break
        box = bounds([box, head.box, *(line.box for line in column)])
    return box


def _goes_on(line: LayoutLine, column: Sequence[LayoutLine]) -> bool:
    """Whether the line stands right below another one of its column."""
    return any(is_right_below(line.box, other.box) for other in column)


def _in_rows(line: LayoutLine, box: Box) -> bool:
    middle = (line.box.top + line.box.bottom) / 2
    return box.top <= middle <= box.bottom


def _with_heads(box: Box, column: Sequence[AmountRow], lines: Sequence[LayoutLine]) -> Box:
    """The box with the heads above it, and with the names of groups of rows between the two.

    A head has several pieces, each above the table; a group's name begins where the rows' names do.
    """
    edge = min(row.name.box.left for row in column if row.name is not None)
    first = min(line.box.left for line in lines if _is_amount(line) and _in_rows(line, box))
    above = [line for line in lines if line.box.bottom <= box.top + 0.3 * line.height]
    over = [line for line in above if line.box.right > box.left and line.box.left < box.right]
    top, reached = box, box.top
    for row in reversed(rows_across(over)):
        height = row[0].height
        area = bounds([line.box for line in row])
        if height > TITLE * column[0].amount.height:
            break
        if (
            reached - area.bottom > (HEAD_GAP if len(row) > 1 else LONE_HEAD_GAP) * height
            or area.left < box.left - height
            or area.right > box.right + height
        ):
            break
        if len(row) > 1 or (area.left > first - height and row[0].box.width < box.width / 2):
            top, reached = bounds([top, area]), area.top
        elif abs(area.left - edge) <= INDENT * height and area.right < first:
            reached = area.top
        else:
            break
    return top


def rows_across(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The lines by rows from top to bottom, however far apart they stand in a row."""
    found: list[list[LayoutLine]] = []
    for line in sorted(lines, key=lambda line: line.box.top + line.box.bottom):
        if found and same_height(found[-1][0].box, line.box):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _united(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, where those that overlap are one."""
    found: list[Box] = []
    for box in boxes:
        apart = [other for other in found if other.intersection(box) == 0]
        found = [*apart, bounds([box, *(other for other in found if other.intersection(box) > 0)])]
    return found


def without_seen(regions: Sequence[LayoutRegion], found: Sequence[LayoutRegion]) -> list[LayoutRegion]:
    """The ``found`` tables that none of the other ``regions`` holds."""
    return [
        table
        for table in found
        if not any(region.box.intersection(table.box) > HELD * table.box.area for region in regions)
    ]
