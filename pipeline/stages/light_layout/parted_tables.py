"""Tables one below the other that were found as one: a heading stands between them, or the heads of the lower one.
Pure functions.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.pages import Box, LayoutRegion
from pipeline.stages.light_layout.amount_tables import rows_across
from pipeline.stages.light_layout.blocks import lone_headings
from pipeline.stages.light_layout.containers import inside, line_words
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds, is_bold
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.open_tables import cells_across
from pipeline.stages.light_layout.rulings import Rule
from pipeline.stages.light_layout.whitespace import TextRow, columns, text_rows

LEAST_ROWS = 2  # of each part
LEAST_HEADS = 3  # pieces of a row of heads


def parted_at_headings(
    found: Sequence[LayoutRegion], lines: Sequence[LayoutLine], type_: Typography
) -> list[LayoutRegion]:
    """The tables ``found``, each without the lines in larger type that have nothing beside them, and in the parts that
    are left between these.
    """
    parts: list[LayoutRegion] = []
    for table in found:
        members = sorted((line for line in lines if inside(line, table.box)), key=lambda line: line.box.top)
        heads = lone_headings(members, type_)
        parts += _parts(table, members, heads) if heads else [table]
    return parts


def parted_at_heads(
    found: Sequence[LayoutRegion], lines: Sequence[LayoutLine], stacks: Sequence[Sequence[Rule]]
) -> list[LayoutRegion]:
    """The tables ``found``, each parted above its one row of heads, bold or between two level rules, where rows of
    several pieces stand above it in other columns: names and values of a report above its figures.
    """
    parts = []
    for table in found:
        members = [line for line in lines if line.upright and inside(line, table.box)]
        parts += _above_and_below(table, members, [stack for stack in stacks if _runs_through(stack, table.box)])
    return parts


def _runs_through(stack: Sequence[Rule], table: Box) -> bool:
    return any(table.top < rule.place < table.bottom and rule.start < table.right for rule in stack)


def _above_and_below(
    table: LayoutRegion, members: Sequence[LayoutLine], stacks: Sequence[Sequence[Rule]]
) -> list[LayoutRegion]:
    if not stacks and not any(is_bold(line.font) for line in members):
        return [table]
    words = [LayoutWord(word.text, word.box, word.font or line.font) for line in members for word in line_words(line)]
    rows = text_rows(words)
    heads = [number for number, row in enumerate(rows) if number and _is_head(rows[number - 1], row, stacks)]
    if len(heads) != 1 or not LEAST_ROWS <= heads[0] < len(rows) - LEAST_ROWS or _is_bold(rows[0]):
        return [table]
    above, head, below = rows[: heads[0]], rows[heads[0]], rows[heads[0] + 1 :]
    over = [line for line in members if line.box.bottom <= head.box.top]
    if sum(count > 1 for count in cells_across(over)) < LEAST_ROWS:
        return [table]
    upper, lower = columns(above), columns(below)
    alike = [edge for edge in upper if any(abs(edge - other) < head.box.height for other in lower)]
    if len(head.words) < LEAST_HEADS or not upper or len(lower) < LEAST_HEADS - 1 or len(alike) == len(upper):
        return [table]
    parts = [bounds([row.box for row in part]) for part in (above, [head, *below])]
    return [replace(table, box=box) for box in parts]


def _is_head(before: TextRow, row: TextRow, stacks: Sequence[Sequence[Rule]]) -> bool:
    """Whether a row is bold, or stands alone between two rules, the upper one of which parts it from the row before."""
    between = any(
        before.box.bottom < upper.place < row.box.top and row.box.bottom < lower.place < row.box.bottom + row.box.height
        for stack in stacks
        for upper, lower in pairwise(stack)
    )
    return between or _is_bold(row)


def _is_bold(row: TextRow) -> bool:
    return all(is_bold(word.font) for word in row.words)


def _parts(table: LayoutRegion, lines: Sequence[LayoutLine], heads: Sequence[LayoutLine]) -> list[LayoutRegion]:
    groups: list[list[LayoutLine]] = [[]]
    for line in lines:
        if line in heads:
            groups.append([])
        else:
            groups[-1].append(line)
    whole = [group for group in groups if len(rows_across(group)) >= LEAST_ROWS]
    return [LayoutRegion(table.label, table.score, bounds([line.box for line in group])) for group in whole]
