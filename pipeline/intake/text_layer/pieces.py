"""Words and lines that the parser cut in the wrong places, put together or taken apart by where their letters stand."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from statistics import median

import numpy as np
from docling_core.types.doc.page import PdfTextCell
from numpy.typing import NDArray

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, joined, placed, respelled, runs_across, within
from pipeline.intake.text_layer.glyphs import PageGlyphs, hull
from pipeline.intake.text_layer.spelling import COMBINING
from pipeline.intake.text_layer.touching import SPACE, TOUCHING
from pipeline.signed_scripts import SIGNED

COPY_SHIFT = 0.25  # of the height: bold made by drawing twice shifts the copy by less
SAME_ROW = 0.05  # of the height: by which the feet and the heads of one row's pieces differ
MOST_ROWS = 8  # rows looked back at for the piece before
TORN = 0.04  # of the height: pieces of a torn word are no farther apart, and overlap by no more than twice as much
_TORN = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f][a-z\u00df-\u024f\u03ac-\u03ce\u0430-\u045f,.;:]")
# A letter with its accent drawn over it, as TeX does: after letters, an accent in front is no quotation mark.
DRAWN = re.compile(rf"[^\W\d_][{''.join(COMBINING.keys() - {'`'})}][^\W\d_]")
# Letters whose ink shares no height: raised signs beside low punctuation, and what stands beside an underscore.
_RAISED = "\u00b0\u00b2\u00b3\u00b9\u2070-\u2079'\"\u2018-\u201d*"
_APART = re.compile(rf"[{_RAISED}][.,_\u2026]|[.,_\u2026][{_RAISED}]|\w_|_\w")
_TWICE = re.compile(r"(?:([^\W\d_])\1)+")
_FRACTION = re.compile("\\d*\u2044\\d*[,.;:)]?")  # two of a fraction's pieces: its numbers and U+2044 between them
LEAST_LETTERS = 4  # single letters in a row that make a letter-spaced word
LETTERS = 0.6  # share of a run's pieces that are single letters at least: the parser joins a few
WIDE_LETTER_GAP = 1.5  # of the median gap between letters: a wider one parts two letter-spaced words
WIDEST_LETTER_GAP = 1.2  # of the height: letters farther apart are columns
GLUED_LETTERS = 16  # letters of a word from which its gaps are looked at
WORD_GAP = 0.06  # of the font's height: a gap between letters that parts words where others are none
NO_GAP = 0.015
CLOSING = frozenset(".,;:!?)]}\u2026")  # begins no word; neither does what follows a hyphen
RUN_ON = re.compile(rf"[^\W\d_]{{{GLUED_LETTERS},}}")

MARKED = re.compile(
    r"\w[\d,*\u2020\u2021\u00a7\u00b6\u2217]{1,5}[.,;:)]?$|^\(?\d{1,2}[^\W\d_]"
)  # a raised mark may be in it
SAME_FOOT = 1.0  # points by which the feet of two words on one base line may differ
HIGHER = 0.04  # of a word's height: how far a raised mark reaches above its neighbours
SMALL = 0.85  # of the height of its word's letters: type of a raised mark
LIFTED = 0.05  # of that height: how far the middle of a raised mark lies above theirs

Corners = tuple[float, float, float, float]  # of a cell: y and x of the first, x and y of the opposite one, in points


def drop_copies(cells: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The cells without those that repeat another in nearly the same place: bold made by drawing twice."""
    kept: list[PdfTextCell] = []
    seen: dict[str, list[Corners]] = {}  # in the order of their bases, so that few are compared
    for cell in cells:
        rect = cell.rect
        corners = (rect.r_y0, rect.r_x0, rect.r_x2, rect.r_y2)
        places = seen.setdefault(cell.text, [])
        if not places or not _is_copy(corners, places):
            kept.append(cell)
            insort(places, corners)
    return kept


def _is_copy(corners: Corners, places: Sequence[Corners]) -> bool:
    """Whether one of the places is nearly that of the ``corners``."""
    y0, x0, x2, y2 = corners
    shift = COPY_SHIFT * min(abs(x2 - x0), abs(y2 - y0))
    near = places[bisect_left(places, (y0 - shift,)) : bisect_right(places, (y0 + shift, inf))]
    return any(
        abs(place[1] - x0) <= shift and abs(place[2] - x2) <= shift and abs(place[3] - y2) <= shift for place in near
    )


