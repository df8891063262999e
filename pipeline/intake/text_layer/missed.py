"""Text that a page shows and its parser lost: lines that reach over the page's edge, letters of fonts that are pictures
without names, now and then a letter or a line in the middle of a page.

pdfium reads the same page. Where it counts more characters than the parser, those that stand where no word does are
put in: behind the word that comes before them in pdfium's order, or into it where nothing parts them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pypdfium2 as pdfium
from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell, SegmentedPdfPage
from numpy.typing import NDArray

from pipeline.intake.cells import meaningless
from pipeline.intake.pdfium_text import page_words
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, joined, numbered, placed, rectangle, respelled, within
from pipeline.intake.text_layer.glyphs import PageGlyphs, hull, read_glyphs

MOSTLY = 0.3  # share of a page's characters: where more are lost, the parser's words are not worth keeping
GRID = 2.0  # cells to a point
MOST_GRID = 16_000_000  # cells, of a byte each
SLACK = 0.1  # of a word's height by which its letters may stand beyond its box
ABSURD, HIGH = 4.0, 60.0  # times its letters' height, and points: what is higher is no word's box
ROW = 0.5  # of the lower height that two pieces of a row share at least
APART = 1.0  # of the height: pieces of a row farther apart are two lines
TOUCHING = 0.15  # of the height: pieces no farther apart are one word, unless white space stands between them
MOST_RUNS = 5_000  # of lost characters on a page
LOOK_BACK = 200  # characters


@dataclass(frozen=True, slots=True)
class MissedText:
    """Characters without a word: their ``numbers`` in ``glyphs``, and the ``share`` of the page's that they are.

    ``absurd`` are the numbers of the parser's words that are many times as high as what they show.
    """

    numbers: tuple[int, ...]
    glyphs: PageGlyphs
    share: float
    absurd: frozenset[int]


def find_missed(page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage) -> MissedText | None:
    """What of the page's text is in none of its words; None where nothing is, which two counts mostly say."""
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    if sum(_ink(word.text) for word in words) >= sum(map(len, page_words(shown))):
        return None
    glyphs, ink = read_glyphs(shown, frame), read_glyphs(shown, frame, ink=True)
    boxes = boxes_of(words)
    absurd = _absurd(boxes, ink)
    sound = np.delete(boxes, sorted(absurd), axis=0)
    middles = _middles(ink.boxes)
    inside = ((middles >= 0) & (middles <= (frame.width, frame.height))).all(axis=1)
    by_type = _covered(_middles(glyphs.boxes), sound, frame)
    covered = by_type | _covered(middles, sound, frame)
    readable = [n for n in np.flatnonzero(inside).tolist() if _is_readable(glyphs, ink, n)]
    missed = tuple(_with_signs([n for n in readable if not covered[n]], readable, by_type))
    return MissedText(missed, glyphs, len(missed) / len(readable), absurd) if missed else None


def put_in(page: SegmentedPdfPage, missed: MissedText) -> None:
    """Put the missed text into the page's words and lines, in place."""
    words = [cell for n, cell in enumerate(page.word_cells) if isinstance(cell, PdfTextCell) and n not in missed.absurd]
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    if missed.absurd:
        lines = [line for line in lines if within(words, line)]
    whole = _WholeWords(words, missed.glyphs)
    for run in list(_runs(missed))[:MOST_RUNS]:
        whole.take(run)
    page.word_cells = [*numbered(whole.cells())]
    page.textline_cells = [*numbered(_with_lines(lines, whole))]


def _with_signs(missed: Sequence[int], readable: Sequence[int], by_type: NDArray[np.bool_]) -> Iterator[int]:
    """The missed characters with those right behind them whose ink alone lies in a word: a comma hangs into the box of
    one below. ``by_type`` (n,) says of which characters the type does.
    """
    lost, before = set(missed), -1
    for number in readable:
        if number in lost or (before == number - 1 and not by_type[number]):
            yield number
            before = number


