"""Lists that nest by indent, and go on over pages.

docling puts list items that follow each other into one flat list. Here an item that stands further right than the one
before it goes into a list of its own under that item, and lists that only furniture parts are one list again.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from docling_core.types.doc import ContentLayer, DocItem, DoclingDocument, ListGroup, ListItem, NodeItem

from pipeline.pages import Box
from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.light_layout.line_patterns import is_item_mark
from pipeline.stages.light_layout.match import reads_right_to_left

INDENT = 0.6  # in heights of the type: a step to the right that is a level of its own
OUTER = 0.25  # of that step by which its mark must be further right too: longer numbers push the text alone
SAME_ROW = 0.4  # in heights of the type: by which the tops of items side by side differ at most
BESIDE = 3.0  # in heights of the type: from the text of an item to that of the one at its right, at least
DEEPEST = 8  # levels
APART = (0.35, 0.5)  # in heights of the type: white between bare numbers and their texts, in all items and in one
# Marks as text recognition reads them: a ring before a word is often an "o" or the full stop of Chinese.
_READ_MARK = re.compile(r"(?:[。○◦●•·▪■]|[–—-](?=\s+\w)|o(?=[A-Z\d])|\d{1,3}[.)])\s*")
_RING = re.compile(r"o\s+(?=\S)")
_BARE_NUMBER = re.compile(r"([1-9]\d?|[a-zA-Z]|[ivx]{2,4})\s+(?=\S)")


def nest_lists(document: DoclingDocument, record: TextRecord) -> None:
    """Join the lists of ``document`` over pages, and nest their items."""
    _join(document)
    for group in [group for group in document.groups if isinstance(group, ListGroup)]:
        items = [child for child in _children(group, document) if isinstance(child, ListItem)]
        _take_bare_numbers(items, document, record)
        _drop_read_marks(items)
        if len(items) == len(group.children):
            leftward = reads_right_to_left("".join(item.text for item in items))
            edges = [_edge(item, document, record, leftward=leftward) for item in items]
            depths = _tagged(items, document, record) or indent_levels(edges)
            _nest(document, group, items, depths)


def _take_bare_numbers(items: Sequence[ListItem], document: DoclingDocument, record: TextRecord) -> None:
    """Items that begin with a number without a dot or bracket, which docling leaves in their text, are marked with it,
    where two and more have one, and it stands apart from the text.
    """
    found = [(item, match) for item in items if not _marked(item) and (match := _BARE_NUMBER.match(item.text))]
    gaps = [_gap(match[1], item, document, record) for item, match in found]
    found = [pair for pair, gap in zip(found, gaps, strict=True) if gap > APART[0]]
    for item, match in found if len(found) > 1 and max(gaps) > APART[1] else ():
        item.marker, item.text, item.enumerated = match[1], item.text[match.end() :], True


def _drop_read_marks(items: Sequence[ListItem]) -> None:
    """Bullets that text recognition read as letters or signs leave the text; an "o" apart from its text only where
    another item begins with such a mark.
    """
    plain = [item for item in items if not _marked(item)]
    found = [(item, match) for item in plain if (match := _READ_MARK.match(item.text)) and not match[0][0].isdigit()]
    found += [(item, match) for item in plain if found and (match := _RING.match(item.text))]
    for item, match in found:
        item.text = item.text[match.end() :] or item.text


def _gap(number: str, item: ListItem, document: DoclingDocument, record: TextRecord) -> float:
    """The white between the number with which an item begins and its text, in heights of the type; 0 if unknown."""
    parts = record.of(item, document)
    if not parts or not parts[0].lines or len(parts[0].lines[0].words) < 2:
        return 0.0
    first, second = sorted(parts[0].lines[0].words, key=lambda word: word.box.left)[:2]
    gap = (second.box.left - first.box.right) / (first.box.height or 1.0)
    return gap if first.text.strip() == number else 0.0


def _marked(item: ListItem) -> bool:
    return any(map(str.isalnum, item.marker))


def _children(node: NodeItem, document: DoclingDocument) -> Iterator[NodeItem]:
    for child in node.children:
        yield child.resolve(document)


def _join(document: DoclingDocument) -> None:
    """Put a list that goes on behind nothing but furniture into the list before it."""
    before: ListGroup | None = None
    for node in list(_children(document.body, document)):
        if isinstance(node, DocItem) and node.content_layer is not ContentLayer.BODY:
            continue
        if isinstance(node, ListGroup) and before is not None:
            for child in list(_children(node, document)):
                _move(child, node, before)
            document.body.children.remove(node.get_ref())
            node.parent = None
            continue
        before = node if isinstance(node, ListGroup) else None
    _drop_empty(document)


def _drop_empty(document: DoclingDocument) -> None:
    emptied = [group for group in document.groups if isinstance(group, ListGroup) and not group.children]
    for group in emptied:
        group.parent = document.body.get_ref()
        document.body.children.append(group.get_ref())
    if emptied:
        document.delete_items(node_items=list(emptied))


def _move(child: NodeItem, source: NodeItem, target: NodeItem) -> None:
    source.children.remove(child.get_ref())
    target.children.append(child.get_ref())
    child.parent = target.get_ref()


class ItemEdge(NamedTuple):
    """Where an item begins: its page, where its text starts, the height of its type (0: unknown), its top, in points;
    what it is marked with; and where that mark starts (None: where the text does). Starts grow in reading direction.
    """

    page: int
    left: float
    height: float
    top: float = 0.0
    mark: str = ""
    outer: float | None = None

    @property
    def start(self) -> float:
        """Where the item starts, mark and all, in points."""
        return self.left if self.outer is None else self.outer


def _edge(item: ListItem, document: DoclingDocument, record: TextRecord, *, leftward: bool) -> ItemEdge:
    """Where the item begins; in a list that runs ``leftward`` measured from the right, growing to the left."""
    mark = "1" if _marked(item) else item.marker
    parts = record.of(item, document)
    if parts and parts[0].lines:
        first = parts[0].lines[0]
        words = sorted(first.words, key=lambda word: _start(word.box, leftward))
        word = words[0].text.strip() if len(words) > 1 else ""
        marked = len(words) > 1 and (_is_mark(word, item.marker.strip()) or is_item_mark(word))
        left = _start(words[1].box if marked else first.box, leftward)
        if not words and (read := _READ_MARK.match(first.text)):
            left += first.box.width * read.end() / len(first.text)
        return ItemEdge(parts[0].page, left, first.height, first.box.top, mark, _start(first.box, leftward))
    place = item.prov[0] if item.prov else None
    if place is None:
        return ItemEdge(0, 0.0, 0.0)
    box = record.upright(place, document)
    return ItemEdge(place.page_no, _start(box, leftward), 0.0, box.top, mark)


def _start(box: Box, leftward: bool) -> float:
    return -box.right if leftward else box.left


def _is_mark(word: str, marker: str) -> bool:
    """Whether a word is what the item is marked with; docling writes some bullets as others."""
    bullets = len(word) == len(marker) == 1 and not (word.isalnum() or marker.isalnum())
    return word == marker or bullets


def _tagged(items: Sequence[ListItem], document: DoclingDocument, record: TextRecord) -> list[int]:
    """The depths that tags give, where they give all of them and several; else nothing.

    LibreOffice tags each run of entries of one depth as a list of its own, all of them on one level.
    """
    tags = [parts[0].tag if (parts := record.of(item, document)) else None for item in items]
    depths = [tag.depth for tag in tags if tag is not None and tag.depth >= 0]
    return [depth - min(depths) for depth in depths] if len(depths) == len(items) and len(set(depths)) > 1 else []


def indent_levels(edges: Sequence[ItemEdge]) -> list[int]:
    """The level of each item, from 0.

    An item whose text and mark are further right than those before it is one level deeper; one that stands where an
    earlier one stood is on that one's level. In a new column and on a new page the edges hold unless none of them fits,
    as where a book's left pages are set off against its right ones. Then the level is the one with the same mark, or
    the first. Items side by side are on one level.
    """
    levels: list[int] = []
    opened: list[ItemEdge] = []
    before: ItemEdge | None = None
    for edge in edges:
        step = INDENT * (edge.height or 10.0)
        moved = before is not None and (edge.page != before.page or edge.top < before.top - step)
        if moved and not any(abs(edge.left - other.left) < step for other in opened):
            opened = _moved(opened, edge)
        if before is not None and _beside(before, edge):
            levels.append(levels[-1])
            continue
        while len(opened) > 1 and edge.left < opened[-1].left - step:
            opened.pop()
        inner = not opened or (edge.left > opened[-1].left + step and edge.start > opened[-1].start + OUTER * step)
        if inner and len(opened) < DEEPEST:
            opened.append(edge)
        levels.append(len(opened) - 1)
        before = edge
    return levels


def _beside(before: ItemEdge, edge: ItemEdge) -> bool:
    """Whether an item begins in the row of the one before it, far enough at its right for a text between."""
    height = edge.height or 10.0
    level = edge.page == before.page and abs(edge.top - before.top) < SAME_ROW * height
    return level and edge.left - before.left > BESIDE * height


def _moved(opened: Sequence[ItemEdge], edge: ItemEdge) -> list[ItemEdge]:
    """The open levels as they stand in the column of ``edge``, which is on the only one with its mark; else none."""
    alike = [level for level, other in enumerate(opened) if other.mark == edge.mark]
    if len(alike) != 1:
        return []
    shift = edge.left - opened[alike[0]].left
    return [other._replace(left=other.left + shift, outer=other.start + shift) for other in opened[: alike[0] + 1]]


def _nest(document: DoclingDocument, group: ListGroup, items: Sequence[ListItem], levels: Sequence[int]) -> None:
    if not any(before != after for before, after in pairwise(levels)):
        return
    lists: list[ListGroup] = [group]
    last: list[ListItem] = []
    for item, level in zip(items, levels, strict=True):
        depth = min(level, len(last))
        del lists[depth + 1 :], last[depth:]
        if depth == len(lists):
            lists.append(document.add_list_group(name="list", parent=last[depth - 1]))
        if lists[depth] is not group:
            _move(item, group, lists[depth])
        last.append(item)
