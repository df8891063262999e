"""Chinese and Japanese in columns: the parser gives one cell for each character, since each stands below the last.

A column becomes one line whose rectangle runs down the page, as text turned clockwise does. On a page so turned back
the rightmost column is the uppermost line, which is the order in which columns are read. Columns are found among words,
which are in the order in which they are drawn: the parser's lines put characters of two columns into each other's way
where their boxes touch.
"""

import re
from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.base import CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of

IDEOGRAPHIC = re.compile("[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
LEAST_CHARACTERS = 4  # of a column; shorter stacks are labels, cells of a table, or the ends of paragraphs
MOSTLY = 0.6  # share of a page's characters in columns from which it is written in columns
PITCH = 1.6  # of a character's size: two of one column leave less between them, also where a space parts them
SPACE = 0.7  # of a character's size: more between two is a space, but behind a full stop, whose ink is small
STEP = 1.4  # of a character's size: without a space the middles of two lie closer, also those of a level stroke
STOPS = "、。，．"
OFF_AXIS = 0.5  # of a character's size: full stops and commas stand beside the axis of their column

# Unicode's forms of signs in columns of text, and the signs that they are forms of, as wide as a character
_FORMS = dict(enumerate("，、。：；！？〖〗…", start=0xFE10))
_FORMS |= dict(enumerate("‥—–＿﹏", start=0xFE30))
_FORMS |= dict(enumerate("（）｛｝〔〕【】《》〈〉「」『』", start=0xFE35))
_FORMS |= dict(enumerate("［］", start=0xFE47))
FORMS = re.compile("[\ufe10-\ufe19\ufe30-\ufe44\ufe47\ufe48]")

Cells = list[PdfTextCell]


def plain_forms(text: str) -> str:
    """``text`` with the forms that signs have in columns as the signs themselves."""
    return text if text.isascii() else text.translate(_FORMS)


def join_columns(lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell]) -> tuple[Cells, Cells]:
    """Lines and words with the columns of a page that is written in columns as one cell each; else as they are."""
    boxes = boxes_of(words)
    runs = _columns(words, boxes)
    long = sum(len(run) for run in runs if len(run) >= LEAST_CHARACTERS)
    if long == 0 or long < MOSTLY * sum(len(word.text) for word in words):
        return list(lines), list(words)
    columns = [run for run in runs if all(_is_character(words[index].text) for index in run)]
    cells = [_column_cell([words[index] for index in column], boxes[column]) for column in columns]
    first = {column[0]: cell for column, cell in zip(columns, cells, strict=True)}
    joined = {index for column in columns for index in column}
    others = [first.get(index, word) for index, word in enumerate(words) if index in first or index not in joined]
    return [*cells, *_outside(lines, boxes_of(cells))], others


def _columns(words: Sequence[PdfTextCell], boxes: Boxes) -> list[list[int]]:
    """Numbers of the words in runs: characters below each other, every other word by itself."""
    columns: list[list[int]] = []
    for index in range(len(words)):
        if columns and _below(words, boxes, columns[-1][-1], index):
            columns[-1].append(index)
        else:
            columns.append([index])
    return columns


def _is_character(text: str) -> bool:
    return len(text) == 1 and IDEOGRAPHIC.match(text) is not None


def _below(words: Sequence[PdfTextCell], boxes: Boxes, upper: int, lower: int) -> bool:
    if not all(_is_character(words[index].text) for index in (upper, lower)):
        return False
    size = float((boxes[[upper, lower], 2:] - boxes[[upper, lower], :2]).max())
    axes = (boxes[[upper, lower], 0] + boxes[[upper, lower], 2]) / 2
    gap = float(boxes[upper, 1] - boxes[lower, 3])
    return abs(float(axes[0] - axes[1])) < OFF_AXIS * size and -0.3 * size < gap < PITCH * size


def _outside(lines: Sequence[PdfTextCell], columns: Boxes) -> list[PdfTextCell]:
    """The lines that stand in no column: those of characters of a column are in it already."""
    boxes = boxes_of(lines)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = (middles[:, None] > columns[None, :, :2]) & (middles[:, None] < columns[None, :, 2:])
    free = np.flatnonzero(~np.any(np.all(inside, axis=2), axis=1))
    return [lines[index] for index in free.tolist()]


def _column_cell(cells: Sequence[PdfTextCell], boxes: Boxes) -> PdfTextCell:
    size = float((boxes[:, 2] - boxes[:, 0]).max())
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    gaps = ((boxes[:-1, 1] - boxes[1:, 3]) > SPACE * size) & (middles[:-1] - middles[1:] > STEP * size)
    text = cells[0].text
    for gap, before, cell in zip(gaps.tolist(), cells, cells[1:], strict=False):
        text += " " * (gap and before.text not in STOPS) + cell.text
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
