"""A docling document as an HTML page of its own: fit for a phone, with language, direction and words for pictures."""

import html
from functools import cache
from pathlib import Path
from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.html import HTMLDocSerializer, HTMLParams, HTMLPictureSerializer
from docling_core.types.doc import DoclingDocument, ImageRefMode, PictureItem
from docling_core.types.doc.document import DEFAULT_CONTENT_LAYERS, DOCUMENT_TOKENS_EXPORT_LABELS
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipeline.stages.formula_text import HtmlTexts
from pipeline.stages.inline_pieces import HtmlPieces
from pipeline.stages.markdown.writer import picture_words
from pipeline.stages.text_language import direction, language


@cache
def _head() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page_head.html.jinja")


class _NamedPictures(HTMLPictureSerializer):
    """Pictures with their captions as alternative texts."""

    def serialize(
        self, *, item: PictureItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        result = super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options)
        words = html.escape(picture_words(item, doc))
        return create_ser_result(text=result.text.replace("<img ", f'<img alt="{words}" '), span_source=item)


def html_page(document: DoclingDocument, mode: ImageRefMode, title: str, text: str) -> str:
    """The page. ``text`` is the document's without its pictures, from which its language and direction are told."""
    chosen = HTMLParams(
        labels=DOCUMENT_TOKENS_EXPORT_LABELS,
        layers=DEFAULT_CONTENT_LAYERS,
        image_mode=mode,
        formula_to_mathml=False,
        html_head=_head().render(title=title),
    )
    writer = HTMLDocSerializer(
        doc=document,
        text_serializer=HtmlTexts(),
        inline_serializer=HtmlPieces(),
        picture_serializer=_NamedPictures(),
        params=chosen,
    )
    page = writer.serialize().text
    opened = f'<html lang="{language(text)}" dir="{direction(text)}">'
    return str(page).replace("<html>", opened, 1)
