"""Lines that run from right to left: pdfium brings them into the order of writing, docling-parse does not."""

import re
from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of, placed, respelled
from pipeline.intake.text_layer.glyphs import PageGlyphs

LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
COMPLETE = 0.8  # share of a line's characters that pdfium must see in its box too, to be asked for their order


def reorder(
    lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell], glyphs: PageGlyphs
) -> tuple[list[PdfTextCell], list[PdfTextCell]]:
    """The page's lines and words, with those of right-to-left lines as pdfium orders their characters."""
    middles = _middles(words)
    boxes = boxes_of(lines)
    new_lines = list(lines)
    replaced: dict[int, list[PdfTextCell]] = {}
    gone: set[int] = set()
    for number, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        if not LEFTWARD.search(line.text):
            continue
        read = glyphs.words(glyphs.inside(box))
        if sum(len(text) for text, _ in read) < COMPLETE * sum(not c.isspace() for c in line.text):
            continue
        own = [
            int(index)
            for index in np.flatnonzero(
                (middles[:, 0] >= box[0]) & (middles[:, 0] <= box[2]) & (middles[:, 1] >= box[1]) & (middles[:, 1] <= box[3])
            )
            if int(index) not in gone
        ]
        if not own:
            continue
        new_lines[number] = respelled(line, " ".join(text for text, _ in read))
        replaced[own[0]] = [placed(words[own[0]], text, place) for text, place in read]
        gone.update(own)
    return new_lines, [new for index, word in enumerate(words) for new in replaced.get(index, [word] * (index not in gone))]


def _middles(words: Sequence[PdfTextCell]) -> np.ndarray:
    boxes = boxes_of(words)
    return np.stack(((boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2), axis=1)
