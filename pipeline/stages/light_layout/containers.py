"""Which of the predicted pictures and tables are real, judged by the text in them. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from statistics import median

from pipeline.pages import Box, LayoutLabel, LayoutRegion, TableStructure
from pipeline.stages.light_layout.blocks import lone_headings, prose, rows, same_height
from pipeline.stages.light_layout.consoles import FIXED, is_console, is_set_fixed
from pipeline.stages.light_layout.line_patterns import is_caption, is_index
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.rulings import CrossedRules, Rule
from pipeline.stages.light_layout.whitespace import TextRow, columns, text_rows

TRUSTED = 0.5  # docling's own least score for pictures, tables and text
INSIDE = 0.5  # share of a line's area from which it counts as inside a region
BACKDROP = 0.8  # a bitmap over more of the page than this is its background (or the scan itself), no figure
COVERED = 0.5  # a picture with bitmaps under more of it than this is a picture, however many labels it has
PROSE_SHARE = 0.5  # share of the text in a picture that is running text, from which on it is no picture
PROSE_CHARACTERS = 120  # less running text than this may be a long label
CROWDED = 0.5  # a picture over more of the page than this, with many lines and no bitmap, is a page without a layout
CROWD = 12  # lines
DENSE = 0.45  # share of a picture's area under rows of text: set text reaches 0.5 and more, drawings with labels 0.3
DOUBT = 0.8  # score below which the network is not sure
CAPTION = 0.4  # of a picture's height from its lower edge: captions that are seen as part of it are no higher
CAPTION_ROWS = 3
LEAST_BITMAP = 0.01  # share of the page's area from which a bitmap counts as a picture of its own
CODE_SHARE = 0.8
RULED_SHARE = 0.7  # share of a predicted table's text that ruled tables in it must hold to replace it
FRAMED_ROWS = 4  # of a frame, and beside it, at least: fewer say nothing
LEVEL = 0.5  # share of a frame's rows that are level with rows beside it, from which on the two are one table
ON_LINE = 0.4  # of the height: twice by how much the middles of level rows differ at most
COLUMN_SHARE = 0.7  # the same for columns of text side by side, which cells with long texts resemble
FRAMED_SHARE = 0.8  # share of a predicted table's text in frames side by side that stand for themselves
COLUMN_ROWS = 5  # rows in the middling paragraph of such columns
PANEL_LINES = 3  # rows in each panel of a page of panels; boxes in drawings hold labels of one or two
PANEL_TEXT = 0.6  # share of the lines that stand in such panels
PANEL_ROWS = 2  # a frame around one row may be the shaded head of a table
LEAST_PLAIN, SINGLE = 3, 0.8  # rows, and share of its cells, of a plain ruled table
LEAST_GRID = 2  # rows that are left of a table at least
CELL_CHARACTERS = 80  # a lattice with more text per cell that the network calls no table is a page of panels


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page for the layout rules: size in points, lines, predicted regions, bitmaps, tables with drawn rules,
    frames around text, stacks of level rules, rules between columns of text, pairs of rules that cross, and where
    the network sees a table, however sure it is.
    """

    width: float
    height: float
    lines: tuple[LayoutLine, ...]
    regions: tuple[LayoutRegion, ...]
    bitmaps: tuple[Box, ...]
    ruled: tuple[TableStructure, ...] = ()
    frames: tuple[Box, ...] = ()
    stacks: tuple[tuple[Rule, ...], ...] = ()
    dividers: tuple[Rule, ...] = ()
    crossed: tuple[CrossedRules, ...] = ()
    seen: tuple[Box, ...] = ()


def inside(line: LayoutLine, box: Box, share: float = INSIDE) -> bool:
    """Whether at least ``share`` of the line's area lies in the box."""
    return line.box.intersection(box) >= share * line.box.area


def pictures(sheet: Sheet) -> list[LayoutRegion]:
    """The predicted pictures that are pictures; where one was not, or in doubt, the bitmaps in it."""
    page = sheet.width * sheet.height
    bitmaps = [box for box in sheet.bitmaps if box.area < BACKDROP * page]
    predicted = [region for region in sheet.regions if region.label is LayoutLabel.PICTURE]
    real = [region for region in predicted if region.score >= TRUSTED and not _is_text(region, sheet, bitmaps)]
    false = [region for region in predicted if region not in real]
    for box in bitmaps:
        free = box.area >= LEAST_BITMAP * page and not any(box.intersection(r.box) > 0.5 * box.area for r in real)
        if (
            free
            and any(box.intersection(r.box) > 0.5 * box.area for r in false)
            and not any(inside(line, box) for line in sheet.lines)
        ):
            real.append(LayoutRegion(LayoutLabel.PICTURE, 1.0, box))
    return [_without_caption(region, sheet) for region in real]


