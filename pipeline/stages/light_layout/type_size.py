"""How large the type of a scanned line is, told by its width and its letters. Pure functions.

The height of a recognised line's box hangs on its letters by a fifth either way, and the width of its strokes on the
weight of its type. How wide letters are against each other is much the same in all text fonts, so that lines of one
document that are set alike come out alike. Widths, in thousandths of the type's size, are the means of Helvetica and
Times, regular and bold, each at the same mean width (Adobe's metrics of the standard fonts, Core 14 AFM).
"""

import unicodedata
from collections.abc import Sequence
from statistics import quantiles

from pipeline.pages import Box
from pipeline.stages.light_layout.blocks import READ_INK

_WIDTHS = {
    letter: width
    for width, letters in {
        200: "'‘’",
        250: "il .,·",
        300: "fjtI:;!/\\[]|",
        350: "()-`",
        400: "r",
        450: 'sz"“”',
        500: "acevxyJ",
        600: "FLS",
        650: "EPTZ",
        750: "wGHKOQ&",
        850: "m",
        900: "M%",
        950: "W",
        1000: "—…",
    }.items()
    for letter in letters
}
_SMALL, _CAPITAL, _WIDE = 550, 700, 1000  # most small letters and digits, most capitals, East Asian letters
ONE_SIZE = 1.12  # times as high: as much do short lines of one size differ, headings of two levels differ by more
TYPED = 600  # thousandths of its size: the width of each letter of Courier, and of most type of one width
LONG, LEAST_LINES = 20, 5  # characters, and lines with so many, that show whether letters have one width
CLEARLY = 0.6  # times the spread of the other measure
LINE_HEIGHT = 1.15  # times the type's size: from the highest to the lowest letter, as fonts of text say


def type_height(text: str, box: Box, *, typewritten: bool = False) -> float:
    """The height of the type of a scanned line in points, in which printed lines are measured too; 0 without letters.

    ``box`` is the one that recognition gave the line, upright, with the same margin at all four sides. All letters of
    ``typewritten`` lines have one width.
    """
    expected = (TYPED * len(text.strip()) if typewritten else sum(map(_width, text.strip()))) / 1000
    return LINE_HEIGHT * _ink(box) / expected if expected else 0.0


def _ink(box: Box) -> float:
    """The width of a line less the margins of its box, in points."""
    return max(box.width - (1 - READ_INK) * box.height, 0.0)


def is_typewritten(lines: Sequence[tuple[str, Box]]) -> bool:
    """Whether the scanned lines of a page, as texts and boxes, have letters of one width: most long lines of its usual
    size are then as wide as they have letters, and not as those letters are wide in other type.
    """
    long = [(text.strip(), box) for text, box in lines if len(text.strip()) >= LONG]
    if len(long) < LEAST_LINES or not all(text.isascii() for text, _ in long):
        return False
    spreads = [
        _spread([type_height(text, box, typewritten=typewritten) for text, box in long])
        for typewritten in (True, False)
    ]
    return spreads[0] < CLEARLY * spreads[1]


def _spread(heights: Sequence[float]) -> float:
    """How far the middle half of the heights lies apart, as a share of their median."""
    lower, middle, upper = quantiles(heights, n=4)
    return (upper - lower) / middle if middle else 0.0


def _width(letter: str) -> int:
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    bare = unicodedata.normalize("NFD", letter)[0]
    if unicodedata.category(bare).startswith("M"):
        return 0
    return _WIDTHS.get(bare, _CAPITAL if bare.isupper() else _SMALL)


def settled_heights(heights: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The heights, where those of one size have one: the mean of theirs, by ``weights``.

    In order of size, a height is of the size before it as long as it is within ``ONE_SIZE`` of that size's smallest.
    """
    sizes: list[list[int]] = []
    for index in sorted(range(len(heights)), key=lambda index: heights[index]):
        if sizes and heights[index] <= ONE_SIZE * heights[sizes[-1][0]]:
            sizes[-1].append(index)
        else:
            sizes.append([index])
    found = list(heights)
    for size in sizes:
        mean = sum(heights[index] * weights[index] for index in size) / sum(weights[index] for index in size)
        for index in size:
            found[index] = mean
    return found
