"""Lines of a scan whose strokes are heavy: text recognition gives no fonts, and headings are large or bold.

A stroke's width is twice its area by the length of its outline. On a grey image the area is the sum of the darkness,
and the outline the sum of its changes across and down times π / 4, since edges run in all directions. Blur changes
neither much. The height of a recognised line's box hangs on its letters by a fifth either way, the width of its strokes
hardly.

Measured on scans of five documents at 150 and 200 dpi: body text 0.92 to 1.12 times the page's median, headings 1.28 to
2.1 times, bold cells of tables 1.2 to 1.3 times.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box
from pipeline.stages.light_layout.lines import HEAVY_SCAN, PLAIN_SCAN, LayoutLine

HEAVY = 1.25  # times the page's median
LEAST_LINES = 5  # that show what is usual on the page
LEAST_LETTERS = 3  # a number in a table's cell has the rules beside it in its box
PAPER_PERCENTILE, INK_PERCENTILE = 30, 99.5
LEAST_CONTRAST = 24  # levels of 255 between paper and ink


def with_stroke_weights(lines: Sequence[LayoutLine], gray: NDArray[np.uint8], scale: float) -> list[LayoutLine]:
    """``lines`` in their order; those of a scanned page with their stroke, and with the font ``HEAVY_SCAN``
    or ``PLAIN_SCAN`` where the page has lines enough.

    ``gray`` is the page's brightness (height, width), ``scale`` its pixels per point.
    """
    scanned = [line for line in lines if not line.words and not line.font]
    if 2 * _characters(scanned) < _characters(lines):
        return list(lines)
    widths = {id(line): stroke_width(_crop(gray, line.box, scale)) / scale for line in scanned}
    usual = median(widths[id(line)] for line in scanned for _ in line.text) if len(scanned) >= LEAST_LINES else 0.0
    return [_weighed(line, widths[id(line)], usual) if id(line) in widths else line for line in lines]


def _weighed(line: LayoutLine, stroke: float, usual: float) -> LayoutLine:
    if usual == 0:
        return replace(line, stroke=stroke)
    heavy = stroke >= HEAVY * usual and sum(map(str.isalpha, line.text)) >= LEAST_LETTERS
    return replace(line, font=HEAVY_SCAN if heavy else PLAIN_SCAN, stroke=stroke)


def stroke_width(gray: NDArray[np.uint8]) -> float:
    """The mean width in pixels of the dark strokes on ``gray`` (height, width); 0 where there are none."""
    if gray.size == 0:
        return 0.0
    dark = 255.0 - gray
    paper, ink = np.percentile(dark, (PAPER_PERCENTILE, INK_PERCENTILE))
    if ink - paper < LEAST_CONTRAST:
        return 0.0
    share = np.clip((dark - paper) / (ink - paper), 0, 1)
    changes = float(np.abs(np.diff(share, axis=0)).sum() + np.abs(np.diff(share, axis=1)).sum())
    return 2 * float(share.sum()) / (changes * np.pi / 4) if changes else 0.0


def _characters(lines: Sequence[LayoutLine]) -> int:
    return sum(len(line.text) for line in lines)


def _crop(gray: NDArray[np.uint8], box: Box, scale: float) -> NDArray[np.uint8]:
    left, top = max(int(box.left * scale), 0), max(int(box.top * scale), 0)
    return gray[top : int(box.bottom * scale) + 1, left : int(box.right * scale) + 1]