def _without_caption(region: LayoutRegion, sheet: Sheet) -> LayoutRegion:
    """The picture up to the caption that the network took for its last lines."""
    box = region.box
    low = [line for line in sheet.lines if inside(line, box) and line.box.top > box.bottom - CAPTION * box.height]
    top = min((line.box.top for line in low if is_caption(line.text)), default=box.bottom)
    below = [line for line in low if line.box.top >= top]
    if not below or len(rows(below)) > CAPTION_ROWS:
        return region
    return replace(region, box=replace(box, bottom=top))


def _is_text(region: LayoutRegion, sheet: Sheet, bitmaps: Sequence[Box]) -> bool:
    """A picture that is mostly running text, or a doubtful one without a bitmap beneath it that holds most of a
    page.
    """
    box = region.box
    members = [line for line in sheet.lines if inside(line, box)]
    total = sum(len(line.text) for line in members)
    running = sum(len(line.text) for group in prose(members) for line in group)
    if running >= PROSE_CHARACTERS and running >= PROSE_SHARE * total:
        return True
    covered = sum(box.intersection(bitmap) for bitmap in bitmaps) >= COVERED * box.area
    if not covered and _is_ruled(members, box, sheet):
        return True
    printed = [line for line in members if line.words]  # over bitmaps that are the panels' shadows, maybe
    if _in_panels(printed if covered else members, box, sheet):
        return True
    if not covered and members and _density(members, box) >= DENSE:
        return True
    return (
        not covered
        and region.score < DOUBT
        and len(members) >= CROWD
        and box.area >= CROWDED * sheet.width * sheet.height
    )


def _is_ruled(members: Sequence[LayoutLine], box: Box, sheet: Sheet) -> bool:
    """Whether most of the text in a predicted picture stands in a table with drawn rules, as in one that was turned.
    The boxes of a flow chart make no such table: their sides stand at many heights.
    """
    within = [table for table in sheet.ruled if table.box.intersection(box) > 0.5 * table.box.area]
    drawn = [table.box for table in within if _is_plain(table) and _is_table(table, sheet, [])]
    held = sum(len(line.text) for line in members if any(inside(line, table) for table in drawn))
    return held > PROSE_SHARE * sum(len(line.text) for line in members)


def _is_plain(table: TableStructure) -> bool:
    """Whether the rules make several rows of cells, hardly any of them over several rows or columns."""
    single = sum(cell.row_span == cell.column_span == 1 for cell in table.cells)
    return table.rows >= LEAST_PLAIN and table.columns > 1 and single >= SINGLE * len(table.cells)


def _in_panels(members: Sequence[LayoutLine], box: Box, sheet: Sheet) -> bool:
    """Whether most of the text stands in several frames or headed blocks of some rows: a form, a sheet of figures."""
    held = [frame for frame in sheet.frames if frame.intersection(box) > 0.5 * frame.area]
    framed = [[line for line in members if inside(line, frame)] for frame in held]
    full = [group for group in framed if len(rows(group)) >= PANEL_LINES]
    return len(full) >= 2 and sum(map(len, full)) >= PANEL_TEXT * len(members)


def _density(lines: Sequence[LayoutLine], box: Box) -> float:
    """Share of the box under rows of text, each taken from its first to its last letter."""
    rows = text_rows([LayoutWord(line.text, line.box) for line in lines])
    return sum(row.box.width * median(word.box.height for word in row.words) for row in rows) / box.area


def predicted_tables(sheet: Sheet) -> list[LayoutRegion]:
    """The tables that the network is sure enough of."""
    return [region for region in sheet.regions if region.label is LayoutLabel.TABLE and region.score >= TRUSTED]


