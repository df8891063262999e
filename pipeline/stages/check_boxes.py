"""Check boxes that are drawn or typed in front of a line, as ``[x]`` and ``[ ]`` at its beginning.

A drawn box is no text, and the cross in it often is none either, so that a choice that was left open reads like one
that was made. The page's pixels show both: a square of thin sides in front of a line, and ink in it or none.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell, SegmentedPdfPage, TextCell
from numpy.typing import NDArray

from pipeline.pages import Box, TextLine
from pipeline.stages.docling_boxes import box_around
from pipeline.stages.letter_height import letter_box
from pipeline.stages.text_choice import line_box

TICKED, EMPTY = "[x]", "[ ]"
REACH = 2.4  # in line heights: how far in front of its text a box begins at most
READ_OVER = 1.6  # in line heights: how far the box of a read line may reach over a check box
BESIDE = 0.4  # in line heights: how far a check box may reach above and below its line
CONTRAST = 48  # of 255: what differs more from the paper is ink
SIDE = (0.5, 1.7)  # in line heights: least and largest side of a check box
SQUARE = 0.8  # its shorter side as a share of its longer one
LETTER = 0.6  # in line heights: a box in the place of a read line's first letter that is smaller may be the letter
LETTER_REACH = 0.3  # in line heights: how far such a box reaches into the line
SHARED = 0.3  # of its area: what lies so much in a word is a letter
STROKE = 0.3  # of its side: what is thicker is no drawn side
DRAWN = 0.85  # share of a side that is drawn
MARKED = 0.04  # share of the space within a box that is ink, from which on it is ticked
FILLED = 0.8  # the same from which on it is a filled square
BEYOND = 0.2  # of its side: sides that go on so far beyond a corner belong to a grid
EMPTY_SIGNS, TICKED_SIGNS = "\u2610", "\u2611\u2612"
MARKS = "xX\u00d7\u2715\u2716\u2717\u2718\u2713\u2714\u221a\u2022\u25cf"
# What text recognition makes of a box, alone or with the mark in it.
_READ_BOX = re.compile(
    "[\\[\\]\u5188\u53e3\u25a1\u56d7\u56de\u533a\u56fe\u51f6\u2610-\u2612\u2713-\u2718\u221a\u00d7]{1,2}\\s*"
    "|[xXODVv0o]{1,2}\\s+"
)

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Line = TextCell | TextLine


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A check box, in points with the origin at the top left."""

    box: Box
    ticked: bool

    @property
    def text(self) -> str:
        return TICKED if self.ticked else EMPTY

    def holds(self, box: Box) -> bool:
        """Whether the middle of ``box`` lies in it."""
        return self.box.holds_middle(box)


class BoxFinder:
    """Finds drawn boxes on a page; ``gray`` is (height, width) at ``scale`` pixels per point."""

    def __init__(self, gray: Gray, scale: float) -> None:
        self._gray, self._scale = gray, scale

    def find(self, line: Box, start: float, end: float) -> CheckBox | None:
        """The box nearest to ``end`` that lies between ``start`` and ``end`` (x, in points) in the row of ``line``."""
        scale, beside = self._scale, BESIDE * line.height
        left, top = max(int(start * scale), 0), max(int((line.top - beside) * scale), 0)
        part = self._gray[top : int((line.bottom + beside) * scale) + 1, left : max(int(end * scale), 0)]
        ink = ink_of(part)
        found = square(ink, SIDE[0] * line.height * scale, SIDE[1] * line.height * scale) if ink.any() else None
        if found is None:
            return None
        x0, y0, x1, y1, inked = found
        box = Box((left + x0) / scale, (top + y0) / scale, (left + x1) / scale, (top + y1) / scale)
        return CheckBox(box, inked >= MARKED)


def ink_of(part: Gray) -> Mask:
    """Where the part differs from its paper, which is the shade that most of it has."""
    if part.size == 0 or int(part.max()) - int(part.min()) <= CONTRAST:
        return np.zeros(part.shape, dtype=np.bool_)
    return np.asarray(np.abs(part.astype(np.int16) - int(np.median(part))) > CONTRAST)


def square(ink: Mask, least: float, most: float) -> tuple[int, int, int, int, float] | None:
    """The last drawn square in ``ink`` with sides from ``least`` to ``most`` pixels: left, top, right, bottom, and the
    share of the space within that is ink.
    """
    runs = _longest_runs(ink)
    sides = [number for number, (low, high) in enumerate(runs) if least <= high - low <= most]
    for right in reversed(sides):
        for left in (number for number in sides if least <= right + 1 - number <= most):
            found = _closed(ink, left, right, runs)
            if found is not None:
                return found
    return None


