"""Lines that the parser ran across the gutter between columns of text, as it does where two columns have a base line in
common and the gutter is a few spaces wide.

Lines of a column begin at one place, and no word stands in the white before it. Pieces of one line seldom begin there.
"""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import numpy as np
from docling_core.types.doc.page import PdfTextCell
from numpy.typing import NDArray

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, joined, runs_across
from pipeline.typewriter_fonts import is_typewriter

WHITE = 0.8  # of the type's height: a gutter is wider; spaces are a quarter of it to a half
ALIKE = 0.3  # of the type's height: by which the lines of a column differ in where they begin
LEAST = 6  # lines of a column, each side of the gutter
RUN_GAP = 3.0  # of the type's height: white between two lines of a column at most
WIDTH = 11.0  # of the type's height: lines of text are wider in the median; terms, numbers and labels are not
LABEL = 4.0  # of the type's height: numbers of items and other labels are narrower
LABELS = 0.2  # share of the rows left of a gutter that are so: last lines of paragraphs
CROSSING = 0.05  # for each line that begins at the gutter, words in its white at most
MOST_ROWS = 64  # of a column that are looked at
MOST_GUTTERS = 48  # columns of a page that are looked at
OUTSIDE = np.array((-1.0, -1.0, 1.0, 1.0))  # points by which a word may stand out of its line
MOST_ALIKE = 64  # places where words say the same that are looked at
MOST_WORDS = 20_000  # of a page; one with more is left as it is

White = tuple[float, float, float, float]  # its white: left, bottom, right, top in points, origin at the bottom left


class _ToldWords:
    """The words of a page, found again by what a line says: a line that runs on into another column often goes up or
    down there, so that its box holds words of other lines.
    """

    def __init__(self, cells: Sequence[PdfTextCell]) -> None:
        self.cells, self.boxes = cells, boxes_of(cells)
        texts = [_written(cell.text) for cell in cells]
        self._starts = np.cumsum([0, *(len(text) for text in texts)])
        self._text = "".join(texts)

    def of(self, line: PdfTextCell) -> NDArray[np.intp]:
        """The numbers of the line's words."""
        said, (left, bottom, right, top) = _written(line.text), boxes_of([line])[0] + OUTSIDE
        at = self._text.find(said)
        for _ in range(MOST_ALIKE):
            first, end = np.searchsorted(self._starts, (at, at + len(said)))
            own = self.boxes[first:end]
            if at < 0:
                break
            if len(own) and (own[:, :2] >= (left, bottom)).all() and (own[:, 2:] <= (right, top)).all():
                return np.arange(first, end)
            at = self._text.find(said, at + 1)
        return np.arange(0)


def _written(text: str) -> str:
    return "".join(text.split())


