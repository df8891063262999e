"""Words that lie aslant over a page's text, such as "DRAFT" from corner to corner: taken out of the text."""

from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell, SegmentedPdfPage

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, numbered
from pipeline.intake.text_layer.glyphs import hull
from pipeline.pages import Box, Watermark

ASLANT = 0.09  # rise of a line over its run, or the other way round: five degrees from level or upright
LARGER = 1.5  # times the height of the page's level lines
OVER = 3  # level lines that a line of a watermark lies over, at least
LONGEST = 200  # characters


def take_watermarks(page: SegmentedPdfPage) -> tuple[Watermark, ...]:
    """Take the watermark out of the page's words and lines, in place; all its lines are one."""
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    level = [line for line in lines if not is_aslant(line.rect)]
    large = [line for line in lines if is_aslant(line.rect) and _is_large(line, level)]
    boxes = boxes_of(level)
    if not any(_lies_over(box, boxes) for box in boxes_of(large)) or sum(len(line.text) for line in large) > LONGEST:
        return ()
    whole, taken = hull(boxes_of(large)), {id(line) for line in large}
    page.textline_cells = numbered([line for line in lines if id(line) not in taken])
    words = zip(page.word_cells, boxes_of(page.word_cells), strict=True)
    page.word_cells = numbered([word for word, box in words if not (is_aslant(word.rect) and _holds(whole, box))])
    left, bottom, right, top = whole.tolist()
    height = page.dimension.height
    text = " ".join(line.text.strip() for line in large)
    return (Watermark(text, Box(left, height - top, right, height - bottom)),)


def is_aslant(rect: BoundingRectangle) -> bool:
    """Whether the text runs neither level nor upright."""
    across, up = abs(rect.r_x1 - rect.r_x0), abs(rect.r_y1 - rect.r_y0)
    return min(across, up) > ASLANT * max(across, up)


def _is_large(line: PdfTextCell, level: Sequence[PdfTextCell]) -> bool:
    usual = float(np.median([_height(other.rect) for other in level])) if level else np.inf
    return _height(line.rect) >= LARGER * usual


def _height(rect: BoundingRectangle) -> float:
    """Of the type, whichever way its line runs."""
    return float(np.hypot(rect.r_x3 - rect.r_x0, rect.r_y3 - rect.r_y0))


def _lies_over(box: Boxes, others: Boxes) -> bool:
    """Whether some of the ``others`` (n, 4) cross the box (4,), their middle between its foot and its head."""
    middles = (others[:, 1] + others[:, 3]) / 2
    across = (others[:, 0] < box[2]) & (others[:, 2] > box[0])
    return int((across & (middles > box[1]) & (middles < box[3])).sum()) >= OVER


def _holds(whole: Boxes, box: Boxes) -> bool:
    middle = (box[:2] + box[2:]) / 2
    return bool(((middle >= whole[:2]) & (middle <= whole[2:])).all())
