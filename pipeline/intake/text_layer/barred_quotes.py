"""Quotation marks that a word processor calls bars: in the tables of some fonts it wrote the horizontal bar for the one
before a quotation and the double line for the one behind. Their ink is that of quotation marks, small and high.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of, respelled
from pipeline.intake.text_layer.glyphs import PageGlyphs

DOUBLE_LINE = "\u2016"
_MARKS = {"\u2015": "\u201c", DOUBLE_LINE: "\u201d"}
_AS_READ = "-\u2015\u2016"  # the parser writes a hyphen for the horizontal bar
INK = (0.1, 0.45)  # of the height of the font: the ink of a quotation mark; a bar has less, a double line more
LIFTED = 0.4  # of that height: how far above the base line it begins at least
MOST_MARKS = 1_000  # of a page

ReadGlyphs = Callable[[], PageGlyphs]


def with_quotes(words: Sequence[PdfTextCell], read: ReadGlyphs, read_ink: ReadGlyphs) -> dict[int, PdfTextCell]:
    """The words that have such marks, put right, by their places in ``words``. ``read_ink`` gives the same characters
    as ``read`` in boxes of their ink; both are asked where a word has a double line.
    """
    if not any(DOUBLE_LINE in word.text for word in words):
        return {}
    glyphs, ink = read(), read_ink()
    marks = list(_marks(glyphs, ink))
    found: dict[int, PdfTextCell] = {}
    boxes = boxes_of(words)
    for mark in marks if len(marks) <= MOST_MARKS else ():
        middle = (glyphs.boxes[mark, :2] + glyphs.boxes[mark, 2:]) / 2
        for place in np.flatnonzero(((boxes[:, :2] <= middle) & (boxes[:, 2:] >= middle)).all(axis=1)).tolist():
            text, numbers = found.get(place, words[place]).text, glyphs.inside(boxes[place]).tolist()
            at = numbers.index(mark) if mark in numbers and len(numbers) == len(text) else None
            if at is not None and text[at] in _AS_READ:
                quoted = text[:at] + _MARKS[glyphs.characters[mark]] + text[at + 1 :]
                found[place] = respelled(words[place], quoted)
    return found


def _marks(glyphs: PageGlyphs, ink: PageGlyphs) -> Iterator[int]:
    """The numbers of the bars and double lines that are quotation marks by their ink."""
    if ink.feet is None or ink.characters != glyphs.characters:
        return
    for number, char in enumerate(glyphs.characters):
        if char in _MARKS:
            height = glyphs.boxes[number, 3] - glyphs.boxes[number, 1]
            _, bottom, _, top = ink.boxes[number]
            if INK[0] * height < top - bottom < INK[1] * height and bottom - ink.feet[number] > LIFTED * height:
                yield number
