"""Puts words into the cells of a predicted table structure (pure geometry, no docling)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_AMOUNT = re.compile(r"\d[\d.,]+\d$")
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
    lines: list[list[LayoutWord]] = []
    for word in sorted(words, key=lambda w: (w.box.top + w.box.bottom) / 2):
        if lines and _same_line(lines[-1][-1].box, word.box):
            lines[-1].append(word)
        else:
            lines.append([word])
    return " ".join(join_lines([_spell(_ordered(line)) for line in lines], CELL_WORDS))


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
