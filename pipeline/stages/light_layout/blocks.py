"""Groups lines that belong to no region into rows and paragraphs, by geometry and fonts. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.pages import Box
from pipeline.stages.light_layout.grouping import grouped
from pipeline.stages.light_layout.line_patterns import is_ideographic
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds

WORD_GAP = (
    1.2  # in line heights: pieces of one line that lie closer are one line (wider than a space, narrower than a gutter)
)
LINE_GAP = 0.9  # in line heights: lines of a paragraph lie closer than this (leading is 0.2 to 0.6 of a line's ink)
COLUMN_GAP = 1.3  # the same for Chinese and Japanese, set with a leading of up to 2.2 em, mostly in columns
WIDEST_GAP = 2.0  # the same of a page that is set with two line spaces, as manuscripts are
LEADINGS = 5  # lines below full lines that show how far apart the lines of a page are
SAME_GAP = 1.15  # times as wide: the white between the lines of one paragraph differs by less
RAGGED = 4.0  # in line heights: full lines end this close to the edge
SIZE_RATIO = 1.35  # lines of a paragraph differ less in height (ascenders, bullets and superscripts make up to a third)
FLUSH = 0.5  # in line heights: rows that end this close to an edge reach it
NEXT_LINE = 0.8  # in line heights: the second line of a cell stands closer to the first
HANGS = 4.0  # in line heights: a paragraph's rows begin this close to each other
PROSE_LINES = 3
STRETCHED = 2  # gaps between the words of a line, from which on they show that it was stretched
EVEN = 0.1  # in line heights: by how much those gaps differ at most
READ_INK = 0.62  # of its box's height: a line's ink where it was read by text recognition, whose boxes have a margin
PROSE_WIDTH = 12.0  # in line heights: labels in figures are narrower, lines of running text wider


@dataclass(frozen=True, slots=True)
class Row:
    """Lines side by side that read as one."""

    lines: tuple[LayoutLine, ...]
    box: Box

    @property
    def text(self) -> str:
        """What its lines say, from left to right."""
        return " ".join(line.text.strip() for line in self.lines)

    @property
    def height(self) -> float:
        """The height of its type: of its longest line, since bullets and superscripts may be pieces of their own."""
        return max(self.lines, key=lambda line: len(line.text)).height


def rows(lines: Sequence[LayoutLine]) -> list[Row]:
    """Join pieces of one line that a space apart; from top to bottom."""
    found = grouped(sorted(lines, key=lambda line: (line.box.left, line.box.top)), _continues, latest_first=True)
    made = [Row(tuple(row), bounds([line.box for line in row])) for row in found]
    return sorted(made, key=lambda row: (row.box.top, row.box.left))


def with_ends(ordered: Sequence[Row]) -> list[Row]:
    """The rows, where a paragraph's last row and a piece set to the right edge beside it are one: the points that a
    question gives, the source of a quotation.

    The row above leaves no room for the next word before that edge, and goes on in small letters.
    """
    edge = max((row.box.right for row in ordered), default=0.0)
    found: list[Row] = []
    for row in ordered:
        last = found[-1] if found else None
        if last is not None and len(found) > 1 and _is_end(found[-2], last, row, edge):
            found[-1] = Row((*last.lines, *row.lines), bounds([last.box, row.box]))
        else:
            found.append(row)
    return found


def with_stretched(ordered: Sequence[Row]) -> list[Row]:
    """The rows, where the words of a line that was stretched to both edges of its paragraph are one row: they stand
    equally far apart, however far that is.
    """
    found: list[list[Row]] = []
    for row in ordered:
        if found and same_height(found[-1][-1].box, row.box):
            found[-1].append(row)
        else:
            found.append([row])
    edge = max((row.box.right for row in ordered), default=0.0)
    return [row for level in found for row in (_stretched(level, edge) if len(level) > STRETCHED else level)]


def _stretched(level: Sequence[Row], edge: float) -> list[Row]:
    """The rows of one height as one row where their words were stretched, else as they are."""
    words = sorted(level, key=lambda row: row.box.left)
    gaps = [other.box.left - one.box.right for one, other in pairwise(words)]
    height = words[0].height
    even = max(gaps) - min(gaps) < EVEN * height and min(gaps) > 0
    if not even or edge - words[-1].box.right > FLUSH * height or any(" " in row.text for row in words):
        return list(level)
    return [Row(tuple(line for row in words for line in row.lines), bounds([row.box for row in words]))]


def _is_end(upper: Row, left: Row, right: Row, edge: float) -> bool:
    height = left.height
    full = edge - upper.box.right < max(FLUSH * height, left.lines[0].first_width)
    flush = full and abs(right.box.right - edge) < FLUSH * height
    beside = same_height(left.box, right.box) and left.box.right < right.box.left
    below = left.box.top > upper.box.top and left.box.top - upper.box.bottom < LINE_GAP * height
    over = abs(upper.box.left - left.box.left) < HANGS * height
    return flush and beside and below and over and left.lines[0].text.strip()[:1].islower()


def _continues(row: Sequence[LayoutLine], line: LayoutLine) -> bool:
    box = row[-1].box
    return (
        not line.begins_column
        and same_height(box, line.box)
        and line.box.left - max(piece.box.right for piece in row) < WORD_GAP * min(box.height, line.box.height)
    )


def same_height(one: Box, other: Box) -> bool:
    """Whether two boxes stand on one line: they share more than half of the lower one's height."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(one.height, other.height)


