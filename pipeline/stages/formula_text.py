"""Formulas that are LaTeX, and those that are their characters only: told apart, and written without the signs of
LaTeX where they are none.

docling has no text for a formula that no network read, and its writers then leave the formula out. Folio gives such a
formula its characters as its text; LaTeX is what differs from them.
"""

from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.html import HTMLTextSerializer
from docling_core.transforms.serializer.markdown import MarkdownTextSerializer
from docling_core.transforms.serializer.plain_text import (
    PlainTextDocSerializer,
    PlainTextParams,
    PlainTextTextSerializer,
)
from docling_core.types.doc import DoclingDocument, FormulaItem, TextItem
from docling_core.types.doc.document import DEFAULT_CONTENT_LAYERS, DOCUMENT_TOKENS_EXPORT_LABELS

from pipeline.formats import MATHML_CHARACTERS
from pipeline.stages.inline_pieces import MarkdownPieces, UnicodeScripts


def is_latex(item: FormulaItem) -> bool:
    """Whether the formula's text is LaTeX."""
    return bool(item.text) and item.text != item.orig


class ChunkTexts(MarkdownTextSerializer):
    """docling's, but for formulas of characters."""

    def serialize(
        self, *, item: TextItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        """See docling-core's serializer."""
        return _bare(item, super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options))


class PlainTexts(ChunkTexts, PlainTextTextSerializer):
    """docling's for plain text, but for formulas of characters."""


class HtmlTexts(HTMLTextSerializer):
    """docling's, with LaTeX as MathML, which browsers draw by themselves."""

    def serialize(
        self, *, item: TextItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        """See docling-core's serializer."""
        if isinstance(item, FormulaItem):
            options["formula_to_mathml"] = is_latex(item) and len(item.text) <= MATHML_CHARACTERS
        return super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options)


class _PlainWriter(UnicodeScripts, PlainTextDocSerializer):
    pass


def text_export(document: DoclingDocument) -> str:
    """The document as ``DoclingDocument.export_to_text`` writes it, but for formulas of characters and the white space
    around links and raised and lowered characters.
    """
    params = PlainTextParams(labels=DOCUMENT_TOKENS_EXPORT_LABELS, layers=DEFAULT_CONTENT_LAYERS)
    texts, pieces = PlainTexts(), MarkdownPieces()
    writer = _PlainWriter(doc=document, params=params, text_serializer=texts, inline_serializer=pieces)
    return str(writer.serialize().text)


def _bare(item: TextItem, written: SerializationResult) -> SerializationResult:
    if not isinstance(item, FormulaItem) or is_latex(item):
        return written
    return create_ser_result(text=written.text.strip("$"), span_source=item)
