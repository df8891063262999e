"""Which of several structures fits a table's words best: one measure for drawn rules, network and white space. Pure.

The words say where a cell cannot end and where one must: words a space apart belong together, words far apart on one
line do not, and no cell holds two amounts.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.pages import TableCell, TableStructure
from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.light_layout.match import LayoutWord, owners
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

FAR = 2.0  # in word heights: words further apart on one line stand in different cells
NEAR = 0.4  # in word heights: words closer than this are one phrase (a space is 0.25 to 0.35)
HEADED_COLUMNS = 3  # fewer may be names with their values
COMPLETE = 0.75  # share of the columns that have text in a row which is a whole one
MARGIN = 0.03  # a structure that is tried later must have a share of faults lower by more than this


def best_structure(structures: Sequence[TableStructure | None], words: Sequence[LayoutWord]) -> TableStructure | None:
    """The first of ``structures``, most trusted first, unless a later one fits the words clearly better."""
    best, fewest = None, 0.0
    for structure in (tidy(found, words) for found in structures if found is not None):
        faults = faulty_share(structure, words)
        if best is None or faults < fewest - MARGIN:
            best, fewest = structure, faults
    return best


def with_head(structure: TableStructure, words: Sequence[LayoutWord]) -> TableStructure:
    """``structure`` with its first row as head, where it has none, and names stand over amounts in that row.

    Each column must have a name, and half of them an amount in the next row, as no list of names and values has.
    """
    if structure.columns < HEADED_COLUMNS or any(cell.header for cell in structure.cells):
        return structure
    owner = owners(structure, words)
    named: set[int] = set()
    counted: set[int] = set()
    for word, number in zip(words, owner, strict=True):
        cell = structure.cells[number] if number >= 0 else None
        if cell is not None and cell.row == 0 and (is_amount(word.text) or cell.row_span > 1):
            return structure
        if cell is not None and cell.row == 0:
            named.add(cell.column)
        elif cell is not None and cell.row == 1 and is_amount(word.text):
            counted.add(cell.column)
    if len(named) < structure.columns or 2 * len(counted) < structure.columns:
        return structure
    return replace(structure, cells=tuple(replace(cell, header=cell.row == 0) for cell in structure.cells))


def faulty_share(structure: TableStructure, words: Sequence[LayoutWord]) -> float:
    """Share of the neighbouring words, beside and below each other, that ``structure`` joins or parts wrongly."""
    owner = owners(structure, words)
    place = {id(word): cell for word, cell in zip(words, owner, strict=True)}
    faults = pairs = 0
    rows = text_rows(words)
    for row in rows:
        for one, other in pairwise(row.words):
            height = min(one.box.height, other.box.height)
            gap = other.box.left - one.box.right
            same = place[id(one)] == place[id(other)]
            pairs += 1
            faults += (same and gap > FAR * height) or (not same and gap < NEAR * height)
    faults += _headless(structure, owner)
    ends = _column_ends(structure, words, owner)
    for upper, lower in pairwise(rows):
        above, below = _by_cell(upper, place), _by_cell(lower, place)
        pairs += 1
        faults += _joins_amounts(above, below) or _joins_rows(above, below, ends, structure.columns)
    return faults / pairs if pairs else 0.0


def _headless(structure: TableStructure, owner: Sequence[int]) -> int:
    """Rows times the columns that hold a head alone, where another holds all but a head: columns that have slipped."""
    heads, bodies = _filled_columns(structure, owner)
    slipped = min(len(heads - bodies), len(bodies - heads - {0}))
    return slipped * (structure.rows - 1)


def _filled_columns(structure: TableStructure, owner: Sequence[int]) -> tuple[set[int], set[int]]:
    """The columns with text in the first row, and those with text below it."""
    cells = [structure.cells[number] for number in set(owner) if number >= 0]
    spans = [(cell.row, column) for cell in cells for column in range(cell.column, cell.column + cell.column_span)]
    return {column for row, column in spans if row == 0}, {column for row, column in spans if row > 0}


def tidy(structure: TableStructure, words: Sequence[LayoutWord]) -> TableStructure:
    """``structure`` without rows that hold no words, and with a head put over the column beside it that has none.

    Left-aligned heads over right-aligned figures need not share any x position.
    """
    owner = owners(structure, words)
    filled = {row for number in set(owner) if number >= 0 for row in _rows(structure.cells[number])}
    if not filled:
        return structure
    heads, bodies = _filled_columns(structure, owner)
    joined = _joinable(heads, bodies, structure)
    rows = {row: n for n, row in enumerate(sorted(filled))}
    columns: dict[int, int] = {}
    for column in range(structure.columns):
        columns[column] = columns[column - 1] if column in joined else len(set(columns.values()))
    cells: dict[tuple[int, int], TableCell] = {}
    for cell in structure.cells:
        spanned = [rows[row] for row in _rows(cell) if row in rows]
        across = sorted({columns[c] for c in range(cell.column, cell.column + cell.column_span)})
        if spanned:
            made = replace(cell, row=spanned[0], row_span=len(spanned), column=across[0], column_span=len(across))
            other = cells.get((made.row, made.column))
            cells[made.row, made.column] = _united(other, made) if other else made
    kept = tuple(cells.values())
    return replace(structure, rows=len(rows), columns=len(set(columns.values())), cells=kept)


def _rows(cell: TableCell) -> range:
    return range(cell.row, cell.row + cell.row_span)


def _joinable(heads: set[int], bodies: set[int], structure: TableStructure) -> set[int]:
    """Columns that belong to the one on their left: one of the two holds a head alone, the other all but a head."""
    joined: set[int] = set()
    for column in range(1, structure.columns):
        one, other = column - 1, column
        if one in joined:
            continue
        complementary = (one in heads - bodies and other in bodies - heads) or (
            one in bodies - heads and other in heads - bodies
        )
        if complementary or (other not in heads and other not in bodies):
            joined.add(other)
    return joined


def _united(one: TableCell, other: TableCell) -> TableCell:
    box = bounds([cell.box for cell in (one, other) if cell.box is not None]) if one.box or other.box else None
    span = max(one.row_span, other.row_span)
    return replace(one, box=box, row_span=span, column_span=max(one.column_span, other.column_span))


def _by_cell(row: TextRow, place: dict[int, int]) -> dict[int, list[LayoutWord]]:
    """The words of a text row by the number of their cell, from left to right."""
    found: dict[int, list[LayoutWord]] = {}
    for word in row.words:
        found.setdefault(place[id(word)], []).append(word)
    return found


def _column_ends(structure: TableStructure, words: Sequence[LayoutWord], owner: Sequence[int]) -> dict[int, float]:
    """By the number of a cell, how far right the words of the columns that it spans reach."""
    reach: dict[int, float] = {}
    for word, number in zip(words, owner, strict=True):
        if number >= 0:
            cell = structure.cells[number]
            last = cell.column + cell.column_span - 1
            reach[last] = max(reach.get(last, word.box.right), word.box.right)
    return {
        number: reach.get(cell.column + cell.column_span - 1, float("-inf"))
        for number, cell in enumerate(structure.cells)
    }


def _joins_rows(
    above: dict[int, list[LayoutWord]], below: dict[int, list[LayoutWord]], ends: dict[int, float], columns: int
) -> bool:
    """Whether cells hold a line each of both rows though their upper lines were not full.

    Of two cells all must say so; where nearly all columns have text in both rows, one is enough.
    """
    shared = [number for number in above if number in below and number >= 0]
    if len(shared) < 2:
        return False
    room = [_has_room(above[number][-1], below[number][0], ends[number]) for number in shared]
    return all(room) or (any(room) and len(shared) >= 3 and len(shared) >= COMPLETE * columns)


def _has_room(last: LayoutWord, following: LayoutWord, end: float) -> bool:
    """Whether the first word of the next line would have stood behind the last one in its column."""
    first = following.text.split()[0]
    width = following.box.width * len(first) / len(following.text)
    return end - last.box.right > width + NEAR * last.box.height


def _joins_amounts(above: dict[int, list[LayoutWord]], below: dict[int, list[LayoutWord]]) -> bool:
    """Whether a cell holds an amount on each of two lines."""
    return any(
        any(is_amount(word.text) for word in above[number]) and any(is_amount(word.text) for word in below[number])
        for number in above
        if number in below
    )
