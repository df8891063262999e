"""Tables on reportlab's canvas: widths, heights and rules, with cells that span."""

from collections.abc import Iterator
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from tests.documents.canvas_text import Faces, Line, Run, broken, drawn
from tests.documents.model import Cell, Rules, Table
from tests.documents.pieces import Piece

PADDING = 3.5  # points


def table_pieces(table: Table, width: float, faces: Faces, size: float, ink: str) -> Iterator[Piece]:
    """The table in pieces of whole rows; rows that a cell ties together are one piece, and the head goes with the
    first row below it.
    """
    return _Grid(table, width, faces, size, ink).pieces()


class _Grid:
    """A table whose columns and rows have their sizes, in points."""

    def __init__(self, table: Table, width: float, faces: Faces, size: float, ink: str) -> None:
        self._table, self._faces, self._size, self._ink = table, faces, size, ink
        shares = [1.6 if column == 0 else 1.0 for column in range(table.columns)]
        self._widths = [width * share / sum(shares) for share in shares]
        self._cells = [(row, column, cell, self._lines(column, cell)) for row, column, cell in table.places()]
        self._heights = self._row_heights()

    def _lines(self, column: int, cell: Cell) -> list[Line]:
        width = sum(self._widths[column : column + cell.columns]) - 2 * PADDING
        font = self._faces.text[1 if cell.header else 0]
        return broken((Run(cell.text, font, self._size, self._ink),), width)

    def _row_heights(self) -> list[float]:
        heights = [0.0] * len(self._table.rows)
        for row, _, cell, lines in self._cells:
            wanted = len(lines) * self._size * 1.25 + 2 * PADDING
            heights[row] = max(heights[row], wanted / cell.rows)
        return [max(height, self._size * 1.25 + 2 * PADDING) for height in heights]

    def pieces(self) -> Iterator[Piece]:
        """Groups of rows, from the top."""
        for first, last in self._groups():
            company = self._heights[last] if first == 0 and last < len(self._heights) else 0.0
            yield Piece(sum(self._heights[first:last]), partial(self._draw, first, last), company)

    def _groups(self) -> Iterator[tuple[int, int]]:
        """(first row, row after the last) of rows that stay together."""
        first, end = 0, 0
        heads = {row for row, _, cell, _ in self._cells if cell.header}
        for row in range(len(self._table.rows)):
            end = max([end, row + 1, *(place + cell.rows for place, _, cell, _ in self._cells if place == row)])
            if end == row + 1 and not (row in heads and row + 1 in heads):
                yield first, end
                first = end

    def _draw(self, first: int, last: int, canvas: Canvas, x: float, y: float) -> None:
        canvas.setStrokeColor(self._ink)
        canvas.setLineWidth(0.7)
        for row, column, cell, lines in self._cells:
            if first <= row < last:
                left, top = x + sum(self._widths[:column]), y - sum(self._heights[first:row])
                width, height = (
                    sum(self._widths[column : column + cell.columns]),
                    sum(self._heights[row : row + cell.rows]),
                )
                self._rules(canvas, cell, row + cell.rows, (left, top, width, height))
                self._words(canvas, cell, lines, left, top, width)

    def _rules(self, canvas: Canvas, cell: Cell, after: int, place: tuple[float, float, float, float]) -> None:
        left, top, width, height = place
        below, right = top - height, left + width
        rules = self._table.rules
        if rules is Rules.ALL:
            canvas.rect(left, below, width, height)
        elif rules is Rules.ROWS or (rules is Rules.HEAD and (cell.header or after == len(self._table.rows))):
            canvas.line(left, below, right, below)

    def _words(self, canvas: Canvas, cell: Cell, lines: list[Line], left: float, top: float, width: float) -> None:
        for index, line in enumerate(lines):
            x = left + width - PADDING - line.width if cell.numeric else left + PADDING
            drawn(line, canvas, x, top - PADDING - self._size * (1 + 1.25 * index) + 0.15 * self._size)
