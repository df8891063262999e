"""Boxes of words as high as their type, where the parser made them as high as the ink of each word, or half as high.

It does so where the file says nothing, or nonsense, about how far a font's letters reach, as LibreOffice's files do.
Browsers tell half the height of the capitals for some fonts, such as DejaVu.
Every measure of type later on is one of boxes. pdfium knows the base line and the size of the type.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage
from numpy.typing import NDArray

from pipeline.intake.page_objects import bounds_on_page
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import Boxes, boxes_of
from pipeline.intake.text_layer.pieces import join_rows
from pipeline.intake.text_layer.touching import is_wide_sign, join_signed, join_signed_rows
from pipeline.signed_scripts import SIGNED

ASCENT, DESCENT = 0.72, 0.21  # of the type's size: Helvetica's capitals and descenders (Adobe's font metrics)
FURTHER = 0.08  # of a word's height by which a word with a tall letter, or a letter that hangs, reaches further
ABOVE, BELOW = 0.25, 0.1  # of the type's height: how far Thai signs reach beyond it (Norasi, Garuda)
LOW = 0.85  # of its box's height: letters of a word are less wide in the mean, in fixed pitch 0.65
LETTERS = 3  # of a word that is looked at for this
UNEVEN = 0.5  # share of the words beside each other that show it
SIGN = 0.1  # share of all pairs that differ at all: fewer are sizes that change, and not looked at
AT_ONCE = 500_000  # words times text objects that are compared in one step: 4 MB for each number
SHARED = 0.3  # of a word's height that two words of a line share at least
BESIDE = 3.0  # of a word's height: words farther apart are columns
COVERED = 0.6  # of a word's ink that its type must cover: tall signs hang from their base line
LEVEL = 0.01  # of the type's size: lines that rise by more are not level
# Words with a letter that reaches low, and words without; words with a letter that reaches high, and words without.
# Latin, Greek, Cyrillic; letters that differ between fonts, as the feet of "д" do, say nothing.
_HANGING = re.compile(r".*[gpqyβγμρφχψруфцщ].*")
_STANDING = re.compile(
    r"[A-PR-Za-eh-ik-or-xz0-9.Α-Ωαδεθικλνοπστυω"
    r"\u0400-\u0413\u0415-\u0425\u0427\u0428\u042a-\u042fа-ге-пстхчшъ-я]+"
)
_TALL = re.compile(r".*[A-Zbdhkl0-9Α-Ωβδθλφψ\u0400-\u042fбф].*")
_LOW = re.compile(r"[acemnorsuvwxz.αγεηικμνοπρστυχωвгежзиклмнопрстухцчшщъ-я]+")
_LATIN = re.compile(r"[A-Za-z0-9.,]+")
MOST_OBJECTS = 20_000  # of text; a page with more is left as it is


def even_boxes(page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage) -> None:
    """Give words and lines of fonts whose boxes hug the ink the height of their type, in place."""
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    boxes = boxes_of(words)
    if signed := signed_fonts(words, boxes):
        words, lines = join_signed(words), join_signed(lines)
        page.word_cells, boxes = [*words], boxes_of(words)
    if not (fonts := hugging_fonts(words, boxes) | low_fonts(words, boxes) | signed):
        return
    tight = np.array([word.font_name in fonts and _is_level(word) for word in words], dtype=np.bool_)
    heights = _heights(boxes, tight, _strips(shown, frame))
    stacked = np.array([word.font_name in signed for word in words]) & (boxes != heights).any(axis=1)
    heights[stacked] += (heights[stacked, 3:] - heights[stacked, 1:2]) * (0.0, -BELOW, 0.0, ABOVE)
    changed = (boxes != heights).any(axis=1)
    _even_lines(lines, boxes, heights, changed)
    for number in np.flatnonzero(changed).tolist():
        _stretch(words[number], heights[number, 1], heights[number, 3])
    lines = join_signed_rows(lines) if signed else lines
    page.textline_cells = [*join_rows(lines)]  # the parser parts them where the ink of two letters shares no height


def _height(boxes: Boxes) -> NDArray[np.float64]:
    """(n - 1): the height of the lower one of each word and the next, in points."""
    heights = boxes[:, 3] - boxes[:, 1]
    return np.asarray(np.minimum(heights[1:], heights[:-1]))


def _shared(boxes: Boxes) -> NDArray[np.float64]:
    """(n - 1): the height that each word and the next one share, in points; below zero where they share none."""
    return np.asarray(np.minimum(boxes[1:, 3], boxes[:-1, 3]) - np.maximum(boxes[1:, 1], boxes[:-1, 1]))


def _stretch(cell: PdfTextCell, bottom: float, top: float) -> None:
    """Let a level cell reach from ``bottom`` to ``top``, in place, which costs a tenth of a new one."""
    rect = cell.rect
    rect.r_y0 = rect.r_y1 = float(bottom)
    rect.r_y2 = rect.r_y3 = float(top)


def hugging_fonts(words: Sequence[PdfTextCell], boxes: Boxes) -> frozenset[str]:
    """The fonts whose boxes hug the ink: of two words beside each other, that with a letter that reaches lower or
    higher has the lower or higher box.

    A font without such words is like the others of the page, where those are all alike.
    """
    beside, height = _beside(boxes), boxes[:-1, 3] - boxes[:-1, 1]
    apart = (np.abs(boxes[1:] - boxes[:-1])[:, [1, 3]].max(axis=1) > FURTHER * height) & beside
    if not apart.any() or apart.sum() < SIGN * beside.sum():
        return frozenset()
    pairs: Counter[str] = Counter()
    uneven: Counter[str] = Counter()
    for number in np.flatnonzero(beside).tolist():
        before, after = words[number : number + 2]
        if before.font_name == after.font_name:
            for far, near, side, sign in ((_HANGING, _STANDING, 1, -1.0), (_TALL, _LOW, 3, 1.0)):
                further = sign * (boxes[number, side] - boxes[number + 1, side]) / height[number]
                if (order := _order(before.text, after.text, far, near)) != 0:
                    pairs[before.font_name] += 1
                    uneven[before.font_name] += bool(order * further > FURTHER)
    known = {font: uneven[font] > UNEVEN * count for font, count in pairs.items()}
    tight = frozenset(font for font, hugs in known.items() if hugs)
    if tight and all(known.values()):
        return frozenset(word.font_name for word in words)
    return tight


def signed_fonts(words: Sequence[PdfTextCell], boxes: Boxes) -> frozenset[str]:
    """The fonts with signs over letters, as Thai has them, in boxes that share no height with the letter before."""
    over = (_shared(boxes) <= 0) & (boxes[1:, 0] <= boxes[:-1, 2] + _height(boxes))
    above = [number + 1 for number in np.flatnonzero(over).tolist() if SIGNED.match(words[number + 1].text)]
    return frozenset(
        words[number].font_name
        for number in above
        if boxes[number, 2] <= boxes[number, 0] or is_wide_sign(words[number], boxes[number])
    )


def low_fonts(words: Sequence[PdfTextCell], boxes: Boxes) -> frozenset[str]:
    """The fonts whose boxes are too low for the width of their letters."""
    widths: dict[str, list[float]] = {}
    for word, (left, bottom, right, top) in zip(words, boxes.tolist(), strict=True):
        if len(word.text) >= LETTERS and _LATIN.fullmatch(word.text):
            widths.setdefault(word.font_name, []).append((right - left) / len(word.text) / max(top - bottom, 0.01))
    return frozenset(font for font, found in widths.items() if median(found) > LOW)


def _order(before: str, after: str, far: re.Pattern[str], near: re.Pattern[str]) -> int:
    """1 where the first of two words is one of those that reach ``far``, -1 where the second is; 0 where they do not
    differ in it.
    """
    return (far.fullmatch(before) is not None and near.fullmatch(after) is not None) - (
        near.fullmatch(before) is not None and far.fullmatch(after) is not None
    )


def _beside(boxes: Boxes) -> NDArray[np.bool_]:
    """(n - 1): whether a word of ``boxes`` (n, 4) and the one after it stand beside each other in a line."""
    least, gap = _height(boxes), boxes[1:, 0] - boxes[:-1, 2]
    return np.asarray((_shared(boxes) > SHARED * least) & (gap > 0) & (gap < BESIDE * least))


def _is_level(word: PdfTextCell) -> bool:
    """Whether the word's text runs from left to right along the page as shown."""
    rect = word.rect
    return rect.r_x1 > rect.r_x0 and abs(rect.r_y1 - rect.r_y0) <= LEVEL * (rect.r_x1 - rect.r_x0)


