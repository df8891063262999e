"""Text that runs up, down or upside down on a page: the layout rules see it as upright text on a page of its own."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.containers import Sheet, inside
from pipeline.stages.light_layout.line_patterns import is_ideographic
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord

LEAST_LINES = 3  # turned text of fewer lines or characters is a stamp or a label and stays with the rest of the page
LEAST_CHARACTERS = 40
LABEL_GAP = 1.0  # in widths of a turned line: labels stand further apart, lines of a paragraph closer


def turned_groups(lines: Sequence[LayoutLine]) -> dict[int, list[LayoutLine]]:
    """The lines by the quarter turns clockwise of their text, 0 to 3; little turned text is counted as upright, and so
    are labels beside upright text, such as the heads of narrow columns.
    """
    groups: dict[int, list[LayoutLine]] = {}
    for line in lines:
        groups.setdefault(line.turn, []).append(line)
    upright = groups.pop(0, [])
    for turn, group in sorted(groups.items()):
        little = len(group) < LEAST_LINES or sum(len(line.text) for line in group) < LEAST_CHARACTERS
        if little or (_is_more(upright, group) and _are_labels(group)):
            upright += groups.pop(turn)
    return {0: upright, **groups} if upright or not groups else groups


def _is_more(lines: Sequence[LayoutLine], others: Sequence[LayoutLine]) -> bool:
    return sum(len(line.text) for line in lines) > sum(len(line.text) for line in others)


def _are_labels(lines: Sequence[LayoutLine]) -> bool:
    """Whether most of the lines, which run up or down, stand alone: lines of text stand closer to each other."""
    ordered = sorted(lines, key=lambda line: line.box.left)
    gaps = [(other.box.left - one.box.right) / one.box.width for one, other in pairwise(ordered)]
    return sum(gap > LABEL_GAP for gap in gaps) > len(gaps) / 2


def main_turn(groups: dict[int, list[LayoutLine]]) -> int:
    """The quarter turns clockwise of most of the text."""
    return max(groups, key=lambda turn: sum(len(line.text) for line in groups[turn]))


def page_frame(lines: Sequence[LayoutLine], width: float, height: float) -> TurnedPage:
    """How the page of this size in points lies. A page written in columns of Chinese or Japanese is upright, although
    its lines run down: a line that was read from pixels runs down only where the page is turned.
    """
    groups = turned_groups(lines)
    turn = main_turn(groups)
    printed = "".join(line.text if line.words else " " * len(line.text) for line in groups[turn])
    vertical = turn == 1 and is_ideographic(printed)
    return TurnedPage(0 if vertical else turn, width, height)


def turned_sheets(sheet: Sheet, groups: dict[int, list[LayoutLine]]) -> list[tuple[TurnedPage, Sheet]]:
    """For each group its lines on a page turned so that they are upright, with the regions that hold them.

    A region goes where most of the text in it is; one without text, and every bitmap, goes with the first group.
    """
    homes: dict[int, list[int]] = {turn: [] for turn in groups}
    for number, region in enumerate(sheet.regions):
        weights = {
            turn: sum(len(line.text) for line in group if inside(line, region.box)) for turn, group in groups.items()
        }
        homes[max(weights, key=lambda turn: weights[turn])].append(number)
    found = []
    for index, (turn, group) in enumerate(groups.items()):
        page = TurnedPage(turn, sheet.width, sheet.height)
        regions = (sheet.regions[number] for number in homes[turn])
        found.append(
            (
                page,
                Sheet(
                    *page.upright_size,
                    tuple(upright_line(line, page) for line in group),
                    tuple(replace(region, box=page.upright_box(region.box)) for region in regions),
                    tuple(page.upright_box(box) for box in sheet.bitmaps) if index == 0 else (),
                    tuple(upright_structure(table, page) for table in sheet.ruled if _holds(table.box, group)),
                    tuple(page.upright_box(box) for box in sheet.frames if _holds(box, group)),
                    sheet.stacks if turn == 0 else (),
                    sheet.dividers if turn == 0 else (),
                    sheet.crossed if turn == 0 else (),
                ),
            )
        )
    return found


def _holds(box: Box, lines: Sequence[LayoutLine]) -> bool:
    return any(inside(line, box) for line in lines)


def upright_line(line: LayoutLine, page: TurnedPage) -> LayoutLine:
    """``line`` as it lies on the page turned back."""
    if page.turn == line.turn == 0:
        return line
    words = tuple(upright_word(word, page) for word in line.words)
    return replace(line, box=page.upright_box(line.box), words=words, turn=(line.turn - page.turn) % 4)


def line_on_page(line: LayoutLine, page: TurnedPage) -> LayoutLine:
    """``line`` of the page turned back, as it lies on the page itself."""
    words = tuple(replace(word, box=page.on_page(word.box)) for word in line.words)
    return replace(line, box=page.on_page(line.box), words=words, turn=page.turn)


def upright_word(word: LayoutWord, page: TurnedPage) -> LayoutWord:
    """``word`` as it lies on the page turned back."""
    return word if page.turn == 0 else replace(word, box=page.upright_box(word.box))


def upright_structure(table: TableStructure, page: TurnedPage) -> TableStructure:
    """A structure found on the page as shown, as it is read on the page turned back: rows may become columns."""
    if page.turn == 0:
        return table
    cells = tuple(_upright_cell(cell, table, page) for cell in table.cells)
    rows, columns = (table.columns, table.rows) if page.turn % 2 else (table.rows, table.columns)
    return replace(table, box=page.upright_box(table.box), rows=rows, columns=columns, cells=cells)


def _upright_cell(cell: TableCell, table: TableStructure, page: TurnedPage) -> TableCell:
    low, right = table.rows - cell.row - cell.row_span, table.columns - cell.column - cell.column_span
    row, column = {1: (right, cell.row), 2: (low, right), 3: (cell.column, low)}[page.turn]
    spans = (cell.column_span, cell.row_span) if page.turn % 2 else (cell.row_span, cell.column_span)
    box = page.upright_box(cell.box) if cell.box is not None else None
    return replace(cell, row=row, column=column, row_span=spans[0], column_span=spans[1], header=row == 0, box=box)
