"""From the tokens of a table network to a grid of cells. Pure functions.

The tokens are HTML: ``<thead>``, ``<tr>``, ``<td></td>``, or ``<td``, `` colspan="2"``, ``>``, ``</td>``. Cells are
placed as HTML places them (https://html.spec.whatwg.org/multipage/tables.html#forming-a-table); spans that promise more
than the table has are cut back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.pages import Box, TableCell

_SPAN = re.compile(r'(colspan|rowspan)="(\d+)"')


@dataclass(frozen=True, slots=True)
class Token:
    """One structure token; ``box`` is the cell's box where the token opens a cell, in any unit."""

    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The number of rows and columns, and the cells, none of which overlap."""

    rows: int
    columns: int
    cells: tuple[TableCell, ...]


@dataclass(slots=True)
class _Draft:
    """A cell as it was announced: column still unknown."""

    row: int
    header: bool
    box: Box | None
    row_span: int = 1
    column_span: int = 1
    column: int = 0


def build(tokens: Sequence[Token]) -> Grid:
    """Place the cells. Rows and columns in which no cell begins are dropped, so a span never invents one."""
    drafts = _place(_read(tokens))
    return compact([TableCell(d.row, d.column, d.row_span, d.column_span, d.header, d.box) for d in drafts])


def _read(tokens: Sequence[Token]) -> list[_Draft]:
    drafts: list[_Draft] = []
    row, header = -1, False
    for token in tokens:
        if token.text in ("<thead>", "</thead>"):
            header = token.text == "<thead>"
        elif token.text == "<tr>":
            row += 1
        elif token.text.startswith("<td"):
            row = max(row, 0)
            drafts.append(_Draft(row, header, token.box))
        elif drafts and (span := _SPAN.search(token.text)):
            if span[1] == "colspan":
                drafts[-1].column_span = max(int(span[2]), 1)
            else:
                drafts[-1].row_span = max(int(span[2]), 1)
    return drafts


def _place(drafts: list[_Draft]) -> list[_Draft]:
    rows = drafts[-1].row + 1 if drafts else 0
    taken: set[tuple[int, int]] = set()
    row, column = -1, 0
    for draft in drafts:
        column = column if draft.row == row else 0
        row = draft.row
        while (row, column) in taken:
            column += 1
        draft.column = column
        draft.row_span = min(draft.row_span, rows - row)
        draft.column_span = next(
            (step for step in range(1, draft.column_span) if (row, column + step) in taken), draft.column_span
        )
        column += draft.column_span
        taken.update((r, c) for r in range(row, row + draft.row_span) for c in range(draft.column, column))
    return drafts


def compact(cells: Sequence[TableCell]) -> Grid:
    """The grid of ``cells``, without rows and columns in which no cell begins."""
    rows = sorted({cell.row for cell in cells})
    columns = sorted({cell.column for cell in cells})
    kept = tuple(
        replace(
            cell,
            row=rows.index(cell.row),
            column=columns.index(cell.column),
            row_span=sum(cell.row <= row < cell.row + cell.row_span for row in rows),
            column_span=sum(cell.column <= column < cell.column + cell.column_span for column in columns),
        )
        for cell in cells
    )
    return Grid(len(rows), len(columns), kept)
