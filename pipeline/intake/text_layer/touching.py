"""Pieces that touch, put together: letters drawn one by one, and scripts whose signs stand above and below letters."""

from collections.abc import Callable, Sequence
from unicodedata import category

from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, joined, placed
from pipeline.signed_scripts import SIGNED

SPACE = 0.4  # of the height: pieces of a line are no farther apart
TOUCHING = 0.06  # of the height: pieces of one word are no farther apart
HUGGING = 0.3  # the same behind a sign whose box is its ink: the letter's may be, too
_AM = "\u0e33"

Join = Callable[[str, str], bool]


def join_signed(cells: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The cells with touching pieces of Thai, Indic and kindred scripts put together: the parser cuts them at signs."""
    return _join_touching(cells, lambda before, after: bool(SIGNED.match(before[-1:]) and SIGNED.match(after)))


def join_signed_rows(lines: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with neighbours of such scripts put together that stand in one row, a space apart: their boxes may hug
    the ink, which reaches as far up and down as the signs do.
    """
    boxes = boxes_of(lines)
    rows: list[list[int]] = []
    for number, line in enumerate(lines):
        if rows and SIGNED.search(lines[rows[-1][-1]].text + line.text) and _stands_behind(boxes, rows[-1][-1], number):
            rows[-1].append(number)
        else:
            rows.append([number])
    return [
        lines[row[0]] if len(row) == 1 else joined([lines[n] for n in row], _in_one_row([lines[n].text for n in row]))
        for row in rows
    ]


def _in_one_row(texts: Sequence[str]) -> str:
    """Fonts may draw a Thai am in two, of which only the one without a width has a text: the white behind it is the
    other.
    """
    return "".join(text if text.endswith(_AM) else f"{text} " for text in texts).rstrip()


def _stands_behind(boxes: Boxes, one: int, other: int) -> bool:
    heights = boxes[[one, other], 3] - boxes[[one, other], 1]
    shared = min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])
    return bool(shared > 0.5 * heights.min() and 0 <= boxes[other, 0] - boxes[one, 2] <= SPACE * heights.max())


def join_letters(cells: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The cells with touching single letters put together: text drawn letter by letter."""
    return _join_touching(cells, lambda _, after: len(after) == 1 and after.isalnum())


def _join_touching(cells: Sequence[PdfTextCell], may_join: Join) -> list[PdfTextCell]:
    boxes = boxes_of(cells)
    groups: list[list[int]] = []
    for number, cell in enumerate(cells):
        if groups and may_join(cells[groups[-1][-1]].text, cell.text) and _touch(cells, boxes, groups[-1], number):
            groups[-1].append(number)
        else:
            groups.append([number])
    return [cells[group[0]] if len(group) == 1 else _one([cells[n] for n in group], boxes[group]) for group in groups]


def _one(cells: Sequence[PdfTextCell], boxes: Boxes) -> PdfTextCell:
    """The cells as one, as high as its letters, whatever signs stand above and below them."""
    letters = boxes[[not _is_sign(cell, box) for cell, box in zip(cells, boxes, strict=True)]]
    high = letters if len(letters) else boxes
    box = (boxes[:, 0].min(), high[:, 1].min(), boxes[:, 2].max(), high[:, 3].max())
    return placed(cells[0], "".join(cell.text for cell in cells), box)


def _touch(cells: Sequence[PdfTextCell], boxes: Boxes, group: Sequence[int], other: int) -> bool:
    """Whether a piece begins where the group ends; a sign stands above or below its last letter, in boxes that hug the
    ink by less than a letter's height.
    """
    letters = [number for number in group if not _is_sign(cells[number], boxes[number])] or group[-1:]
    one, end = letters[-1], boxes[letters if is_wide_sign(cells[group[-1]], boxes[group[-1]]) else group, 2].max()
    height = min(boxes[one, 3] - boxes[one, 1], boxes[other, 3] - boxes[other, 1])
    shared = min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])
    if _is_sign(cells[other], boxes[other]):
        height = boxes[one, 3] - boxes[one, 1]
        over = boxes[one, 0] - TOUCHING * height <= boxes[other, 2] and boxes[other, 0] <= end + SPACE * height
        return bool(shared > -height and over)
    most = HUGGING if is_wide_sign(cells[group[-1]], boxes[group[-1]]) else TOUCHING
    return bool(shared > 0.5 * height and abs(boxes[other, 0] - end) <= most * height)


def is_wide_sign(cell: PdfTextCell, box: Boxes) -> bool:
    """Whether the cell is signs and nothing else, in a box as wide as they are printed."""
    return not _is_thin(box) and all(category(sign) == "Mn" for sign in cell.text)


def _is_sign(cell: PdfTextCell, box: Boxes) -> bool:
    return _is_thin(box) or is_wide_sign(cell, box)


def _is_thin(box: Boxes) -> bool:
    return bool(box[2] - box[0] <= TOUCHING * (box[3] - box[1]))
