"""What a page shows that its text layer does not have, such as text in pictures, or drawn as outlines.

The page as drawn is looked at without the words that the layer has, at 72 dpi: as a whole, where all that is not paper
is ink, and in small fields, where lines of print are told from other ink. Lines of print have
flat paper, many strokes across and down, and white space between the lines. Photographs have no flat paper, hatching
and bars have strokes one way only, matrix codes no white space.
"""

from dataclasses import dataclass

import numpy as np
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell
from numpy.typing import NDArray

from pipeline.intake.cells import INKLESS
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, slope
from pipeline.intake.text_layer.visibility import DrawnPage

FIELD = (12, 48)  # pixels, height and width of a field: a line of print, eight letters of it
PAPER = 32  # of 255: paper of a picture differs by less
INK = 64  # of 255: ink of a field differs from its paper by more
PAGE_INK = 48  # of 255: ink of the page differs from its most common grey by more
FLAT = 0.45  # share of a field that is paper
STROKES = 0.08  # changes between paper and ink per pixel, from left to right
LEVELS = 0.04  # the same from top to bottom
WHITE_ROWS = 0.12  # share of the rows without ink of a field and the one below it
BESIDE = 2  # fields side by side that make a line
LEAST_FIELDS = 5  # of a page
MOST_WORDS = 20_000  # a page of more words is not looked at
AROUND = 1.0  # points around a word's box that may be its ink
ASLANT = 0.01  # slope of a word from which on it is neither level nor upright

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class UnreadInk:
    """Ink that is no word of the text layer, as shares of the page's area in [0, 1]: all of it, and the fields of it
    that look like lines of text, 0 where those are too few to be read.
    """

    ink_share: float
    print_share: float


def unread_ink(page: SegmentedPdfPage, drawn: DrawnPage) -> UnreadInk:
    """What the page as drawn shows beside the words of ``page``."""
    if len(page.word_cells) > MOST_WORDS:
        return UnreadInk(0.0, 0.0)
    try:
        step = max(round(drawn.scale), 1)
        gray = np.array(drawn.image()[::step, ::step, 1])
    except (OSError, ValueError):
        return UnreadInk(0.0, 0.0)
    covered = [_covers_its_ink(word) for word in page.word_cells]
    boxes, scale = boxes_of(page.word_cells), drawn.scale / step
    _blank(gray, boxes[covered], scale)
    ink = ink_share(gray)
    _blank(gray, boxes[np.logical_not(covered)], scale)
    fields = printed_fields(gray)
    enough = fields.sum() >= LEAST_FIELDS
    return UnreadInk(ink, float(fields.sum() * FIELD[0] * FIELD[1] / gray.size) if enough else 0.0)


def _covers_its_ink(word: TextCell) -> bool:
    """Whether the ink in the word's box is the word's: not where somebody's OCR put it without ink, nor where the word
    stands aslant, as a watermark does, so that its box holds half the page.
    """
    if isinstance(word, PdfTextCell) and word.rendering_mode in INKLESS:
        return False
    return slope(word) <= ASLANT


def ink_share(gray: Gray) -> float:
    """Share of the pixels of ``gray``, in [0, 1], that differ from its most common grey: letters, lines and pictures on
    paper of any colour.
    """
    counts = np.bincount(gray.ravel(), minlength=256)
    paper = int(counts.reshape(32, 8).sum(axis=1).argmax()) * 8 + 4
    return float(counts[np.abs(np.arange(256) - paper) > PAGE_INK].sum() / gray.size)


def _blank(gray: Gray, boxes: Boxes, scale: float) -> None:
    """Paint over the boxes of words, each in the colour at its corner."""
    if not len(boxes):
        return
    height, width = gray.shape
    left = np.clip((boxes[:, 0] - AROUND) * scale, 0, width - 1).astype(int)
    right = np.clip((boxes[:, 2] + AROUND) * scale + 1, 1, width).astype(int)
    top = np.clip(height - (boxes[:, 3] + AROUND) * scale, 0, height - 1).astype(int)
    bottom = np.clip(height - (boxes[:, 1] - AROUND) * scale + 1, 1, height).astype(int)
    for x0, y0, x1, y1 in zip(left.tolist(), top.tolist(), right.tolist(), bottom.tolist(), strict=True):
        gray[y0:y1, x0:x1] = gray[y0, x0]


def printed_fields(gray: Gray) -> NDArray[np.bool_]:
    """(rows, columns): which fields of ``gray`` look like part of a line of print."""
    rows, columns = gray.shape[0] // FIELD[0], gray.shape[1] // FIELD[1]
    whole = gray[: rows * FIELD[0], : columns * FIELD[1]].reshape(rows, FIELD[0], columns, FIELD[1]).swapaxes(1, 2)
    printed, white = np.zeros((rows, columns), dtype=np.bool_), np.ones((rows + 1, columns))
    inked = whole.max(axis=(2, 3)) - whole.min(axis=(2, 3)) > INK
    if inked.any():
        fields = whole[inked]
        low, high = fields.min(axis=(1, 2), keepdims=True), fields.max(axis=(1, 2), keepdims=True)
        dark = (fields - low < PAPER).sum(axis=(1, 2)) > (high - fields < PAPER).sum(axis=(1, 2))
        contrast = np.where(dark[:, None, None], fields - low, high - fields)
        printed[inked], white[:-1][inked] = _printed(contrast)
    return _in_lines(printed & (white[:-1] + white[1:] >= 2 * WHITE_ROWS))


def _printed(contrast: Gray) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which fields (n, height, width) have strokes on flat paper, and the share of their rows that is white.

    ``contrast`` is by how much each pixel differs from the paper.
    """
    ink = contrast > INK
    ink &= ~ink.all(axis=1, keepdims=True)  # the upright rules of a table, which leave no row white
    flat = (contrast < PAPER).mean(axis=(1, 2)) >= FLAT
    strokes = (ink[:, :, 1:] != ink[:, :, :-1]).mean(axis=(1, 2)) >= STROKES
    levels = (ink[:, 1:] != ink[:, :-1]).mean(axis=(1, 2)) >= LEVELS
    return flat & strokes & levels, (~ink.any(axis=2)).mean(axis=1)


def _in_lines(fields: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The fields that stand with others side by side."""
    padded = np.pad(fields, ((0, 0), (BESIDE - 1, BESIDE - 1)))
    width = fields.shape[1]
    runs = [
        np.logical_and.reduce([padded[:, start + n : start + n + width] for n in range(BESIDE)])
        for start in range(BESIDE)
    ]
    return np.asarray(np.logical_or.reduce(runs))
