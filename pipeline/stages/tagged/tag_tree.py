"""The blocks of a page's structure tree: headings, paragraphs, list items, tables, figures (ISO 32000-1, 14.8.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pipeline.page_tags import TagNode

MOST_CELLS = 20_000  # of a table, spans counted; more are no table that a page shows


class BlockKind(StrEnum):
    """What a block is; the values are docling's label names."""

    TEXT = "text"
    TITLE = "title"
    HEADING = "section_header"
    ITEM = "list_item"
    TABLE = "table"
    PICTURE = "picture"
    CAPTION = "caption"
    NOTE = "footnote"
    CODE = "code"
    FORMULA = "formula"
    CONTENTS = "document_index"


@dataclass(frozen=True, slots=True)
class TagCell:
    """A cell of a tagged table with the marks of its content; rows and columns from 0."""

    row: int
    column: int
    rows: int
    columns: int
    header: bool
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TagBlock:
    """A block with the marks of its content in order.

    ``level`` is a heading's (0: not said), ``depth`` a list item's from 0, ``alternative`` a figure's text for those
    who do not see it. ``bare`` is a piece of text without a role of its own, straight in a part of the document.
    """

    kind: BlockKind
    marks: tuple[int, ...]
    level: int = 0
    depth: int = 0
    alternative: str = ""
    cells: tuple[TagCell, ...] = ()
    bare: bool = False


@dataclass(slots=True)
class _Element:
    node: TagNode
    children: "list[_Element]" = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.node.role

    def marks(self) -> Iterator[int]:
        """The marks of it and all below it, in order."""
        stack = [self]
        while stack:
            element = stack.pop()
            if element.node.mark >= 0:
                yield element.node.mark
            stack.extend(reversed(element.children))


_HEADING = re.compile(r"H([1-6]?)")
_TABLE_PARTS = ("THead", "TBody", "TFoot")
_LEAVES = {
    "P": BlockKind.TEXT,
    "Caption": BlockKind.CAPTION,
    "Note": BlockKind.NOTE,
    "FENote": BlockKind.NOTE,
    "Code": BlockKind.CODE,
    "Formula": BlockKind.FORMULA,
    "Title": BlockKind.TITLE,
    "TOCI": BlockKind.ITEM,
    "BibEntry": BlockKind.TEXT,
}
_BLOCKS = {*_LEAVES, "L", "LI", "LBody", "Table", "Figure", "TOC", "Sect", "Art", "Part", "BlockQuote", "Div", "Aside"}
_NOTES = ("Note", "FENote")
_LABELS = ("Lbl", "Reference")
_BLOCKS -= {"Code", "Formula", "BibEntry", *_NOTES}  # within a paragraph these are parts of it
_PARTS = ("Document", "Part", "Art", "Sect", "NonStruct", "")
_SKIPPED = ("Artifact",)


def blocks(nodes: Sequence[TagNode]) -> list[TagBlock]:
    """The blocks of the page in the tree's order; notes that the tree holds inside other text come last, since they
    stand below it.
    """
    roots = _tree(nodes)
    notes = [note for root in roots for note in _inner_notes(root)]
    return [block for root in (*roots, *notes) for block in _blocks(root, 0) if block.marks or block.cells]


def label_marks(nodes: Sequence[TagNode]) -> frozenset[int]:
    """The marks of labels and references, such as the numbers of notes."""
    found: set[int] = set()
    stack = _tree(nodes)
    while stack:
        element = stack.pop()
        if element.role in _LABELS:
            found.update(element.marks())
        else:
            stack.extend(element.children)
    return frozenset(found)


def _tree(nodes: Sequence[TagNode]) -> list[_Element]:
    roots: list[_Element] = []
    path: list[_Element] = []
    for node in nodes:
        element = _Element(node)
        del path[node.depth :]
        (path[-1].children if path else roots).append(element)
        path.append(element)
    return roots


def _inner_notes(element: _Element, in_text: bool = False) -> list[_Element]:
    """The notes inside text of other elements, taken out of it: programs put a note where its number stands."""
    found: list[_Element] = []
    others: list[_Element] = []
    beside = in_text or (_holds_text(element) and any(child.role not in _NOTES for child in element.children))
    for child in element.children:
        if child.role in _NOTES and beside:
            found.append(child)
        else:
            found += _inner_notes(child, beside and not _is_block(child))
            others.append(child)
    element.children = others
    return found


def _holds_text(element: _Element) -> bool:
    return element.role in ("P", "LBody") or _HEADING.fullmatch(element.role) is not None


def _is_block(element: _Element) -> bool:
    if element.role in _BLOCKS or _HEADING.fullmatch(element.role):
        return True
    return any(_is_block(child) for child in element.children)


def _blocks(element: _Element, depth: int) -> Iterator[TagBlock]:
    """The blocks of ``element``; ``depth`` is the number of lists around it."""
    role = element.role
    if role in _SKIPPED:
        return
    if role in ("L", "TOC"):
        for child in element.children:
            yield from _item(child, depth)
    elif role in ("LI", "TOCI"):
        yield from _item(element, max(depth - 1, 0))
    elif role == "Table":
        yield from _table(element, depth)
    elif role == "Figure":
        yield from _figure(element, depth)
    else:
        yield from _flow(element, _own(element), depth)


