"""A page read by its tags, as docling's clusters and tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from docling.datamodel.base_models import Cluster, LayoutPrediction, Page, Table, TableStructurePrediction
from docling_core.types.doc import TableCell as DoclingCell
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import BoundingRectangle, PdfTextCell, TextCell

from pipeline.models.turned_page import TurnedPage
from pipeline.page_tags import PageTags
from pipeline.pages import Box, TableStructure, TextLine
from pipeline.stages.docling_boxes import box_around, to_docling
from pipeline.stages.light_layout.blocks import paragraphs
from pipeline.stages.light_layout.contents_entries import contents_structure, without_leaders
from pipeline.stages.light_layout.contents_pages import CONTENTS_ENTRIES
from pipeline.stages.light_layout.line_patterns import is_choice, is_contents_entry
from pipeline.stages.light_layout.lines import LayoutLine, bounds, fixed_pitch
from pipeline.stages.light_layout.match import LayoutWord, fill, is_raised
from pipeline.stages.replay import ReplayPage, once_per_page
from pipeline.stages.replay_ocr import read_cell
from pipeline.stages.replay_tables import docling_table
from pipeline.stages.tagged.bare_text import with_whole_texts
from pipeline.stages.tagged.belief import BlockText, believed
from pipeline.stages.tagged.block_content import BlockContent, cut_choices
from pipeline.stages.tagged.bold_heads import has_bold_head
from pipeline.stages.tagged.lone_items import with_headings_of_items
from pipeline.stages.tagged.raised_labels import cut_labels
from pipeline.stages.tagged.table_columns import in_their_columns
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock, blocks, label_marks
from pipeline.stages.tagged.tagged_words import ARTIFACT, LOOSE, MarkedWord, marked_words
from pipeline.stages.text_choice import is_inkless, line_box

WHOLE_LINE = 0.9  # of a line's words that must be a block's for the line to be
SAME_LINE = 0.5  # of a word's height that two words of a line share
SPACE = 0.12  # of a word's height: words further apart have a space between them
OUTER = 0.1  # share of the page's height in which loose text is a header or footer
READ = -3  # the mark of what was read from the image
SMALLEST = 12.0  # points: a figure is at least so wide and high


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """What docling does not keep of a block: a heading's level, a list item's depth (-1: none), a figure's text.

    ``furniture`` are headers and footers that the tags call so.
    """

    level: int = 0
    depth: int = -1
    alternative: str = ""
    furniture: bool = False


def read_by_tags(page: Page, backend: ReplayPage) -> dict[int, BlockPlace] | None:
    """Put the page's blocks into ``page`` as docling's layout and table stages would; None where the tags are not
    believed, and ``page`` is as it was.

    The result says of each cluster, by its number, what docling does not keep.
    """
    contents = believed_contents(backend)
    return None if contents is None else _fill(page, contents, backend)


@once_per_page
def believed_contents(backend: ReplayPage) -> list[BlockContent] | None:
    """The page's blocks with what stands in them, in the tags' order; None where the tags are not believed."""
    tags = backend.tags
    if not tags.nodes or backend.replace_text:
        return None
    cells = backend.segmented
    if not backend.rendered.facts.unread_share and _lines_beside(backend, cells.textline_cells):
        return None
    words = [word for word in marked_words(cells.word_cells, tags.boxes) if not is_inkless(word.cell)]
    words = cut_labels(words, tags.boxes, label_marks(tags.nodes))
    words = _adopted(words, _line_owners(words, cells.textline_cells))
    contents = cut_choices(_contents(blocks(tags.nodes), words, cells.textline_cells, tags))
    used = {mark for content in contents for mark in content.block.marks}
    texts = [_compared(content) for content in contents]
    covered, loose, artifacts = _shares(words, used)
    if not believed(texts, covered, loose, artifacts):
        return None
    rest = [word for word in words if word.mark not in used]
    contents = _with_rest(contents, rest, cells.textline_cells)
    contents = _placed(contents, _read_contents(backend, cells.textline_cells))
    return with_headings_of_items(_with_tables_of_contents(contents))


def _adopted(words: Sequence[MarkedWord], owners: dict[int, tuple[TextCell, int]]) -> list[MarkedWord]:
    """The words, where those that no mark claims have the mark of the word before them in their line."""
    found: list[MarkedWord] = []
    for word in words:
        before = found[-1] if found else None
        line, _ = owners.get(word.index, (None, 0))
        around = owners.get(before.index, (None, 0))[0] if before is not None else None
        if word.mark == LOOSE and before is not None and line is not None and line is around:
            found.append(replace(word, mark=before.mark))
        else:
            found.append(word)
    return found


def _shares(words: Iterable[MarkedWord], used: set[int]) -> tuple[int, int, int]:
    """Characters under the blocks' marks, under none of them, and in artifacts."""
    counts = [0, 0, 0]
    for word in words:
        place = 0 if word.mark in used else 2 if word.mark == ARTIFACT else 1
        counts[place] += len(word.cell.text.strip())
    return counts[0], counts[1], counts[2]


