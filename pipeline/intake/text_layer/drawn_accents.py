"""Accents that TeX draws over the letter that follows: it draws the accent first, and goes back."""

from collections.abc import Sequence

from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of, joined
from pipeline.intake.text_layer.pieces import DRAWN, meet
from pipeline.intake.text_layer.spelling import COMBINING, has_no_quotes

ACCENT = 0.7  # of the height: how far a letter reaches back under the accent drawn before it at most
BACK = 0.2  # of the height: a letter that reaches further back stands under the accent for sure


def join_under_accents(cells: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The words or lines, each group of those ``under_accents`` as one."""
    groups = under_accents(cells)
    return [group[0] if len(group) == 1 else joined(group, "".join(cell.text for cell in group)) for group in groups]


def under_accents(cells: Sequence[PdfTextCell]) -> list[list[PdfTextCell]]:
    """The words or lines in groups, where one that ends with an accent, and the next one, whose first letter stands
    under it, are of one group: TeX draws the accent first, and goes back.
    """
    if not any(cell.text[-1:] in COMBINING for cell in cells):
        return [[cell] for cell in cells]
    boxes = boxes_of(cells)
    back = boxes[:-1, 2] - boxes[1:, 0] > BACK * (boxes[:-1, 3] - boxes[:-1, 1])
    groups = [[cell] for cell in cells[:1]]
    for before, after, near, under in zip(cells, cells[1:], meet(boxes, ACCENT), back, strict=False):
        alike = under or before.font_name == after.font_name  # a line may begin in another font
        if near and alike and _goes_under(before, after):
            groups[-1].append(after)
        else:
            groups.append([after])
    return groups


def _goes_under(before: PdfTextCell, after: PdfTextCell) -> bool:
    pair = before.text[-2:] + after.text[:1]
    grave = pair[-2:-1] == "`" and has_no_quotes(before.font_name) and (pair[:1] + pair[-1:]).isalpha()
    return DRAWN.fullmatch(pair) is not None or grave
