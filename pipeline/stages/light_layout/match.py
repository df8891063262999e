"""Puts words into the cells of a predicted table structure (pure geometry, no docling)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median, median_high, median_low

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.line_ends import PageWords, join_lines

TOUCHING = (
    0.08  # of a word's height: pieces that lie closer are one word that the parser cut at a change of font or direction
)
CELL_WORDS = PageWords(frozenset(), english=True)  # a cell is too short to tell its language
RAISED_HEIGHT = 0.85  # of a word's height: a raised mark is set in smaller type
RAISED_BY = 0.1  # of a word's height: how far the middle of a raised mark is above that of its word
FAR_RAISED = 0.25  # the same of a mark in hardly smaller type
STAGGERED = 0.3  # of a word's height: by how much the lines of one text overlap at most, however tightly they are set
COLUMN_GAP = 1.0  # of the words' height: white between texts side by side; spaces between words have half of it
LEVEL = 0.25  # of a word's height: how far the middles of the words of one line differ at most
_AMOUNT = re.compile(r"\d[\d.,]+\d$")
_DIGIT = re.compile(r"\d")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class LayoutWord:
    """A word, or a line read by OCR, with its box in points, origin top left, and its font's name ("" where
    unknown).
    """

    text: str
    box: Box
    font: str = ""


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of the structure and the text it ended up with."""

    cell: TableCell
    text: str


def fill(structure: TableStructure, words: list[LayoutWord]) -> list[FilledCell]:
    """Every cell of ``structure`` with its words in reading order, lines joined by spaces.

    A word goes to the cell that covers most of it, or else to the nearest one. Where most letters run from right to
    left, so do the words of a line and the columns of the table: column 0 is the one read first.
    """
    contents: dict[tuple[int, int], list[LayoutWord]] = {(cell.row, cell.column): [] for cell in structure.cells}
    for word, number in zip(words, owners(structure, words), strict=True):
        if number >= 0:
            cell = structure.cells[number]
            contents[cell.row, cell.column].append(word)
    leftward = reads_right_to_left("".join(word.text for word in words))
    cells = [
        (_mirrored(cell, structure.columns) if leftward else cell, contents[cell.row, cell.column])
        for cell in structure.cells
    ]
    return [FilledCell(cell, read(own)) for cell, own in cells]


def owners(structure: TableStructure, words: Sequence[LayoutWord]) -> list[int]:
    """The index of each word's cell in ``structure.cells``: the one that covers most of it, else the nearest.

    -1 for every word where no cell has a box.
    """
    boxed = [(number, cell.box) for number, cell in enumerate(structure.cells) if cell.box is not None]
    if not boxed or not words:
        return [-1] * len(words)
    nearest = _affinity(_sides([word.box for word in words]), _sides([box for _, box in boxed])).argmax(axis=1)
    return [boxed[index][0] for index in nearest]


def _mirrored(cell: TableCell, columns: int) -> TableCell:
    return replace(cell, column=columns - cell.column - cell.column_span)


def _sides(boxes: list[Box]) -> NDArray[np.float64]:
    """(n, 4): left, top, right, bottom in points."""
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], dtype=np.float64)


