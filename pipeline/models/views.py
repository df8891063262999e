"""What the layout network gets to see of a page: white paper, one page at a time, and the inside of page-wide pictures.

The network learned from portrait pages on white paper. On dark or tinted paper it calls everything one picture, and two
pages side by side, squeezed into its portrait input, are beyond it. None of this touches an ordinary page.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.models.images import Pixels

# Channel levels, of 255, that count as white paper, and by which ink differs from its paper.
WHITE_PAPER = 24
INK = 32
# A colour that covers less of the page is no paper: the page is a photograph.
PAPER_SHARE = 0.25
# Ink of this rank among the differences from the paper becomes black.
DARKEST_PERCENTILE = 99.5
MOST_GAIN = 3.0
# Width over height of two facing pages, from 2 × A4 to 2 × square-ish books.
SPREAD_ASPECT = (1.2, 1.8)
GUTTER_SHARE = 0.02
CROSSING_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class View:
    """Part of a page image, and its left and top in pixels of that image."""

    pixels: Pixels
    left: int
    top: int

    def part(self, left: int, top: int, right: int, bottom: int) -> "View":
        """A part of this view, in this view's pixels."""
        return View(self.pixels[top:bottom, left:right], self.left + left, self.top + top)


def facing_pages(image: Pixels) -> list[View]:
    """The two halves of a spread, or the page as a whole.

    A spread is wide, and no line of text, no rule and no picture crosses its middle.
    """
    height, width = image.shape[:2]
    page = View(image, 0, 0)
    if not SPREAD_ASPECT[0] <= width / height <= SPREAD_ASPECT[1]:
        return [page]
    reach = max(round(width * GUTTER_SHARE / 2), 1)
    gutter = image[::2, width // 2 - reach : width // 2 + reach].astype(np.int16)
    # Against each column's own level, so that a fold or a line between the pages does not count.
    differences = np.abs(gutter - np.median(gutter, axis=0)).max(axis=(1, 2))
    if (differences > INK).mean() > CROSSING_SHARE:
        return [page]
    return [page.part(0, 0, width // 2, height), page.part(width // 2, 0, width, height)]


def on_white_paper(pixels: Pixels) -> Pixels:
    """The page in grey on white: the more a pixel differs from its paper's colour, the darker. White paper is left as
    it is.
    """
    sample = pixels[::4, ::4].reshape(-1, 3)
    bins = sample.astype(np.int32) >> 4
    keys = bins[:, 0] * 256 + bins[:, 1] * 16 + bins[:, 2]
    counts = np.bincount(keys)
    paper = np.median(sample[keys == counts.argmax()], axis=0).astype(np.int16)
    if paper.min() >= 255 - WHITE_PAPER or counts.max() < PAPER_SHARE * len(keys):
        return pixels
    difference = np.abs(pixels.astype(np.int16) - paper).max(axis=2)
    darkest = float(np.percentile(difference[::4, ::4], DARKEST_PERCENTILE))
    grey = np.clip(255.0 - difference * min(255.0 / max(darkest, 1.0), MOST_GAIN), 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
