"""A table's row that stands alone, as where a page's end cut off the last one: a name and several amounts far apart.
Pure functions.
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
    name, *others = _cells(rows[0])
    gaps = [after[0].box.left - before[-1].box.right for before, after in pairwise([name, *others])]
    named = any(character.isalpha() for word in name for character in word.text)
    amounts = all(is_amount(word.text) for cell in others for word in cell)
    return len(others) >= LEAST_AMOUNTS and named and amounts and min(gaps) >= GAP * rows[0].box.height


def lone_row(words: Sequence[LayoutWord], box: Box) -> TableStructure | None:
    """The row's cells, each as wide as its text, since one row does not show where its columns begin and end; None
    where the words are no such row.
    """
    if not is_lone_row(words):
        return None
    (row,) = text_rows(words)
    areas = [bounds([word.box for word in cell]) for cell in _cells(row)]
    cells = [TableCell(0, number, 1, 1, False, area) for number, area in enumerate(areas)]
    return TableStructure(box, 1.0, 1, len(cells), tuple(cells))


def _cells(row: TextRow) -> list[list[LayoutWord]]:
    edges = columns([row])
    cells: list[list[LayoutWord]] = [[] for _ in range(len(edges) + 1)]
    for word in row.words:
        cells[bisect(edges, word.box.left)].append(word)
    return [cell for cell in cells if cell]