def _ink(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _is_readable(glyphs: PageGlyphs, ink: PageGlyphs, number: int) -> bool:
    text = glyphs.characters[number]
    return not text.isspace() and number not in ink.inkless and not meaningless(text)


def _middles(boxes: Boxes) -> Boxes:
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2)


def _absurd(boxes: Boxes, ink: PageGlyphs) -> frozenset[int]:
    """The words, by number, that are many times as high as any character in them."""
    middles, heights = _middles(ink.boxes), ink.boxes[:, 3] - ink.boxes[:, 1]
    found = set()
    for number in np.flatnonzero(boxes[:, 3] - boxes[:, 1] > HIGH).tolist()[:MOST_RUNS]:
        box = boxes[number]
        own = heights[((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)]
        if box[3] - box[1] > ABSURD * own.max(initial=0.0):
            found.add(number)
    return frozenset(found)


def _covered(points: Boxes, boxes: Boxes, frame: ShownPage) -> NDArray[np.bool_]:
    """(n,): which of ``points`` (n, 2) lie in one of ``boxes`` (m, 4), by a grid: a hostile page has many of both."""
    fine = min(GRID, sqrt(MOST_GRID / max(frame.width * frame.height, 1.0)))
    most = np.array([frame.width, frame.height]) * fine
    slack = SLACK * (boxes[:, 3] - boxes[:, 1])[:, None]
    low = np.clip((boxes[:, :2] - slack) * fine, 0, most).astype(int)
    high = np.clip((boxes[:, 2:] + slack) * fine, 0, most).astype(int)
    grid = np.zeros((int(most[1]) + 1, int(most[0]) + 1), dtype=np.bool_)
    for (left, bottom), (right, top) in zip(low.tolist(), high.tolist(), strict=True):
        grid[bottom : top + 1, left : right + 1] = True
    across, up = np.clip(points * fine, 0, most).astype(int).T
    return np.asarray(grid[up, across])


def _runs(missed: MissedText) -> Iterator[list[int]]:
    """The missed characters in words: one ends where white space, another character, or a gap follows."""
    run: list[int] = []
    for number in missed.numbers:
        if run and not (number == run[-1] + 1 and _follows(missed.glyphs.boxes[run[-1]], missed.glyphs.boxes[number])):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _follows(before: NDArray[np.float64], after: NDArray[np.float64], within: float = APART) -> bool:
    """Whether a box stands in the row of another one, to its right, no farther away than ``within`` of its height."""
    height = min(before[3] - before[1], after[3] - after[1])
    shared = min(before[3], after[3]) - max(before[1], after[1])
    return bool(shared >= ROW * height and -height <= after[0] - before[2] <= within * max(height, 1.0))


class _WholeWords:
    """The words of a page while missed ones are put in; which are new or changed, by ``id``."""

    def __init__(self, words: list[PdfTextCell], glyphs: PageGlyphs) -> None:
        self._words, self._glyphs = words, glyphs
        self._boxes = boxes_of(words)
        self._behind: dict[int, list[PdfTextCell]] = {}
        self.changed: set[int] = set()

    def cells(self) -> list[PdfTextCell]:
        return [
            cell
            for n in range(-1, len(self._words))
            for cell in ([self._words[n]] if n >= 0 else []) + self._behind.get(n, [])
        ]

    def take(self, run: Sequence[int]) -> None:
        """Put one run of characters in."""
        text, box = "".join(self._glyphs.characters[n] for n in run), hull(self._glyphs.boxes[list(run)])
        before, after = self._owner(run[0] - 1), self._owner(run[-1] + 1)
        if before >= 0 and self._touch(run[0] - 1, run[0]):
            if not self._has(before, run):
                self._change(before, self._words[before].text + text, box)
            return
        if after >= 0 and self._touch(run[-1], run[-1] + 1):
            if not self._has(after, run):
                self._change(after, text + self._words[after].text, box)
            return
        place = self._place(run[0])
        new = self._made(place, text, box)
        self._behind.setdefault(place, []).append(new)
        self.changed.add(id(new))

    def _has(self, number: int, run: Sequence[int]) -> bool:
        """Whether the word has the whole of what pdfium writes without white space around the run, in a smaller box."""
        characters = self._glyphs.characters
        first, end = run[0], run[-1] + 1
        while first > 0 and not characters[first - 1].isspace():
            first -= 1
        while end < len(characters) and not characters[end].isspace():
            end += 1
        return "".join(characters[first:end]) in self._words[number].text

    def _made(self, place: int, text: str, box: NDArray[np.float64]) -> PdfTextCell:
        """A word with the looks of the one before it, as high as that in whose row it stands; without looks where there
        is none.
        """
        if place >= 0:
            plain = {"rendering_mode": PdfCellRenderingMode.FILL_TEXT, "widget": False}
            _, bottom, _, top = self._boxes[place]
            if bottom < (box[1] + box[3]) / 2 < top and box[3] - box[1] < top - bottom:
                box = np.array((box[0], bottom, box[2], top))
            return placed(self._words[place], text, box).model_copy(update=plain)
        return PdfTextCell(
            rect=rectangle(box),
            text=text,
            orig=text,
            rendering_mode=PdfCellRenderingMode.FILL_TEXT,
            widget=False,
            font_key="",
            font_name="",
        )

    def _change(self, number: int, text: str, box: NDArray[np.float64]) -> None:
        around = hull(np.stack((self._boxes[number], box)))
        new = placed(self._words[number], text, around)
        self._words[number], self._boxes[number] = new, around
        self.changed.add(id(new))

    def _touch(self, before: int, after: int) -> bool:
        boxes = self._glyphs.boxes
        return _follows(boxes[before], boxes[after], TOUCHING)

    def _owner(self, number: int) -> int:
        """The word that has this character, -1 for none and for white space."""
        if not 0 <= number < len(self._glyphs.characters) or self._glyphs.characters[number].isspace():
            return -1
        middle = _middles(self._glyphs.boxes[number : number + 1])[0]
        holding = ((middle >= self._boxes[:, :2]) & (middle <= self._boxes[:, 2:])).all(axis=1)
        return int(holding.argmax()) if holding.any() else -1

    def _place(self, first: int) -> int:
        """The word behind which a run that begins with character ``first`` is put, -1 for in front of all."""
        owners = (self._owner(n) for n in range(first - 1, max(first - LOOK_BACK, -1), -1))
        return next((owner for owner in owners if owner >= 0), -1)


def _with_lines(lines: list[PdfTextCell], whole: _WholeWords) -> list[PdfTextCell]:
    """The lines with what is new in the words: in the line where it stands, else in lines of its own."""
    words = whole.cells()
    boxes, middles = boxes_of(lines), _middles(boxes_of(words))
    found: list[list[PdfTextCell]] = [[] for _ in range(len(lines) + 1)]
    home, changed = 0, set()
    for word, middle in zip(words, middles, strict=True):
        holding = ((middle >= boxes[:, :2]) & (middle <= boxes[:, 2:])).all(axis=1)
        if holding.any():
            home = int(holding.argmax()) + 1
            changed |= {home - 1} if id(word) in whole.changed else set()
        elif id(word) in whole.changed:
            found[home].append(word)
    told = [_retold(line, words) if n in changed else line for n, line in enumerate(lines)]
    return [line for n, new in enumerate(found) for line in ([told[n - 1]] if n else []) + _rows(new)]


def _retold(line: PdfTextCell, words: Sequence[PdfTextCell]) -> PdfTextCell:
    own = within(words, line)
    around = hull(boxes_of([line, *own]))
    return respelled(line, " ".join(word.text for word in own)).model_copy(update={"rect": rectangle(around)})


def _rows(words: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    boxes = boxes_of(words)
    rows: list[list[int]] = []
    for number in range(len(words)):
        if rows and _follows(boxes[number - 1], boxes[number]):
            rows[-1].append(number)
        else:
            rows.append([number])
    return [joined([words[n] for n in row], " ".join(words[n].text for n in row)) for row in rows]
