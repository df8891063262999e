"""Words that lie aslant over a page's text, such as "DRAFT" from corner to corner: taken out of the text."""

import numpy as np
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, numbered, slope
from pipeline.intake.text_layer.glyphs import hull
from pipeline.pages import Box, Watermark

ASLANT = 0.09  # slope: five degrees from level or upright
LARGER = 1.5  # times the height of the page's level lines
OVER = 3  # level lines that a line of a watermark lies over, at least
LONGEST = 200  # characters


def take_watermarks(page: SegmentedPdfPage) -> tuple[Watermark, ...]:
    """Take the watermark out of the page's words and lines, in place; all its lines are one."""
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    level = [line for line in lines if slope(line) <= ASLANT]
    if not level or len(level) == len(lines):
        return ()
    least = LARGER * float(np.median([_height(line) for line in level]))
    large, over = [line for line in lines if _is_large_and_aslant(line, least)], boxes_of(level)
    if not any(_lies_over(box, over) for box in boxes_of(large)) or sum(len(line.text) for line in large) > LONGEST:
        return ()
    page.textline_cells = numbered([line for line in lines if not _is_large_and_aslant(line, least)])
    page.word_cells = numbered([word for word in page.word_cells if not _is_large_and_aslant(word, least)])
    left, bottom, right, top = hull(boxes_of(large)).tolist()
    height = page.dimension.height
    text = " ".join(line.text.strip() for line in large)
    return (Watermark(text, Box(left, height - top, right, height - bottom)),)


def _is_large_and_aslant(cell: TextCell, least: float) -> bool:
    """Whether the text runs aslant, in a type ``least`` points high."""
    return slope(cell) > ASLANT and _height(cell) >= least


def _height(cell: TextCell) -> float:
    """Of the type in points, whichever way its line runs."""
    return float(np.hypot(cell.rect.r_x3 - cell.rect.r_x0, cell.rect.r_y3 - cell.rect.r_y0))


def _lies_over(box: Boxes, others: Boxes) -> bool:
    """Whether some of the ``others`` (n, 4) cross the box (4,), their middle between its foot and its head."""
    middles = (others[:, 1] + others[:, 3]) / 2
    across = (others[:, 0] < box[2]) & (others[:, 2] > box[0])
    return int((across & (middles > box[1]) & (middles < box[3])).sum()) >= OVER
