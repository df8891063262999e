"""Bullets from fonts of signs. A word processor takes them from fonts such as Wingdings, whose file then says that the
sign is a letter: the letter of the key that it lies on.
"""

from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of

BULLET = "•"
LEAST = 2  # times that a font's only letter must stand in front of text: a single one may be anything
CLEAR = 1.0  # in letter heights: white in front of a bullet
REACH = (0.1, 4.0)  # in letter heights: least and largest distance between a bullet and its text


def bullets(words: Sequence[PdfTextCell]) -> list[int]:
    """The places in ``words`` of letters that are bullets: their font has only this letter on the page, and it stands
    in front of a text each time.
    """
    texts: dict[str, set[str]] = {}
    for word in words:
        texts.setdefault(word.font_name, set()).add(word.text.strip())
    lone = {font for font, found in texts.items() if len(found) == 1 and _is_letter(next(iter(found)))}
    places: dict[str, list[int]] = {font: [] for font in lone if font}
    for place, word in enumerate(words):
        if word.font_name in places:
            places[word.font_name].append(place)
    boxes = boxes_of(words) if places else np.empty((0, 4))
    return [
        place
        for found in places.values()
        if len(found) >= LEAST and all(_leads(boxes, place) for place in found)
        for place in found
    ]


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalpha()


def _leads(boxes: Boxes, place: int) -> bool:
    """Whether there is text right behind the word and none in front of it, on its line."""
    left, bottom, right, top = boxes[place]
    height = top - bottom
    shared = np.minimum(boxes[:, 3], top) - np.maximum(boxes[:, 1], bottom)
    beside = shared > 0.5 * height
    beside[place] = False
    behind = boxes[beside, 0] - right
    before = left - boxes[beside, 2]
    follows = ((behind > REACH[0] * height) & (behind < REACH[1] * height)).any()
    return bool(follows and not ((before > -height) & (before < CLEAR * height)).any())
