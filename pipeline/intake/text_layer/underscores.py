"""Underscores that are drawn as rules: TeX's old encodings of text have no such letter. They draw a rule in its place,
as wide as 0.3 of the type's size, on the base line and close between its neighbours. The parser sees a gap there, and
takes one name for two words.

Rules of other kinds are told by where they stand: fraction bars and minus signs higher, underlines lower and below
letters, blanks to fill in are wider or go on as dashes, and the sides of a drawn box lie above each other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage
from numpy.typing import NDArray

from pipeline.intake.page_objects import Rect, bounds_on_page
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import (
    Boxes,
    boxes_of,
    joined,
    numbered,
    placed,
    rectangle,
    retell,
    runs_across,
)
from pipeline.intake.text_layer.glyphs import PageGlyphs, hull

EM = 0.3  # of the type's size: the width of the rule, by which all other distances are told
WIDTHS = (1.2, 8.0)  # points: the rule in type of 4 and of 26 points
THICKEST = 1.0  # points: TeX draws 0.4 in type of any size, and printers' programs round it up
OF_HEIGHT = (0.22, 0.5)  # of the height of the font, the width of the rule: 0.33 to 0.4 are usual
KERN = 0.2  # of the type's size: TeX leaves 0.06 in front of the rule, and kerns of slanted letters widen it
NEAR = 0.1  # of the type's size: by which a place may differ else
FOOT = (-0.07, 0.1)  # of the type's size, from the base line up: where the middle of the rule lies
MOST_IN_ROW = 4  # underscores; dashes of a line to write on are more
BOX = 0.8  # of the type's size: two sides of a drawn box have less between them, lines of text more
MOST_OBJECTS = 20_000  # of a page: what stands behind them is not looked at
MOST_RULES = 1_000  # of a page: more short rules are a drawing

UNDERSCORE = "_"
ReadGlyphs = Callable[[], PageGlyphs]
Box = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Row:
    """Rules that stand behind each other as underscores do: how many, the box around them (4,), left, bottom, right,
    top in points on the page as shown, and the size in points of the type that they belong to.
    """

    count: int
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row belongs: in the word of this number, behind so many of its letters. The next word ``follows`` it
    without a space, or does not.
    """

    word: int
    letters: int
    row: _Row
    follows: bool


def write_underscores(
    page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage, read_glyphs: ReadGlyphs, read_ink: ReadGlyphs
) -> None:
    """Put the drawn underscores into the page's words and lines, in place. ``read_ink`` gives the same characters as
    ``read_glyphs`` in boxes of their ink; both are asked where the page has such rules.
    """
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    rows = _rows(short_rules(shown, frame)) if words and len(words) == len(page.word_cells) else []
    if not rows:
        return
    places = list(_places(rows, words, read_glyphs(), read_ink().feet))
    groups = _with_underscores(words, places)
    made = [group[0] if len(group) == 1 else joined(group, "".join(cell.text for cell in group)) for group in groups]
    changed = [word for word, group in zip(made, groups, strict=True) if len(group) > 1]
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    _widen(lines, [group for group in groups if len(group) > 1])
    retell(lines, made, changed)
    page.word_cells, page.textline_cells = numbered(made), numbered(lines)


def short_rules(shown: pdfium.PdfPage, frame: ShownPage) -> Boxes:
    """(n, 4): left, bottom, right, top of the short level rules of the page as shown, in points. They are lines, filled
    shapes, or pictures of one colour, as the program draws them that made the file.
    """
    kinds = [pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE]
    found: list[Rect] = []
    for item in islice(shown.get_objects(filter=kinds, max_depth=4), MOST_OBJECTS):
        left, bottom, right, top = frame.shown(bounds_on_page(item))
        thickness = top - bottom
        if item.type == pdfium_c.FPDF_PAGEOBJ_PATH and pdfium_c.FPDFPath_CountSegments(item) == 2:
            # the box of a line ends beyond it, by its thickness on all sides
            left, right, thickness = left + thickness / 2, right - thickness / 2, thickness / 2
        if WIDTHS[0] <= right - left <= WIDTHS[1] and thickness <= min(THICKEST, EM * (right - left)):
            found.append((left, bottom, right, top))
    return np.array(found if len(found) <= MOST_RULES else [], dtype=np.float64).reshape(-1, 4)


def _rows(rules: Boxes) -> list[_Row]:
    order = np.lexsort((rules[:, 0], np.round(rules[:, 1], 1)))
    groups: list[list[int]] = []
    for number in order.tolist():
        if groups and _goes_on(rules[groups[-1][-1]], rules[number]):
            groups[-1].append(number)
        else:
            groups.append([number])
    return [
        _Row(len(group), hull(rules[group]), _size(rules[group[0]]))
        for group in groups
        if len(group) <= MOST_IN_ROW and not _is_side(rules[group[0]], rules)
    ]


def _size(rule: Box) -> float:
    return float(rule[2] - rule[0]) / EM


def _goes_on(rule: Box, other: Box) -> bool:
    """Whether another rule stands behind one, no farther than a dash from the next."""
    gap, size = float(other[0] - rule[2]), _size(rule)
    return abs(float(other[1] - rule[1])) <= NEAR * size and -NEAR * size <= gap <= (EM + NEAR) * size


def _is_side(rule: Box, rules: Boxes) -> bool:
    """Whether a rule of the same ends lies above or below one, as sides of a drawn box do."""
    near = NEAR * _size(rule)
    apart = np.abs(rules[:, 1] - rule[1])
    aligned = (np.abs(rules[:, [0, 2]] - rule[[0, 2]]) < near).all(axis=1)
    return bool((aligned & (apart > near) & (apart < BOX * _size(rule))).any())


