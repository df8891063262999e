"""From the table network's tokens (OTSL, https://arxiv.org/abs/2305.03393) to a grid of cells, as docling's own stage
reads them.

``fcel`` is a cell with text, ``ecel`` an empty one, ``ched``, ``rhed`` and ``srow`` are cells that head a column, a row
or a section; ``lcel`` belongs to the cell on its left, ``ucel`` to the one above, ``xcel`` to both; ``nl`` ends a row.
Pure functions.
"""

from collections.abc import Sequence
from itertools import groupby, takewhile

from pipeline.models.accurate.checkpoints import CELL_TOKENS
from pipeline.models.structure import Grid
from pipeline.pages import Box, TableCell


def build(tokens: Sequence[str], boxes: Sequence[Box]) -> Grid:
    """The grid of ``tokens``. ``boxes`` belong to the cells in the order in which they are written; cells beyond them
    have none.

    Like docling, it takes the sequence at its word: cells may overlap where the spans contradict each other.
    """
    lines = [list(line) for is_end, line in groupby(tokens, lambda name: name == "nl") if not is_end]
    columns = max(map(len, lines), default=0)
    grid = [line + [""] * (columns - len(line)) for line in lines]
    places = [
        (row, column) for row, line in enumerate(grid) for column, token in enumerate(line) if token in CELL_TOKENS
    ]
    given = [*boxes[: len(places)], *[None] * (len(places) - len(boxes))]
    return Grid(
        len(grid),
        columns,
        tuple(_cell(grid, row, column, box) for (row, column), box in zip(places, given, strict=True)),
    )


def _cell(grid: Sequence[Sequence[str]], row: int, column: int, box: Box | None) -> TableCell:
    kind = grid[row][column]
    return TableCell(
        row=row,
        column=column,
        row_span=1 + _run([line[column] for line in grid[row + 1 :]], "ucel"),
        column_span=1 + _run(grid[row][column + 1 :], "lcel"),
        header=kind == "ched",
        box=box,
        row_header=kind == "rhed",
        section=kind == "srow",
    )


def _run(tokens: Sequence[str], wanted: str) -> int:
    return sum(1 for _ in takewhile(lambda token: token == wanted, tokens))
