"""A docling document as DocTags."""

from typing import Any

from docling_core.transforms.serializer.base import SerializationResult
from docling_core.transforms.serializer.doctags import DocTagsDocSerializer, DocTagsParams, DocTagsTableSerializer
from docling_core.types.doc import DoclingDocument, FloatingItem, RichTableCell, TableCell, TableItem
from docling_core.types.doc.document import DOCUMENT_TOKENS_EXPORT_LABELS

from pipeline.stages.inline_pieces import inline_group, visit_cells


class CaptionedCode(DocTagsDocSerializer):
    """Writes captions of code, too.

    docling-core hands ``is_inline_scope`` from a block of text to its captions and names it there once more, which is
    a TypeError for every block of code with a caption. https://github.com/docling-project/docling-core
    """

    def serialize_captions(self, item: FloatingItem, **kwargs: Any) -> SerializationResult:
        """The captions of ``item``, whose scope docling-core sets itself."""
        kwargs.pop("is_inline_scope", None)
        return super().serialize_captions(item, **kwargs)


class LightTables(DocTagsTableSerializer):
    """Writes a table with a document at hand that has the table's pages alone, and cells that were cut by their styles
    as plain text.

    docling-core makes a serializer of the whole document for each table, for which pydantic looks at all its items and
    pages: with 1,000 pages that took minutes. Cells that hold items of the document still get the whole one.
    """

    def serialize(self, *, item: TableItem, doc: DoclingDocument, **kwargs: Any) -> SerializationResult:
        """The table's DocTags; see docling-core's ``DocTagsTableSerializer``."""
        visit_cells(item, doc, kwargs.get("visited"))
        cells = [_plain(cell, doc) for cell in item.data.table_cells]
        plain = item.model_copy(update={"data": item.data.model_copy(update={"table_cells": cells})})
        if not any(isinstance(cell, RichTableCell) for cell in cells):
            pages = {place.page_no: doc.pages[place.page_no] for place in item.prov if place.page_no in doc.pages}
            doc = DoclingDocument(name=doc.name, pages=pages)
        return super().serialize(item=plain, doc=doc, **kwargs)


def _plain(cell: TableCell, document: DoclingDocument) -> TableCell:
    if inline_group(cell, document) is None:
        return cell
    return TableCell(**{name: getattr(cell, name) for name in TableCell.model_fields})


def doctags(document: DoclingDocument) -> str:
    """The document's DocTags, in the form of ``DoclingDocument.export_to_doctags``."""
    params = DocTagsParams(labels=DOCUMENT_TOKENS_EXPORT_LABELS)
    return str(CaptionedCode(doc=document, params=params, table_serializer=LightTables()).serialize().text)