def is_right_below(lower: Box, upper: Box) -> bool:
    """Whether a line stands as close below another one as the second line of a table's cell does."""
    return 0 <= lower.top - upper.bottom < NEXT_LINE * upper.height


def lone_headings(lines: Sequence[LayoutLine], type_: Typography) -> list[LayoutLine]:
    """The lines in larger type that have nothing beside them."""
    return [
        line
        for line in lines
        if type_.is_large(line) and not any(other is not line and same_height(line.box, other.box) for other in lines)
    ]


def paragraphs(lines: Sequence[LayoutLine], line_gap: float = LINE_GAP) -> list[list[LayoutLine]]:
    """Rows that lie close below each other, in one size, in one column; each group in reading order. ``line_gap`` is
    the white between the lines of a paragraph at most, in line heights.
    """
    ordered = rows(lines)
    groups = grouped(ordered, lambda group, row: _follows(group[-1], row, ordered, line_gap), latest_first=True)
    return [[line for row in group for line in row.lines] for group in groups]


def shown_line_gap(lines: Sequence[LayoutLine]) -> float:
    """The white between the lines of a paragraph at most, in line heights, as the lines of a page show it: wider than
    usual where most lines below full ones are set so.
    """
    ordered = rows(lines)
    reach = max((row.box.right for row in ordered), default=0.0)
    gaps = [
        (lower.box.top - upper.box.bottom) / upper.height
        for upper, lower in pairwise(ordered)
        if _goes_on_below(upper, lower, reach)
    ]
    usual = median(gaps) if len(gaps) >= LEADINGS else 0.0
    return SAME_GAP * usual if SAME_GAP * usual >= LINE_GAP and usual < WIDEST_GAP else LINE_GAP


def _goes_on_below(upper: Row, lower: Row, reach: float) -> bool:
    """Whether a line in the same type begins right below a long line that runs to the edge of the text."""
    height = upper.height
    alike = upper.lines[0].font == lower.lines[0].font and abs(upper.height - lower.height) < 0.1 * height
    full = reach - upper.box.right < RAGGED * height and upper.box.width > PROSE_WIDTH * height
    return alike and full and abs(upper.box.left - lower.box.left) < FLUSH * height


def _follows(upper: Row, lower: Row, ordered: Sequence[Row], line_gap: float) -> bool:
    """``lower`` is the next line of ``upper``'s paragraph: no second row stands beside it under ``upper``."""
    small, large = sorted((upper.height, lower.height))
    gap = lower.box.top - upper.box.bottom
    if not -0.5 * small < gap < max(COLUMN_GAP, line_gap) * small or large > SIZE_RATIO * small:
        return False
    if gap >= line_gap * small and not is_ideographic(upper.text + lower.text):
        return False
    if _shared_width(upper.box, lower.box) < 0.5 * min(upper.box.width, lower.box.width):
        return False
    return not any(
        other is not lower
        and other is not upper
        and same_height(other.box, lower.box)
        and _shared_width(other.box, upper.box) > 0
        for other in ordered
    )


def _shared_width(one: Box, other: Box) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def prose(lines: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    """The groups among ``lines`` that are running text: some wide lines below each other."""
    found = []
    for group in paragraphs([line for line in lines if line.upright]):
        members = rows(group)
        if len(members) >= PROSE_LINES:
            wide = sorted(row.box.width / row.box.height for row in members)[len(members) // 2]
            if wide >= (PROSE_WIDTH if group[0].words else READ_INK * PROSE_WIDTH):
                found.append(group)
    return found


def inked(box: Box) -> Box:
    """The part of the box of a line that text recognition read which the line's ink takes: the middle of its height."""
    margin = (1 - READ_INK) * box.height / 2
    return replace(box, top=box.top + margin, bottom=box.bottom - margin)