def _closed(
    ink: Mask, left: int, right: int, runs: Sequence[tuple[int, int]]
) -> tuple[int, int, int, int, float] | None:
    """The square between two columns, where all its sides are drawn, thin, and end at its corners."""
    top, bottom = min(runs[left][0], runs[right][0]), max(runs[left][1], runs[right][1])
    width, height = right + 1 - left, bottom - top
    stroke = max(int(STROKE * height), 2)
    alike = all(high - low >= DRAWN * height for low, high in (runs[left], runs[right]))
    if not alike or min(width, height) < SQUARE * max(width, height):
        return None
    body = ink[top:bottom, left : right + 1]
    drawn = (body[:stroke].mean(axis=1).max(), body[-stroke:].mean(axis=1).max())
    within = body[stroke:-stroke, stroke:-stroke]
    if min(drawn) < DRAWN or within.size == 0 or within.mean() >= FILLED:
        return None
    if not _alone(ink, left, top, right + 1, bottom):
        return None
    return left, top, right + 1, bottom, float(within.mean())


def _alone(ink: Mask, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether the sides of a square end at its corners, as those of a grid do not, and white space is beside it, as
    there is none between letters. The tail of a tick may reach out of its box above.
    """
    height = bottom - top
    beyond, lower = max(int(BEYOND * height), 2), top + height // 2
    stroke = max(int(STROKE * height), 2)
    above = ink[max(top - beyond, 0) : max(top - 1, 0), left : left + stroke]
    below = ink[bottom + 1 : bottom + beyond, left : left + stroke]
    if any(part.size and part.all(axis=0).any() for part in (above, below)):
        return False
    before, after = ink[lower:bottom, : max(left - 1, 0)], ink[lower:bottom, right + 1 : right + beyond]
    return not before.any() and not after.any()


def _longest_runs(ink: Mask) -> list[tuple[int, int]]:
    """Where the longest stretch of ink in each column of pixels starts and ends, the first of several; (0, 0) where a
    column has none.
    """
    length, longest, ends = (np.zeros(ink.shape[1], dtype=np.int32) for _ in range(3))
    for number, row in enumerate(ink, start=1):
        length = (length + 1) * row
        longer = length > longest
        longest[longer], ends[longer] = length[longer], number
    return list(zip((ends - longest).tolist(), ends.tolist(), strict=True))


def mark_choices(page: SegmentedPdfPage, finder: BoxFinder) -> None:
    """Put what check boxes say into the lines and words of ``page``, in place. The page's origin is the top left."""
    cells, words = page.textline_cells, page.word_cells
    boxes = [box_around(cell.rect) for cell in cells]
    signs = [(box, cell.text.strip()) for cell, box in zip(cells, boxes, strict=True) if _is_mark(cell.text)]
    pitches = _pitches(cells, boxes)
    found: list[CheckBox] = []
    for cell, box in zip(cells, boxes, strict=True):
        if _is_mark(cell.text) or not cell.text.strip():
            continue
        lead, *rest = cell.text.split(maxsplit=1)
        own = _own(words, box) if rest and _is_mark(lead) else []
        start = box_around(own[1].rect).left if len(own) > 1 else box.left
        pitch = max(box.width / len(cell.text), pitches[_type(cell, box)])  # the letters of one line may all be narrow
        row = letter_box(box, cell.text, pitch, box.height)
        check = _typed(own, signs, box, start) or finder.find(row, start - REACH * row.height, start)
        if check is None or _holds_text(check, cells, boxes) or _is_a_letter(check, words):
            continue
        found.append(check)
        first = own[1] if len(own) > 1 else next(iter(_own(words, box)), None)
        _say(cell, f"{check.text} {rest[0] if len(own) > 1 else cell.text.strip()}", check.box)
        if first is not None:
            _say(first, f"{check.text} {first.text.strip()}", check.box)
    if found:
        page.textline_cells = [cell for cell in cells if not _in_box(cell, found)]
        page.word_cells = [word for word in words if not _in_box(word, found)]


def _type(cell: TextCell, box: Box) -> tuple[str, int]:
    """The type in which a line is set: its font and size, as far as they are known."""
    return (cell.font_name if isinstance(cell, PdfTextCell) else "", round(box.height))


def _pitches(cells: Sequence[TextCell], boxes: Sequence[Box]) -> dict[tuple[str, int], float]:
    """By type, the mean width of a character in points over all lines set in it."""
    sums: dict[tuple[str, int], tuple[float, int]] = {}
    for cell, box in zip(cells, boxes, strict=True):
        width, count = sums.get(_type(cell, box), (0.0, 0))
        sums[_type(cell, box)] = (width + box.width, count + len(cell.text))
    return {type_: width / max(count, 1) for type_, (width, count) in sums.items()}


def _is_mark(text: str) -> bool:
    return len(text.strip()) == 1 and text.strip() in MARKS + EMPTY_SIGNS + TICKED_SIGNS


def _own(words: Sequence[TextCell], line: Box) -> list[TextCell]:
    """The words of a line, from left to right."""
    own = [(box.left, number) for number, word in enumerate(words) if line.holds_middle(box := box_around(word.rect))]
    return [words[number] for _, number in sorted(own)]


def _typed(own: Sequence[TextCell], signs: Sequence[tuple[Box, str]], line: Box, start: float) -> CheckBox | None:
    """The sign of a check box with which the line begins, or that stands in front of it."""
    leading = [(box_around(own[0].rect), own[0].text.strip())] if own else []
    level = [(box, text) for box, text in signs if box.top < (line.top + line.bottom) / 2 < box.bottom]
    for box, text in (*leading, *level):
        if text in EMPTY_SIGNS + TICKED_SIGNS and 0 <= start - box.right + line.height / 2 <= REACH * line.height:
            return CheckBox(box, text in TICKED_SIGNS)
    return None


def _holds_text(check: CheckBox, cells: Sequence[TextCell], boxes: Sequence[Box]) -> bool:
    return any(check.holds(box) and not _is_mark(cell.text) for cell, box in zip(cells, boxes, strict=True))


def _is_a_letter(check: CheckBox, words: Sequence[TextCell]) -> bool:
    """Whether what looks like a box is a part of a word, as letters of the next column may in small print."""
    area = SHARED * check.box.area
    return any(check.box.intersection(box_around(word.rect)) > area and not _is_mark(word.text) for word in words)


def _in_box(cell: TextCell, found: Sequence[CheckBox]) -> bool:
    return _is_mark(cell.text) and any(check.holds(box_around(cell.rect)) for check in found)


def _say(cell: TextCell, text: str, box: Box) -> None:
    """Let the cell say ``text`` and begin at ``box``."""
    own = box_around(cell.rect)
    cell.text = cell.orig = text
    cell.rect = BoundingRectangle(
        r_x0=min(box.left, own.left),
        r_y0=own.bottom,
        r_x1=own.right,
        r_y1=own.bottom,
        r_x2=own.right,
        r_y2=own.top,
        r_x3=min(box.left, own.left),
        r_y3=own.top,
        coord_origin=cell.rect.coord_origin,
    )


def mark_read_choices(lines: Sequence[TextLine], finder: BoxFinder) -> tuple[TextLine, ...]:
    """The read lines with what check boxes say, without those that are the mark in a box.

    What may be a letter is a box only where another one stands above or below it.
    """
    checks = [_read_check(line, finder) for line in lines]
    doubtful = [check is not None and _may_be_a_letter(check, line) for check, line in zip(checks, lines, strict=True)]
    sure = [check.box for check, doubt in zip(checks, doubtful, strict=True) if check is not None and not doubt]
    found = [
        check if check is not None and (not doubt or any(check.box.shares_width(box) for box in sure)) else None
        for check, doubt in zip(checks, doubtful, strict=True)
    ]
    boxes = [check for check in found if check is not None]
    return tuple(
        line if check is None else _marked(line, check)
        for line, check in zip(lines, found, strict=True)
        if check is not None or not any(box.holds(line_box(line)) for box in boxes)
    )


def _read_check(line: TextLine, finder: BoxFinder) -> CheckBox | None:
    box = line_box(line)
    (x0, y0), (x1, y1) = line.corners[:2]
    if x1 - x0 < abs(y1 - y0) or len(line.text.strip()) < 3:
        return None
    return finder.find(box, box.left - REACH * box.height, box.left + READ_OVER * box.height)


def _marked(line: TextLine, check: CheckBox) -> TextLine:
    box = line_box(line)
    text = _READ_BOX.sub("", line.text, count=1) if _was_read(check, line) else line.text
    left = min(check.box.left, box.left)
    corners = ((left, line.corners[0][1]), line.corners[1], line.corners[2], (left, line.corners[3][1]))
    return replace(line, text=f"{check.text} {text.strip()}", corners=corners)


def _was_read(check: CheckBox, line: TextLine) -> bool:
    """Whether the line begins with what text recognition makes of a box, and the box is in its place."""
    return check.box.right > line_box(line).left and _READ_BOX.match(line.text) is not None


def _may_be_a_letter(check: CheckBox, line: TextLine) -> bool:
    """Whether the box in the line's own place may be its first letter: it is as small as one, or the line begins with a
    sign of a script whose letters are as wide as high.
    """
    box = line_box(line)
    if _was_read(check, line) or check.box.right - box.left <= LETTER_REACH * box.height:
        return False
    wide = unicodedata.east_asian_width(line.text.strip()[0]) in "WF"
    return wide or max(check.box.width, check.box.height) < LETTER * box.height
