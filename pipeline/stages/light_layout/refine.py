"""Corrections of the layout network's regions by what the page's text cells say.

The network gives boxes and guesses; the lines give the truth about what is where. So regions are rebuilt from lines:
pictures and tables are checked against the text in them, every other line is claimed by one region or grouped with its
neighbours, and each group is cut and labelled by its type and marks. No line is lost on the way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, LayoutLabel, LayoutRegion, PageSize
from pipeline.stages.docling_boxes import from_docling
from pipeline.stages.light_layout.amount_tables import amount_tables, without_seen
from pipeline.stages.light_layout.assign_lines import Block, adopt, claim, dissolved, joined
from pipeline.stages.light_layout.bare_numbers import with_bare_numbers
from pipeline.stages.light_layout.book_index import index_entries
from pipeline.stages.light_layout.classify import pieces
from pipeline.stages.light_layout.code_runs import code_runs
from pipeline.stages.light_layout.column_starts import with_column_starts
from pipeline.stages.light_layout.consoles import is_console_page
from pipeline.stages.light_layout.containers import (
    BACKDROP,
    DOUBT,
    TRUSTED,
    Sheet,
    inside,
    line_words,
    panels,
    pictures,
    predicted_tables,
    tables,
)
from pipeline.stages.light_layout.contents_pages import contents
from pipeline.stages.light_layout.crossed_tables import crossed_tables
from pipeline.stages.light_layout.drawn_bullets import with_drawn_bullets
from pipeline.stages.light_layout.drawn_pictures import without_bare
from pipeline.stages.light_layout.first_items import with_first_items
from pipeline.stages.light_layout.followed_headings import follow_up
from pipeline.stages.light_layout.furniture import furniture
from pipeline.stages.light_layout.headed_rows import headed_tables
from pipeline.stages.light_layout.initials import without_initials
from pipeline.stages.light_layout.labelled_rows import field_rows
from pipeline.stages.light_layout.line_patterns import has_bullet, is_caption
from pipeline.stages.light_layout.lines import LayoutLine, Typography, bounds, page_lines, typography
from pipeline.stages.light_layout.list_columns import items, list_columns
from pipeline.stages.light_layout.long_notes import body_typography, with_notes_going_on
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.number_tiles import number_tiles
from pipeline.stages.light_layout.open_tables import cells_across, open_tables
from pipeline.stages.light_layout.parted_tables import parted_at_headings, parted_at_heads
from pipeline.stages.light_layout.pictured_tables import pictured_tables
from pipeline.stages.light_layout.ruled_tables import page_drawings
from pipeline.stages.light_layout.ruleless_tables import (
    is_spaced,
    loose_tables,
    with_head_above,
    with_rows_beside,
    with_turned_heads,
)
from pipeline.stages.light_layout.rulings import Rule
from pipeline.stages.light_layout.stroke_weight import with_stroke_weights
from pipeline.stages.light_layout.table_edges import with_cut_words
from pipeline.stages.light_layout.term_rows import term_rows
from pipeline.stages.light_layout.text_around import parted_around
from pipeline.stages.light_layout.turned import line_on_page, main_turn, turned_groups, turned_sheets, upright_line
from pipeline.stages.light_layout.whitespace import MOST_HEADS, text_rows
from pipeline.stages.light_layout.whole_headings import whole_headings
from pipeline.stages.replay import ReplayPage

WRAPPED = 0.2  # share of a text region that a picture or table in it may take
ABOVE = 2.5  # in line heights: how far above its rules more of a table stands
CELLS = 3  # pieces of a row that are surely cells
WHOLE = (LayoutLabel.PICTURE, LayoutLabel.TABLE)
TABULAR = (LayoutLabel.TABLE, LayoutLabel.DOCUMENT_INDEX)
HELD = 0.9  # share of a predicted table's text between its rows that a table known by its lines holds to replace it
PART = 0.5  # share of one table's text that the other must hold to be more than a part of it


@dataclass(frozen=True, slots=True)
class RefinedLayout:
    """The page's regions as docling shall see them, and the quarter turns clockwise of most of its text, 0 to 3."""

    regions: tuple[LayoutRegion, ...]
    turn: int


