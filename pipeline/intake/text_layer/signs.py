"""Marks of items: bullets from fonts of signs, and marks that are drawn late. A word processor takes bullets from fonts
such as Wingdings, whose file then says that the sign is a letter: the letter of the key that it lies on.
"""

import re
from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.pdfium_text import REPLACEMENT
from pipeline.intake.text_layer.geometry import Boxes, boxes_of

BULLET = "•"
INFINITY = "∞"  # in the encoding of the Symbol font at the place where old Macs have the bullet
LEAST = 2  # times that a font's only letter or sign must stand in front of text: a single one may be anything
_MARK = re.compile(r"[^\w\s.,;:]{1,2}|\(?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")  # that an item begins with
_SIGN_FONT = re.compile("symbol|wingdings|webdings|dingbats", re.IGNORECASE)
CLEAR = 1.0  # in letter heights: white in front of a bullet
REACH = (0.1, 4.0)  # in letter heights: least and largest distance between a bullet and its text


def bullets(words: Sequence[PdfTextCell]) -> list[int]:
    """The places in ``words`` of letters and signs that are bullets: their font has nothing else on the page, and they
    stand in front of a text each time.
    """
    texts: dict[str, set[str]] = {}
    for word in words:
        texts.setdefault(word.font_name, set()).add(word.text.strip())
    lone = {font for font, found in texts.items() if len(found) == 1 and _may_be_bullet(next(iter(found)), font)}
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


def marks_first(lines: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with each item's mark before its text: some programs draw marks after all that they stand before."""
    late = [number for number, line in enumerate(lines) if number and _MARK.fullmatch(line.text.strip())]
    if not late:
        return list(lines)
    boxes = boxes_of(lines)
    places = list(range(len(lines)))
    for number in late:
        if (behind := _behind(boxes, number)) is not None and behind < number:
            places.remove(number)
            places.insert(places.index(behind), number)
    return [lines[place] for place in places]


def _behind(boxes: Boxes, mark: int) -> int | None:
    """The number of the nearest line at the right of a mark, in its row and within reach."""
    bottom, right, top = boxes[mark, 1:]
    height = top - bottom
    shared = np.minimum(boxes[:, 3], top) - np.maximum(boxes[:, 1], bottom)
    level = shared > 0.5 * np.minimum(boxes[:, 3] - boxes[:, 1], top - bottom)
    gap = boxes[:, 0] - right
    near = level & (gap >= 0) & (gap < REACH[1] * height)
    near[mark] = False
    return int(np.flatnonzero(near)[np.argmin(gap[near])]) if near.any() else None


def _may_be_bullet(text: str, font: str) -> bool:
    """Whether a font's only text can be a bullet: a letter, or what fonts of signs have that were read wrongly."""
    letter = len(text) == 1 and text.isascii() and text.isalpha()
    return letter or (text in (INFINITY, REPLACEMENT) and _SIGN_FONT.search(font) is not None)


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