def _own(element: _Element) -> TagBlock:
    """The block that the element's own text makes."""
    heading = _HEADING.fullmatch(element.role)
    if heading:
        return TagBlock(BlockKind.HEADING, (), level=int(heading[1] or 0))
    return TagBlock(_LEAVES.get(element.role, BlockKind.TEXT), (), bare=element.role in _PARTS)


def _flow(element: _Element, own: TagBlock, depth: int) -> Iterator[TagBlock]:
    """Text of the element's own in one block, up to each block inside it."""
    marks: list[int] = []
    if element.node.mark >= 0:
        marks.append(element.node.mark)
    for child in element.children:
        if _is_block(child):
            if marks:
                yield replace(own, marks=tuple(marks))
                marks = []
            yield from _blocks(child, depth)
        elif own.bare and child.role in _PARTS and child.node.mark < 0:
            if marks:
                yield replace(own, marks=tuple(marks))
                marks = []
            yield from _flow(child, own, depth)
        else:
            if child.role in ("Code", "Formula", *_NOTES) and own.kind is BlockKind.TEXT and not marks:
                alone = element.role != "P" or len(element.children) == 1
                if alone:
                    yield TagBlock(_LEAVES[child.role], tuple(child.marks()), alternative=child.node.alternative)
                    continue
            marks.extend(child.marks())
    if marks:
        yield replace(own, marks=tuple(marks))


def _item(element: _Element, depth: int) -> Iterator[TagBlock]:
    """A list item: its label and the text up to the first block inside, then what else it holds."""
    if element.role in ("L", "TOC"):
        yield from _blocks(element, depth + 1)
        return
    if element.role not in ("LI", "TOCI"):
        yield from _blocks(element, depth)
        return
    marks: list[int] = []
    rest: list[_Element] = []
    stack = list(element.children)
    while stack:
        child = stack.pop(0)
        if child.role in ("L", "TOC", "Table", "Figure") or rest:
            rest.append(child)
        elif child.role in ("LBody", "Div", "NonStruct", "Reference") and any(
            _is_block(part) for part in child.children
        ):
            stack = [*child.children, *stack]
        elif child.role == "P" and marks and any(part.role == "P" for part in rest):
            rest.append(child)
        else:
            marks.extend(child.marks())
    yield TagBlock(BlockKind.ITEM, tuple(marks), depth=depth)
    for child in rest:
        yield from _blocks(child, depth + 1)


def _figure(element: _Element, depth: int) -> Iterator[TagBlock]:
    captions = [child for child in element.children if child.role == "Caption" or _is_block(child)]
    marks = [mark for child in element.children if child not in captions for mark in child.marks()]
    yield TagBlock(BlockKind.PICTURE, tuple(marks), alternative=element.node.alternative or element.node.actual)
    for child in captions:
        yield from _blocks(child, depth)


def _table(element: _Element, depth: int) -> Iterator[TagBlock]:
    """The table with its caption before it; a table that only lays a page out is read as what its cells hold."""
    whole = list(_rows(element))
    rows = _shown(whole)
    for child in element.children:
        if child.role == "Caption":
            yield from _blocks(child, depth)
    cells = _cells(rows)
    columns = max((cell.column + cell.columns for cell in cells), default=0)
    if len(whole) < 2 or columns < 2 or _lays_out(rows):
        for row in rows:
            for cell in row.children:
                yield from _flow(cell, TagBlock(BlockKind.TEXT, ()), depth)
        return
    yield TagBlock(BlockKind.TABLE, tuple(mark for cell in cells for mark in cell.marks), cells=tuple(cells))


def _shown(rows: list[_Element]) -> list[_Element]:
    """The rows less those at either end that have nothing on this page: they stand on the pages before and after."""
    filled = [number for number, row in enumerate(rows) if any(True for _ in row.marks())]
    return rows[filled[0] : filled[-1] + 1] if filled else []


def _rows(element: _Element) -> Iterator[_Element]:
    for child in element.children:
        if child.role == "TR":
            yield child
        elif child.role in _TABLE_PARTS or child.role in ("NonStruct", "Div"):
            yield from _rows(child)


def _lays_out(rows: Sequence[_Element]) -> bool:
    """Whether cells hold headings or tables, as those of a page laid out by a table do."""
    stack = [cell for row in rows for cell in row.children]
    while stack:
        element = stack.pop()
        if element.role == "Table" or _HEADING.fullmatch(element.role):
            return True
        stack.extend(element.children)
    return False


def _cells(rows: Sequence[_Element]) -> list[TagCell]:
    """The cells at their places in the grid; places under a cell that spans are taken."""
    found: list[TagCell] = []
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row.children:
            if cell.role not in ("TD", "TH"):
                continue
            while (number, column) in taken:
                column += 1
            down, across = min(cell.node.rows, len(rows) - number), cell.node.columns
            if len(taken) + down * across > MOST_CELLS:
                return found
            taken |= {(number + below, column + right) for below in range(down) for right in range(across)}
            found.append(TagCell(number, column, down, across, cell.role == "TH", tuple(cell.marks())))
            column += across
    return found
