"""The characters of a page one by one, as pdfium reads them: in reading order, right-to-left text too."""

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.intake.page_objects import Rect
from pipeline.intake.pdfium_text import character, font_name, leaves_no_ink
from pipeline.intake.shown import ShownPage

LAM = "\u0644"
ALEFS = frozenset("\u0627\u0622\u0623\u0625")  # those that Arabic writes as one sign with a lam before them
Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PageGlyphs:
    """Characters in reading order, white space among them, and their boxes.

    ``boxes`` (n, 4) are left, bottom, right, top in points on the page as shown, origin at the bottom left. A box is as
    wide as the glyph's advance and as high as its font. ``unsure`` are the numbers of characters that pdfium knows by
    their codes only; ``fonts`` are the names of their fonts, where they were asked for. Where boxes of their ink were
    asked for, ``feet`` (n,) are the heights of the base lines that they stand on, in the same points, and ``inkless``
    the numbers of those that are drawn without ink.
    """

    characters: tuple[str, ...]
    boxes: Boxes
    unsure: frozenset[int] = frozenset()
    fonts: tuple[str, ...] = ()
    feet: NDArray[np.float64] | None = None
    inkless: frozenset[int] = frozenset()

    def inside(self, box: NDArray[np.float64]) -> NDArray[np.intp]:
        """Numbers of the characters with ink whose centre lies in ``box`` (4,), or which stand across its middle: some
        fonts say that their lines are lower than the letters are.
        """
        across = (self.boxes[:, 0] + self.boxes[:, 2]) / 2
        up = (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        middle = (box[1] + box[3]) / 2
        level = ((up >= box[1]) & (up <= box[3])) | ((self.boxes[:, 1] <= middle) & (self.boxes[:, 3] >= middle))
        within = (across >= box[0]) & (across <= box[2]) & level
        return np.array([number for number in np.flatnonzero(within) if self._has_ink(int(number))], np.intp)

    def _has_ink(self, number: int) -> bool:
        """Codes of signs may be those of white space."""
        return number in self.unsure or not self.characters[number].isspace()

    def words(self, numbers: NDArray[np.intp]) -> list[tuple[str, NDArray[np.float64]]]:
        """The chosen characters in words, each with its box: white space between two of them parts words."""
        runs: list[list[int]] = []
        before = -2
        for number in numbers.tolist():
            apart = any(self.characters[between].isspace() for between in range(before + 1, number))
            if before < 0 or apart:
                runs.append([])
            runs[-1].append(number)
            before = number
        return [("".join(self.characters[number] for number in run), hull(self.boxes[run])) for run in runs]


def hull(boxes: Boxes) -> NDArray[np.float64]:
    """(4,): the box around ``boxes`` (n, 4)."""
    return np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))


def read_glyphs(page: pdfium.PdfPage, frame: ShownPage, *, with_fonts: bool = False, ink: bool = False) -> PageGlyphs:
    """All characters of the page, 2 µs each; on demand their fonts, and boxes of their ``ink`` in place of others."""
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        characters: list[str] = []
        boxes: list[Rect] = []
        unsure: set[int] = set()
        fonts: list[str] = []
        feet: list[float] = []
        inkless: set[int] = set()
        for index in range(count):
            code = pdfium_c.FPDFText_GetUnicode(text_page, index)
            if characters and _is_pair(characters[-1], code):
                characters[-1] = (characters[-1] + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
                continue
            own = character(text_page, index)
            numbers = range(len(characters), len(characters) + len(own))
            if pdfium_c.FPDFText_HasUnicodeMapError(text_page, index) == 1:
                unsure.update(numbers)
            characters += own
            boxes += _shares(frame.shown(_ink_box(text_page, index) if ink else _loose_box(text_page, index)), len(own))
            if with_fonts:
                fonts += [font_name(text_page, index)] * len(own)
            if ink:
                feet += [frame.shown(_origin(text_page, index))[1]] * len(own)
                inkless.update(numbers if leaves_no_ink(text_page, index) else ())
    finally:
        text_page.close()
    _turn_ligatures(characters, boxes)
    placed = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    return PageGlyphs(
        tuple(characters),
        placed,
        frozenset(unsure),
        tuple(fonts),
        np.array(feet) if ink else None,
        frozenset(inkless),
    )


def _shares(box: Rect, count: int) -> list[Rect]:
    """The box of a ligature in equal parts, one for each of its ``count`` letters."""
    step = (box[2] - box[0]) / count
    return [(box[0] + n * step, box[1], box[0] + (n + 1) * step, box[3]) for n in range(count)] if count > 1 else [box]


def _loose_box(text_page: pdfium.PdfTextPage, index: int) -> Rect:
    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, index, rect)
    return (rect.left, rect.bottom, rect.right, rect.top)


def _ink_box(text_page: pdfium.PdfTextPage, index: int) -> Rect:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    return (left.value, bottom.value, right.value, top.value)


def _origin(text_page: pdfium.PdfTextPage, index: int) -> Rect:
    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, across, up)
    return (across.value, up.value, across.value, up.value)


def _is_pair(before: str, code: int) -> bool:
    """Whether two codes are the halves of one character: pdfium counts in UTF-16."""
    return "\ud800" <= before <= "\udbff" and 0xDC00 <= code <= 0xDFFF


def _turn_ligatures(characters: list[str], boxes: list[Rect]) -> None:
    """Lam and alef drawn as one sign: pdfium takes their order for that of the eye, and turns it."""
    for index in range(len(characters) - 1):
        if characters[index] in ALEFS and characters[index + 1] == LAM and boxes[index] == boxes[index + 1]:
            characters[index], characters[index + 1] = LAM, characters[index]
