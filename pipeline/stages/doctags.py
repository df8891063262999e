"""A docling document as DocTags."""

from typing import Any

from docling_core.transforms.serializer.base import SerializationResult
from docling_core.transforms.serializer.doctags import DocTagsDocSerializer, DocTagsParams
from docling_core.types.doc import DoclingDocument, FloatingItem
from docling_core.types.doc.document import DOCUMENT_TOKENS_EXPORT_LABELS


class CaptionedCode(DocTagsDocSerializer):
    """Writes captions of code, too.

    docling-core hands ``is_inline_scope`` from a block of text to its captions and names it there once more, which is
    a TypeError for every block of code with a caption. https://github.com/docling-project/docling-core
    """

    def serialize_captions(self, item: FloatingItem, **kwargs: Any) -> SerializationResult:
        """The captions of ``item``, whose scope docling-core sets itself."""
        kwargs.pop("is_inline_scope", None)
        return super().serialize_captions(item, **kwargs)


def doctags(document: DoclingDocument) -> str:
    """The document's DocTags, in the form of ``DoclingDocument.export_to_doctags``."""
    params = DocTagsParams(labels=DOCUMENT_TOKENS_EXPORT_LABELS)
    return str(CaptionedCode(doc=document, params=params).serialize().text)
