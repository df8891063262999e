"""Tables of contents among the lines of a page: by their leaders, or by page numbers at one edge. Pure functions."""

from collections.abc import Sequence
from statistics import median

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.blocks import rows, same_height
from pipeline.stages.light_layout.containers import Sheet, inside
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.line_patterns import (
    ends_with_leader,
    ends_with_read_leader,
    is_contents_entry,
    is_contents_title,
    is_page_number,
    last_number,
)
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

CONTENTS_ENTRIES = 4
EDGE = 0.75  # in line heights: by which the ends of page numbers at one edge may differ
RISING = 0.8  # share of the page numbers that count up: some are misread


def contents(sheet: Sheet) -> list[LayoutRegion]:
    """Tables of contents: runs of lines that end with leaders and page numbers, with the entries between them that have
    none. On a scan, whose leaders are read as little or nothing, rows that end with page numbers at one edge.
    """
    found = []
    whole = _led(
        [
            LayoutLine(" ".join(line.text for line in row.lines), row.box)
            for row in rows([line for line in sheet.lines if line.upright])
        ]
    )
    entries = [line for line in whole if is_contents_entry(line.text)]
    led = [column for column in _columns(entries) if len(column) >= CONTENTS_ENTRIES]
    for column in led:
        box = _entries(column, sheet.lines)
        held = [line for line in whole if inside(line, box)]
        if 2 * len(column) >= len(held):
            found.append(LayoutRegion(LayoutLabel.DOCUMENT_INDEX, 1.0, bounds([box, *(line.box for line in held)])))
    if not found and (paged := _paged(sheet)):
        found.append(LayoutRegion(LayoutLabel.DOCUMENT_INDEX, 1.0, bounds([row.box for row in paged])))
    return found


def _led(pieces: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The pieces, where one that ends with a leader and the page number right of it are one."""
    numbers = [piece for piece in pieces if is_page_number(piece.text)]
    numbered: dict[int, LayoutLine] = {}
    for number in numbers:
        led = [p for p in pieces if same_height(p.box, number.box) and p.box.right <= number.box.left]
        before = max(led, key=lambda p: p.box.right, default=None)
        if before is not None and ends_with_leader(before.text):
            numbered[id(before)] = number
    taken = {id(number) for number in numbered.values()}
    return [_with_number(piece, numbered.get(id(piece))) for piece in pieces if id(piece) not in taken]


def _with_number(piece: LayoutLine, number: LayoutLine | None) -> LayoutLine:
    if number is None:
        return piece
    return LayoutLine(f"{piece.text} {number.text.strip()}", bounds([piece.box, number.box]))


def _paged(sheet: Sheet) -> list[TextRow]:
    """The rows of a contents page that end with page numbers at one edge, which count up, with the rows between them,
    and those above the first: text recognition often misses a page number. There must be a title above, or the rests
    of leaders.
    """
    read = [line for line in sheet.lines if line.upright]
    whole = text_rows([LayoutWord(line.text.strip(), line.box) for line in read])
    title = next((row for row in whole if is_contents_title(_text(row))), None)
    below = [row for row in whole if title is None or row.box.top > title.box.top]
    column = _rising(_at_one_edge([(row, number) for row in below if (number := last_number(_text(row)))]))
    if len(column) < CONTENTS_ENTRIES:
        return []
    first, last = column[0].box.top, column[-1].box.bottom
    held = [row for row in below if first <= row.box.top and row.box.bottom <= last]
    scanned = not any(line.words for line in read)
    led = scanned and 2 * sum(any(ends_with_read_leader(word.text) for word in row.words) for row in held) > len(held)
    if len(held) > 2 * len(column) or (title is None and not led):
        return []
    lefts = [row.box.left for row in column]
    above = [row for row in below if row.box.top < first and _starts_at(row, lefts)] if title is not None else []
    return [*above, *held] if len(above) <= len(column) else held


def _at_one_edge(numbered: Sequence[tuple[TextRow, int]]) -> list[tuple[TextRow, int]]:
    edge = median(row.box.right for row, _ in numbered) if numbered else 0.0
    return [(row, number) for row, number in numbered if abs(row.box.right - edge) < EDGE * row.box.height]


def _rising(numbered: Sequence[tuple[TextRow, int]]) -> list[TextRow]:
    """The longest run of rows whose numbers count up, where a misread number or two are left out; nothing where more
    are.
    """
    longest: list[list[int]] = []
    for place, (_, number) in enumerate(numbered):
        before = [run for run in longest if numbered[run[-1]][1] <= number]
        longest.append([*max(before, key=len, default=[]), place])
    best = max(longest, key=len, default=[])
    return [numbered[place][0] for place in best] if len(best) >= RISING * len(numbered) else []


def _text(row: TextRow) -> str:
    return " ".join(word.text for word in row.words)


def _starts_at(row: TextRow, lefts: Sequence[float]) -> bool:
    return any(abs(row.box.left - left) < 0.5 * row.box.height for left in lefts)


def _entries(column: Sequence[LayoutLine], lines: Sequence[LayoutLine]) -> Box:
    """The box around the entries, grown over rows that end with a page number at the same edge (chapters often lack
    leaders).
    """
    box = bounds([line.box for line in column])
    height = median(line.height for line in column)
    numbers = [
        line for line in lines if is_page_number(_last(line)) and abs(line.box.right - box.right) < 0.5 * line.height
    ]
    for _ in range(len(numbers)):
        near = [
            n
            for n in numbers
            if not inside(n, box) and -height < max(box.top - n.box.bottom, n.box.top - box.bottom) < 2.5 * height
        ]
        if not near:
            break
        rows = [
            line
            for line in lines
            if any(same_height(line.box, n.box) for n in near) and line.box.left > box.left - height
        ]
        box = bounds([box, *(line.box for line in rows)])
    return box


def _last(line: LayoutLine) -> str:
    return line.text.split()[-1]


def _columns(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """Lines grouped by overlap in x."""
    return grouped(lines, lambda group, line: any(_overlap(line.box, other.box) for other in group))


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right
