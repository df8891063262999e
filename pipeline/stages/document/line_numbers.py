"""Line numbers beside the text of transcripts and manuscripts: taken out of the text they stand beside."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median_low

from docling.datamodel.base_models import Page, TextElement

from pipeline.stages.document.element_text import ElementLine, ElementText, PrintedPage, key_of

LEAST = 8  # numbered lines that a page must have
MOST = 0.9  # share of the numbers that follow each other
NUMBERED = 0.6  # share of the page's lines that have a number
ALIGNED = 3.0  # points by which the numbers' right edges may differ
SAME_ROW = 3.0  # points
COLUMN = 30.0  # points: the width of the column of numbers at most
_NUMBER = re.compile(r"(\d{1,3})(?=\s|$)")

Numbered = tuple[int, float, float]  # value, right edge, top


def without_line_numbers(page: Page, text: PrintedPage, joined: Callable[[list[str]], str]) -> PrintedPage:
    """Take the line numbers out of ``page``'s elements; the result names the elements that hold nothing else.

    ``joined`` makes a paragraph of lines, as docling does.
    """
    pairs = [(element, known) for element in _texts(page) if (known := _of(element, page, text))]
    edge = _numbers_edge([line for _, known in pairs for line in known.lines])
    if edge is None:
        return text
    numbers = set()
    for element, known in pairs:
        rest = [_without(line, edge) for line in known.lines]
        if any(rest):
            element.text = joined([line for line in rest if line])
        else:
            numbers.add(key_of(page.page_no, element.cluster.bbox))
    return replace(text, furniture=text.furniture | numbers)


def _texts(page: Page) -> list[TextElement]:
    elements = page.assembled.elements if page.assembled else []
    return [element for element in elements if isinstance(element, TextElement)]


def _of(element: TextElement, page: Page, text: PrintedPage) -> ElementText | None:
    return text.elements.get(key_of(page.page_no, element.cluster.bbox))


def _numbers_edge(lines: Sequence[ElementLine]) -> float | None:
    """Where a column of numbers that count up by one and stand left of the lines ends at its right, in points; None
    where there is none.
    """
    numbers = sorted((found for line in lines if (found := _number(line))), key=lambda number: number[2])
    if len(numbers) < LEAST:
        return None
    values = [value for value, _, _ in numbers]
    follow = sum(after - before == 1 for before, after in pairwise(values))
    edges = [edge for _, edge, _ in numbers]
    middle = median_low(edges)
    aligned = sum(abs(edge - middle) <= ALIGNED for edge in edges)
    if follow < MOST * (len(values) - 1) or aligned < MOST * len(edges):
        return None
    rows = {round(line.box.top / SAME_ROW) for line in lines}
    outside = all(line.box.left >= middle - COLUMN for line in lines)
    return middle if outside and len(values) >= NUMBERED * len(rows) else None


def _without(line: ElementLine, edge: float) -> str:
    """The line's text less its number, which ends near the ``edge``; a number that begins the text ends behind it."""
    text, number = line.text.strip(), _number(line)
    counts = number is not None and abs(number[1] - edge) <= 2 * ALIGNED
    return _NUMBER.sub("", text, count=1).strip() if counts else text


def _number(line: ElementLine) -> Numbered | None:
    match = _NUMBER.match(line.text.strip())
    if match is None:
        return None
    first = next((word for word in line.words if word.text.startswith(match[1])), None)
    if first is not None:
        return int(match[1]), first.box.right, line.box.top
    if match[1] != line.text.strip():
        return None
    return int(match[1]), line.box.right, line.box.top
