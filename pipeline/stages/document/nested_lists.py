"""Lists that nest by indent, and go on over pages.

docling puts list items that follow each other into one flat list. Here an item that stands further right than the one
before it goes into a list of its own under that item, and lists that only furniture parts are one list again.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from docling_core.types.doc import ContentLayer, DocItem, DoclingDocument, ListGroup, ListItem, NodeItem

from pipeline.stages.document.element_text import TextRecord

INDENT = 0.6  # in heights of the type: a step to the right that is a level of its own
DEEPEST = 8  # levels


def nest_lists(document: DoclingDocument, record: TextRecord) -> None:
    """Join the lists of ``document`` over pages, and nest their items."""
    _join(document)
    for group in [group for group in document.groups if isinstance(group, ListGroup)]:
        items = [child for child in _children(group, document) if isinstance(child, ListItem)]
        if len(items) == len(group.children):
            depths = _tagged(items, document, record) or indent_levels(
                [_edge(item, document, record) for item in items]
            )
            _nest(document, group, items, depths)


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


def _edge(item: ListItem, document: DoclingDocument, record: TextRecord) -> tuple[int, float, float]:
    """Page, left edge of the item's first line and height of its type, in points; 0 for a height that is unknown."""
    parts = record.of(item, document)
    if not parts or not parts[0].lines:
        place = item.prov[0] if item.prov else None
        return (place.page_no, place.bbox.l, 0.0) if place else (0, 0.0, 0.0)
    first = parts[0].lines[0]
    return parts[0].page, first.box.left, first.height


def _tagged(items: Sequence[ListItem], document: DoclingDocument, record: TextRecord) -> list[int]:
    """The depths that tags give, where they give all of them; else nothing."""
    tags = [parts[0].tag if (parts := record.of(item, document)) else None for item in items]
    depths = [tag.depth for tag in tags if tag is not None and tag.depth >= 0]
    return [depth - min(depths) for depth in depths] if len(depths) == len(items) else []


def indent_levels(edges: Sequence[tuple[int, float, float]]) -> list[int]:
    """The level of each item, from 0, of its (page, left edge, height of type).

    An item further right than the one before it is one level deeper; one that stands where an earlier one stood is on
    that one's level. At a new page the edges of the last one hold unless none of them fits, as where a book's left
    pages are set off against its right ones.
    """
    levels: list[int] = []
    open_edges: list[float] = []
    page = 0
    for number, left, height in edges:
        step = INDENT * (height or 10.0)
        if number != page and not any(abs(left - edge) < step for edge in open_edges):
            open_edges = []
        page = number
        while len(open_edges) > 1 and left < open_edges[-1] - step:
            open_edges.pop()
        if not open_edges or (left > open_edges[-1] + step and len(open_edges) < DEEPEST):
            open_edges.append(left)
        levels.append(len(open_edges) - 1)
    return levels


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
