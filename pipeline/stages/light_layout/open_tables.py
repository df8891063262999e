"""Tables between level rules that no upright rule crosses, as books and papers set them. Pure functions."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.containers import inside, is_running, line_words
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.rulings import Rule
from pipeline.stages.light_layout.whitespace import TextRow, structure, text_rows

SAME_END = 3.0  # points by which the ends of a table's rules differ
LEAST_WIDTH = 60.0  # points: shorter rules are ornaments and fractions
OVERHANG = 2.0  # points by which a table's text may reach beyond its rules
CELL_GAP = 0.9  # in word heights: white between the cells of a row; 0.35 is a space
CELLS = 0.5  # share of the rows between two rules that have several cells
HEADED = 2  # rows between the upper two rules, where a head has one
CLOSE = 1.3  # times the distance of most of a table's rules
NEXT_ROW = 2.5  # in line heights: how far the row below a rule reaches at most
LEAST_ROWS = 3  # one between the upper two rules: the head


def rule_stacks(across: Sequence[Rule]) -> list[tuple[Rule, ...]]:
    """Three level rules and more with the same ends, from top to bottom."""
    wide = [rule for rule in sorted(across, key=lambda rule: rule.place) if rule.end - rule.start >= LEAST_WIDTH]
    stacks = grouped(wide, lambda stack, rule: _same_ends(stack[0], rule))
    return [tuple(stack) for stack in stacks if len(stack) > 2]


def _same_ends(one: Rule, other: Rule) -> bool:
    return abs(one.start - other.start) < SAME_END and abs(one.end - other.end) < SAME_END


def open_tables(stacks: Sequence[Sequence[Rule]], lines: Sequence[LayoutLine]) -> list[LayoutRegion]:
    """The tables between the rules of each stack; ``lines`` are those that are in no other table."""
    found = []
    for stack in stacks:
        parts: list[list[LayoutLine]] = []
        for upper, lower in pairwise([*stack, None]):
            members = [] if lower is None or upper is None else _between(upper, lower, lines)
            if members and (_has_cells(members) or _names_group(members, parts, stack)):
                parts.append(members)
                continue
            if parts and upper is not None and _is_next_head(parts, upper, lines):
                parts.pop()
            if len(parts) > 1 and (region := _table([line for part in parts for line in part])) is not None:
                found.append(region)
            parts = []
    return found


def _names_group(members: Sequence[LayoutLine], parts: Sequence[Sequence[LayoutLine]], stack: Sequence[Rule]) -> bool:
    """Whether the only text between two rules names the rows below it, in a table with a rule below every row: it is
    one line, and stands as close between its rules as those rows do.
    """
    if len(parts) < LEAST_ROWS or len(members) > 1 or any(len(_rows(part)) > 1 for part in parts):
        return False
    steps = sorted(lower.place - upper.place for upper, lower in pairwise(stack))
    middle = (members[0].box.top + members[0].box.bottom) / 2
    own = next((lower.place - upper.place for upper, lower in pairwise(stack) if upper.place < middle < lower.place), 0)
    return own <= CLOSE * steps[len(steps) // 2]


def _is_next_head(parts: Sequence[Sequence[LayoutLine]], last: Rule, lines: Sequence[LayoutLine]) -> bool:
    """Whether what stands above the ``last`` rule heads rows that go on below it: it is one row of cells, as the row
    right below is, and no head stands above the rows before it.
    """
    if len(_rows(parts[0])) < HEADED or len(_rows(parts[-1])) > 1:
        return False
    height = NEXT_ROW * parts[-1][0].height
    below = Box(last.start - OVERHANG, last.place, last.end + OVERHANG, last.place + height)
    return any(count > 1 for count in cells_across([line for line in lines if inside(line, below)])[:1])


def _between(upper: Rule, lower: Rule, lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines between two rules; none where one of them reaches beyond their ends."""
    box = Box(upper.start - OVERHANG, upper.place, upper.end + OVERHANG, lower.place)
    members = [line for line in lines if inside(line, box)]
    whole = all(line.box.left >= box.left and line.box.right <= box.right for line in members)
    return members if whole else []


def cells_across(lines: Sequence[LayoutLine]) -> list[int]:
    """How many cells each row of the lines has, from top to bottom, by the white between its words."""
    return [
        1 + sum(after.box.left - before.box.right > CELL_GAP * row.box.height for before, after in pairwise(row.words))
        for row in _rows(lines)
    ]


def _rows(lines: Sequence[LayoutLine]) -> list[TextRow]:
    return text_rows([word for line in lines for word in line_words(line)])


def _has_cells(lines: Sequence[LayoutLine]) -> bool:
    cells = cells_across(lines)
    return sum(count > 1 for count in cells) >= CELLS * len(cells)


def _table(lines: Sequence[LayoutLine]) -> LayoutRegion | None:
    box = bounds([line.box for line in lines])
    words = [word for line in lines for word in line_words(line)]
    if len(_rows(lines)) < LEAST_ROWS or is_running(lines) or structure(words, box) is None:
        return None
    return LayoutRegion(LayoutLabel.TABLE, 1.0, box)