def tables(sheet: Sheet, taken: Sequence[LayoutRegion], type_: Typography) -> list[LayoutRegion]:
    """The tables with drawn rules, then the predicted tables that are tables, grown to the lines they cut.

    What is set in a fixed-pitch font is returned as code.
    """
    predicted = sorted(predicted_tables(sheet), key=lambda region: -region.score)
    found = [
        LayoutRegion(LayoutLabel.TABLE, 1.0, table.box) for table in sheet.ruled if _is_table(table, sheet, predicted)
    ]
    found = [region for region in found if not _taken(region, taken)]
    for region in predicted:
        members = [line for line in sheet.lines if inside(line, region.box)]
        if _taken(region, [*taken, *found]) or is_running(members) or _joins_frames(region, members, sheet):
            continue
        if _holds_sections(members, type_) or _is_one_column(members) or is_index(members):
            continue
        if _is_code(members, sheet.lines, type_):
            if all(type_.is_fixed(line) for line in members):  # else each line is told apart by its type
                found.append(LayoutRegion(LayoutLabel.CODE, region.score, _grown(region.box, members)))
            continue
        grid = _grid(members)
        box = _grown(region.box, members) if len(grid) == len(members) else _grown(None, grid)
        found.append(LayoutRegion(region.label, region.score, box))
    return found


def _holds_sections(members: Sequence[LayoutLine], type_: Typography) -> bool:
    """Whether a heading stands between the rows of a predicted table: a line in larger type with nothing beside it."""
    upright = sorted((line for line in members if line.upright), key=lambda line: line.box.top)
    heads = lone_headings(upright, type_)
    return any(line in heads for line in upright[LEAST_GRID:-1])


def _is_one_column(members: Sequence[LayoutLine]) -> bool:
    """Whether nothing stands beside anything: such lines are the fields of a form, a list, an address."""
    if any(len(row.words) > 1 for row in text_rows([LayoutWord(line.text, line.box) for line in members])):
        return False
    words = [word for line in members for word in line_words(line)]
    return bool(words) and not columns(text_rows(words))


def _joins_frames(region: LayoutRegion, members: Sequence[LayoutLine], sheet: Sheet) -> bool:
    """Whether nearly all of a predicted table stands in frames side by side, each of which stands for itself; or some
    of it in a frame, and the rest is text beside that.
    """
    held = [box for box in sheet.frames if box.intersection(region.box) > 0.5 * box.area]
    if any(_is_beside_text(box, members) for box in held):
        return True
    if not any(same_height(one, other) for one, other in combinations(held, 2)):
        return False
    framed = sum(len(line.text) for line in members if any(inside(line, box) for box in held))
    return framed >= FRAMED_SHARE * sum(len(line.text) for line in members)


def _is_beside_text(frame: Box, members: Sequence[LayoutLine]) -> bool:
    """Whether the rows in a frame stand at other heights than those beside it: a box beside text. The rows of a shaded
    column of a table are level with the others.
    """
    framed = [row.box for row in rows([line for line in members if inside(line, frame)])]
    beside = [row.box for row in rows([line for line in members if not inside(line, frame)])]
    beside = [
        box for box in beside if not frame.shares_width(box) and min(box.bottom, frame.bottom) > max(box.top, frame.top)
    ]
    if min(len(framed), len(beside)) < FRAMED_ROWS:
        return False
    level = sum(any(_are_level(one, other) for other in beside) for one in framed)
    return level < LEVEL * len(framed)


def _are_level(one: Box, other: Box) -> bool:
    return abs(one.top + one.bottom - other.top - other.bottom) < ON_LINE * min(one.height, other.height)


def panels(sheet: Sheet, held: Sequence[LayoutRegion]) -> list[Box]:
    """The frames around several lines of text, the smallest first. ``held`` are tables and pictures."""
    free = [line for line in sheet.lines if not any(inside(line, region.box) for region in held)]
    return [box for box in sheet.frames if len(rows([line for line in free if inside(line, box)])) >= PANEL_ROWS]


def _grown(box: Box | None, lines: Sequence[LayoutLine]) -> Box:
    return bounds([*([box] if box else []), *(line.box for line in lines)])


