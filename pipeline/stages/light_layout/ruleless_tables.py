"""Tables without rules: rows of short pieces that stand in columns, in no text region. Pure functions."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.blocks import is_right_below, same_height
from pipeline.stages.light_layout.containers import line_words
from pipeline.stages.light_layout.line_patterns import is_caption, is_item_mark
from pipeline.stages.light_layout.lines import HEAVY_SCAN, PLAIN_SCAN, LayoutLine, bounds, is_bold
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import GUTTER, TextRow, columns, headed_columns, structure, text_rows

ZONE_GAP = (
    3.0  # in line heights: white space this wide down all the lines divides the page into zones read on their own
)
CELL_GAP = 2.0  # in word heights: pieces of a row that far apart are cells, not words of a sentence
WIDE_GAP = 4.0  # in word heights: no justified line has such gaps
ZONE_WIDTH = 10.0  # in line heights: zones of text have lines at least this wide
LEAST_ROWS = 3
NAMED_ROWS = 4  # of names in bold and their values: fewer may be headings of columns and what begins there
FEW_ROWS = 2  # are enough where three columns or more all begin at one edge, as where a page's end cut a table
FEW_COLUMNS = 3
MANY_COLUMNS = 4
ALIGNED = 0.3  # in line heights: by which the edges of one column may differ then
INDENT = 3.0  # in line heights: rows below their name are indented by less
READ = ("", PLAIN_SCAN, HEAVY_SCAN)  # what stands for the font of a line that text recognition read
READ_GAP = 0.3  # in word heights: the same where text recognition took several words for one
ROW_GAP = 2.5  # in line heights: rows of a table lie closer
SHORT = 12.0  # in line heights: cells beside a table's first column are narrower; lines of a second text column are not


def loose_tables(orphans: Sequence[LayoutLine], doubtful: Sequence[LayoutLine]) -> list[LayoutRegion]:
    """Regions around runs of rows with cells in columns.

    ``orphans`` are in no region, ``doubtful`` lines in a text region of which the network was not sure; a table with
    such lines needs three columns, since two may as well be text beside text, or names in bold beside plain values.
    """
    found = []
    for zone in zones([line for line in (*orphans, *doubtful) if line.upright]):
        rows = text_rows([word for line in zone for word in line_words(line)])
        for run in _runs(rows):
            box = bounds([row.box for row in run])
            disputed = any(line.box.intersection(box) > 0 for line in doubtful)
            if _is_table(run, box, least_columns=3 if disputed else 2):
                found.append(LayoutRegion(LayoutLabel.TABLE, 1.0, box))
    return found


def is_spaced(lines: Sequence[LayoutLine]) -> bool:
    """Whether white space parts every row of several but for a caption: such lines are no running text."""
    rows = text_rows([word for line in lines if not is_caption(line.text) for word in line_words(line)])
    return len(rows) >= FEW_ROWS and all(_widest_gap(row) > WIDE_GAP * row.box.height for row in rows)


def _widest_gap(row: TextRow) -> float:
    return max((after.box.left - before.box.right for before, after in pairwise(row.words)), default=0.0)


def with_rows_beside(region: LayoutRegion, words: Sequence[LayoutWord], free: Sequence[LayoutLine]) -> LayoutRegion:
    """``region``, a table with ``words``, grown over free rows right above and below that fit its columns.

    A row fits if it has a piece for each column, or two pieces or more, each between two gutters. The network often
    misses the head. Entries of a list are no rows of a table that has none. A second line of a cell below such a row
    is part of it.
    """
    inner = text_rows(words) if words else []
    edges, entries = columns(inner) if inner else [], any(map(_is_entry, inner))
    box = region.box
    over = [line for line in free if line.upright and line.box.right > box.left and line.box.left < box.right]
    rows = text_rows([word for line in over for word in line_words(line)])
    added: list[Box] = []  # the cells of the rows below, the last one's at the end
    for row in [*reversed(rows), *rows]:
        gap = max(box.top - row.box.bottom, row.box.top - box.bottom)
        near = -0.5 * row.box.height < gap < ROW_GAP * row.box.height
        pieces = _cells(row)
        if len(pieces) == 1 and edges:
            pieces = _aligned_cells(row, inner, edges) or pieces
        wide = row.box.left < box.left - row.box.height or row.box.right > box.right + row.box.height
        fits = len(pieces) == len(edges) + 1 or not any(_crosses(word.box, edges) for word in row.words)
        fits &= entries or not _is_entry(row)
        below = row.box.top > box.bottom
        second = below and len(pieces) == 1 and _goes_on(row.box, added)
        if near and not wide and (second or (len(pieces) > 1 and fits)) and not _parted(row, box, rows):
            box = bounds([box, row.box])
            added += pieces if below else []
    return replace(region, box=box)


def _aligned_cells(row: TextRow, table: Sequence[TextRow], edges: Sequence[float]) -> list[Box]:
    """The cells of a ``row`` whose words stand closer than cells mostly do: one in each of the table's columns, or in
    the first few, none less than a gutter from the next one, and each begins or ends as one in the table. Else none.
    """
    slack, gap = ALIGNED * row.box.height, GUTTER * row.box.height
    cells = [bounds(column) for column in _by_column(row, edges) if column]
    whole = all(_by_column(row, edges)[: len(cells)]) and len(cells) >= min(FEW_COLUMNS, len(edges) + 1)
    if not whole or any(after.left - before.right < gap for before, after in pairwise(cells)):
        return []
    others = [_by_column(other, edges) for other in table]
    for number, cell in enumerate(cells):
        column = [bounds(other[number]) for other in others if other[number]]
        if not any(min(abs(box.left - cell.left), abs(box.right - cell.right)) <= slack for box in column):
            return []
    return cells


def _by_column(row: TextRow, edges: Sequence[float]) -> list[list[Box]]:
    boxes: list[list[Box]] = [[] for _ in range(len(edges) + 1)]
    for word in row.words:
        boxes[bisect(edges, (word.box.left + word.box.right) / 2)].append(word.box)
    return boxes


def _goes_on(second: Box, cells: Sequence[Box]) -> bool:
    """Whether a line alone in its row is the second one of a cell above it that is not the first of its row."""
    return any(
        abs(second.left - cell.left) <= ALIGNED * cell.height
        and is_right_below(second, cell)
        and any(other.right <= cell.left and same_height(other, cell) for other in cells)
        for cell in cells
    )


def _is_entry(row: TextRow) -> bool:
    return is_item_mark(row.words[0].text)


def _parted(row: TextRow, box: Box, rows: Sequence[TextRow]) -> bool:
    """Whether another row stands between ``row`` and ``box``: one that does not fit the columns."""
    low, high = sorted((box, row.box), key=lambda one: one.top)
    return any(low.bottom < (other.box.top + other.box.bottom) / 2 < high.top for other in rows)


def with_head_above(region: LayoutRegion, words: Sequence[LayoutWord], free: Sequence[LayoutLine]) -> LayoutRegion:
    """``region``, a table with ``words``, grown over the free row right above it where that has a head for each column;
    heads may be wider than the columns and so close that they make one line, and the name of the first rows may stand
    between them and these.
    """
    box = region.box
    over = [line for line in free if line.upright and line.box.right > box.left and line.box.left < box.right]
    rows = text_rows([word for line in over for word in line_words(line)])
    above = [row for row in rows if _is_above(row, box)]
    if not above or not words:
        return region
    inner, grown = text_rows(words), bounds([box, above[-1].box])
    if headed_columns(above[-1], inner):
        return replace(region, box=grown)
    higher = [row for row in rows if _is_above(row, grown)] if _names_rows(above[-1], inner) else []
    if higher and headed_columns(higher[-1], inner):
        return replace(region, box=bounds([grown, higher[-1].box]))
    return region


def _names_rows(row: TextRow, below: Sequence[TextRow]) -> bool:
    """Whether a row is one piece that begins where the rows ``below`` do, or a little before where they are indented,
    and ends in their first column.
    """
    edges, height = columns(below), row.box.height
    starts = -INDENT * height <= row.box.left - below[0].box.left <= ALIGNED * height
    return starts and bool(edges) and row.box.right < edges[0] and len(_cells(row)) == 1


def with_turned_heads(region: LayoutRegion, words: Sequence[LayoutWord], free: Sequence[LayoutLine]) -> LayoutRegion:
    """``region``, a table with ``words``, grown over the turned lines right above it, where these stand over most of
    its columns.
    """
    box, edges = region.box, columns(text_rows(words)) if words else []
    heads = [line for line in free if not line.upright and _ends_above(line, box)]
    headed = {bisect(edges, (line.box.left + line.box.right) / 2) for line in heads}
    if len(headed) >= FEW_COLUMNS and 2 * len(headed) > len(edges):
        box = bounds([box, *(line.box for line in heads)])
    return replace(region, box=box)


def _ends_above(line: LayoutLine, box: Box) -> bool:
    over = box.left < (line.box.left + line.box.right) / 2 < box.right
    return over and -0.5 * line.box.width < box.top - line.box.bottom < ROW_GAP * line.box.width


def _is_above(row: TextRow, box: Box) -> bool:
    return -0.5 * row.box.height < box.top - row.box.bottom < ROW_GAP * row.box.height


def _crosses(piece: Box, edges: Sequence[float]) -> bool:
    return any(piece.left < edge - 0.1 * piece.height and piece.right > edge + 0.1 * piece.height for edge in edges)


def zones(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """Lines divided by white space that runs down between all of them, from left to right.

    White space beside narrow lines is a table's gutter and divides nothing.
    """
    found: list[list[LayoutLine]] = []
    reach = float("-inf")
    for line in sorted(lines, key=lambda line: line.box.left):
        if not found or line.box.left - reach > ZONE_GAP * line.height:
            found.append([])
        found[-1].append(line)
        reach = max(reach, line.box.right)
    merged: list[list[LayoutLine]] = []
    for zone in found:
        if merged and (_is_narrow(zone) or _is_narrow(merged[-1])):
            merged[-1] += zone
        else:
            merged.append(zone)
    return merged


def _is_narrow(lines: Sequence[LayoutLine]) -> bool:
    """By its upper quartile, since half of a list's lines may be bullets."""
    widths = sorted(line.box.width / line.height for line in lines)
    return widths[3 * len(widths) // 4] < ZONE_WIDTH


def _runs(rows: Sequence[TextRow]) -> list[list[TextRow]]:
    """Rows with cells, one below the other; a row of one piece may stand between two of them (a cell's second line)."""
    runs: list[list[TextRow]] = [[]]
    for row in rows:
        apart = runs[-1] and row.box.top - runs[-1][-1].box.bottom > ROW_GAP * row.box.height
        if apart or (len(_cells(row)) == 1 and not _inside_cell(row, runs[-1])):
            runs.append([])
        if len(_cells(row)) > 1 or runs[-1]:
            runs[-1].append(row)
    return [run for run in map(_trimmed, runs) if sum(len(_cells(row)) > 1 for row in run) >= FEW_ROWS]


def _trimmed(run: list[TextRow]) -> list[TextRow]:
    while run and len(_cells(run[-1])) == 1:
        run = run[:-1]
    return run


def _inside_cell(row: TextRow, run: Sequence[TextRow]) -> bool:
    """Whether a row of one piece continues a cell of the row above it, or heads rows in the first column."""
    if run and all(len(_cells(other)) > 2 for other in run[-2:]):
        first, second, *_ = _cells(run[-1])
        if abs(row.box.left - first.left) < row.box.height and row.box.right < second.left:
            return True
    return bool(run) and any(
        row.box.left < cell.right
        and cell.left < row.box.right
        and row.box.width <= 1.5 * max(cell.width, row.box.height)
        for cell in _cells(run[-1])
    )


def _cells(row: TextRow) -> list[Box]:
    pieces: list[Box] = [row.words[0].box]
    for one, other in pairwise(row.words):
        read = one.font in READ and other.font in READ and (" " in one.text or " " in other.text)
        gap = (READ_GAP if read else CELL_GAP) * min(one.box.height, other.box.height)
        if other.box.left - max(piece.right for piece in pieces) > gap:
            pieces.append(other.box)
        else:
            pieces[-1] = bounds([pieces[-1], other.box])
    return pieces


def _is_table(run: Sequence[TextRow], box: Box, *, least_columns: int) -> bool:
    words = [word for row in run for word in row.words]
    grid, named = structure(words, box), _has_bold_names(run)
    if grid is None or (grid.columns < least_columns and not named) or (grid.rows < LEAST_ROWS and not _is_part(run)):
        return False
    others = [cell for row in run for cell in _cells(row)[1:]]
    return named or all(cell.width <= SHORT * cell.height for cell in others)


def _has_bold_names(run: Sequence[TextRow]) -> bool:
    """Whether each of several rows has two cells, the first in bold and the other one not."""
    if len(run) < NAMED_ROWS or any(len(_cells(row)) != 2 for row in run):
        return False
    parts = [(_cells(row)[0].right, row.words) for row in run]
    return all(is_bold(word.font) == (word.box.left < edge) for edge, words in parts for word in words)


def _is_part(run: Sequence[TextRow]) -> bool:
    """Whether a few rows can only be a table's: all have the same columns, which begin at the same edges. Of
    ``MANY_COLUMNS`` and more one may not: its head may begin at the other side of its figures.
    """
    rows = [_cells(row) for row in run]
    if len(rows) < FEW_ROWS or len(rows[0]) < FEW_COLUMNS or any(len(row) != len(rows[0]) for row in rows):
        return False
    apart = [
        column
        for column in zip(*rows, strict=True)
        if max(cell.left for cell in column) - min(cell.left for cell in column) > ALIGNED * column[0].height
    ]
    return len(apart) <= (len(rows[0]) >= MANY_COLUMNS)
