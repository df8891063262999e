"""Items of lists that a bookmark shows to be headings: they keep their number, and part the list that they stood in."""

from docling_core.types.doc import DocItem, DoclingDocument, ListGroup, ListItem, NodeItem, RefItem, SectionHeaderItem

from pipeline.stages.document.element_text import ElementKey, key_of


def marks_of_items(document: DoclingDocument) -> dict[ElementKey, str]:
    """The marks of the numbered items, by the place of each."""
    items = [item for item in document.texts if isinstance(item, ListItem) and item.enumerated and item.prov]
    return {_place(item): item.marker for item in items}


def lift_headings(document: DoclingDocument, marks: dict[ElementKey, str]) -> None:
    """Move headings out of the document's lists, each with the mark that it had as an item: what followed it there is a
    list of its own. ``marks`` are those of ``marks_of_items`` before the items became headings.
    """
    for group in [group for group in document.groups if isinstance(group, ListGroup)]:
        children = [ref.resolve(document) for ref in group.children]
        if any(isinstance(child, SectionHeaderItem) for child in children) and group.parent is not None:
            _part(group, group.parent.resolve(document), children, document)
            for child in children:
                if isinstance(child, SectionHeaderItem) and child.prov and (mark := marks.get(_place(child))):
                    child.text = f"{mark} {child.text}"


def _part(group: ListGroup, parent: NodeItem, children: list[NodeItem], document: DoclingDocument) -> None:
    own = group.get_ref()
    kept: list[RefItem] = []
    before: list[RefItem] = []
    after: list[RefItem] = []
    rest: ListGroup | None = None
    for child in children:
        if isinstance(child, SectionHeaderItem):
            child.parent = parent.get_ref()
            (after if kept else before).append(child.get_ref())
            rest = None
        elif not after:
            kept.append(child.get_ref())
        else:
            if rest is None:
                rest = document.add_list_group(parent=parent)
                parent.children.remove(rest.get_ref())
                after.append(rest.get_ref())
            child.parent = rest.get_ref()
            rest.children.append(child.get_ref())
    group.children = kept
    place = parent.children.index(own)
    parent.children[place : place + 1] = [*before, own, *after]
    if not kept:
        document.delete_items(node_items=[group])


def _place(item: DocItem) -> ElementKey:
    return key_of(item.prov[0].page_no, item.prov[0].bbox)
