"""Tiles with a big number and a small label, side by side, as slides and reports show their key figures.

To the layout network the numbers are headings and the labels other text, so that numbers and labels part. Here each
number stays with its label. Pure functions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.lines import LayoutLine

LARGER = 1.5  # times the label's height: the number
NEAR = 0.9  # in heights of the number: white between it and its label, at most
LEADING = 0.8  # in line heights: white between two lines of one label
OVER = 0.3  # in line heights: by which the boxes of two lines below each other may overlap
LONGEST = 60  # characters of a line of a label
MOST_ROWS = 3  # lines of a label
LEAST = 2  # tiles of a row
MOST = 60  # big numbers of a page; one of more has no key figures
SAME = 0.15  # of the height by which numbers of one row differ at most
EDGE = 0.6  # in heights of the number: by which two edges or middles that are one may differ
_NUMBER = re.compile(
    r"[~≈<>≤≥+\-−–±#]?\s?[€$£¥]?\s?\d[\d.,\u00a0\u202f '’:/×]*\s?"
    r"(%|‰|°C?|[€$£¥]|\+|[kKmMbB]n?|[A-Za-zµ²³/]{1,4}\.?)?\s?[€$£¥+]?"
)


@dataclass(frozen=True, slots=True)
class NumberTile:
    """A number and the lines of its label."""

    number: LayoutLine
    label: tuple[LayoutLine, ...]


def number_tiles(lines: Sequence[LayoutLine]) -> list[Block]:
    """The tiles of a page, each as a block of text: the upper line first."""
    heights = sorted(line.height for line in lines)
    least = LARGER * heights[len(heights) // 4] if heights else 0.0  # the labels are not larger than most other text
    large = [line for line in lines if line.height >= least and line.turn == 0]
    numbers = [line for line in large if _NUMBER.fullmatch(line.text.strip())]
    if len(numbers) > MOST:
        return []
    rows = [row for number in numbers if len(row := _row(number, numbers)) >= LEAST and row[0] is number]
    found: list[Block] = []
    for row in rows:
        below = [NumberTile(number, _label(number, lines, down=True)) for number in row]
        above = [NumberTile(number, _label(number, lines, down=False)) for number in row]
        tiles = next((tiles for tiles in (below, above) if all(tile.label for tile in tiles)), [])
        labels = {id(line) for tile in tiles for line in tile.label}
        if len(labels) == sum(len(tile.label) for tile in tiles):
            found += [_block(tile) for tile in tiles]
    return found


def _row(number: LayoutLine, numbers: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The numbers of one size that stand in the row of ``number``, from left to right."""
    row = [
        other
        for other in numbers
        if abs(other.height - number.height) <= SAME * number.height
        and abs(other.box.bottom - number.box.bottom) <= SAME * number.height
    ]
    return sorted(row, key=lambda line: line.box.left)


def _label(number: LayoutLine, lines: Sequence[LayoutLine], *, down: bool) -> tuple[LayoutLine, ...]:
    """The small lines next to the number, below it or above, from top to bottom; none where there is no such line."""
    small = [line for line in lines if _is_label(line, number)]
    found: list[LayoutLine] = []
    place, most = number, NEAR * number.letter_box.height
    while len(found) < MOST_ROWS:
        near = [line for line in small if -OVER * line.height < _gap(place, line, down=down) < most]
        near = [line for line in near if not found or abs(line.height - place.height) <= SAME * place.height]
        if not near:
            break
        place = min(near, key=lambda line: _gap(place, line, down=down))
        most = LEADING * place.letter_box.height
        found.append(place)
    return tuple(found if down else reversed(found))


def _gap(upper: LayoutLine, lower: LayoutLine, *, down: bool) -> float:
    """The white between two lines, of which the second stands below the first, or above where ``down`` is false."""
    if (lower.box.top + lower.box.bottom > upper.box.top + upper.box.bottom) is not down or lower is upper:
        return float("inf")
    return lower.box.top - upper.box.bottom if down else upper.box.top - lower.box.bottom


def _is_label(line: LayoutLine, number: LayoutLine) -> bool:
    """Whether a line is words in smaller type, in line with the number."""
    text = line.text.strip()
    small = line.height * LARGER <= number.height and line.turn == 0 and len(text) <= LONGEST
    return small and any(map(str.isalpha, text)) and _in_line(line.box, number.box, EDGE * number.letter_box.height)


def _in_line(one: Box, other: Box, slack: float) -> bool:
    edges = (one.left - other.left, one.right - other.right, (one.left + one.right - other.left - other.right) / 2)
    return min(map(abs, edges)) <= slack and one.shares_width(other)


def _block(tile: NumberTile) -> Block:
    lines = sorted((tile.number, *tile.label), key=lambda line: line.box.top)
    return Block(LayoutLabel.TEXT, 1.0, tuple(lines))