def _strips(shown: pdfium.PdfPage, frame: ShownPage) -> NDArray[np.float64]:
    """(n, 4): where the ink of each level text object begins and ends, then bottom and top of its type."""
    return np.array(list(_read_strips(shown, frame)), dtype=np.float64).reshape(-1, 4)


def _read_strips(shown: pdfium.PdfPage, frame: ShownPage) -> Iterator[tuple[float, ...]]:
    size = ctypes.c_float()
    for number, item in enumerate(shown.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=4)):
        if number >= MOST_OBJECTS:
            return
        matrix, form = item.get_matrix(), item.container
        while form is not None:
            matrix, form = matrix.multiply(form.get_matrix()), form.container
        pdfium_c.FPDFTextObj_GetFontSize(item, size)
        if not (up := _upward(matrix, size.value, sideways=frame.rotation in (90, 270))):
            continue
        left, bottom, right, top = bounds_on_page(item)
        low, high = sorted((-DESCENT * up, ASCENT * up))
        if frame.rotation in (90, 270):
            left, right = matrix.e + low, matrix.e + high
        else:
            bottom, top = matrix.f + low, matrix.f + high
        left, bottom, right, top = frame.shown((left, bottom, right, top))
        yield left, right, bottom, top


def _upward(matrix: pdfium.PdfMatrix, size: float, *, sideways: bool) -> float:
    """How far up the page as shown, in points, the type of a level text object reaches; 0 where it is not level."""
    up, along = (matrix.c, matrix.d) if sideways else (matrix.d, matrix.c)
    return size * up if abs(along) <= LEVEL * abs(up) else 0.0


