"""Tables one below the other that were found as one: a heading stands between them. Pure functions."""

from collections.abc import Sequence

from pipeline.pages import LayoutRegion
from pipeline.stages.light_layout.blocks import same_height
from pipeline.stages.light_layout.containers import inside
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds

LEAST_ROWS = 2  # of each part


def parted_at_headings(
    found: Sequence[LayoutRegion], lines: Sequence[LayoutLine], type_: Typography
) -> list[LayoutRegion]:
    """The tables ``found``, each without the lines in larger type that have nothing beside them, and in the parts that
    are left between these.
    """
    parts: list[LayoutRegion] = []
    for table in found:
        members = sorted((line for line in lines if inside(line, table.box)), key=lambda line: line.box.top)
        heads = [line for line in members if type_.is_large(line) and _is_alone(line, members)]
        parts += _parts(table, members, heads) if heads else [table]
    return parts


def _is_alone(line: LayoutLine, lines: Sequence[LayoutLine]) -> bool:
    return not any(other is not line and same_height(line.box, other.box) for other in lines)


def _parts(table: LayoutRegion, lines: Sequence[LayoutLine], heads: Sequence[LayoutLine]) -> list[LayoutRegion]:
    groups: list[list[LayoutLine]] = [[]]
    for line in lines:
        if any(line is head for head in heads):
            groups.append([])
        else:
            groups[-1].append(line)
    boxes = [bounds([line.box for line in group]) for group in groups if _rows(group) >= LEAST_ROWS]
    return [LayoutRegion(table.label, table.score, box) for box in boxes]


def _rows(lines: Sequence[LayoutLine]) -> int:
    """How many of the lines, which come from top to bottom, begin a row."""
    begun = (line for n, line in enumerate(lines) if not any(same_height(line.box, other.box) for other in lines[:n]))
    return sum(1 for _ in begun)
