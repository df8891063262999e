"""Items of a document that turn out to be of another kind."""

from collections.abc import Callable

from docling_core.types.doc import DoclingDocument, TextItem


def retype(document: DoclingDocument, item: TextItem, kind: Callable[..., TextItem]) -> TextItem:
    """Put an item of ``kind`` in the place of ``item``, with its words, place and link; returns it."""
    new = kind(
        self_ref=item.self_ref,
        parent=item.parent,
        content_layer=item.content_layer,
        prov=item.prov,
        orig=item.orig,
        text=item.text,
        hyperlink=item.hyperlink,
    )
    document.replace_item(new_item=new, old_item=item)
    return new