def refine(page: ReplayPage) -> RefinedLayout:
    """Correct the predicted regions of ``page``; turned text is looked at by itself, turned back."""
    size = page.rendered.facts.size
    bitmaps = tuple(from_docling(box) for box in page.get_bitmap_rects())
    scale, columns = page.rendered.scale, page.number_columns
    gray = _without_ink(page.gray, columns, scale) if columns else page.gray
    lines = with_stroke_weights(with_marks(page_lines(page), gray, scale, size), gray, scale)
    drawn = page_drawings(page, lines)
    predicted = without_bare(page.prediction.regions, lines, gray, scale)
    marks = (drawn.tables, drawn.frames, drawn.stacks, drawn.dividers, drawn.crossed)
    sheet = Sheet(size.width, size.height, tuple(lines), predicted, bitmaps, *marks)
    groups = turned_groups(lines)
    found = [
        replace(region, box=turned.on_page(region.box))
        for turned, part in turned_sheets(sheet, groups)
        for region in regions(part)
    ]
    numbers = [LayoutRegion(LayoutLabel.PAGE_HEADER, 1.0, box) for box in columns]
    return RefinedLayout((*found, *numbers), main_turn(groups))


def _without_ink(gray: NDArray[np.uint8], columns: Sequence[Box], scale: float) -> NDArray[np.uint8]:
    """The image with paper in place of the ``columns``: what is printed there is no bullet of a line."""
    blank = gray.copy()
    for box in columns:
        top, bottom = round(box.top * scale) - 1, round(box.bottom * scale) + 2
        part = blank[max(top, 0) : bottom, max(round(box.left * scale) - 1, 0) : round(box.right * scale) + 2]
        part[:] = np.median(part) if part.size else 0
    return blank


def with_marks(lines: Sequence[LayoutLine], gray: NDArray[np.uint8], scale: float, size: PageSize) -> list[LayoutLine]:
    """The lines, items and what begins a column marked so; those of a page on its side or upside down are looked at as
    the page is turned back.

    ``gray`` is the page's brightness (height, width) at ``scale`` pixels per point.
    """
    frame = TurnedPage(main_turn(turned_groups(lines)) if lines else 0, size.width, size.height)
    if frame.turn == 0:
        return _marked(lines, gray, scale)
    along = [upright_line(line, frame) for line in lines if line.turn == frame.turn]
    marked = _marked(along, np.rot90(gray, frame.turn), scale)
    return [line_on_page(line, frame) for line in marked] + [line for line in lines if line.turn != frame.turn]


def _marked(lines: Sequence[LayoutLine], gray: NDArray[np.uint8], scale: float) -> list[LayoutLine]:
    return with_drawn_bullets(with_bare_numbers(with_column_starts(lines)), gray, scale)


def regions(sheet: Sheet) -> list[LayoutRegion]:
    """Regions that cover every line of ``sheet``; blocks of text do not overlap tables.

    Text that stands in a picture is in blocks of its own, over the picture. What the lines and the drawn rules show to
    be a table goes before the tables that the network saw there, which often lack their first row or hold a caption.
    """
    if is_console_page(sheet.lines, typography(sheet.lines)):
        return [LayoutRegion(LayoutLabel.CODE, 1.0, bounds([line.box for line in sheet.lines]))]
    seen = [region for region in sheet.regions if region.label is LayoutLabel.TABLE]
    texts = tuple(region for region in sheet.regions if region.label is not LayoutLabel.TABLE)
    sheet = replace(sheet, regions=texts, seen=tuple(region.box for region in seen))
    found = _regions(sheet)
    known = [region.box for region in found if region.label in TABULAR]
    left = [region for region in seen if not any(_is_better(box, region.box, sheet.lines) for box in known)]
    return _regions(replace(sheet, regions=(*sheet.regions, *left))) if left else found


def _is_better(known: Box, seen: Box, lines: Sequence[LayoutLine]) -> bool:
    """Whether the table ``known`` holds most of the text of the one that the network saw, and nearly all from its own
    first row to its last, or that holds the lesser part of it. A few rows more at the top are heads that the network
    saw; entries of a list beside the table are not the table's.
    """
    ours = [line for line in lines if inside(line, known)]
    theirs = [line for line in lines if inside(line, seen) and not (has_bullet(line) and not inside(line, known))]
    shared = _length(line for line in ours if inside(line, seen))
    if shared < PART * _length(ours):
        return shared > 0
    if shared >= HELD * _length(ours) and _has_heads(theirs, known):
        return False
    beside = _length(line for line in theirs if known.top < (line.box.top + line.box.bottom) / 2 < known.bottom)
    return shared >= HELD * beside and shared >= PART * _length(theirs)


