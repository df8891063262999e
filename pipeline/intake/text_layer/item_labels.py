"""Labels of items that the parser runs together with their texts, as where a number nearly reaches the stop of its tab:
the gap behind it is a twentieth of the type's height, where other letters touch.
"""

import re
from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, placed, runs_across
from pipeline.intake.text_layer.glyphs import PageGlyphs

GAP = 0.03  # of the font's height: letters of a word stand closer
WIDER = 2.0  # times the widest gap between the letters of the text
EDGE = 1.0  # points by which a line and its first word may begin apart
DASHES = str.maketrans("\u2010\u2013\u2014", "---")  # the parser writes some of them as hyphens
_LABEL = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z])[.)]|[\u2013\u2014\u2022\u25aa-])(?=\w[\w'\u2019-]*[,.;:]?$)")


def labelled(words: Sequence[PdfTextCell], lines: Sequence[PdfTextCell]) -> list[int]:
    """Numbers of the words that begin a line with what may be an item's label."""
    chosen = [number for number, word in enumerate(words) if _LABEL.match(word.text) and runs_across(word)]
    if not chosen:
        return []
    boxes, starts = boxes_of(words), boxes_of(lines)
    return [number for number in chosen if _begins(boxes[number], starts)]


def _begins(box: Boxes, lines: Boxes) -> bool:
    middle = (box[1] + box[3]) / 2
    return bool(((np.abs(lines[:, 0] - box[0]) < EDGE) & (lines[:, 1] < middle) & (middle < lines[:, 3])).any())


def part_label(word: PdfTextCell, glyphs: PageGlyphs) -> list[PdfTextCell]:
    """The word as a label and a text, where a gap stands between them; else the word."""
    numbers = glyphs.inside(boxes_of([word])[0])
    label = _LABEL.match(word.text)
    drawn = "".join(glyphs.characters[number] for number in numbers)
    if label is None or drawn.translate(DASHES) != word.text.translate(DASHES):
        return [word]
    own, end = glyphs.boxes[numbers], label.end()
    gaps = own[1:, 0] - own[:-1, 2]
    height = float(np.median(own[:, 3] - own[:, 1]))
    if gaps[end - 1] <= max(GAP * height, WIDER * gaps[end:].max(initial=0.0)):
        return [word]
    _, bottom, _, top = boxes_of([word])[0]
    parts = ((0, end), (end, len(numbers)))
    return [placed(word, word.text[a:b], (own[a, 0], bottom, own[b - 1, 2], top)) for a, b in parts]
