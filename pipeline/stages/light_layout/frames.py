"""Frames drawn around text, and shaded panels under it: what stands in one is read by itself. Pure functions."""

from collections.abc import Sequence
from itertools import combinations

from pipeline.pages import Box
from pipeline.stages.light_layout.rulings import DrawnRules, Rule

CORNER = 8.0  # points by which the sides of a frame may miss each other, as at rounded corners
DRAWN = 0.85  # share of a side that is drawn
LEAST = (40.0, 18.0)  # points: a frame around text is wider and higher than this
WHOLE = 0.6  # share of the page from which on a frame goes around the page
SHARED = 3.0  # points: sides of two frames that are nearer are one
MOST_RULES = 300  # on one axis: a page with more of them is a table, a drawing or a map


def frames(rules: DrawnRules, width: float, height: float) -> list[Box]:
    """The frames on a page of ``width`` by ``height`` points that are no cells of a table, the smallest first.

    Cells share their sides with other cells; a frame stands alone, or holds other frames that stand alone.
    """
    if max(len(rules.across), len(rules.down)) > MOST_RULES:
        return []
    found: list[Box] = []
    for upper, lower in combinations(sorted(rules.across, key=lambda rule: rule.place), 2):
        box = Box(upper.start, upper.place, upper.end, lower.place)
        if _alike(upper, lower) and box.width >= LEAST[0] and box.height >= LEAST[1] and _closed(box, rules.down):
            found.append(box)
    small = [box for box in found if box.area < WHOLE * width * height]
    alone = [box for box in small if not any(_neighbours(box, other) for other in small if other is not box)]
    return sorted(alone, key=lambda box: box.area)


def _alike(upper: Rule, lower: Rule) -> bool:
    return abs(upper.start - lower.start) <= CORNER and abs(upper.end - lower.end) <= CORNER


def _closed(box: Box, down: Sequence[Rule]) -> bool:
    """Whether a rule runs down each side of the box."""
    return all(
        any(
            abs(rule.place - side) <= CORNER
            and min(rule.end, box.bottom) - max(rule.start, box.top) >= DRAWN * box.height
            for rule in down
        )
        for side in (box.left, box.right)
    )


def _neighbours(one: Box, other: Box) -> bool:
    """Whether the two boxes have a side in common, or a part of one."""
    across = min(one.right, other.right) - max(one.left, other.left) > SHARED
    down = min(one.bottom, other.bottom) - max(one.top, other.top) > SHARED
    level = any(abs(mine - theirs) <= SHARED for mine in (one.top, one.bottom) for theirs in (other.top, other.bottom))
    upright = any(abs(mine - theirs) <= SHARED for mine in (one.left, one.right) for theirs in (other.left, other.right))
    return (across and level) or (down and upright)