def _grid(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines of a predicted table less the captions, titles and notes above and below its rows."""
    found = text_rows([LayoutWord(line.text, line.box) for line in lines if line.upright])
    asides: list[TextRow] = []
    while len(found) > LEAST_GRID and _is_aside(found[0], found[1:], lines):
        asides.append(found.pop(0))
    while len(found) > LEAST_GRID and _is_aside(found[-1], found[:-1], lines):
        asides.append(found.pop())
    return [line for line in lines if not any(inside(line, row.box) for row in asides)]


def _is_aside(row: TextRow, others: Sequence[TextRow], lines: Sequence[LayoutLine]) -> bool:
    """One piece of text that is a caption, or that starts in the first column and runs over the next. Cells of the
    ``lines`` in a row may stand so close to each other that they are one line; words of such a row cross no gutter.
    """
    if len(row.words) > 1:
        return False
    if is_caption(row.words[0].text):
        return True
    if edges := columns(others):
        return row.box.left < edges[0] and row.box.right > edges[0] + row.box.height
    held = [line for line in lines if any(inside(line, other.box) for other in others)]
    edges = columns(text_rows([word for line in held for word in line_words(line)]))
    own = [word.box for line in lines if inside(line, row.box) for word in line_words(line)]
    return bool(edges) and own[0].left < edges[0] and any(box.left < edge < box.right for box in own for edge in edges)


def _taken(region: LayoutRegion, others: Sequence[LayoutRegion]) -> bool:
    return any(region.box.intersection(other.box) > 0.5 * min(region.box.area, other.box.area) for other in others)


def _is_table(table: TableStructure, sheet: Sheet, predicted: Sequence[LayoutRegion]) -> bool:
    """A lattice in a predicted table replaces it if it holds most of its text; elsewhere its cells must be short, as
    they must where the rules of its columns stand at other heights: those part the notices of one column.
    """
    home = next((r for r in predicted if table.box.intersection(r.box) > 0.5 * table.box.area), None)
    uneven = 2 * sum(cell.row_span > 1 for cell in table.cells) > len(table.cells)
    short = _characters(sheet, table.box) <= CELL_CHARACTERS * len(table.cells)
    if home is None or (uneven and not short) or _joins_lattices(home, sheet):
        return short
    ruled = sum(
        _characters(sheet, other.box)
        for other in sheet.ruled
        if other.box.intersection(home.box) > 0.5 * other.box.area
    )
    if ruled >= RULED_SHARE * _characters(sheet, home.box):
        return True
    # The note below a table may be so long that what the network sees is mostly running text, and so no table.
    seen = [line for line in sheet.lines if inside(line, home.box)]
    rest = [line for line in seen if not inside(line, table.box)]
    return short and is_running(seen) and is_running(rest) and all(line.box.top >= table.box.bottom for line in rest)


def _joins_lattices(region: LayoutRegion, sheet: Sheet) -> bool:
    """Whether a predicted table is several ruled ones and the paragraphs between them: forms are printed so, and their
    next page may be seen as its single tables.
    """
    held = [table.box for table in sheet.ruled if table.box.intersection(region.box) > 0.5 * table.box.area]
    if len(held) < 2:
        return False
    held = sorted(held, key=lambda box: box.top)
    free = [line for line in sheet.lines if inside(line, region.box) and not any(inside(line, box) for box in held)]
    found = text_rows([LayoutWord(row.text, row.box) for row in rows(free)])
    lone = [row for row in found if len(row.words) == 1]
    between = [row for row in found if any(above.bottom <= row.box.top < low.top for above, low in pairwise(held))]
    if not between or any(len(row.words) > 1 for row in between):
        return False
    text = sum(len(row.words[0].text) for row in lone) + sum(_characters(sheet, box) for box in held)
    return text >= RULED_SHARE * _characters(sheet, region.box)


def _characters(sheet: Sheet, box: Box) -> int:
    return sum(len(line.text) for line in sheet.lines if inside(line, box))


def _is_code(lines: Sequence[LayoutLine], page: Sequence[LayoutLine], type_: Typography) -> bool:
    """Whether a predicted table is set in fixed pitch; on a page that is so as a whole, whether it reads like code."""
    if not is_set_fixed(lines, type_, CODE_SHARE):
        return False
    return not is_set_fixed(page, type_, FIXED) or is_console(lines)


def line_words(line: LayoutLine) -> Sequence[LayoutWord]:
    """The line's words; the whole line where OCR read it."""
    return line.words or (LayoutWord(line.text, line.box, line.font),)


def is_running(lines: Sequence[LayoutLine]) -> bool:
    """Whether the text is mostly paragraphs: in one column, or long ones in columns beside each other."""
    groups = prose(lines)
    running = sum(len(line.text) for group in groups for line in group)
    total = sum(len(line.text) for line in lines)
    if not lines or running < PROSE_SHARE * total:
        return False
    if running >= COLUMN_SHARE * total and median(len(rows(group)) for group in groups) >= COLUMN_ROWS:
        return True
    return not columns(text_rows([word for line in lines for word in line_words(line)]))
