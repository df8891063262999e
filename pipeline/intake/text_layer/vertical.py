"""Chinese and Japanese in columns: the parser gives one cell for each character, since each stands below the last.

A column becomes one line whose rectangle runs down the page, as text turned clockwise does. On a page so turned back
the rightmost column is the uppermost line, which is the order in which columns are read.
"""

import re
from collections.abc import Sequence

from docling_core.types.doc.base import CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of

IDEOGRAPHIC = re.compile("[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
LEAST_CHARACTERS = 4  # of a column; shorter stacks are labels or cells of a table
MOSTLY = 0.6  # share of a page's characters in columns from which it is written in columns
PITCH = 0.9  # of a character's size: two of one column leave less between them
OFF_AXIS = 0.5  # of a character's size: full stops and commas stand beside the axis of their column


def join_columns(cells: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The cells with the columns of a page that is written in columns as one cell each; else as they are."""
    boxes = boxes_of(cells)
    columns = _columns(cells, boxes)
    stacked = sum(len(column) for column in columns if len(column) >= LEAST_CHARACTERS)
    if not stacked or stacked < MOSTLY * sum(len(cell.text) for cell in cells):
        return list(cells)
    joined: list[PdfTextCell] = []
    for column in columns:
        if len(column) < LEAST_CHARACTERS:
            joined += [cells[index] for index in column]
        else:
            joined.append(_column_cell([cells[index] for index in column], boxes[column]))
    return joined


def _columns(cells: Sequence[PdfTextCell], boxes: Boxes) -> list[list[int]]:
    """Numbers of the cells in runs: characters below each other, every other cell by itself."""
    columns: list[list[int]] = []
    for index, cell in enumerate(cells):
        single = len(cell.text) == 1 and IDEOGRAPHIC.match(cell.text)
        if single and columns and _below(cells, boxes, columns[-1][-1], index):
            columns[-1].append(index)
        else:
            columns.append([index])
    return columns


def _below(cells: Sequence[PdfTextCell], boxes: Boxes, upper: int, lower: int) -> bool:
    if len(cells[upper].text) != 1 or not IDEOGRAPHIC.match(cells[upper].text):
        return False
    size = float((boxes[[upper, lower], 2:] - boxes[[upper, lower], :2]).max())
    axes = (boxes[[upper, lower], 0] + boxes[[upper, lower], 2]) / 2
    gap = float(boxes[upper, 1] - boxes[lower, 3])
    return abs(float(axes[0] - axes[1])) < OFF_AXIS * size and -0.3 * size < gap < PITCH * size


def _column_cell(cells: Sequence[PdfTextCell], boxes: Boxes) -> PdfTextCell:
    text = "".join(cell.text for cell in cells)
    (left, bottom), (right, top) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    # docling's corners run from the lower left of the text, counter-clockwise: here the upper left of the column.
    rect = BoundingRectangle(
        r_x0=left,
        r_y0=top,
        r_x1=left,
        r_y1=bottom,
        r_x2=right,
        r_y2=bottom,
        r_x3=right,
        r_y3=top,
        coord_origin=CoordOrigin.BOTTOMLEFT,
    )
    return cells[0].model_copy(update={"text": text, "orig": text, "rect": rect})