def _affinity(words: NDArray[np.float64], cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """(words, cells): the share of the word inside the cell or, below zero, the gap between the two in points."""
    word, cell = words[:, None], cells[None]
    inside = np.minimum(word[..., 2:], cell[..., 2:]) - np.maximum(word[..., :2], cell[..., :2])
    shared = np.clip(inside, 0, None).prod(axis=-1)
    area = np.maximum((word[..., 2:] - word[..., :2]).prod(axis=-1), np.finfo(np.float64).tiny)
    gap = np.clip(-inside, 0, None).sum(axis=-1)
    affinity: NDArray[np.float64] = np.where(shared > 0, shared / area, -gap)
    return affinity


def first_word_width(text: str, line: Box, words: Sequence[Box]) -> float:
    """The width in points of the first word of a line's ``text``; by its share of the characters where text recognition
    read the line, and there are no boxes of ``words``, which stand from left to right.
    """
    if words:
        return (words[-1] if reads_right_to_left(text) else words[0]).width
    return line.width * len(text.split(maxsplit=1)[0]) / len(text) if text.strip() else 0.0


def reads_right_to_left(text: str) -> bool:
    """Whether most letters belong to Hebrew, Arabic or their kin."""
    return len(_RTL.findall(text)) > 0.5 * max(sum(map(str.isalpha, text)), 1)


def read(words: Sequence[LayoutWord]) -> str:
    """Words in lines from top to bottom, each in its own direction."""
    if words and all(word.box.height > 1.5 * word.box.width for word in words if len(word.text) > 1) and _tall(words):
        return " ".join(word.text for word in sorted(words, key=lambda w: (round(w.box.left), -w.box.bottom)))
    texts = [[_spell(_ordered(line)) for line in lines] for lines in _texts(words)]
    return " ".join(line for lines in texts for line in join_lines(lines, CELL_WORDS))


def _texts(words: Sequence[LayoutWord]) -> list[list[list[LayoutWord]]]:
    """The lines of the words, text by text: those side by side whose lines stand at different heights are several."""
    texts: list[list[list[LayoutWord]]] = [[]]
    for run in _runs(_rows(words)):
        if len(run) == 1 and not _collides(run[0]):
            texts[-1] += run
        elif beside := _beside(run):
            texts[-1] += beside[0]
            texts += [*beside[1:], []]
        else:
            texts[-1] += [line for row in run for line in _parted(row)]
    return texts


def _rows(words: Sequence[LayoutWord]) -> list[list[LayoutWord]]:
    """From top to bottom: each word with the next one that is level with it."""
    rows: list[list[LayoutWord]] = []
    for word in sorted(words, key=_middle):
        if rows and _same_line(rows[-1][-1].box, word.box):
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _runs(rows: Sequence[list[LayoutWord]]) -> list[list[list[LayoutWord]]]:
    """The rows, each in one run with those above that it overlaps."""
    runs: list[list[list[LayoutWord]]] = []
    low = 0.0  # where the run ends
    for row in rows:
        if runs and low - min(word.box.top for word in row) > STAGGERED * min(word.box.height for word in row):
            runs[-1].append(row)
        else:
            runs.append([row])
            low = 0.0
        low = max(low, *(word.box.bottom for word in row))
    return runs


def _collides(row: Sequence[LayoutWord]) -> bool:
    """Whether words of a row stand above each other, so that it is two lines at least."""
    ordered = sorted(row, key=lambda w: w.box.left)
    reach = ordered[0]  # the word that goes furthest to the right
    for word in ordered[1:]:
        if _shares_width(reach, word) and not _are_level(reach, word):
            return True
        if word.box.right > reach.box.right:
            reach = word
    return False


def _shares_width(one: LayoutWord, other: LayoutWord) -> bool:
    """Whether there is no room for both in one line. Signs have it: a raised one may stand above a lowered one."""
    shared = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return min(len(one.text), len(other.text)) > 1 and shared > 0.5 * min(one.box.width, other.box.width)


def _beside(rows: Sequence[Sequence[LayoutWord]]) -> list[list[list[LayoutWord]]]:
    """The lines of texts side by side, text by text; none where the words are one text."""
    words = [word for row in rows for word in row]
    gap = COLUMN_GAP * median(word.box.height for word in words)
    texts: list[list[LayoutWord]] = []
    right = 0.0
    for word in sorted(words, key=lambda w: w.box.left):
        if texts and word.box.left - right <= gap:
            texts[-1].append(word)
            right = max(right, word.box.right)
        else:
            texts.append([word])
            right = word.box.right
    if reads_right_to_left("".join(word.text for word in words)):
        texts.reverse()
    parted: list[list[list[LayoutWord]]] = []
    for text in texts:
        lines = [line for row in _rows(text) for line in _parted(row)]
        if parted and _are_values(lines, parted[-1]):
            parted[-1] = [[*name, *value] for name, value in zip(parted[-1], lines, strict=True)]
        else:
            parted.append(lines)
    return parted if len(parted) > 1 and all(map(_are_clear, parted)) else []


def _are_values(lines: Sequence[Sequence[LayoutWord]], names: Sequence[Sequence[LayoutWord]]) -> bool:
    """Whether the lines are numbers, dates or times, each level with a line of the text before them."""
    if len(lines) != len(names) or not all(_DIGIT.search(word.text) for line in lines for word in line):
        return False
    return all(_same_line(line[0].box, name[-1].box) for line, name in zip(lines, names, strict=True))


def _are_clear(lines: Sequence[Sequence[LayoutWord]]) -> bool:
    """Whether each line is below the one before it."""
    lows = [median_low(word.box.bottom for word in line) for line in lines[:-1]]
    tops = [median_high(word.box.top for word in line) for line in lines[1:]]
    heights = [median(word.box.height for word in line) for line in lines[1:]]
    return all(low - top <= STAGGERED * height for low, top, height in zip(lows, tops, heights, strict=True))


def _parted(row: list[LayoutWord]) -> list[list[LayoutWord]]:
    """The lines of a row in which words stand above each other."""
    if not _collides(row):
        return [row]
    lines: list[list[LayoutWord]] = []
    for word in sorted(row, key=_middle):
        if lines and _are_level(lines[-1][0], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return _without_between(lines)


def _without_between(lines: Sequence[list[LayoutWord]]) -> list[list[LayoutWord]]:
    """What stands beside two lines in their middle, such as a box to check, is read before both, or after both where
    it stands on their right.
    """
    kept = [lines[0]]
    for line, below in zip(lines[1:], [*lines[2:], []], strict=True):
        above = kept[-1]
        if not below or not _is_between(line, above, below):
            kept.append(line)
        elif min(word.box.left for word in line) < min(word.box.left for word in above):
            above.extend(line)
        else:
            below.extend(line)
    return kept


def _is_between(line: Sequence[LayoutWord], above: Sequence[LayoutWord], below: Sequence[LayoutWord]) -> bool:
    """Whether a line is level with both others and beside them."""
    if not all(_same_line(line[0].box, other[0].box) for other in (above, below)):
        return False
    left, right = min(word.box.left for word in line), max(word.box.right for word in line)
    return all(word.box.left >= right or word.box.right <= left for word in (*above, *below))


def _are_level(one: LayoutWord, other: LayoutWord) -> bool:
    return abs(_middle(one) - _middle(other)) <= LEVEL * min(one.box.height, other.box.height)


def _middle(word: LayoutWord) -> float:
    return (word.box.top + word.box.bottom) / 2


def _tall(words: Sequence[LayoutWord]) -> bool:
    """Text that runs up the page, as in narrow headings: its words are taller than wide."""
    return any(len(word.text) > 1 for word in words)


def _ordered(line: Sequence[LayoutWord]) -> list[LayoutWord]:
    """From left to right; where the line runs leftward, runs of numbers and Latin words keep their own direction."""
    rightward = sorted(line, key=lambda w: w.box.left)
    if not reads_right_to_left("".join(word.text for word in line)):
        return rightward
    ordered: list[LayoutWord] = []
    run: list[LayoutWord] = []
    for word in reversed(rightward):
        if _RTL.search(word.text):
            ordered += [*reversed(run), word]
            run = []
        else:
            run.append(word)
    return [*ordered, *reversed(run)]


def _spell(words: Sequence[LayoutWord]) -> str:
    text = ""
    for index, word in enumerate(words):
        text += (" " if index and _apart(words[index - 1], word) else "") + word.text
    return text


def _apart(one: LayoutWord, other: LayoutWord) -> bool:
    """Whether a space belongs between two neighbours: where there is a gap, and before a raised mark, which would
    change a number that it touches.
    """
    if is_raised(one, other):
        return True
    gap = max(one.box.left, other.box.left) - min(one.box.right, other.box.right)
    return gap > TOUCHING * min(one.box.height, other.box.height)


def is_raised(word: LayoutWord, mark: LayoutWord) -> bool:
    """Whether ``mark`` is a number or sign in small type whose middle is above that of ``word``, or a letter so behind
    an amount: in "1st" and the Spanish "1a" letters belong to the number.
    """
    noted = len(mark.text) == 1 and _AMOUNT.search(word.text) is not None
    if not word.text[-1:].isalnum() or (any(map(str.isalpha, mark.text)) and not noted):
        return False
    size = mark.box.height / word.box.height
    rise = ((word.box.top + word.box.bottom) - (mark.box.top + mark.box.bottom)) / (2 * word.box.height)
    return (size < RAISED_HEIGHT and rise > RAISED_BY) or (size < 1 and rise > FAR_RAISED)


def _same_line(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(one.height, other.height)
