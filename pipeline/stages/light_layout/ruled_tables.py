"""What is drawn around the text of a replayed page, or of a part of it: ruled tables and frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, TableStructure
from pipeline.stages.light_layout.blocks import rows
from pipeline.stages.light_layout.frames import CORNER, dividers, frames, headed_blocks
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.open_tables import rule_stacks
from pipeline.stages.light_layout.rulings import (
    LEAST_STEP,
    PALE_STEP,
    CrossedRules,
    DrawnRules,
    Rule,
    crossed_rules,
    drawn_rules,
    lattices,
)
from pipeline.stages.light_layout.stray_ink import stray_ink
from pipeline.stages.replay import ReplayPage

AROUND = 4.0  # points looked at beyond a table's box, where its outer rules may lie
HELD = 0.8  # share of a table's words that its lattice must hold
LEAST_PIXELS = 32
SAMPLED = 4  # pixels: of so many, across and down, one says whether a page has pale shades
PALE_SHARE = 0.01  # of the page
SHADED = 0.5  # share of a panel's pixels that have its shade
SHADED_ROWS = 4  # of text in a panel, at least
SAME_FRAME = 0.9  # share of the larger of two frames that both have, from which on they are one
LEAST_BODY = 2  # rows below a table's title
LARGER = 1.15  # times the height of a table's lines: a title in its first row is set larger
WIDE = 0.5  # of the text's width: rules below a page's head and around its text; links have shorter ones
ROOM = 4.0  # in line heights: white that a frame leaves above, below and between its lines; a figure needs more


@dataclass(frozen=True, slots=True)
class Drawings:
    """The ruled tables of a page, and what else is drawn on it: frames, headed blocks, stacks of level rules, rules
    between columns of text, and pairs of rules that cross.
    """

    tables: tuple[TableStructure, ...]
    frames: tuple[Box, ...]
    stacks: tuple[tuple[Rule, ...], ...] = ()
    dividers: tuple[Rule, ...] = ()
    crossed: tuple[CrossedRules, ...] = ()


def page_drawings(page: ReplayPage, lines: Sequence[LayoutLine]) -> Drawings:
    """What is drawn on the page."""
    size, words = page.rendered.facts.size, _words(lines)
    rules = _page_rules(page, words)
    tables = [without_title(table, lines) for table in lattices(rules, words)]
    framed = frames(rules, size.width, size.height)
    framed += [box for box in _pale_panels(page, words, lines) if not any(_are_one(box, other) for other in framed)]
    found = [
        box
        for box in [*framed, *headed_blocks(rules, lines)]
        if not any(box.intersection(table.box) > 0.5 * box.area for table in tables)
    ]
    stacks = [stack for stack in rule_stacks(rules.across) if not any(_crosses(stack, table.box) for table in tables)]
    crossed = tuple(crossed_rules(rules))
    return Drawings(tuple(tables), tuple(found), tuple(stacks), tuple(dividers(rules, lines)), crossed)


def _are_one(one: Box, other: Box) -> bool:
    return one.intersection(other) > SAME_FRAME * max(one.area, other.area)


def without_title(table: TableStructure, lines: Sequence[LayoutLine]) -> TableStructure:
    """The table less its first row, where that is one cell from side to side with a line set larger than the others:
    spreadsheets print a title so.
    """
    first = [cell for cell in table.cells if cell.row == 0]
    box = first[0].box if len(first) == 1 else None
    if box is None or first[0].column_span < table.columns or first[0].row_span > 1 or table.rows <= LEAST_BODY:
        return table
    held = [line for line in lines if table.box.holds_middle(line.box)]
    title = [line for line in held if box.holds_middle(line.box)]
    rest = [line.height for line in held if not box.holds_middle(line.box)]
    if len(title) != 1 or not rest or title[0].height < LARGER * median(rest):
        return table
    cells = tuple(replace(cell, row=cell.row - 1) for cell in table.cells if cell.row > 0)
    return replace(table, box=replace(table.box, top=box.bottom), rows=table.rows - 1, cells=cells)


def ink_beside_text(page: ReplayPage, lines: Sequence[LayoutLine]) -> float:
    """Share of the page's area, in [0, 1], that is ink beside its text, wide rules, and the frames that are full of
    text; 1 where a rule runs down anywhere else, as in drawings and tables.
    """
    size, words = page.rendered.facts.size, _words(lines)
    rules = _page_rules(page, words)
    around = [box for box in frames(rules, size.width, size.height) if _is_full(box, lines)]
    if not all(any(_is_side(rule, box) for box in around) for rule in rules.down):
        return 1.0
    least = WIDE * bounds([line.box for line in lines]).width
    wide = [
        Box(rule.start, rule.place, rule.end, rule.place) for rule in rules.across if rule.end - rule.start >= least
    ]
    sides = [Box(rule.place, rule.start, rule.place, rule.end) for rule in rules.down]
    return stray_ink(page.gray, page.rendered.scale, [*wide, *sides, *(word.box for word in words)])


def _is_full(frame: Box, lines: Sequence[LayoutLine]) -> bool:
    """Whether the text in the frame leaves no room for a figure above, below, between or beside its lines."""
    held = [line.box for line in lines if frame.holds_middle(line.box)]
    if not held or bounds(held).width < WIDE * frame.width:
        return False
    above = [frame.top, *sorted(box.bottom for box in held)]
    below = [*sorted(box.top for box in held), frame.bottom]
    free = max(top - bottom for bottom, top in zip(above, below, strict=True))
    return free <= ROOM * median(box.height for box in held)


def _is_side(rule: Rule, frame: Box) -> bool:
    """Whether a rule that runs down is a side of the frame."""
    within = rule.start >= frame.top - CORNER and rule.end <= frame.bottom + CORNER
    return within and min(abs(rule.place - frame.left), abs(rule.place - frame.right)) <= CORNER


def _page_rules(page: ReplayPage, words: Sequence[LayoutWord]) -> DrawnRules:
    if min(page.gray.shape) < LEAST_PIXELS:
        return DrawnRules((), ())
    return drawn_rules(page.gray, page.rendered.scale, words)


def _pale_panels(page: ReplayPage, words: Sequence[LayoutWord], lines: Sequence[LayoutLine]) -> list[Box]:
    """The panels whose shade is too pale for an edge that scans and photographs would show, on a page without them.
    Less than a few rows of text are the shaded row of a table.
    """
    gray, scale, size = page.gray, page.rendered.scale, page.rendered.facts.size
    if min(gray.shape) < LEAST_PIXELS or any(True for _ in page.get_bitmap_rects()):
        return []
    sample = gray[::SAMPLED, ::SAMPLED]
    paper = int(np.bincount(sample.ravel(), minlength=256).argmax())
    if _is_pale(sample, paper).mean() < PALE_SHARE:
        return []
    found = frames(drawn_rules(gray, scale, words, PALE_STEP), size.width, size.height)
    inside = [
        gray[int(b.top * scale) : int(b.bottom * scale), int(b.left * scale) : int(b.right * scale)] for b in found
    ]
    shaded = [box for box, part in zip(found, inside, strict=True) if _is_pale(part, paper).mean() > SHADED]
    return [box for box in shaded if len(rows([line for line in lines if box.holds_middle(line.box)])) >= SHADED_ROWS]


def _is_pale(gray: NDArray[np.uint8], paper: int) -> NDArray[np.bool_]:
    return (gray <= paper - PALE_STEP) & (gray > paper - LEAST_STEP)


def _words(lines: Sequence[LayoutLine]) -> list[LayoutWord]:
    return [word for line in lines for word in (line.words or (LayoutWord(line.text, line.box),))]


def _crosses(stack: Sequence[Rule], box: Box) -> bool:
    across = min(stack[0].end, box.right) > max(stack[0].start, box.left)
    return across and any(box.top < rule.place < box.bottom for rule in stack)


def ruled_structure(page: ReplayPage, box: Box, words: list[LayoutWord]) -> TableStructure | None:
    """The lattice drawn over most of ``box``; None where there is none."""
    around = Box(box.left - AROUND, box.top - AROUND, box.right + AROUND, box.bottom + AROUND)
    found = _look(page, around, words)
    best = max(found, key=lambda table: table.box.area, default=None)
    if best is None or sum(_held(word, best.box) for word in words) < HELD * len(words):
        return None
    return best


def _held(word: LayoutWord, box: Box) -> bool:
    return word.box.intersection(box) > 0.5 * word.box.area


def _look(page: ReplayPage, box: Box, words: list[LayoutWord]) -> list[TableStructure]:
    scale = page.rendered.scale
    left, top = max(int(box.left * scale), 0), max(int(box.top * scale), 0)
    green = np.ascontiguousarray(page.gray[top : int(box.bottom * scale) + 1, left : int(box.right * scale) + 1])
    if min(green.shape) < LEAST_PIXELS:
        return []
    dx, dy = left / scale, top / scale
    local = [LayoutWord(word.text, _moved(word.box, -dx, -dy)) for word in words]
    return [_placed(table, dx, dy) for table in lattices(drawn_rules(green, scale, local), local)]


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)


def _placed(table: TableStructure, dx: float, dy: float) -> TableStructure:
    cells = tuple(replace(cell, box=_moved(cell.box, dx, dy) if cell.box else None) for cell in table.cells)
    return replace(table, box=_moved(table.box, dx, dy), cells=cells)
