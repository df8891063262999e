"""Tables one below the other that were found as one: a heading stands between them. Pure functions."""

from collections.abc import Sequence

from pipeline.pages import LayoutRegion
from pipeline.stages.light_layout.amount_tables import rows_across
from pipeline.stages.light_layout.blocks import lone_headings
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
        heads = lone_headings(members, type_)
        parts += _parts(table, members, heads) if heads else [table]
    return parts


def _parts(table: LayoutRegion, lines: Sequence[LayoutLine], heads: Sequence[LayoutLine]) -> list[LayoutRegion]:
    groups: list[list[LayoutLine]] = [[]]
    for line in lines:
        if line in heads:
            groups.append([])
        else:
            groups[-1].append(line)
    whole = [group for group in groups if len(rows_across(group)) >= LEAST_ROWS]
    return [LayoutRegion(table.label, table.score, bounds([line.box for line in group])) for group in whole]
