"""The title that a spreadsheet prints into a table's first row heads the table."""

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.ruled_tables import without_title
from tests.support.layout_pages import line

TITLE = line("3.1 Tickets by district", 62, 104, height=13)


def grid(rows: int = 4, across: int = 3) -> TableStructure:
    """A grid of three columns whose first cell spans ``across`` of them."""
    first = [TableCell(0, 0, 1, across, True, Box(60, 100, 60 + 80 * across, 120))]
    first += [TableCell(0, n, 1, 1, True, Box(60 + 80 * n, 100, 140 + 80 * n, 120)) for n in range(across, 3)]
    cells = [
        TableCell(row, column, 1, 1, False, Box(60 + 80 * column, 100 + 20 * row, 140 + 80 * column, 120 + 20 * row))
        for row in range(1, rows)
        for column in range(3)
    ]
    return TableStructure(Box(60, 100, 300, 100 + 20 * rows), 1.0, rows, 3, (*first, *cells))


def body(rows: int = 4) -> list[LayoutLine]:
    return [line("412", 62 + 80 * column, 105 + 20 * row) for row in range(1, rows) for column in range(3)]


def test_a_larger_line_in_one_cell_from_side_to_side_is_no_row() -> None:
    found = without_title(grid(), [TITLE, *body()])
    assert (found.box, found.rows, len(found.cells)) == (Box(60, 120, 300, 180), 3, 9)
    assert {cell.row for cell in found.cells} == {0, 1, 2}


def test_other_first_rows_stay() -> None:
    whole = grid()
    small = line(TITLE.text, 62, 104)
    for lines in ([small, *body()], body(), [TITLE, TITLE, *body()]):
        assert without_title(whole, lines) is whole
    for table in (grid(across=2), grid(rows=2)):
        assert without_title(table, [TITLE, *body()]) is table
