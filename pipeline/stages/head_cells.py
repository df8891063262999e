"""What stands above the columns of a page in cells of its own, as authors and their places below a title: it is read
row by row, each cell from top to bottom.

docling's order follows what stands below what, from a cell of one row into that of the next.
"""

from collections.abc import Sequence

from docling.models.postprocessing.reading_order_rb import PageElement

ROW_GAP = 0.6  # of the height of the lowest element that it parts from what is above: white between two rows of cells
HIGHEST = 24.0  # points: what is higher has several lines, and its height says nothing about the white between them


def by_cells(elements: Sequence[PageElement], *, leftward: bool = False) -> list[PageElement]:
    """The elements in rows from top to bottom, each row's cells from the left, or from the right if ``leftward``."""
    cells = (cell for row in rows_of(elements) for cell in (reversed(_cells(row)) if leftward else _cells(row)))
    return [element for cell in cells for element in sorted(cell, key=lambda element: -element.t)]


def rows_of(elements: Sequence[PageElement]) -> list[list[PageElement]]:
    """The elements parted where it is white from side to side, by more than from a cell's line to the next one."""
    rows: list[list[PageElement]] = []
    floor = 0.0
    for element in sorted(elements, key=lambda element: -element.t):
        if rows and floor - element.t <= ROW_GAP * min(element.t - element.b, HIGHEST):
            rows[-1].append(element)
            floor = min(floor, element.b)
        else:
            rows.append([element])
            floor = element.b
    return rows


def _cells(row: Sequence[PageElement]) -> list[list[PageElement]]:
    """The elements of a row parted where it is white from top to bottom."""
    cells: list[list[PageElement]] = []
    edge = 0.0
    for element in sorted(row, key=lambda element: element.l):
        if cells and element.l < edge:
            cells[-1].append(element)
        else:
            cells.append([element])
        edge = max(edge, element.r) if len(cells[-1]) > 1 else element.r
    return cells
