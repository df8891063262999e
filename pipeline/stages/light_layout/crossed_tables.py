"""Tables with one rule below their head and upright rules beside their first columns, as LaTeX's ``l|c`` with one
``\\hline`` draws: too few rules for a lattice, and to the network they look like a diagram. Pure functions.

The rules cross, unlike the axes of a chart or the sides of a frame, and rows of text fill both sides of the upright.
"""

from collections.abc import Sequence

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.containers import inside, line_words
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.open_tables import OVERHANG
from pipeline.stages.light_layout.rulings import CrossedRules, Rule
from pipeline.stages.light_layout.whitespace import TextRow, text_rows

HEADS = 2  # rows of a head at most
LEAST_ROWS = 3  # of a table with its head
FILLED = 0.7  # share of the rows with text on both sides of the upright; others are second lines of cells
ROW_GAP = 1.5  # in line heights: white above, below and between the rows at most


def crossed_tables(crossed: Sequence[CrossedRules], lines: Sequence[LayoutLine]) -> list[LayoutRegion]:
    """The tables around ``crossed`` rules; ``lines`` are those that are in no other table."""
    found = (_table(pair, lines) for pair in crossed)
    return [region for region in found if region is not None]


def _table(pair: CrossedRules, lines: Sequence[LayoutLine]) -> LayoutRegion | None:
    level, upright = pair.level, pair.upright
    area = Box(level.start - OVERHANG, upright.start - OVERHANG, level.end + OVERHANG, upright.end + OVERHANG)
    members = [line for line in lines if line.box.intersection(area) > 0 and _is_between(line, upright)]
    if not all(line.upright and inside(line, area, 1.0) for line in members):
        return None
    rows = text_rows([word for line in members for word in line_words(line)])
    heads = sum(row.box.bottom <= level.place + OVERHANG for row in rows)
    if len(rows) < LEAST_ROWS or not 0 < heads <= HEADS or not _fill(rows, upright):
        return None
    return LayoutRegion(LayoutLabel.TABLE, 1.0, bounds([line.box for line in members]))


def _is_between(line: LayoutLine, upright: Rule) -> bool:
    return upright.start < (line.box.top + line.box.bottom) / 2 < upright.end


def _fill(rows: Sequence[TextRow], upright: Rule) -> bool:
    """Whether the rows stand along the whole rule with no wide white between them, most of them on both its sides, and
    no word across it.
    """
    words = [word.box for row in rows for word in row.words]
    if any(box.left < upright.place - OVERHANG and box.right > upright.place + OVERHANG for box in words):
        return False
    both = sum(row.box.left < upright.place < row.box.right for row in rows)
    tops, bottoms = [*(row.box.top for row in rows), upright.end], [upright.start, *(row.box.bottom for row in rows)]
    height = max(row.box.height for row in rows)
    gaps = (top - bottom for top, bottom in zip(tops, bottoms, strict=True))
    return both >= FILLED * len(rows) and all(gap <= ROW_GAP * height for gap in gaps)
