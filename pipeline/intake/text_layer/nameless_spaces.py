"""Spaces that the parser takes for letters without a name: those whose code or glyph the font's tables lack, such as a
no-break space in an encoding without one. What has no name and leaves no ink is white.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell
from numpy.typing import NDArray

from pipeline.intake.pdfium_text import REPLACEMENT
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, placed, runs_across
from pipeline.intake.text_layer.glyphs import PageGlyphs

LEAST_INK = 0.05  # points: a glyph whose ink is thinner has none
LEAST_WIDTH = 0.1  # of the word's height: what is narrower joins letters, or parts them for a program only
MOST_WORDS = 2_000  # of a page with such letters: more are a font's that has no names at all
_NAMED = re.compile(f"[^{REPLACEMENT}]+")
_NAMELESS = re.compile(f" *{REPLACEMENT}[ {REPLACEMENT}]*")

ReadGlyphs = Callable[[], PageGlyphs]


def part_at_nameless_spaces(page: SegmentedPdfPage, read_glyphs: ReadGlyphs, read_ink: ReadGlyphs) -> None:
    """Put white in the place of such spaces, in place: their words become several. ``read_ink`` gives the same
    characters as ``read_glyphs`` in boxes of their ink; both are asked where a word has a letter without a name.
    """
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    places = {number for number, word in enumerate(words) if REPLACEMENT in word.text}
    if not 0 < len(places) <= MOST_WORDS or len(words) < len(page.word_cells):
        return
    glyphs, ink = read_glyphs(), read_ink()
    if glyphs.characters != ink.characters:
        return
    inkless = np.asarray((ink.boxes[:, 2:] - ink.boxes[:, :2] < LEAST_INK).any(axis=1))
    parts = [
        _parted(word, box, glyphs, inkless) if number in places else [word]
        for number, (word, box) in enumerate(zip(words, boxes_of(words), strict=True))
    ]
    changed = [word for word, pieces in zip(words, parts, strict=True) if pieces != [word]]
    if changed:
        words = [piece for pieces in parts for piece in pieces]
        page.textline_cells = _retold(page.textline_cells, words, changed)
        page.word_cells = list(words)


def _parted(
    word: PdfTextCell, box: NDArray[np.float64], glyphs: PageGlyphs, inkless: NDArray[np.bool_]
) -> list[PdfTextCell]:
    """The word in the pieces between its nameless letters, if none of these has ink; not one of little else, whose font
    may have letters that only other programs can draw.
    """
    if 2 * word.text.count(REPLACEMENT) > len(word.text) or not runs_across(word):
        return [word]
    numbers = _numbers(word.text, _inside(box, glyphs.boxes), glyphs, inkless)
    if numbers is None:
        return [word]
    spans = [found.span() for found in _NAMED.finditer(word.text)]
    own = [glyphs.boxes[numbers[start:end]] for start, end in spans]
    sides = [(float(letters[:, 0].min()), float(letters[:, 2].max())) for letters in own]
    if min(_gaps(word.text, box, sides)) < LEAST_WIDTH * (box[3] - box[1]):
        return [word]
    return [
        placed(word, word.text[start:end], (left, box[1], right, box[3]))
        for (start, end), (left, right) in zip(spans, sides, strict=True)
    ]


def _gaps(text: str, box: NDArray[np.float64], sides: Sequence[tuple[float, float]]) -> Iterator[float]:
    """How wide the word's nameless letters are: the white between its pieces of these ``sides``, and at its ends."""
    yield from (after[0] - before[1] for before, after in pairwise(sides))
    if text.startswith(REPLACEMENT):
        yield sides[0][0] - float(box[0])
    if text.endswith(REPLACEMENT):
        yield float(box[2]) - sides[-1][1]


def _inside(box: NDArray[np.float64], boxes: Boxes) -> list[int]:
    """The numbers of the boxes whose middle lies in the box."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    found: list[int] = np.flatnonzero(((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)).tolist()
    return found


def _numbers(text: str, inside: Sequence[int], glyphs: PageGlyphs, inkless: NDArray[np.bool_]) -> list[int] | None:
    """The numbers of the word's characters; None where pdfium reads others, or sees ink where there is no name. It adds
    white of its own between words.
    """
    numbers: list[int] = []
    rest = iter(inside)
    for own in text:
        number = next((number for number in rest if not inkless[number] or own == REPLACEMENT), None)
        if number is None or (not inkless[number] if own == REPLACEMENT else glyphs.characters[number] != own):
            return None
        numbers.append(number)
    return numbers


def _retold(lines: Sequence[TextCell], words: Sequence[PdfTextCell], changed: Sequence[PdfTextCell]) -> list[TextCell]:
    """The lines with white where their words were parted; those say what is left of nameless letters."""
    boxes, marks = boxes_of(words), boxes_of(changed)
    told: list[TextCell] = []
    for line, box in zip(lines, boxes_of(lines), strict=True):
        if REPLACEMENT in line.text and isinstance(line, PdfTextCell) and _inside(box, marks):
            own = [words[number].text for number in _inside(box, boxes)]
            whole = REPLACEMENT not in "".join(own)
            text = _NAMELESS.sub(" ", line.text).strip() if whole else " ".join(own)
            told.append(line.model_copy(update={"text": text, "orig": text}))
        else:
            told.append(line)
    return told
