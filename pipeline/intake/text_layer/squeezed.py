"""Words that a squeezed line runs together.

Typesetters that justify lines make their spaces as narrow as 0.15 of the type's size, and the parser takes some of
these for none: its limit grows with the letters around a space. Here a gap inside a word parts it where the gap is as
wide as the spaces that the parser did see on the line.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.pieces import cut

NARROW = 0.22  # of the height: the parser may have missed spaces of a line whose usual space is narrower
LEAST_SPACES = 2  # of a line: fewer do not say what is usual there
AS_WIDE = 0.6  # of the line's usual space: a gap in a word that is one
SAME_LINE = 0.7  # of the lower word's height that two words of a line share at least
SHORTEST = 4  # letters of a word that may be two
CAPITALS = 8  # of a word that may be two
CAPITAL_SPACE = 0.15  # of the height: a gap between capitals that is a space
INNER_SPACE = 0.1  # of the height: a gap before a capital after another letter that is one
WIDEST = 2.0  # of the height: words farther apart are columns
# "RelatedWork", "MVHavella": a wide capital after a letter; the space before it is the one most often missed
_UPPER, _LOWER = "A-Z\u00c0-\u00de\u0391-\u03a9\u0400-\u042f", "a-z\u00df-\u00f6\u00f8-\u00ff\u03b1-\u03c9\u0430-\u045f"
_CAPITALS = re.compile(rf"[{_UPPER}]{{{CAPITALS},}}")
_INNER_CAPITAL = re.compile(rf"[{_LOWER}][{_UPPER}]|[{_UPPER}]{{2}}[{_LOWER}]")
# Latin, Greek, Cyrillic, Armenian and punctuation: signs of other scripts stand above, below and apart from letters.
_LETTERS = re.compile(rf"[\u0021-\u058f\u1e00-\u20cf\ufb00-\ufb06]{{{SHORTEST},}}")


def narrow_spaces(words: Sequence[PdfTextCell]) -> dict[int, float]:
    """Numbers of the words that may be several, each with the least width of a space in it, in points: those on
    squeezed lines, those in capitals, and those with a capital in them.
    """
    boxes = boxes_of(words)
    heights, gaps = boxes[:, 3] - boxes[:, 1], boxes[1:, 0] - boxes[:-1, 2]
    least = np.minimum(heights[1:], heights[:-1])
    shared = np.minimum(boxes[1:, 3], boxes[:-1, 3]) - np.maximum(boxes[1:, 1], boxes[:-1, 1])
    goes_on = (shared > SAME_LINE * least) & (gaps > 0) & (gaps < WIDEST * least)
    starts = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(words)]
    found = {
        number: space * float(heights[number])
        for number, word in enumerate(words)
        if (space := _space_at_capitals(word.text))
    }
    for start, end in pairwise(starts):
        if end - start <= LEAST_SPACES:
            continue
        usual = float(np.median(gaps[start : end - 1]))
        if usual < NARROW * float(np.median(heights[start:end])):
            longer = [number for number in range(start, end) if _LETTERS.fullmatch(words[number].text)]
            found |= dict.fromkeys(longer, AS_WIDE * usual)
    return found


def _space_at_capitals(text: str) -> float:
    """The least width of a space that the parser may have missed in a word for its capitals, in heights; else 0."""
    if _CAPITALS.fullmatch(text):
        return CAPITAL_SPACE
    return INNER_SPACE if _INNER_CAPITAL.search(text) else 0.0


def part_squeezed(
    words: Sequence[PdfTextCell], spaces: dict[int, float], glyphs: PageGlyphs
) -> list[list[PdfTextCell]]:
    """Each word in the pieces that ``spaces`` make of it, as ``narrow_spaces`` found them; most words are one piece."""
    boxes = boxes_of(words)
    return [
        cut(word, boxes[number], glyphs, spaces[number]) if number in spaces else [word]
        for number, word in enumerate(words)
    ]
