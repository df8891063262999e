"""Puts words into the cells of a predicted table structure (pure geometry, no docling)."""

from dataclasses import dataclass

from pipeline.pages import Box, TableCell, TableStructure


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a line read by OCR, with its box in points, origin top left, and its font's name ("" where unknown)."""

    text: str
    box: Box
    font: str = ""


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of the structure and the text it ended up with."""

    cell: TableCell
    text: str


def fill(structure: TableStructure, words: list[Word]) -> list[FilledCell]:
    """Every cell of ``structure`` with its words in reading order, lines joined by spaces.

    A word goes to the cell that covers most of it, or else to the nearest one.
    """
    boxed = [cell for cell in structure.cells if cell.box is not None]
    contents: dict[tuple[int, int], list[Word]] = {(cell.row, cell.column): [] for cell in structure.cells}
    for word in words:
        if boxed:
            cell = max(boxed, key=lambda c: _affinity(word.box, c.box))
            contents[cell.row, cell.column].append(word)
    return [FilledCell(cell, _read(contents[cell.row, cell.column])) for cell in structure.cells]


def _affinity(word: Box, cell: Box | None) -> float:
    """Share of the word inside the cell; below zero, the distance between their centres in points."""
    if cell is None:
        return float("-inf")
    shared = word.intersection(cell)
    if shared > 0:
        return shared / word.area
    dx = max(cell.left - word.right, word.left - cell.right, 0.0)
    dy = max(cell.top - word.bottom, word.top - cell.bottom, 0.0)
    return -(dx + dy)


def _read(words: list[Word]) -> str:
    """Words in lines from top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box.top + w.box.bottom) / 2):
        if lines and _same_line(lines[-1][-1].box, word.box):
            lines[-1].append(word)
        else:
            lines.append([word])
    return " ".join(word.text for line in lines for word in sorted(line, key=lambda w: w.box.left))


def _same_line(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(one.height, other.height)