def part_at_gutters(lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines, those that run across a gutter parted there; they say what ``words`` say. Most pages have none."""
    if not 2 * LEAST <= len(words) <= MOST_WORDS:
        return list(lines)
    pieces, torn = _pieces(words)
    found, told = list(lines), _ToldWords(words)
    for left, bottom, right, top in _gutters(pieces, torn):
        boxes = boxes_of(found)
        middles = (boxes[:, 1] + boxes[:, 3]) / 2
        crossed = (boxes[:, 0] < left) & (boxes[:, 2] > right) & (bottom < middles) & (middles < top)
        parts = {n: _parted(found[n], told, (left + right) / 2) for n in np.flatnonzero(crossed).tolist()}
        found = [part for n, line in enumerate(found) for part in parts.get(n, (line,))]
    return found


def _pieces(words: Sequence[PdfTextCell]) -> tuple[Boxes, NDArray[np.bool_]]:
    """The boxes (n, 4) of runs of words no more than a space apart, and whether each of them stands in the row of the
    run before it, behind white as wide as a gutter is.
    """
    level = [word for word in words if runs_across(word) and not is_typewriter(word.font_name)]
    boxes = boxes_of(level)
    if not len(boxes):
        return boxes, np.zeros(0, dtype=np.bool_)
    height = np.minimum(boxes[1:, 3] - boxes[1:, 1], boxes[:-1, 3] - boxes[:-1, 1])
    shared = np.minimum(boxes[1:, 3], boxes[:-1, 3]) - np.maximum(boxes[1:, 1], boxes[:-1, 1])
    gap, row = boxes[1:, 0] - boxes[:-1, 2], shared > 0.5 * height
    behind = row & (gap > WHITE * height)
    starts = np.concatenate(([0], np.flatnonzero(behind | ~row | (gap < -height)) + 1))
    low, high = np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)
    return np.concatenate((low, high), axis=1), np.concatenate(([False], behind))[starts]


def _gutters(pieces: Boxes, behind: NDArray[np.bool_]) -> Iterator[White]:
    """The gutters that have lines of text on both sides."""
    for run, height in islice(_columns(pieces, behind), MOST_GUTTERS):
        edge = float(run[:, 0].min())
        white = (edge - WHITE * height, float(run[:, 1].min()), edge, float(run[:, 3].max()))
        if _parts_text(white, run, pieces, height):
            yield white


def _columns(pieces: Boxes, behind: NDArray[np.bool_]) -> Iterator[tuple[Boxes, float]]:
    """The pieces below each other that begin at one place, and the height of their type in points; first those of the
    places where most lines go on ``behind`` white.
    """
    starts, counts = np.unique(np.round(pieces[behind, 0]), return_counts=True)
    for place in starts[np.argsort(-counts, kind="stable")][:MOST_GUTTERS].tolist():
        near = np.abs(pieces[:, 0] - place) <= 1.0
        height = float(np.median(pieces[near, 3] - pieces[near, 1]))
        own = np.abs(pieces[:, 0] - place) <= max(ALIKE * height, 1.0)
        yield from ((run, height) for run in _runs(pieces[own], RUN_GAP * height))


def _runs(own: Boxes, most: float) -> list[Boxes]:
    """The pieces from top to bottom, parted where more than ``most`` points are white between two; too few are none."""
    ordered = own[np.argsort(-own[:, 3], kind="stable")]
    breaks = np.flatnonzero(np.minimum.accumulate(ordered[:, 1])[:-1] - ordered[1:, 3] > most) + 1
    edges = [0, *breaks.tolist(), len(ordered)]
    return [ordered[start:end] for start, end in pairwise(edges) if end - start >= LEAST]


def _parts_text(white: White, right: Boxes, pieces: Boxes, height: float) -> bool:
    """Whether lines of text stand on both sides of the ``white`` and hardly anything in it."""
    middles = (pieces[:, 1] + pieces[:, 3]) / 2
    beside = pieces[(white[1] < middles) & (middles < white[3])]
    inside = (beside[:, 0] < white[2] - ALIKE * height) & (beside[:, 2] > white[0])
    left = _nearest(right[:: len(right) // MOST_ROWS + 1], beside[beside[:, 2] <= white[0]])
    if len(left) < LEAST or inside.sum() > CROSSING * len(right):
        return False
    widths = [(side[:, 2] - side[:, 0]) / height for side in (left, right)]
    return bool(min(map(np.median, widths)) >= WIDTH and (widths[0] < LABEL).mean() <= LABELS)


def _nearest(right: Boxes, left: Boxes) -> Boxes:
    """Of each row of the ``right`` pieces, the ``left`` one that ends last, where there is one."""
    if not len(left):
        return left
    low, high = (np.maximum(right[:, None, 1], left[None, :, 1]), np.minimum(right[:, None, 3], left[None, :, 3]))
    level = high - low > 0.5 * np.minimum(right[:, None, 3] - right[:, None, 1], left[None, :, 3] - left[None, :, 1])
    ends = np.where(level, left[None, :, 2], -np.inf)
    return np.asarray(left[ends.argmax(axis=1)[level.any(axis=1)]])


def _parted(line: PdfTextCell, words: _ToldWords, place: float) -> list[PdfTextCell]:
    """The line in two pieces, left and right of ``place`` in points; whole where no words say what it says."""
    own = words.of(line)
    middles = (words.boxes[own, 0] + words.boxes[own, 2]) / 2
    sides = ([words.cells[n] for n in own[(middles < place) == left].tolist()] for left in (True, False))
    return [joined(side, " ".join(word.text for word in side)) for side in sides if side] or [line]