def _has_heads(lines: Sequence[LayoutLine], table: Box) -> bool:
    """Whether a few of the rows stand above the table, captions left out, one of them of several heads; a label with
    its colon is none.
    """
    above = [line for line in lines if line.box.bottom < table.top and not is_caption(line.text)]
    rows = text_rows([LayoutWord(line.text, line.box) for line in above])
    labelled = any(line.text.rstrip().endswith(":") for line in above)
    return not labelled and len(rows) <= MOST_HEADS and any(len(row.words) > 1 for row in rows)


def _length(lines: Iterable[LayoutLine]) -> int:
    return sum(len(line.text) for line in lines)


def _regions(sheet: Sheet) -> list[LayoutRegion]:
    type_ = body_typography(sheet.lines)
    tiles = number_tiles([line for line in sheet.lines if not any(inside(line, ruled.box) for ruled in sheet.ruled)])
    taken = {id(line) for tile in tiles for line in tile.lines}
    lists = list_columns([line for line in sheet.lines if not any(inside(line, ruled.box) for ruled in sheet.ruled)])
    taken |= {id(line) for column in lists for line in column}
    places = _table_places(sheet)
    fields = field_rows(
        [line for line in sheet.lines if id(line) not in taken and not any(inside(line, box) for box in places)]
    )
    taken |= {id(line) for field in fields for line in field}
    whole, sheet = sheet, _less(sheet, taken, [bounds([line.box for line in column]) for column in lists])
    held = contents(sheet)
    free = [line for line in sheet.lines if not _within(line, held)]
    between = parted_at_headings(open_tables(sheet.stacks, free), free, type_)
    held += _whole_tables(_without_parts(between, sheet), held, sheet)
    held += crossed_tables(sheet.crossed, _outside(held, free))
    held += _whole_tables(_amount_tables(sheet, held, predicted_tables(sheet)), held, sheet)
    seen = pictures(whole)
    held += _pictured_tables(sheet, seen, held)
    shown = [
        region
        for region in seen
        if not any(region.box.intersection(o.box) > 0.5 * min(region.box.area, o.box.area) for o in held)
    ]
    found = tables(sheet, [*held, *shown], type_)
    held += _whole_tables([region for region in found if region.label is LayoutLabel.TABLE], held, sheet)
    code = [replace(region, score=1.0) for region in found if region.label is LayoutLabel.CODE]
    terms = term_rows([line for line in sheet.lines if not _within(line, [*held, *code])])
    terms = [row for row in terms if type_.font in type_.fixed or not all(map(type_.is_fixed, row))]  # else it is code
    taken = {id(line) for row in terms for line in row}
    texts = [region for region in sheet.regions if region.label not in WHOLE and not _wraps(region, [*held, *shown])]
    framed = panels(sheet, [*held, *shown])
    blocks: list[Block] = []
    homes = [*framed, *(region.box for region in shown)]
    free = [line for line in sheet.lines if id(line) not in taken and not _within(line, held)]
    for group in _apart(free, homes, sheet.dividers):
        runs = code_runs(group, [*held, *shown], type_)
        claimed, orphans = claim([*code, *runs, *texts], group)
        claimed, freed = dissolved(claimed)
        orphans += freed
        doubtful = [block for block in claimed if block.score < DOUBT or is_spaced(block.lines)]
        loose = loose_tables(orphans, [line for block in doubtful for line in block.lines])
        loose = _whole_tables(parted_at_headings(loose, group, type_), held, sheet)
        # Those that a predicted table held which has come to nothing.
        loose += _amount_tables(replace(sheet, lines=tuple(group)), [*held, *shown, *loose], [])
        held += loose
        blocks += joined(adopt(_without(loose, claimed), _outside(loose, orphans)), type_)
    cut = [piece for block in furniture(blocks, sheet, type_) for piece in pieces(block, type_, sheet.lines)]
    cut = index_entries(with_notes_going_on(whole_headings(cut, type_), type_), sheet.lines)
    cut += [item for column in lists for item in items(column)]
    settled = [*tiles, *(Block(LayoutLabel.TEXT, 1.0, tuple(field)) for field in (*fields, *terms))]
    final = without_initials(with_first_items(follow_up(cut, [region.box for region in held + shown], type_, settled)))
    final = [_plain_in_frame(_plain(block, shown), framed, type_) for block in final]
    final = parted_around(final, [region.box for region in held + shown])
    return held + shown + [_region(block) for block in (*final, *settled)]


