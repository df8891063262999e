"""Raised marks that a font draws small and high by itself, in type as large as the rest: typesetters take such glyphs
for footnote marks and exponents where a font has them. Nothing but the ink of the glyphs tells "214.6" with a note from
"214.62".
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell
from numpy.typing import NDArray

from pipeline.intake.text_layer.geometry import boxes_of, runs_across
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.pieces import part_raised

CAPITAL = 0.6  # of the height of a font: that of its capitals, where the word has small letters only
SMALL = 0.8  # of the height of the tallest letter or figure of its word: a mark drawn so is lower; 0.65 is usual
LIFTED = 0.2  # of that height: how far above the base line a mark begins; figures of old style stand on it or below
MOST_WORDS = 5_000  # of a page: each is looked for among all characters, which takes 30 µs on most pages
FRACTION = "\u2044"
_FIRST = re.compile(r"[^\W\d_]\d{1,2}[.,;:)]?$")  # a figure right behind a letter: few words of a page have one
_MAYBE = re.compile(r"\w[\d,*\u2212-]{0,3}[\da-e*][.,;:)]?$")

ReadGlyphs = Callable[[], PageGlyphs]


def part_drawn_marks(words: Sequence[PdfTextCell], read: ReadGlyphs, read_ink: ReadGlyphs) -> list[list[PdfTextCell]]:
    """The words, each in its pieces where such marks stand in it. ``read_ink`` gives the same characters as ``read`` in
    boxes of their ink; both are asked where a figure stands right behind a letter, and the others of the page are
    looked at where one such figure is a mark.
    """
    first = [number for number, word in enumerate(words) if _FIRST.search(word.text) and runs_across(word)]
    if not first or len(words) > MOST_WORDS:
        return [[word] for word in words]
    glyphs, ink = read(), read_ink()
    boxes = boxes_of(words)
    if not any(len(_pieces(words[number], boxes[number], glyphs, ink)) > 1 for number in first):
        return [[word] for word in words]
    return [
        _pieces(word, box, glyphs, ink) if _MAYBE.search(word.text) and runs_across(word) else [word]
        for word, box in zip(words, boxes, strict=True)
    ]


def _pieces(word: PdfTextCell, box: NDArray[np.float64], glyphs: PageGlyphs, ink: PageGlyphs) -> list[PdfTextCell]:
    numbers = glyphs.inside(box)
    if FRACTION in word.text or "".join(glyphs.characters[number] for number in numbers) != word.text:
        return [word]
    own = ink.boxes[numbers]
    plain = np.array([char.isascii() and char.isalnum() for char in word.text])
    if ink.feet is None or not plain.any():
        return [word]
    heights, font = own[:, 3] - own[:, 1], glyphs.boxes[numbers][plain]
    height = max(heights[plain].max(), CAPITAL * float(np.median(font[:, 3] - font[:, 1])))
    raised = (heights < SMALL * height) & (own[:, 1] > ink.feet[numbers] + LIFTED * height) & _may_be_raised(word.text)
    if raised[0] or not (raised & plain).any():
        return [word]
    shown = np.where(raised[:, None], own, glyphs.boxes[numbers])
    shown[:, [0, 2]] = glyphs.boxes[numbers][:, [0, 2]]  # as wide as the advance, or white would stand behind a mark
    return part_raised(word, raised, shown)


def _may_be_raised(text: str) -> NDArray[np.bool_]:
    """Figures and single letters, and what stands between two of them."""
    return np.array([(char.isascii() and char.isalnum()) or char in ",*-\u2212" for char in text])
