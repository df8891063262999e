"""Terms and what they mean side by side, as in manuals and lists of options: a short term, and a text that begins at an
edge of its own and has lines below it there. The network often sees the terms and the texts as two columns.

A column of short lines beside running text looks alike: a margin's notes, a menu. But there a text goes on from one row
to the next, where in a list of terms each text begins anew. Pure functions.
"""

from collections.abc import Sequence

from pipeline.stages.light_layout.blocks import LINE_GAP, PROSE_WIDTH, WORD_GAP, same_height
from pipeline.stages.light_layout.labelled_rows import BASE_LINE, LABEL_CHARACTERS, SAME_EDGE
from pipeline.stages.light_layout.line_patterns import is_item_mark
from pipeline.stages.light_layout.lines import LayoutLine, bounds

LEAST = 3  # rows of a term and a text
WRAPPED = 0.05  # share of the texts that have more lines than one: rows of single lines are a table's
GOING_ON = 0.25  # share of the texts that may seem to go on with the one above, as phrases without full stops do
ROOM = 1.3  # in line heights: a space, and room that is left beyond the next word before a line counts as ended early
MOST_LINES = 400  # of a page; one with more is left as it is


def term_rows(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The lines of each row: a term, the text beside it, and those with which the text goes on; none on most pages.

    ``lines`` are those in no table.
    """
    level = sorted((line for line in lines if line.upright and line.turn == 0), key=lambda line: line.box.top)
    pairs = _pairs(level) if len(level) <= MOST_LINES else []
    found: list[list[LayoutLine]] = []
    while len(pairs) >= LEAST:
        alike = [pair for pair in pairs if all(map(_at_one_edge, pair, pairs[0]))]
        pairs = [pair for pair in pairs if not all(map(_at_one_edge, pair, pairs[0]))]
        found += _rows(alike, level) if len(alike) >= LEAST else []
    return found


def _pairs(level: Sequence[LayoutLine]) -> list[tuple[LayoutLine, LayoutLine]]:
    """Short lines with one line beside them and nothing else in their row, further away than a space."""
    found = []
    for number, line in enumerate(level):
        if len(line.text.strip()) > LABEL_CHARACTERS or is_item_mark(line.text) or line.text.strip().isdecimal():
            continue
        near = level[max(number - LEAST, 0) : number + LEAST + 1]
        row = [other for other in near if other is not line and same_height(other.box, line.box)]
        if len(row) != 1 or abs(row[0].box.bottom - line.box.bottom) >= BASE_LINE * line.height:
            continue
        if row[0].box.left - line.box.right >= WORD_GAP * line.height:
            found.append((line, row[0]))
    return found


def _at_one_edge(one: LayoutLine, other: LayoutLine) -> bool:
    return abs(one.box.left - other.box.left) < SAME_EDGE * one.height


def _rows(pairs: Sequence[tuple[LayoutLine, LayoutLine]], level: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The rows of the ``pairs``; none where they are no list of terms."""
    rows = [[*pair, *_more(pair[1], level)] for pair in pairs]
    texts = [row[1:] for row in rows]
    edge = max(line.box.right for text in texts for line in text)
    wide = edge - texts[0][0].box.left >= PROSE_WIDTH * texts[0][0].height
    wrapped = sum(len(text) > 1 for text in texts) >= WRAPPED * len(texts)
    going_on = sum(_runs_on(text[0], level, edge) for text in texts)
    if not wide or not wrapped or going_on > GOING_ON * len(texts):
        return []
    return rows if _are_all_terms(rows, level) else []


def _more(text: LayoutLine, level: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines with which a text goes on below, at its edge and in its type, with nothing beside them."""
    found = [text]
    for line in level:
        gap = line.box.top - found[-1].box.bottom
        if line.box.top > text.box.top and gap >= LINE_GAP * line.height:
            break
        if line.box.top <= text.box.top or not _at_one_edge(line, text) or abs(line.height - text.height) > 1.0:
            continue
        if any(other is not line and same_height(other.box, line.box) for other in level):
            break
        found.append(line)
    return found[1:]


def _runs_on(text: LayoutLine, level: Sequence[LayoutLine], edge: float) -> bool:
    """Whether a text goes on with the sentence of the line right above it, which has no room for its first word."""
    above = [line for line in level if line.box.bottom < text.box.bottom - text.height and _at_one_edge(line, text)]
    last = max(above, key=lambda line: line.box.bottom, default=None)
    if last is None or text.box.top - last.box.bottom >= LINE_GAP * text.height:
        return False
    full = edge - last.box.right < text.first_width + ROOM * text.height
    return full and not last.text.rstrip().endswith((".", "!", "?", ":", ";"))


def _are_all_terms(rows: Sequence[Sequence[LayoutLine]], level: Sequence[LayoutLine]) -> bool:
    """Whether nothing but the rows begins between the terms' edge and the texts', from the first row to the last."""
    own = {id(line) for row in rows for line in row}
    area = bounds([line.box for row in rows for line in row])
    slack = SAME_EDGE * rows[0][0].height
    return not any(
        id(line) not in own
        and area.top < (line.box.top + line.box.bottom) / 2 < area.bottom
        and area.left + slack < line.box.left < rows[0][1].box.left - slack
        for line in level
    )