def _compared(content: BlockContent) -> BlockText:
    text = " ".join(line.text.strip() for line in content.lines).strip()
    return BlockText(content.block.kind, text, content.box, content.block.bare)


def _contents(
    found: Sequence[TagBlock], words: Sequence[MarkedWord], lines: Sequence[TextCell], tags: PageTags
) -> list[BlockContent]:
    """The blocks that show something, with their words and lines."""
    by_mark: dict[int, list[MarkedWord]] = {}
    for word in words:
        by_mark.setdefault(word.mark, []).append(word)
    owners = _line_owners(words, lines)
    graphics: dict[int, list[Box]] = {box.mark: [] for box in tags.boxes}
    for box in tags.boxes:
        graphics[box.mark].append(box.box)
    contents = []
    for block in with_whole_texts(found, by_mark):
        own = [word for mark in dict.fromkeys(block.marks) for word in by_mark.get(mark, [])]
        if block.kind is BlockKind.PICTURE:
            boxes = [box for mark in block.marks for box in graphics.get(mark, [])]
            if not boxes or min(bounds(boxes).width, bounds(boxes).height) < SMALLEST:
                continue
            contents.append(BlockContent(block, own, text_lines(own, owners), bounds(boxes)))
        elif own:
            contents.append(BlockContent(block, own, text_lines(own, owners), bounds([word.box for word in own])))
    return contents


