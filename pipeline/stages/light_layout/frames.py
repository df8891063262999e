"""Frames drawn around text, shaded panels under it, blocks headed by rules side by side, and rules between columns:
what stands in one is read by itself. Pure functions.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from pipeline.pages import Box
from pipeline.stages.light_layout.blocks import prose
from pipeline.stages.light_layout.lines import LayoutLine, bounds, is_bold
from pipeline.stages.light_layout.rulings import DrawnRules, Rule

CORNER = 8.0  # points by which the sides of a frame may miss each other, as at rounded corners
ROUND = 0.4  # of the shorter straight side of a frame: the radius of its corners at most
DRAWN = 0.85  # share of a side that is drawn
LEAST = (40.0, 18.0)  # points: a frame around text is wider and higher than this
WHOLE = 0.6  # share of the page from which on a frame goes around the page
SHARED = 3.0  # points: sides of two frames that are nearer are one
LARGER = 1.1  # times the type of the text below it: a head that is not bold
HEAD_GAP = 1.2  # in line heights: between a block's head and the rule below it at most
HEAD_EDGE = 0.4  # in line heights: by which the head's beginning and the rule's may differ
BLOCK_GAP = 3.0  # in line heights: white space that ends a block
DIVIDER = 80.0  # points: a rule between columns of text is longer
MOST_DIVIDERS = 12  # of a page: more are parts of a drawing or a table
MOST_SIDES = 60  # rules that run down on a page with frames of round corners
RUNNING = 0.6  # share of the text beside it that is running text at least
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
        if not _alike(upper, lower) or box.width < LEAST[0] or box.height < LEAST[1]:
            continue
        if _closed(box, rules.down):
            found.append(box)
        elif len(rules.down) <= MOST_SIDES and (wider := _rounded(box, rules.down)) is not None:
            found.append(wider)
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


def _rounded(box: Box, down: Sequence[Rule]) -> Box | None:
    """The box up to the rules that run down beside it, as far from it as they begin below its upper side and end above
    its lower one: the corners of such a frame are quarters of circles.
    """
    sides = []
    for rule in down:
        radius = max(box.left - rule.place, rule.place - box.right)
        ends = (rule.start - box.top, box.bottom - rule.end)
        if CORNER < radius <= ROUND * min(box.width, box.height) and all(abs(end - radius) <= CORNER for end in ends):
            sides.append(rule.place)
    if not sides or not min(sides) < box.left < box.right < max(sides):
        return None
    return Box(min(sides), box.top, max(sides), box.bottom)


def _neighbours(one: Box, other: Box) -> bool:
    """Whether the two boxes have a side in common, or a part of one."""
    across = min(one.right, other.right) - max(one.left, other.left) > SHARED
    down = min(one.bottom, other.bottom) - max(one.top, other.top) > SHARED
    level = product((one.top, one.bottom), (other.top, other.bottom))
    upright = product((one.left, one.right), (other.left, other.right))
    return (across and _any_near(level)) or (down and _any_near(upright))


def _any_near(sides: Iterable[tuple[float, float]]) -> bool:
    return any(abs(mine - theirs) <= SHARED for mine, theirs in sides)


def dividers(rules: DrawnRules, lines: Sequence[LayoutLine]) -> list[Rule]:
    """The rules between columns of running text: they run down, nothing crosses them, and text stands on both sides."""
    if max(len(rules.across), len(rules.down)) > MOST_RULES:
        return []
    long = [rule for rule in rules.down if rule.end - rule.start >= DIVIDER and not _is_crossed(rule, rules.across)]
    return [rule for rule in long if _parts_columns(rule, lines)] if len(long) <= MOST_DIVIDERS else []


def _is_crossed(rule: Rule, across: Sequence[Rule]) -> bool:
    return any(
        other.start < rule.place - SHARED
        and other.end > rule.place + SHARED
        and rule.start + CORNER < other.place < rule.end - CORNER
        for other in across
    )


def _parts_columns(rule: Rule, lines: Sequence[LayoutLine]) -> bool:
    level = [line for line in lines if rule.start < (line.box.top + line.box.bottom) / 2 < rule.end]
    sides = [line.box.right <= rule.place for line in level], [line.box.left >= rule.place for line in level]
    if not all(any(side) for side in sides) or not all(left or right for left, right in zip(*sides, strict=True)):
        return False
    running = sum(len(line.text) for group in prose(level) for line in group)
    return running >= RUNNING * sum(len(line.text) for line in level)


def headed_blocks(rules: DrawnRules, lines: Sequence[LayoutLine]) -> list[Box]:
    """Blocks side by side, each with a rule of its own width below its head, as reports set small tables.

    A head begins where its rule does; rules under heads that span columns of one table are centred below them.
    """
    if len(rules.across) > MOST_RULES:
        return []
    heads = [(rule, head) for rule in rules.across if (head := _head(rule, lines)) is not None]
    beside = [
        (rule, head)
        for rule, head in heads
        if any(abs(rule.place - other.place) <= SHARED and _apart(rule, other) for other, _ in heads)
    ]
    return [_block(rule, head, beside, lines) for rule, head in beside]


def _head(rule: Rule, lines: Sequence[LayoutLine]) -> LayoutLine | None:
    """The line right above the rule that begins where it does, is no wider, and is bold or larger than what follows."""
    for line in lines:
        gap = rule.place - line.box.bottom
        if (
            -0.3 * line.height <= gap <= HEAD_GAP * line.height
            and abs(line.box.left - rule.start) <= HEAD_EDGE * line.height
            and line.box.right <= rule.end + line.height
            and _stands_out(line, rule, lines)
        ):
            return line
    return None


def _stands_out(head: LayoutLine, rule: Rule, lines: Sequence[LayoutLine]) -> bool:
    below = [line for line in lines if line.box.top >= rule.place - SHARED and _across(line.box, rule)]
    first = min(below, key=lambda line: line.box.top, default=None)
    return first is not None and (is_bold(head.font) or head.height > LARGER * first.height)


def _across(box: Box, rule: Rule) -> bool:
    return rule.start - SHARED <= (box.left + box.right) / 2 <= rule.end + SHARED


def _apart(one: Rule, other: Rule) -> bool:
    return one.end < other.start or other.end < one.start


def _block(rule: Rule, head: LayoutLine, heads: Sequence[tuple[Rule, LayoutLine]], lines: Sequence[LayoutLine]) -> Box:
    """The head with the lines below it as wide as its rule, down to the next head or to white space."""
    later = [top.box.top for other, top in heads if other.place > rule.place + SHARED and not _apart(rule, other)]
    floor = min(later, default=float("inf"))
    below = [line for line in lines if rule.place - SHARED <= line.box.top < floor - SHARED and _across(line.box, rule)]
    held = [head.box]
    for line in sorted(below, key=lambda line: line.box.top):
        if line.box.top - max(box.bottom for box in held) > BLOCK_GAP * line.height:
            break
        held.append(line.box)
    return bounds([*held, Box(rule.start, rule.place, rule.end, rule.place)])