def _less(sheet: Sheet, taken: set[int], lists: Sequence[Box]) -> Sheet:
    """The page less the lines ``taken`` (by ``id``), and less the regions that the network sees over ``lists``."""
    seen = [region for region in sheet.regions if not any(_over(region.box, box) for box in lists)]
    return replace(sheet, lines=tuple(line for line in sheet.lines if id(line) not in taken), regions=tuple(seen))


def _table_places(sheet: Sheet) -> list[Box]:
    """Where a table may be: those that the network sees, those with rules, and frames."""
    seen = [region.box for region in predicted_tables(sheet)]
    return [*seen, *(ruled.box for ruled in sheet.ruled), *sheet.frames]


def _over(seen: Box, box: Box) -> bool:
    return seen.intersection(box) > 0.5 * min(seen.area, box.area)


def _plain(block: Block, shown: Sequence[LayoutRegion]) -> Block:
    """Large labels in a picture head nothing, unless the network saw a heading."""
    if block.label is not LayoutLabel.SECTION_HEADER or block.seen is LayoutLabel.SECTION_HEADER:
        return block
    return replace(block, label=LayoutLabel.TEXT) if all(_within(line, shown) for line in block.lines) else block


def _plain_in_frame(block: Block, framed: Sequence[Box], type_: Typography) -> Block:
    """What heads a frame's text in the size of that text heads no section."""
    if block.label is not LayoutLabel.SECTION_HEADER or any(type_.is_large(line) for line in block.lines):
        return block
    in_frame = any(all(inside(line, box) for line in block.lines) for box in framed)
    return replace(block, label=LayoutLabel.TEXT) if in_frame else block


def _without_parts(found: Sequence[LayoutRegion], sheet: Sheet) -> list[LayoutRegion]:
    """The tables between rules less those of which more stands above the rules: a row of several cells, right above
    them or where the network sees the table.
    """
    return [table for table in found if not _is_part(table, predicted_tables(sheet), sheet)]


def _is_part(table: LayoutRegion, seen: Sequence[LayoutRegion], sheet: Sheet) -> bool:
    box, height = table.box, median(line.height for line in sheet.lines if inside(line, table.box))
    whole = [region.box for region in seen if box.intersection(region.box) > 0.5 * box.area]
    above = [replace(other, bottom=box.top) for other in (*whole, replace(box, top=box.top - ABOVE * height))]
    return any(
        count >= CELLS for area in above for count in cells_across([line for line in sheet.lines if inside(line, area)])
    )


def _amount_tables(sheet: Sheet, held: Sequence[LayoutRegion], predicted: Sequence[LayoutRegion]) -> list[LayoutRegion]:
    """The tables known by their amounts that are neither ruled nor within one ``predicted``; none goes over the edges
    of frames side by side.
    """
    ruled = [LayoutRegion(LayoutLabel.TABLE, 1.0, table.box) for table in sheet.ruled]
    photographs = [box for box in sheet.bitmaps if not _is_page(box, sheet)]
    free = [
        line
        for line in sheet.lines
        if not _within(line, [*held, *ruled]) and not any(inside(line, box) for box in photographs)
    ]
    homes = [box for box in sheet.frames if any(_are_beside(box, other) for other in sheet.frames)]
    known = amount_tables([line for line in free if not any(inside(line, box) for box in homes)], sheet.seen)
    for part in ([line for line in free if inside(line, box)] for box in homes):
        known += [_over_rows(table, part) for table in amount_tables(part)]
    few = [table for table in headed_tables(free) if not any(table.box.intersection(one.box) > 0 for one in known)]
    return without_seen([*ruled, *predicted], [*known, *few])


