"""A table's row that stands alone, as where a page's end cut off the last one, or all but the first: a name and several
amounts far apart. Pure functions.
"""

from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.lines import bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import TextRow, columns, text_rows

LEAST_AMOUNTS = 3
GAP = 2.0  # in line heights: its cells stand at least that far apart


def is_lone_row(words: Sequence[LayoutWord]) -> bool:
    """Whether the words make one row, of a name and several amounts far apart."""
    rows = text_rows(words)
    if len(rows) != 1:
        return False
    name, *others = row_cells(rows[0])
    gaps = [after[0].box.left - before[-1].box.right for before, after in pairwise([name, *others])]
    named = any(character.isalpha() for word in name for character in word.text)
    amounts = all(is_amount(word.text) for cell in others for word in cell)
    return len(others) >= LEAST_AMOUNTS and named and amounts and min(gaps) >= GAP * rows[0].box.height


def lone_row(words: Sequence[LayoutWord], box: Box) -> TableStructure | None:
    """The row's cells and, where there is one, those of the head above it, each as wide as what stands in its column,
    since one row does not show where columns begin and end; None where the words are no such row.
    """
    *heads, last = text_rows(words)
    if len(heads) > 1 or not is_lone_row(last.words) or not all(has_heads(head.words, last.words) for head in heads):
        return None
    return stacked([row_cells(row) for row in (*heads, last)], len(heads), box)


def stacked(rows: Sequence[Sequence[Sequence[LayoutWord]]], heads: int, box: Box) -> TableStructure:
    """The structure in ``box`` of a few rows with one cell each for every column, the first ``heads`` of them heads; a
    column is as wide as what stands in it.
    """
    boxes = [[bounds([word.box for word in cell]) for cell in row] for row in rows]
    spans = [bounds(column) for column in zip(*boxes, strict=True)]
    cells = [
        TableCell(down, across, 1, 1, down < heads, Box(span.left, cell.top, span.right, cell.bottom))
        for down, row in enumerate(boxes)
        for across, (span, cell) in enumerate(zip(spans, row, strict=True))
    ]
    return TableStructure(box, 1.0, len(rows), len(spans), tuple(cells))


def has_heads(head: Sequence[LayoutWord], row: Sequence[LayoutWord]) -> bool:
    """Whether the words of ``head`` are one row, with a head for each cell of the row and no amount among them."""
    found = text_rows(head)
    if len(found) != 1 or any(is_amount(word.text) for word in head):
        return False
    heads, cells = row_cells(found[0]), row_cells(text_rows(row)[0])
    return len(heads) == len(cells) and all(
        one[0].box.left < after[0].box.left for one, after in zip(heads, cells[1:], strict=False)
    )


def row_cells(row: TextRow) -> list[list[LayoutWord]]:
    """The row's words by the white space between them."""
    edges = columns([row])
    cells: list[list[LayoutWord]] = [[] for _ in range(len(edges) + 1)]
    for word in row.words:
        cells[bisect(edges, word.box.left)].append(word)
    return [cell for cell in cells if cell]
