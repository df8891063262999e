"""Pictures that are tables: screenshots and the like, whose cells were read from the image one by one. Pure functions.

Text recognition draws its boxes wider than the letters, so that the white space between short cells seems too narrow
for a gutter. But each box is a cell, and the cells of a column stand below each other.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.pages import Box, LayoutLabel, LayoutRegion, TableCell, TableStructure
from pipeline.stages.light_layout.containers import inside
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.match import LayoutWord, owners
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

LEAST_COLUMNS = 3
LEAST_ROWS = 3
FULL_ROWS = 0.6  # share of the rows that have a cell in every column
FILLED = 0.75  # share of the grid's places that have text
LEAST_SHARE = 0.25  # of the picture's area that the table takes
SHORT = 14.0  # in line heights: cells are narrower


def pictured_tables(places: Sequence[Box], lines: Sequence[LayoutLine]) -> list[LayoutRegion]:
    """The tables that are all the text of a picture; ``places`` are the boxes of the page's pictures."""
    found: list[LayoutRegion] = []
    for place in places:
        held = [line for line in lines if inside(line, place)]
        if len(held) < LEAST_ROWS * LEAST_COLUMNS or any(line.words or line.turn for line in held):
            continue
        box = bounds([line.box for line in held])
        if box.area < LEAST_SHARE * place.area or any(box.intersection(table.box) > 0 for table in found):
            continue
        short = all(line.box.width < SHORT * line.height for line in held)
        if short and piece_grid([LayoutWord(line.text, line.box) for line in held], box) is not None:
            found.append(LayoutRegion(LayoutLabel.TABLE, 1.0, box))
    return found


def piece_grid(words: Sequence[LayoutWord], box: Box) -> TableStructure | None:
    """The grid in ``box`` of which each of ``words``, lines that were read, is a cell; None where they draw none."""
    rows = text_rows(words)
    count, often = Counter(len(row.words) for row in rows).most_common(1)[0] if rows else (0, 0)
    if count < LEAST_COLUMNS or often < max(LEAST_ROWS, FULL_ROWS * len(rows)):
        return None
    if any(len(row.words) > count for row in rows):
        return None
    edges = _edges([row for row in rows if len(row.words) == count])
    if edges is None:
        return None
    xs = [box.left, *edges, box.right]
    ys = [box.top, *((upper.box.bottom + lower.box.top) / 2 for upper, lower in pairwise(rows)), box.bottom]
    cells = tuple(
        TableCell(row, column, 1, 1, row == 0, Box(xs[column], ys[row], xs[column + 1], ys[row + 1]))
        for row in range(len(rows))
        for column in range(count)
    )
    grid = TableStructure(box, 1.0, len(rows), count, cells)
    filled = len({number for number in owners(grid, words) if number >= 0})
    return grid if filled >= FILLED * len(cells) else None


def _edges(rows: Sequence[TextRow]) -> list[float] | None:
    """Where the columns of rows with as many cells part; None where a cell stands over two columns."""
    columns = list(zip(*(row.words for row in rows), strict=True))
    edges = []
    for one, other in pairwise(columns):
        end, start = max(word.box.right for word in one), min(word.box.left for word in other)
        edge = (end + start) / 2
        middles = [(word.box.left + word.box.right) / 2 for word in (*one, *other)]
        if any((middle > edge) is not (number >= len(one)) for number, middle in enumerate(middles)):
            return None
        edges.append(edge)
    return edges