def _heights(boxes: Boxes, tight: NDArray[np.bool_], strips: NDArray[np.float64]) -> Boxes:
    """The ``boxes`` (n, 4), those that are ``tight`` as high as the type of the text object that draws most of them."""
    found = boxes.copy()
    chosen = np.flatnonzero(tight)
    if not len(strips) or not len(chosen):
        return found
    for some in np.array_split(chosen, max(len(chosen) * len(strips) // AT_ONCE, 1)):
        left, low, right, high = boxes[some].T[:, :, None]
        shared = np.minimum(strips[:, 1], right) - np.maximum(strips[:, 0], left)
        middle = (low + high) / 2
        shared[(strips[:, 2] > middle) | (strips[:, 3] < middle)] = 0.0
        best = shared.argmax(axis=1)
        bottom, top = strips[best, 2], strips[best, 3]
        covered = np.minimum(high[:, 0], top) - np.maximum(low[:, 0], bottom) >= COVERED * (high - low)[:, 0]
        drawn = covered & (shared[np.arange(len(some)), best] > 0)
        found[some[drawn], 1], found[some[drawn], 3] = bottom[drawn], top[drawn]
    return found


def _even_lines(lines: Sequence[PdfTextCell], before: Boxes, after: Boxes, changed: NDArray[np.bool_]) -> None:
    """Stretch the level lines that hold a ``changed`` word (n,) around their words as these are ``after``."""
    middles = (before[:, :2] + before[:, 2:]) / 2
    for line, box in zip(lines, boxes_of(lines), strict=True):
        own = ((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)
        if (own & changed).any() and _is_level(line):
            _stretch(line, after[own, 1].min(), after[own, 3].max())