def _places(
    rows: Sequence[_Row], words: Sequence[PdfTextCell], glyphs: PageGlyphs, feet: Box | None
) -> Iterator[_Place]:
    """The places of the rows that have one. ``feet`` (n,) are the heights of the characters' base lines."""
    if feet is None or len(feet) != len(glyphs.characters):
        return
    boxes = boxes_of(words)
    inked = np.flatnonzero([not char.isspace() for char in glyphs.characters])
    inked = inked[np.argsort(feet[inked], kind="stable")]
    for row in rows:
        middle = float(row.box[1] + row.box[3]) / 2
        span = np.searchsorted(feet[inked], (middle - FOOT[1] * row.size, middle - FOOT[0] * row.size))
        sides = _sides(row, inked[span[0] : span[1]], glyphs)
        if (place := _place(row, sides, words, boxes, glyphs)) is not None:
            yield place


def _sides(row: _Row, level: NDArray[np.intp], glyphs: PageGlyphs) -> tuple[int | None, int | None]:
    """The numbers of the characters right before and right behind a row, of those on its base line. A row with one of
    them alone is part of a name if this is a letter or figure.
    """
    own = glyphs.boxes[level]
    left, right = row.box[0], row.box[2]
    if (np.minimum(own[:, 2], right) - np.maximum(own[:, 0], left) > KERN * row.size).any():
        return None, None
    shares = EM * row.size / np.maximum(own[:, 3] - own[:, 1], 1e-6)
    fits = (shares >= OF_HEIGHT[0]) & (shares <= OF_HEIGHT[1])
    before, after = (left - own[:, 2]) / row.size, (own[:, 0] - right) / row.size
    firsts = level[fits & (before >= -NEAR) & (before <= KERN)].tolist()
    seconds = level[fits & (np.abs(after) <= NEAR)].tolist()
    first, second = next(iter(firsts), None), next(iter(seconds), None)
    if (first is None) != (second is None):
        lone = glyphs.characters[first if first is not None else seconds[0]]
        return (first, second) if lone.isalnum() else (None, None)
    return first, second


def _place(
    row: _Row,
    sides: tuple[int | None, int | None],
    words: Sequence[PdfTextCell],
    boxes: Boxes,
    glyphs: PageGlyphs,
) -> _Place | None:
    before, after = (_word_of(side, boxes, glyphs) for side in sides)
    word = after if before is None else before
    if word is None or not runs_across(words[word]):
        return None
    own = glyphs.inside(boxes[word])
    letters = int(((glyphs.boxes[own, 0] + glyphs.boxes[own, 2]) / 2 < row.box[0]).sum())
    if letters == len(own):
        return _Place(word, len(words[word].text), row, follows=before is not None and after == word + 1)
    return _Place(word, letters, row, follows=False) if letters == 0 or len(own) == len(words[word].text) else None


def _word_of(character: int | None, boxes: Boxes, glyphs: PageGlyphs) -> int | None:
    if character is None:
        return None
    box = glyphs.boxes[character]
    middle = (box[:2] + box[2:]) / 2
    found = np.flatnonzero(((boxes[:, :2] <= middle) & (boxes[:, 2:] >= middle)).all(axis=1))
    return int(found[0]) if len(found) else None


def _with_underscores(words: Sequence[PdfTextCell], places: Sequence[_Place]) -> list[list[PdfTextCell]]:
    """The pieces of each word with its underscores; one piece where it has none."""
    by_word: dict[int, list[_Place]] = {}
    for place in places:
        by_word.setdefault(place.word, []).append(place)
    groups: list[list[PdfTextCell]] = []
    follows = False
    for number, word in enumerate(words):
        own = sorted(by_word.get(number, ()), key=lambda place: float(place.row.box[0]))
        pieces = list(_pieces(word, own)) if own else [word]
        if follows:
            groups[-1] += pieces
        else:
            groups.append(pieces)
        follows = any(place.follows for place in own)
    return groups


def _pieces(word: PdfTextCell, places: Sequence[_Place]) -> Iterator[PdfTextCell]:
    """The word's letters and the underscores between them, in boxes around which theirs is the word's."""
    start, (_, bottom, _, top) = 0, boxes_of([word])[0]
    for place in places:
        if place.letters > start:
            yield placed(word, word.text[start : place.letters], boxes_of([word])[0])
        left, _, right, _ = place.row.box
        yield placed(word, UNDERSCORE * place.row.count, (left, bottom, right, top))
        start = place.letters
    if start < len(word.text):
        yield placed(word, word.text[start:], boxes_of([word])[0])


def _widen(lines: list[PdfTextCell], groups: Sequence[Sequence[PdfTextCell]]) -> None:
    """Lines that hold a piece of a word reach as far as its underscores do, in place."""
    boxes = boxes_of(lines)
    for own in map(boxes_of, groups):
        middles = (own[:, :2] + own[:, 2:]) / 2
        for middle in middles:
            for number in np.flatnonzero(((boxes[:, :2] <= middle) & (boxes[:, 2:] >= middle)).all(axis=1)).tolist():
                left, right = min(boxes[number, 0], own[:, 0].min()), max(boxes[number, 2], own[:, 2].max())
                if (left, right) != (boxes[number, 0], boxes[number, 2]):
                    boxes[number, [0, 2]] = left, right
                    lines[number] = lines[number].model_copy(update={"rect": rectangle(boxes[number])})