def _line_owners(words: Sequence[MarkedWord], lines: Sequence[TextCell]) -> dict[int, tuple[TextCell, int]]:
    """By a word's index: the page's own line around it, and how many words that line has."""
    boxes = [(line, box_around(line.rect)) for line in lines if line.text.strip()]
    boxes.sort(key=lambda pair: pair[1].area)
    rows: dict[int, list[tuple[TextCell, Box]]] = {}
    for line, box in boxes:
        for row in range(int(box.top // 20), int(box.bottom // 20) + 1):
            rows.setdefault(row, []).append((line, box))
    found: dict[int, TextCell] = {}
    counts: dict[int, int] = {}
    for word in words:
        x, y = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
        for line, box in rows.get(int(y // 20), []):
            if box.left <= x <= box.right and box.top <= y <= box.bottom:
                found[word.index] = line
                counts[id(line)] = counts.get(id(line), 0) + 1
                break
    return {index: (line, counts[id(line)]) for index, line in found.items()}


def text_lines(words: Sequence[MarkedWord], owners: dict[int, tuple[TextCell, int]]) -> list[TextCell]:
    """The lines of a block in its order: the page's own where all of it is the block's, else made of the words."""
    lines: list[TextCell] = []
    groups: list[tuple[TextCell | None, int, list[MarkedWord]]] = []
    for word in words:
        line, count = owners.get(word.index, (None, 0))
        if groups and (groups[-1][0] is line if line is not None else _same_line(groups[-1][2][-1], word)):
            groups[-1][2].append(word)
        else:
            groups.append((line, count, [word]))
    for line, count, group in groups:
        whole = len(group) >= WHOLE_LINE * count and not any(word.cut for word in group)
        lines.append(line if whole and line is not None else _made(group, len(lines)))
    return lines


def _same_line(before: MarkedWord, after: MarkedWord) -> bool:
    shared = min(before.box.bottom, after.box.bottom) - max(before.box.top, after.box.top)
    height = min(before.box.height, after.box.height)
    return shared > SAME_LINE * height and 0 <= after.box.left - before.box.right + height < 4 * height


def _made(words: Sequence[MarkedWord], index: int) -> TextCell:
    """A line cell of some words."""
    text = words[0].cell.text.strip()
    for before, after in pairwise(words):
        text += (" " if _apart(before, after) else "") + after.cell.text.strip()
    box = bounds([word.box for word in words])
    rect = BoundingRectangle.from_bounding_box(to_docling(box))
    return words[0].cell.model_copy(update={"index": index, "rect": rect, "text": text, "orig": text})


def _apart(before: MarkedWord, after: MarkedWord) -> bool:
    """Whether a space stands between two words, or belongs there: a raised mark would change the number it touches."""
    gap = max(after.box.left - before.box.right, before.box.left - after.box.right)
    raised = is_raised(*(LayoutWord(word.cell.text.strip(), word.box) for word in (before, after)))
    return raised or (before.cut and before.index == after.index) or gap > SPACE * after.box.height


def _with_rest(
    contents: Sequence[BlockContent], rest: Sequence[MarkedWord], lines: Sequence[TextCell]
) -> list[BlockContent]:
    """The blocks with the text that no tag covers, line by line."""
    owners = _line_owners(rest, lines)
    loose: list[BlockContent] = []
    for line in text_lines(rest, owners):
        box = box_around(line.rect)
        own = [word for word in rest if box.holds_middle(word.box)]
        loose.append(BlockContent(TagBlock(BlockKind.TEXT, (own[0].mark if own else LOOSE,)), own, [line], box))
    return _placed(contents, loose)


def _read_contents(backend: ReplayPage, native: Sequence[TextCell]) -> list[BlockContent]:
    """The paragraphs that were read from the page's pictures."""
    cells = [read_cell(index, line) for index, line in enumerate(_lines_beside(backend, native), start=len(native))]
    read = {}
    for cell in cells:
        line = LayoutLine(cell.text, box_around(cell.rect))
        read[id(line)] = (line, cell)
    found = []
    for group in paragraphs([line for line, _ in read.values()]):
        lines = [read[id(line)][1] for line in group]
        found.append(BlockContent(TagBlock(BlockKind.TEXT, (READ,)), [], lines, bounds([line.box for line in group])))
    return found


def _lines_beside(backend: ReplayPage, native: Sequence[TextCell]) -> list[TextLine]:
    """The lines read from the page's image where its own text has none."""
    boxes = [box_around(cell.rect) for cell in native]
    read = [(line, line_box(line)) for line in backend.lines]
    return [line for line, box in read if not any(box.intersection(other) > 0 for other in boxes)]


def _placed(contents: Sequence[BlockContent], loose: Sequence[BlockContent]) -> list[BlockContent]:
    """The blocks with the ``loose`` ones, each behind the last block above it."""
    ordered = list(contents)
    for content in loose:
        above = [place for place, other in enumerate(ordered) if other.box.bottom <= content.box.top + 2]
        ordered.insert(above[-1] + 1 if above else 0, content)
    return ordered


def _with_tables_of_contents(contents: Sequence[BlockContent]) -> list[BlockContent]:
    """The blocks, where runs of entries that end with leaders and page numbers are one table of contents each.

    Most programs tag such entries as paragraphs, some as list items.
    """
    found: list[BlockContent] = []
    for entries, run in groupby(contents, key=_is_contents_entry):
        group = list(run)
        if not entries or len(group) < CONTENTS_ENTRIES:
            found += group
            continue
        marks = tuple(mark for content in group for mark in content.block.marks)
        words = [word for content in group for word in content.words]
        lines = [line for content in group for line in content.lines]
        box = bounds([content.box for content in group])
        found.append(BlockContent(TagBlock(BlockKind.CONTENTS, marks), words, lines, box))
    return found


def _is_contents_entry(content: BlockContent) -> bool:
    text = " ".join(line.text.strip() for line in content.lines)
    return content.block.kind in (BlockKind.TEXT, BlockKind.ITEM) and is_contents_entry(text)


def _label(content: BlockContent, height: float, fixed: frozenset[str]) -> DocItemLabel:
    if content.block.marks[:1] in ((LOOSE,), (ARTIFACT,)):
        artifact = content.block.marks[0] == ARTIFACT
        if content.box.bottom < OUTER * height or (artifact and content.box.top < height / 2):
            return DocItemLabel.PAGE_HEADER
        outer = content.box.top > (1 - OUTER) * height
        return DocItemLabel.PAGE_FOOTER if outer or artifact else DocItemLabel.TEXT
    if content.block.kind is BlockKind.TITLE:
        return DocItemLabel.SECTION_HEADER
    if content.block.kind is BlockKind.TEXT and len(content.lines) > 1 and content.words:
        fonts = {word.cell.font_name for word in content.words if isinstance(word.cell, PdfTextCell)}
        if fonts and fonts <= fixed:
            return DocItemLabel.CODE
    if content.block.kind is BlockKind.TEXT and content.lines and is_choice(content.lines[0].text):
        return DocItemLabel.LIST_ITEM
    return DocItemLabel(content.block.kind.value)


def _fill(page: Page, contents: Sequence[BlockContent], backend: ReplayPage) -> dict[int, BlockPlace]:
    height = backend.get_size().height
    fixed = _fixed_fonts(contents)
    clusters: list[Cluster] = []
    tables: dict[int, Table] = {}
    places: dict[int, BlockPlace] = {}
    for content in contents:
        block, number = content.block, len(clusters)
        label = _label(content, height, fixed)
        cells = [] if block.kind in (BlockKind.TABLE, BlockKind.PICTURE, BlockKind.CONTENTS) else content.lines
        cluster = Cluster(id=number, label=label, bbox=to_docling(content.box), cells=cells)
        clusters.append(cluster)
        level = 1 if block.kind is BlockKind.TITLE else block.level
        depth = block.depth if block.kind is BlockKind.ITEM else -1
        furniture = block.marks[:1] == (ARTIFACT,)
        places[number] = BlockPlace(level, depth, block.alternative, furniture)
        if block.kind is BlockKind.TABLE:
            tables[number] = _table(cluster, content, page.page_no)
        elif block.kind is BlockKind.CONTENTS:
            tables[number] = _table_of_contents(cluster, content, backend)
        elif block.kind is BlockKind.PICTURE and content.lines:
            number = len(clusters)
            clusters.append(
                Cluster(id=number, label=DocItemLabel.TEXT, bbox=_text_box(content.lines), cells=content.lines)
            )
    page.predictions.layout = LayoutPrediction(clusters=clusters)
    page.predictions.tablestructure = TableStructurePrediction(table_map=tables)
    return places


def _text_box(lines: Sequence[TextCell]) -> BoundingBox:
    return to_docling(bounds([box_around(line.rect) for line in lines]))


def _fixed_fonts(contents: Sequence[BlockContent]) -> frozenset[str]:
    """Fixed-pitch fonts, where the page is not set in one as a whole."""
    words = [
        LayoutWord(word.cell.text.strip(), word.box, word.cell.font_name)
        for content in contents
        for word in content.words
        if isinstance(word.cell, PdfTextCell)
    ]
    fixed = fixed_pitch(words)
    typed = sum(len(word.text) for word in words if word.font in fixed)
    return fixed if typed < 0.9 * sum(len(word.text) for word in words) else frozenset()


def _table(cluster: Cluster, content: BlockContent, page_no: int) -> Table:
    block = content.block
    by_mark: dict[int, list[MarkedWord]] = {}
    for word in content.words:
        by_mark.setdefault(word.mark, []).append(word)
    held = [[word for mark in dict.fromkeys(cell.marks) for word in by_mark.get(mark, [])] for cell in block.cells]
    boxes = [bounds([word.box for word in words]) if words else None for words in held]
    placed = [
        (cell, box, words)
        for cell, box, words in zip(in_their_columns(block.cells, boxes), boxes, held, strict=True)
        if cell is not None
    ]
    bold_head = has_bold_head([cell for cell, _, _ in placed], [words for _, _, words in placed])
    cells = [
        DoclingCell(
            bbox=to_docling(box) if box else None,
            text=cell_text(words),
            row_span=cell.rows,
            col_span=cell.columns,
            start_row_offset_idx=cell.row,
            end_row_offset_idx=cell.row + cell.rows,
            start_col_offset_idx=cell.column,
            end_col_offset_idx=cell.column + cell.columns,
            column_header=(cell.header and _heads_column(cell.row, block)) or (bold_head and cell.row == 0),
            row_header=cell.header and not _heads_column(cell.row, block),
        )
        for cell, box, words in placed
    ]
    return Table(
        otsl_seq=[],
        num_rows=max(cell.row + cell.rows for cell, _, _ in placed),
        num_cols=max(cell.column + cell.columns for cell, _, _ in placed),
        table_cells=cells,
        id=cluster.id,
        page_no=page_no,
        cluster=cluster,
        label=cluster.label,
    )


def _table_of_contents(cluster: Cluster, content: BlockContent, backend: ReplayPage) -> Table:
    words = without_leaders([LayoutWord(word.cell.text.strip(), word.box) for word in content.words])
    structure = contents_structure(words, content.box) or TableStructure(content.box, 1.0, 0, 2, ())
    size = backend.get_size()
    upright = TurnedPage(0, size.width, size.height)
    return docling_table(cluster, structure, fill(structure, words), upright, backend.page_no)


def _heads_column(row: int, block: TagBlock) -> bool:
    """Whether a header cell of this row heads a column: all cells of the row are header cells."""
    return all(cell.header for cell in block.cells if cell.row <= row < cell.row + cell.rows)


def cell_text(words: Sequence[MarkedWord]) -> str:
    """The words of a table cell, line by line in the page's order."""
    lines = text_lines(words, {})
    return " ".join(line.text for line in lines).strip()