def halve_letters(words: Sequence[PdfTextCell], glyphs: PageGlyphs) -> list[PdfTextCell]:
    """The words, where those of letters that all come twice say them once if pdfium sees them once: a word of one
    letter and its copy touch, so that the parser takes them for one word.
    """
    return [_halved(word, glyphs) if _TWICE.fullmatch(word.text) else word for word in words]


def _halved(word: PdfTextCell, glyphs: PageGlyphs) -> PdfTextCell:
    seen = "".join(glyphs.characters[number] for number in glyphs.inside(boxes_of([word])[0]))
    return respelled(word, seen) if seen == word.text[::2] else word


def join_overlapping(lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with those put together that lie over each other in one row, as the parser begins a line anew with a
    copy; they say what ``words`` say there.
    """
    boxes = boxes_of(lines)
    rows: list[list[int]] = []
    for number in range(len(lines)):
        if rows and _lies_over(boxes, rows[-1][-1], number):
            rows[-1].append(number)
        else:
            rows.append([number])
    return [lines[row[0]] if len(row) == 1 else _said(joined([lines[n] for n in row], ""), words) for row in rows]


def _said(line: PdfTextCell, words: Sequence[PdfTextCell]) -> PdfTextCell:
    """The line with what ``words`` say in its box."""
    return respelled(line, " ".join(word.text for word in within(words, line)))


def _lies_over(boxes: Boxes, one: int, other: int) -> bool:
    height = boxes[one, 3] - boxes[one, 1]
    level = np.abs(boxes[one, [1, 3]] - boxes[other, [1, 3]]).max() <= SAME_ROW * height
    return bool(level and min(boxes[one, 2], boxes[other, 2]) - max(boxes[one, 0], boxes[other, 0]) > height)


def join_rows(lines: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with those put together that stand in one row, in one font, no more than a space apart."""
    boxes = boxes_of(lines)
    rows: list[list[int]] = []
    for number in sorted(range(len(lines)), key=lambda n: (-boxes[n, 1], boxes[n, 0])):
        home = next((row for row in rows[-MOST_ROWS:] if _goes_on(lines, boxes, row[-1], number)), None)
        if home is None:
            rows.append([number])
        else:
            home.append(number)
    made = {
        min(row): joined([lines[n] for n in row], _row_text([lines[n].text for n in row], boxes[row]))
        for row in rows
        if len(row) > 1
    }
    inner = {number for row in rows for number in row if number != min(row)}
    return [made.get(number, line) for number, line in enumerate(lines) if number not in inner]


def _goes_on(lines: Sequence[PdfTextCell], boxes: Boxes, one: int, other: int) -> bool:
    height = boxes[one, 3] - boxes[one, 1]
    level = np.abs(boxes[one, [1, 3]] - boxes[other, [1, 3]]).max() <= SAME_ROW * height
    gap = boxes[other, 0] - boxes[one, 2]
    return bool(
        level and -TOUCHING * height <= gap <= SPACE * height and lines[one].font_name == lines[other].font_name
    )


def _row_text(texts: Sequence[str], boxes: Boxes) -> str:
    text = texts[0]
    for number, more in enumerate(texts[1:], start=1):
        height = boxes[number, 3] - boxes[number, 1]
        text += (" " if boxes[number, 0] - boxes[number - 1, 2] > TOUCHING * height else "") + more
    return text


def join_torn(words: Sequence[PdfTextCell]) -> list[list[PdfTextCell]]:
    """The words in groups: pieces of one word that the parser parted, though no white stands between them.

    It does so where a kerned letter reaches into the one before it, where the ink of two letters shares no height, and
    in a fraction, whose first number is raised. Only letters, what ends a word and fractions are joined: the numbers of
    two columns may touch. A smaller letter that reaches higher than the word before it is its raised mark.
    """
    boxes = boxes_of(words)
    heights, touch = boxes[:, 3] - boxes[:, 1], meet(boxes, 2 * TORN)
    raised = (heights[1:] < SMALL * heights[:-1]) & (boxes[1:, 3] > boxes[:-1, 3])
    groups = [[word] for word in words[:1]]
    for before, after, near, mark in zip(words, words[1:], touch, raised, strict=False):
        if near and _is_torn(before, after, raised=mark):
            groups[-1].append(after)
        else:
            groups.append([after])
    return groups


def meet(boxes: Boxes, back: float) -> NDArray[np.bool_]:
    """(n - 1): whether each cell begins where the one before it ends, in its row, or before that by at most ``back`` of
    their height.
    """
    heights, gaps = boxes[:, 3] - boxes[:, 1], boxes[1:, 0] - boxes[:-1, 2]
    shared = np.minimum(boxes[1:, 3], boxes[:-1, 3]) - np.maximum(boxes[1:, 1], boxes[:-1, 1])
    least = np.minimum(heights[1:], heights[:-1])
    return np.asarray((shared > 0.5 * least) & (gaps < TORN * least) & (gaps > -back * least))


def _is_torn(before: PdfTextCell, after: PdfTextCell, *, raised: bool) -> bool:
    """Whether pieces that touch are a fraction's, or of one word's letters. Leaders are single dots."""
    one, other = before.text, after.text
    if _FRACTION.fullmatch(one + other):
        return True
    if before.font_name != after.font_name:
        return False
    pair = one[-1:] + other[:1]
    letters = not raised and _TORN.fullmatch(pair) and other != "." and not len(one) == len(other) == 1
    return bool(letters or _APART.fullmatch(pair) or DRAWN.fullmatch(one[-1:] + other[:2]))


# -- letter-spaced text ------------------------------------------------------------------------------------------------


def join_spaced(words: Sequence[PdfTextCell]) -> list[list[PdfTextCell]]:
    """The words in groups: each run of single letters that spells a letter-spaced word is one group, with the marks and
    figures behind it, every other word is a group of its own.
    """
    if not _LETTER_RUN.search(" ".join(word.text for word in words)):
        return [[word] for word in words]
    boxes = boxes_of(words)
    groups: list[list[PdfTextCell]] = []
    run: list[int] = []
    for number, word in enumerate(words):
        follows = bool(run) and _follows(boxes, run[-1], number)
        more = _is_capitals(word.text) or word.text in CLOSING
        near = follows and more and _as_near(boxes, run, number)
        letter = _single(word.text) or near or (follows and len(word.text) == 1 and word.text.isdigit())
        if run and not (letter and follows):
            groups += _letters([words[n] for n in run], boxes[run])
            run = []
        if letter:
            run.append(number)
        else:
            groups.append([word])
    return groups + (_letters([words[n] for n in run], boxes[run]) if run else [])


def _is_capitals(text: str) -> bool:
    return text.isalpha() and text.isupper()


def _as_near(boxes: Boxes, run: Sequence[int], number: int) -> bool:
    """Whether a word is as near to the letters before it as those are to each other: the parser joins some letters that
    are set apart.
    """
    gaps = [boxes[after, 0] - boxes[before, 2] for before, after in pairwise([*run, number])]
    return len(gaps) > 1 and gaps[-1] <= WIDE_LETTER_GAP * min(gaps)


_LETTER_RUN = re.compile(rf"(?:^| )(?:[^\W\d_](?: |$)){{{LEAST_LETTERS}}}")


def _single(text: str) -> bool:
    return len(text) == 1 and text.isalpha()


def _follows(boxes: Boxes, one: int, other: int) -> bool:
    height = boxes[one, 3] - boxes[one, 1]
    level = abs(boxes[one, 1] - boxes[other, 1]) < 0.1 * height
    return bool(level and 0 < boxes[other, 0] - boxes[one, 2] < 2 * WIDEST_LETTER_GAP * height)


def _letters(run: Sequence[PdfTextCell], boxes: Boxes) -> list[list[PdfTextCell]]:
    gaps = (boxes[1:, 0] - boxes[:-1, 2]).tolist()
    letters = [cell.text for cell in run if _single(cell.text)]
    if len(letters) < max(LEAST_LETTERS, LETTERS * len(run)) or not _spells(letters):
        return [[cell] for cell in run]
    usual = median(gaps)
    if usual > WIDEST_LETTER_GAP * float(boxes[0, 3] - boxes[0, 1]):
        return [[cell] for cell in run]
    groups = [[run[0]]]
    for cell, gap in zip(run[1:], gaps, strict=True):
        if gap > WIDE_LETTER_GAP * usual:
            groups.append([])
        groups[-1].append(cell)
    return groups


def _spells(letters: Sequence[str]) -> bool:
    """Whether the letters can be a word: not the alphabet's own order, as labels have it, nor one letter again."""
    codes = [ord(letter.casefold()) for letter in letters]
    steps = [after - before for before, after in pairwise(codes)]
    return sum(step in (0, 1) for step in steps) <= len(steps) / 2


# -- words without spaces ----------------------------------------------------------------------------------------------


def glued(words: Sequence[PdfTextCell]) -> bool:
    """Whether a word is so long that it may be several."""
    return any(RUN_ON.search(word.text) for word in words)


def part(words: Sequence[PdfTextCell], glyphs: PageGlyphs) -> list[list[PdfTextCell]]:
    """Each word in the pieces that gaps between its letters make of it; most words are one piece.

    Where all letters of a page touch but for gaps of the same kind, these gaps are its spaces. A page without such
    gaps in its longest words comes back as it is.
    """
    boxes = boxes_of(words)
    suspects = [number for number, word in enumerate(words) if RUN_ON.search(word.text)]
    if not any(len(cut(words[number], boxes[number], glyphs)) > 1 for number in suspects):
        return [[word] for word in words]
    return [cut(word, box, glyphs) for word, box in zip(words, boxes, strict=True)]


def cut(word: PdfTextCell, box: Boxes, glyphs: PageGlyphs, space: float = 0.0) -> list[PdfTextCell]:
    """The word in pieces where a gap between its letters is one between words: at least ``space`` points wide. Thai and
    kindred scripts write none.
    """
    if SIGNED.search(word.text):
        return [word]
    numbers = glyphs.inside(box)
    if len(numbers) < 3 or "".join(glyphs.characters[number] for number in numbers) != word.text:
        return [word]
    if not runs_across(word):
        return [word]
    own = glyphs.boxes[numbers]
    height = float(np.median(own[:, 3] - own[:, 1]))
    gaps = own[1:, 0] - own[:-1, 2]
    wide = gaps > max(WORD_GAP * height, space)
    wide &= [not (before == "-" or after in CLOSING) for before, after in pairwise(word.text)]
    if not wide.any() or wide.mean() > 0.5:
        return [word]
    if (np.abs(gaps[~wide]) > NO_GAP * height).mean() > 0.3:  # letter-spaced or kerned apart
        return [word]
    edges = [0, *(np.flatnonzero(wide) + 1).tolist(), len(numbers)]
    return [
        placed(
            word,
            word.text[start:end],
            (own[start, 0], box[1], own[end - 1, 2], box[3]),
        )
        for start, end in pairwise(edges)
    ]


# -- raised marks ------------------------------------------------------------------------------------------------------


def with_marks(words: Sequence[PdfTextCell]) -> list[int]:
    """Numbers of the words that may have a raised mark in them: they run across the page, and reach higher than others
    on their base line.
    """
    chosen = [
        number
        for number, word in enumerate(words)
        if len(word.text) > 1 and MARKED.search(word.text) and runs_across(word)
    ]
    if not chosen:
        return []
    boxes = boxes_of(words)
    feet, tops = boxes[:, 1], boxes[:, 3]
    found = []
    for number in chosen:
        level = np.abs(feet - feet[number]) < SAME_FOOT
        level[number] = False
        height = tops[number] - feet[number]
        if height > 2 * (boxes[number, 2] - boxes[number, 0]):
            continue  # turned text
        if level.any() and tops[number] - np.median(tops[level]) > HIGHER * height:
            found.append(number)
    return found


def part_marks(word: PdfTextCell, glyphs: PageGlyphs) -> list[PdfTextCell]:
    """The word in pieces where its letters change to small raised marks or back; mostly it is one piece.

    Letters are no marks: where boxes hug the ink, small ones are lower than others.
    """
    numbers = glyphs.inside(boxes_of([word])[0])
    if len(numbers) < 2 or "".join(glyphs.characters[number] for number in numbers) != word.text:
        return [word]
    own = glyphs.boxes[numbers]
    heights, middles = own[:, 3] - own[:, 1], (own[:, 1] + own[:, 3]) / 2
    full = heights >= SMALL * heights.max()
    raised = ~full & (middles > np.median(middles[full]) + LIFTED * heights.max())
    raised &= np.array([not character.isalpha() for character in word.text])
    if raised.all() or all(word.text[number] == "," for number in np.flatnonzero(raised)):
        return [word]
    return part_raised(word, raised, own)


def part_raised(word: PdfTextCell, raised: NDArray[np.bool_], boxes: Boxes) -> list[PdfTextCell]:
    """The word in pieces where its characters begin or cease to be ``raised`` (n,); ``boxes`` (n, 4) are theirs."""
    edges = [0, *(np.flatnonzero(raised[1:] != raised[:-1]) + 1).tolist(), len(boxes)]
    return [placed(word, word.text[start:end], hull(boxes[start:end])) for start, end in pairwise(edges)]