def _pictured_tables(sheet: Sheet, shown: Sequence[LayoutRegion], held: Sequence[LayoutRegion]) -> list[LayoutRegion]:
    """The tables in pictures, none of which the network sees as a table."""
    places = [*(region.box for region in shown), *(box for box in sheet.bitmaps if not _is_page(box, sheet))]
    seen = [region.box for region in predicted_tables(sheet)]
    free = [line for line in sheet.lines if not _within(line, held) and not any(inside(line, box) for box in seen)]
    return pictured_tables(places, free)


def _is_page(box: Box, sheet: Sheet) -> bool:
    return box.area >= BACKDROP * sheet.width * sheet.height


def _whole_tables(found: Sequence[LayoutRegion], held: Sequence[LayoutRegion], sheet: Sheet) -> list[LayoutRegion]:
    """The tables ``found``, each grown over the rows that it lacks; lines in ``held`` stay where they are."""
    found = parted_at_heads(found, sheet.lines, sheet.stacks)
    free = [line for line in sheet.lines if not _within(line, [*held, *found])]
    whole = [with_rows_beside(region, _words(region, sheet), free) for region in found]
    whole = [
        with_cut_words(region, sheet.lines, [*held, *(other for other in whole if other is not region)])
        for region in whole
    ]
    return _headed(whole, held, sheet)


def _headed(found: Sequence[LayoutRegion], held: Sequence[LayoutRegion], sheet: Sheet) -> list[LayoutRegion]:
    """The tables ``found``, each with its row of heads."""
    free = [line for line in sheet.lines if not _within(line, [*held, *found])]
    headed = [with_head_above(region, _words(region, sheet), free) for region in found]
    return [with_turned_heads(region, _words(region, sheet), free) for region in headed]


def _words(region: LayoutRegion, sheet: Sheet) -> list[LayoutWord]:
    return [word for line in sheet.lines if inside(line, region.box) for word in line_words(line)]


def _within(line: LayoutLine, held: Sequence[LayoutRegion]) -> bool:
    return any(inside(line, region.box) for region in held)


def _apart(lines: Sequence[LayoutLine], homes: Sequence[Box], dividers: Sequence[Rule]) -> list[list[LayoutLine]]:
    """The lines outside of every frame and picture, then those in each, those on each side of a rule between columns,
    and turned ones, such as stamps, by themselves: no block holds lines of two of them.
    """
    groups: dict[tuple[int, int, int], list[LayoutLine]] = {}
    for line in lines:
        home = next((number for number, box in enumerate(homes, start=1) if inside(line, box)), 0)
        middle = (line.box.top + line.box.bottom) / 2
        column = sum(rule.start < middle < rule.end and rule.place <= line.box.left for rule in dividers)
        groups.setdefault((home, column, line.turn), []).append(line)
    return [group for _, group in sorted(groups.items())]


def _over_rows(table: LayoutRegion, lines: Sequence[LayoutLine]) -> LayoutRegion:
    """The table with what stands beside its rows among the ``lines`` of its frame."""
    level = [line.box for line in lines if table.box.top <= (line.box.top + line.box.bottom) / 2 <= table.box.bottom]
    return replace(table, box=bounds([table.box, *level]))


def _are_beside(one: Box, other: Box) -> bool:
    return min(one.bottom, other.bottom) > max(one.top, other.top) and not one.shares_width(other)


def _outside(held: Sequence[LayoutRegion], lines: Sequence[LayoutLine]) -> tuple[LayoutLine, ...]:
    return tuple(line for line in lines if not _within(line, held))


def _without(held: Sequence[LayoutRegion], blocks: Sequence[Block]) -> list[Block]:
    """The blocks less the lines that are in containers; blocks of nothing else are gone."""
    left = [replace(block, lines=_outside(held, block.lines)) for block in blocks]
    return [block for block in left if block.lines]


def _wraps(region: LayoutRegion, held: Sequence[LayoutRegion]) -> bool:
    """A text region with a picture or table in a good part of it is none."""
    return any(
        region.box.intersection(other.box) > max(0.5 * other.box.area, WRAPPED * region.box.area) for other in held
    )


def _region(block: Block) -> LayoutRegion:
    return LayoutRegion(block.label, max(block.score, TRUSTED), block.box)
