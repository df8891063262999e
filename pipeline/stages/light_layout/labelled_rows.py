"""Rows with a short label beside their text, among rows that stand alone: terms and what they mean, years and posts, a
date at the far edge. Pure functions.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.stages.light_layout.blocks import LINE_GAP, WORD_GAP, Row, same_height
from pipeline.stages.light_layout.breaks import ENTRY_GAP
from pipeline.stages.light_layout.lines import LayoutLine

FIELDS = 2  # rows with labels and values at the same edges
_COLON = re.compile(r"\w\s?[:：]\s*$")
LABEL_CHARACTERS = 24  # the shorter of two texts side by side is no longer; lines of columns are, but for last ones
BASE_LINE = 0.3  # in line heights: by which a label and its value differ; a line of another column may by more
SAME_EDGE = 0.5  # in line heights: rows that begin this close to each other stand at one edge


def field_rows(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The lines of each field: a label with a colon and what stands beside it, where several such rows share both
    edges, as at the head of minutes, letters and forms. The network often sees the labels and the values as two blocks.

    ``lines`` are those in no table.
    """
    level = sorted((line for line in lines if line.upright and line.turn == 0), key=lambda line: line.box.top)
    labels = [line for line in level if _COLON.search(line.text) and len(line.text.strip()) <= LABEL_CHARACTERS]
    pairs = [(label, value) for label in labels if (value := _value(label, level))] if len(labels) >= FIELDS else []
    fields: list[list[LayoutLine]] = []
    for label, value in pairs:
        alike = sum(_edges_alike(label, one) and _edges_alike(value, other) for one, other in pairs)
        if alike >= FIELDS:
            fields.append([label, value, *_more(value, level)])
    return fields


def _value(label: LayoutLine, lines: Sequence[LayoutLine]) -> LayoutLine | None:
    """The line beside the label, further away than a space, where the row holds nothing but labels and a value each."""
    row = sorted((line for line in lines if same_height(line.box, label.box)), key=lambda line: line.box.left)
    if len(row) % 2 or any((_COLON.search(line.text) is None) == (n % 2 == 0) for n, line in enumerate(row)):
        return None
    value = row[row.index(label) + 1]
    level = abs(value.box.bottom - label.box.bottom) < BASE_LINE * label.height
    return value if level and value.box.left - label.box.right >= WORD_GAP * label.height else None


def _edges_alike(one: LayoutLine, other: LayoutLine) -> bool:
    return abs(one.box.left - other.box.left) < SAME_EDGE * one.height


def _more(value: LayoutLine, lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines with which a value goes on below."""
    found = [value]
    for line in lines:
        near = line.box.top - found[-1].box.top >= 0 and line.box.top - found[-1].box.bottom < LINE_GAP * line.height
        alone = all(other is line or not same_height(other.box, line.box) for other in lines)
        if line not in found and near and alone and _edges_alike(line, value) and line.font == value.font:
            found.append(line)
    return found[1:]


def labelled_runs(ordered: Sequence[Row]) -> list[tuple[Row, ...]]:
    """The rows of a block in runs: those between labelled ones, and each label with the rows of its text.

    ``ordered`` are rows from top to bottom. Empty where some rows side by side are no label and text.
    """
    levels = _levels(ordered)
    least = min((_white(before, level) for before, level in pairwise(levels)), default=0.0)
    if any(len(level) == 2 and _numbers_a_line(level, before, least) for before, level in pairwise(levels)):
        return []
    runs: list[list[Row]] = []
    open_pair = False
    for level in levels:
        if len(level) > 2 or (len(level) == 2 and min(len(row.text) for row in level) > LABEL_CHARACTERS):
            return []
        if len(level) == 2:
            runs.append(sorted(level, key=lambda row: row.box.left))
            open_pair = True
        elif open_pair and _goes_on(runs[-1], level[0]):
            runs[-1].append(level[0])
        elif open_pair or not runs:
            runs.append(list(level))
            open_pair = False
        else:
            runs[-1].append(level[0])
    return [tuple(run) for run in runs]


def _levels(ordered: Sequence[Row]) -> list[list[Row]]:
    levels: list[list[Row]] = []
    for row in ordered:
        if levels and same_height(levels[-1][0].box, row.box):
            levels[-1].append(row)
        else:
            levels.append([row])
    return levels


def _numbers_a_line(pair: Sequence[Row], before: Sequence[Row], least: float) -> bool:
    """Whether one of a pair side by side is a number in the margin: the other goes on with the row above, no more
    than the ``least`` white space below it.
    """
    number, text = sorted(pair, key=lambda row: len(row.text))
    if not number.text.isdecimal() or len(before) != 1:
        return False
    close = _white(before, (text,)) < least + ENTRY_GAP * text.height
    return close and abs(before[0].box.left - text.box.left) < SAME_EDGE * text.height


def _white(upper: Sequence[Row], lower: Sequence[Row]) -> float:
    return min(row.box.top for row in lower) - max(row.box.bottom for row in upper)


def _goes_on(pair: Sequence[Row], row: Row) -> bool:
    """Whether the row is the next one of the text beside the label."""
    label, text, last = pair[0], pair[1], pair[-1]
    under = row.box.left >= label.box.right and abs(row.box.left - text.box.left) < SAME_EDGE * row.height
    return under and row.box.top - last.box.bottom < LINE_GAP * row.height
