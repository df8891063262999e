"""docling's Markdown, with the two places closed where it would pass a document's text on as HTML.

docling escapes HTML in paragraphs and headings, and leaves table cells and formulas as they are, so that ``<script>``
in a cell would be one in whatever shows the file. Here a ``<`` that could open a tag is written ``&lt;`` in cells, and
``< `` in formulas, where LaTeX reads the same. Links stay as the document spells them: the file says what the document
says, and the preview is sanitised.
"""

import re
from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.markdown import (
    MarkdownDocSerializer,
    MarkdownParams,
    MarkdownTableSerializer,
    MarkdownTextSerializer,
)
from docling_core.types.doc import DoclingDocument, FormulaItem, ImageRefMode, TableItem, TextItem
from docling_core.types.doc.document import DEFAULT_CONTENT_LAYERS, DOCUMENT_TOKENS_EXPORT_LABELS

OPENS_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!!-- (?:image|formula-not-decoded) -->)")


class _Tables(MarkdownTableSerializer):
    def serialize(
        self, *, item: TableItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        result = super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options)
        return result.model_copy(update={"text": OPENS_TAG.sub("&lt;", result.text)})


class _Texts(MarkdownTextSerializer):
    def serialize(
        self, *, item: TextItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        result = super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options)
        return (
            result.model_copy(update={"text": OPENS_TAG.sub("< ", result.text)})
            if isinstance(item, FormulaItem)
            else result
        )


def to_markdown(document: DoclingDocument, mode: ImageRefMode, image_placeholder: str = "<!-- image -->") -> str:
    """The document as ``DoclingDocument.export_to_markdown`` writes it with these arguments, HTML aside."""
    chosen = MarkdownParams(
        labels=DOCUMENT_TOKENS_EXPORT_LABELS,
        layers=DEFAULT_CONTENT_LAYERS,
        image_mode=mode,
        image_placeholder=image_placeholder,
    )
    serializer = MarkdownDocSerializer(
        doc=document, table_serializer=_Tables(), text_serializer=_Texts(), params=chosen
    )
    return str(serializer.serialize().text)
