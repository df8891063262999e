"""Tables of a row of heads and a row or two below it, as where a page's end cut them: too few for columns of their own
to show, but each amount stands below its head. Pure functions.
"""

from collections.abc import Sequence

from pipeline.pages import Box, LayoutLabel, LayoutRegion, TableStructure
from pipeline.stages.light_layout.containers import line_words
from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.lone_rows import row_cells, stacked
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

ROW_GAP = 2.5  # in line heights: rows of a table lie closer
LEAST_COLUMNS = 3
MOST_ROWS = 3  # more show their columns themselves
BEFORE = 0.5  # in line heights: by which a cell may begin before its head


def headed_tables(lines: Sequence[LayoutLine]) -> list[LayoutRegion]:
    """The tables whose heads and rows of amounts are among the ``lines``."""
    rows = text_rows([word for line in lines if line.upright for word in line_words(line)])
    found: list[LayoutRegion] = []
    number = 0
    while number < len(rows):
        heads, first = row_cells(rows[number]), number
        number += 1
        if not _heads(heads):
            continue
        while number < len(rows) and _is_near(rows[number - 1], rows[number]) and _fits(heads, row_cells(rows[number])):
            number += 1
        if number - first > 1:
            found.append(LayoutRegion(LayoutLabel.TABLE, 1.0, bounds([row.box for row in rows[first:number]])))
    return found


def headed_structure(words: Sequence[LayoutWord], box: Box) -> TableStructure | None:
    """The structure of such a table in ``box``; None where its ``words`` are no heads with rows that fit them."""
    rows = [row_cells(row) for row in text_rows(words)]
    if not 1 < len(rows) <= MOST_ROWS or not _heads(rows[0]) or not all(_fits(rows[0], row) for row in rows[1:]):
        return None
    return stacked(rows, 1, box)


def _heads(cells: Sequence[Sequence[LayoutWord]]) -> bool:
    return len(cells) >= LEAST_COLUMNS and not any(is_amount(word.text) for cell in cells for word in cell)


def _is_near(upper: TextRow, lower: TextRow) -> bool:
    return lower.box.top - upper.box.bottom < ROW_GAP * lower.box.height


def _fits(heads: Sequence[Sequence[LayoutWord]], cells: Sequence[Sequence[LayoutWord]]) -> bool:
    """Whether the row has a name and an amount for each other head, each from its head's start to the next head's."""
    if len(cells) != len(heads) or not any(map(str.isalpha, "".join(word.text for word in cells[0]))):
        return False
    if not all(is_amount(word.text) for cell in cells[1:] for word in cell):
        return False
    starts = [head[0].box.left for head in heads]
    ends = [*starts[1:], float("inf")]
    return all(
        start - BEFORE * cell[0].box.height <= cell[0].box.left and cell[-1].box.right < end
        for start, end, cell in zip(starts, ends, cells, strict=True)
    )
