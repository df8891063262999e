"""Lists side by side, as on slides with two placeholders and in recipes: to the layout network and to the rules for
tables they look like a table of bullets.

Items of a list begin at one edge with a mark. Where another list begins right of it, and no line of the one reaches
into the other, each list is a column of its own. Pure functions.
"""

from collections.abc import Sequence
from math import inf

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import rows, same_height
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.line_patterns import has_bullet, has_number, is_item_mark
from pipeline.stages.light_layout.lines import LayoutLine, bounds

LEAST = 2  # items of each list
EDGE = 0.4  # in line heights: by which the edges of a list's marks differ at most
APART = 8.0  # in line heights: from the marks of a list to those of the next one at least
ITEM_GAP = 4.0  # in line heights: white between an item's mark and the next one, per line of the item
BESIDE = 2.0  # in line heights: white between a mark and its text at most
HEAD = 2.5  # in line heights: white between a list's heading and the list, and by which it stands further left
GO_ON = 1.0  # in line heights: white between two lines of the last item at most


def list_columns(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The lines of each list that stands beside another one, lists from left to right; most pages have none.

    ``lines`` are those in no table with drawn rules.
    """
    level = sorted((line for line in lines if line.upright and line.turn == 0), key=lambda line: line.box.top)
    marks = [line for line in level if _is_marked(line) and (len(line.text.split()) > 1 or _marks(line, level))]
    lists = _lists(marks, level) if len(marks) >= 2 * LEAST else []
    for group in _beside(lists):
        ends = [*(marked[0].box.left for marked in group[1:]), inf]
        columns = [_column(level, marked, end) for marked, end in zip(group, ends, strict=True)]
        if all(columns):
            heads = [_head(level, column, end) for column, end in zip(columns, ends, strict=True)]
            return [[*head, *column] for head, column in zip(heads, columns, strict=True)] if all(heads) else columns
    return []


def _head(lines: Sequence[LayoutLine], column: Sequence[LayoutLine], following: float) -> list[LayoutLine]:
    """The line right above a list, in other type, where it is the only one there."""
    box, height = bounds([line.box for line in column]), column[0].height
    near = [
        line
        for line in lines
        if box.left - HEAD * height < line.box.left < following - HEAD * height
        and -EDGE * height < box.top - line.box.bottom < HEAD * height
    ]
    return near if len(near) == 1 and near[0].font != column[0].font and near[0].box.right < following else []


def _marks(mark: LayoutLine, lines: Sequence[LayoutLine]) -> bool:
    """Whether a mark that is a line of its own has a text right beside it; a table's ticks have none."""
    reach = mark.box.right + BESIDE * mark.height
    return any(mark.box.right <= line.box.left < reach and same_height(line.box, mark.box) for line in lines)


def items(column: Sequence[LayoutLine]) -> list[Block]:
    """A list's heading, where it has one, and its items, each a block: a marked line with those below it that are set
    in, up to the next mark.
    """
    found: list[list[LayoutLine]] = []
    edge = min((_inner_edge(line) for line in column if _is_marked(line)), default=0.0)
    for row in rows(column):
        first = row.lines[0]
        if not found or _is_marked(first) or first.box.left < edge:
            found.append([])
        found[-1] += row.lines
    kinds = [LayoutLabel.LIST_ITEM if _is_marked(lines[0]) else LayoutLabel.TEXT for lines in found]
    if kinds[0] is LayoutLabel.TEXT:
        kinds[0] = LayoutLabel.SECTION_HEADER
    return [Block(kind, 1.0, tuple(lines)) for kind, lines in zip(kinds, found, strict=True)]


def _inner_edge(mark: LayoutLine) -> float:
    """From where on a line below goes on with an item: right of its mark, or at its text where the mark is drawn."""
    return mark.box.left + EDGE * mark.height * (-1 if mark.bulleted else 1)


def _is_marked(line: LayoutLine) -> bool:
    return has_bullet(line) or has_number(line) or is_item_mark(line.text)


def _lists(marks: Sequence[LayoutLine], lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The marked lines by list, those of a list from top to bottom."""
    found = grouped(marks, lambda marked, mark: _is_next(marked[-1], mark, lines))
    return [marked for marked in found if len(marked) >= LEAST]


def _is_next(upper: LayoutLine, lower: LayoutLine, lines: Sequence[LayoutLine]) -> bool:
    """Whether two marks stand at one edge with nothing but lines of items between them."""
    if abs(upper.box.left - lower.box.left) > EDGE * upper.height or lower.box.top <= upper.box.top:
        return False
    between = [line for line in lines if upper.box.top <= line.box.top <= lower.box.top]
    own = [line for line in between if line.box.left > upper.box.left - EDGE * upper.height]
    bottoms = sorted((line.box.top, line.box.bottom) for line in own)
    reached = upper.box.bottom
    for top, bottom in bottoms:
        if top - reached > ITEM_GAP * upper.height:
            return False
        reached = max(reached, bottom)
    crossed = any(line.box.left < upper.box.left - EDGE * upper.height < line.box.right for line in between)
    return not crossed


def _beside(lists: Sequence[Sequence[LayoutLine]]) -> list[list[Sequence[LayoutLine]]]:
    """The groups of two lists and more that stand side by side."""
    ordered = sorted(lists, key=lambda marked: marked[0].box.left)
    groups = grouped(ordered, lambda group, marked: _stands_beside(group[-1], marked))
    return [group for group in groups if len(group) > 1]


def _stands_beside(left: Sequence[LayoutLine], right: Sequence[LayoutLine]) -> bool:
    one, other = bounds([line.box for line in left]), bounds([line.box for line in right])
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    height = left[0].height
    apart = right[0].box.left - left[0].box.left > APART * height
    return apart and shared > height


def _column(lines: Sequence[LayoutLine], marked: Sequence[LayoutLine], following: float) -> list[LayoutLine]:
    """The lines of the list with the items ``marked``; none where one reaches into the ``following`` list,
    or is no part of an item.
    """
    marks, slack = bounds([line.box for line in marked]), EDGE * marked[0].height
    own = [line for line in lines if line.box.left >= marks.left - slack and line.box.bottom > marks.top]
    own = [line for line in own if line.box.left < following - slack]
    found = [line for line in own if line.box.top < marks.bottom]
    if any(line.box.right > following or not (_is_marked(line) or _goes_on(line, marked)) for line in found):
        return []
    fonts = {line.font for line in found if _is_marked(line)}
    if any(line.font not in fonts for line in found):
        return []  # headings with numbers, and their text
    for line in own:
        near = line.box.top - max(other.box.bottom for other in found) < GO_ON * line.height
        if line not in found and near and _goes_on(line, marked):
            found.append(line)
    return found


def _goes_on(line: LayoutLine, marked: Sequence[LayoutLine]) -> bool:
    return line.box.left >= min(map(_inner_edge, marked))
