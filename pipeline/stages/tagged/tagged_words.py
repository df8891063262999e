"""Which words of a page belong to which mark, by where they stand. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from docling_core.types.doc.page import TextCell
from numpy.typing import NDArray

from pipeline.page_tags import MarkedBox
from pipeline.pages import Box
from pipeline.stages.docling_boxes import box_around
from pipeline.stages.light_layout.lines import cell_turn

SLACK = 0.35  # of a box's height: words' boxes are those of the font, marked boxes those of the ink
LOOSE, ARTIFACT = -1, -2  # marks of words that no mark claims, and of those in artifacts
TOUCH = 0.5  # points by which a word may miss a box
COMPARED = 4_000_000  # pairs of words and boxes at once
Sides = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkedWord:
    """A word with its mark and its place in the page's order of words; ``cut`` where it is but a part of one."""

    cell: TextCell
    box: Box
    mark: int
    index: int
    cut: bool = False


def marked_words(cells: Sequence[TextCell], boxes: Sequence[MarkedBox]) -> list[MarkedWord]:
    """Each word with the mark of the text box that shares most of its width, at its height; of a word that runs up or
    down most of its height, at its place across.
    """
    spots = [box_around(cell.rect) for cell in cells]
    marks = _marks(spots, [cell_turn(cell) % 2 == 1 for cell in cells], [box for box in boxes if box.text])
    return [
        MarkedWord(cell, spot, mark, index)
        for index, (cell, spot, mark) in enumerate(zip(cells, spots, marks, strict=True))
        if cell.text.strip()
    ]


def _marks(spots: Sequence[Box], upward: Sequence[bool], boxes: Sequence[MarkedBox]) -> list[int]:
    if not spots or not boxes:
        return [LOOSE] * len(spots)
    named = sorted((ARTIFACT if box.artifact else box.mark, box.left, box.top, box.right, box.bottom) for box in boxes)
    names, sides = [int(box[0]) for box in named], np.array([box[1:] for box in named])
    found = [LOOSE] * len(spots)
    for turned in (False, True):
        indices = [index for index, runs_up in enumerate(upward) if runs_up == turned]
        if not indices:
            continue
        words = np.array([_sides(spots[index]) for index in indices])
        order = [1, 0, 3, 2] if turned else [0, 1, 2, 3]
        step = max(1, COMPARED // len(boxes))
        for start in range(0, len(indices), step):
            part = slice(start, start + step)
            best = _nearest(words[part][:, order], sides[:, order], names)
            for index, name in zip(indices[part], best, strict=True):
                found[index] = name
    return found


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _nearest(words: Sides, boxes: Sides, names: Sequence[int]) -> list[int]:
    """The name of the boxes that share most of each word's width together, LOOSE where none touches it. Both are
    (n, 4): left, top, right, bottom of text that runs across; boxes of one name stand behind each other.

    A box that is level with a word only by the slack counts half: it may be a line's above or below.
    """
    left, top, right, bottom = boxes.T
    slack = SLACK * (bottom - top) + 1
    middle = ((words[:, 1] + words[:, 3]) / 2)[:, None]
    level = (middle >= top - slack) & (middle <= bottom + slack)
    shared = np.minimum(words[:, 2, None], right) - np.maximum(words[:, 0, None], left)
    shared = np.where(level, shared, -1.0) - 0.001 * np.abs(middle - (top + bottom) / 2)
    inside = (middle >= top) & (middle <= bottom)
    starts = [index for index, name in enumerate(names) if index == 0 or name != names[index - 1]]
    sums = np.add.reduceat(np.maximum(shared, 0) * np.where(inside, 1.0, 0.5), starts, axis=1)
    most, touching = sums.argmax(axis=1), shared.argmax(axis=1)
    rows = np.arange(len(words))
    by_sum, by_touch = sums[rows, most] > 0, shared[rows, touching] > -TOUCH
    return [
        names[starts[int(group)]] if overlaps else names[int(box)] if touches else LOOSE
        for group, box, overlaps, touches in zip(most, touching, by_sum, by_touch, strict=True)
    ]
