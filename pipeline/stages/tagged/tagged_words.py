"""Which words of a page belong to which mark, by where they stand. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from docling_core.types.doc.page import TextCell

from pipeline.page_tags import MarkedBox
from pipeline.pages import Box
from pipeline.stages.docling_boxes import box_around

SLACK = 0.35  # of a box's height: words' boxes are those of the font, marked boxes those of the ink
LOOSE, ARTIFACT = -1, -2  # marks of words that no mark claims, and of those in artifacts
TOUCH = 0.5  # points by which a word may miss a box
COMPARED = 4_000_000  # pairs of words and boxes at once


@dataclass(frozen=True, slots=True)
class MarkedWord:
    """A word with its mark and its place in the page's order of words; ``cut`` where it is but a part of one."""

    cell: TextCell
    box: Box
    mark: int
    index: int
    cut: bool = False


def marked_words(cells: Sequence[TextCell], boxes: Sequence[MarkedBox]) -> list[MarkedWord]:
    """Each word with the mark of the text box that shares most of its width, at its height."""
    spots = [box_around(cell.rect) for cell in cells]
    marks = _marks(spots, [box for box in boxes if box.text])
    return [
        MarkedWord(cell, spot, mark, index)
        for index, (cell, spot, mark) in enumerate(zip(cells, spots, marks, strict=True))
        if cell.text.strip()
    ]


def _marks(spots: Sequence[Box], boxes: Sequence[MarkedBox]) -> list[int]:
    if not spots or not boxes:
        return [LOOSE] * len(spots)
    left, top, right, bottom = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes]).T
    slack = SLACK * (bottom - top) + 1
    names = [ARTIFACT if box.artifact else box.mark for box in boxes]
    found: list[int] = []
    step = max(1, COMPARED // len(boxes))
    for start in range(0, len(spots), step):
        words = np.array([(spot.left, spot.top, spot.right, spot.bottom) for spot in spots[start : start + step]])
        middle = ((words[:, 1] + words[:, 3]) / 2)[:, None]
        level = (middle >= top - slack) & (middle <= bottom + slack)
        shared = np.minimum(words[:, 2, None], right) - np.maximum(words[:, 0, None], left)
        shared = np.where(level, shared, -1.0) - 0.001 * np.abs(middle - (top + bottom) / 2)
        best = shared.argmax(axis=1)
        most = shared[np.arange(len(words)), best]
        found += [names[int(index)] if width > -TOUCH else LOOSE for index, width in zip(best, most, strict=True)]
    return found
