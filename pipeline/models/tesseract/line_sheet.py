"""Text lines set one below the other on white paper: one image for one run of Tesseract.

The detector found the lines wherever they stood, turned or skewed, in tables or in columns. On the sheet they are flat
and apart, so that nothing is left to Tesseract's own page analysis, and every word that it reads belongs to a line by
its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.models.images import Grey, Pixels, grey

LINE_HEIGHT = 56  # pixels; read as well as the 300 dpi that Tesseract asks for, in less time than larger ones
GAP = 28
LEAST_WIDTH, MOST_WIDTH = 8, 6000
MOST_LINES = 150  # on one sheet: 12,600 pixels, of the 32,767 that Tesseract takes
PAPER_PERCENTILE, INK_PERCENTILE = 75, 1
LEAST_CONTRAST = 24  # levels of 255 between ink and paper; less is noise, and is not stretched


@dataclass(frozen=True, slots=True)
class LineSheet:
    """``image`` (height, width) is dark on white; line number ``i`` of the sheet stands between ``tops[i]`` and
    ``tops[i] + LINE_HEIGHT``.
    """

    image: Grey
    tops: tuple[int, ...]

    def line_at(self, y: float) -> int:
        """Number of the line whose place is nearest to the height ``y``."""
        return min(max(round((y - GAP - LINE_HEIGHT / 2) / (LINE_HEIGHT + GAP)), 0), len(self.tops) - 1)


def line_sheets(lines: Sequence[Pixels]) -> Iterator[LineSheet]:
    """Sheets with all ``lines`` (height, width, 3; upright) in their order, at most ``MOST_LINES`` on each."""
    for start in range(0, len(lines), MOST_LINES):
        yield _sheet([_on_white(_scaled(grey(line))) for line in lines[start : start + MOST_LINES]])


def _sheet(rows: Sequence[Grey]) -> LineSheet:
    width = max(row.shape[1] for row in rows) + 2 * GAP
    image = np.full((len(rows) * (LINE_HEIGHT + GAP) + GAP, width), 255, dtype=np.uint8)
    tops = tuple(GAP + number * (LINE_HEIGHT + GAP) for number in range(len(rows)))
    for top, row in zip(tops, rows, strict=True):
        image[top : top + LINE_HEIGHT, GAP : GAP + row.shape[1]] = row
    return LineSheet(image, tops)


def _scaled(line: Grey) -> Grey:
    height, width = line.shape
    wanted = min(max(round(width * LINE_HEIGHT / height), LEAST_WIDTH), MOST_WIDTH)
    method = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(line, (wanted, LINE_HEIGHT), interpolation=method), dtype=np.uint8)


def _on_white(line: Grey) -> Grey:
    """The line with its paper white and its ink black, also where it is faint or light on dark."""
    if np.median(line) < (int(line.min()) + int(line.max())) / 2:
        line = 255 - line
    ink, paper = np.percentile(line, (INK_PERCENTILE, PAPER_PERCENTILE))
    if paper - ink < LEAST_CONTRAST:
        return line
    return np.asarray(np.clip((line - ink) * (255.0 / (paper - ink)), 0, 255), dtype=np.uint8)
