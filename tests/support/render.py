"""Pages of test documents as the models get them."""

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from pipeline.pages import PageFacts, PageSize, PageTask, RenderedPage

SCALE = 2.0


def render(document: Path, page: int = 1) -> NDArray[np.uint8]:
    """Page ``page`` (from 1) at 144 dpi: (height, width, 3) uint8 RGB."""
    with pdfium.PdfDocument(document) as pdf:
        bitmap = pdf[page - 1].render(scale=SCALE, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


def upper_half(image: NDArray[np.uint8], turn: int = 0) -> NDArray[np.uint8]:
    """The upper half of a page that lies ``turn`` quarter turns clockwise: for pages without text below, which cost
    text detection half the time.
    """
    upright = np.rot90(image, turn)
    return np.ascontiguousarray(np.rot90(upright[: upright.shape[0] // 2], -turn))


def page_text(document: Path, page: int = 1) -> str:
    """The text that the document itself holds for this page."""
    with pdfium.PdfDocument(document) as pdf:
        return str(pdf[page - 1].get_textpage().get_text_bounded())


def task_for(image: NDArray[np.uint8], page: int = 1, *, ocr: bool = False, tables: bool = True) -> PageTask:
    """A task for an image rendered by ``render``."""
    height, width = image.shape[:2]
    facts = PageFacts(page, PageSize(width / SCALE, height / SCALE), 0, 0, 0, 0.0, 0.0)
    return PageTask(RenderedPage(page, width, height, 0, SCALE, "", facts), ocr, tables)
