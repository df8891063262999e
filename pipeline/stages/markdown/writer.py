"""A docling document as Markdown, over docling-core's serializer.

docling-core walks the document, and the parts below say how each kind of item is written. A document's text stays
text: whatever of it Markdown would take for its own is escaped, and whatever could be a tag is none.
"""

import re
from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.markdown import (
    MarkdownDocSerializer,
    MarkdownParams,
    MarkdownPictureSerializer,
    MarkdownTableSerializer,
    MarkdownTextSerializer,
)
from docling_core.types.doc import (
    CodeItem,
    DocItem,
    DocItemLabel,
    DoclingDocument,
    FormulaItem,
    ImageRefMode,
    ListItem,
    PictureItem,
    SectionHeaderItem,
    TableItem,
    TextItem,
    TitleItem,
)
from docling_core.types.doc.document import DEFAULT_CONTENT_LAYERS, DOCUMENT_TOKENS_EXPORT_LABELS

from pipeline.formats import TableForm
from pipeline.stages.formula_text import is_latex
from pipeline.stages.inline_pieces import visit_cells
from pipeline.stages.markdown.escape import escape_block, escape_inline, fence_for
from pipeline.stages.markdown.inline_markup import code_span, inline_markdown, joined, pieces_of, plain_text
from pipeline.stages.markdown.table_markup import table_markdown

DEEPEST = 6  # headings of Markdown
ALT_CHARACTERS = 300  # of a picture's captions
_NO_BRACKETS = str.maketrans("[]", "()")
_MARKER = re.compile(r"[-*+]|\d{1,9}[.)]")  # what begins a list item in Markdown
_CHECKBOXES = {DocItemLabel.CHECKBOX_SELECTED: "- [x] ", DocItemLabel.CHECKBOX_UNSELECTED: "- [ ] "}


class _Tables(MarkdownTableSerializer):
    """Tables as pipes or HTML, below their captions."""

    def serialize(
        self, *, item: TableItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        captions = doc_serializer.serialize_captions(item=item, **options)
        excluded = item.self_ref in doc_serializer.get_excluded_refs(**options)
        form = doc_serializer.form if isinstance(doc_serializer, DocumentWriter) else TableForm.HTML
        text = "" if excluded else table_markdown(item, form, doc)
        visit_cells(item, doc, options.get("visited"))
        parts = [captions, create_ser_result(text=text, span_source=item)]
        return create_ser_result(text=joined(part.text for part in parts), span_source=parts)


class _Pictures(MarkdownPictureSerializer):
    """Pictures with their captions as what stands for them where they are not shown."""

    def serialize(
        self, *, item: PictureItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **options: Any
    ) -> SerializationResult:
        result = super().serialize(item=item, doc_serializer=doc_serializer, doc=doc, **options)
        words = picture_words(item, doc)
        text = result.text.replace("![Image](", f"![{escape_inline(words)}](", 1) if words else result.text
        return create_ser_result(text=text, span_source=item)


class _Texts(MarkdownTextSerializer):
    """Headings, list items, code, formulas, check boxes and paragraphs."""

    def serialize(
        self,
        *,
        item: TextItem,
        doc_serializer: BaseDocSerializer,
        doc: DoclingDocument,
        is_inline_scope: bool = False,
        visited: set[str] | None = None,
        **options: Any,
    ) -> SerializationResult:
        if visited is not None:
            _visit_pieces(item, doc, visited)
        text = inline_markdown(item, doc)
        if isinstance(item, TitleItem | SectionHeaderItem):
            text = _heading(item, text, doc_serializer)
        elif isinstance(item, ListItem):
            text = list_item(item, text)
        elif isinstance(item, CodeItem):
            text = _code(item.text, inline=is_inline_scope)
        elif isinstance(item, FormulaItem):
            text = _formula(item, text)
        elif item.label in _CHECKBOXES:
            text = _CHECKBOXES[item.label] + text
        elif not is_inline_scope:
            text = escape_block(text)
        parts = [create_ser_result(text=text, span_source=item)]
        if isinstance(item, CodeItem):
            parts.append(doc_serializer.serialize_captions(item=item, **options))
        return create_ser_result(text=joined(part.text for part in parts), span_source=parts)


class DocumentWriter(MarkdownDocSerializer):
    """docling-core's walk over ``doc`` with Folio's way to write each item.

    ``highest`` is the number of ``#`` before a heading of level 1. With ``page_markers``, each page of the document has
    its marker before the first block that begins on it.
    """

    form: TableForm = TableForm.HTML
    highest: int = 2
    page_markers: bool = False

    def serialize_doc(self, *, parts: list[SerializationResult], **options: Any) -> SerializationResult:
        """The whole text, of the texts of its blocks."""
        if not self.page_markers:
            return super().serialize_doc(parts=parts, **options)
        pages = sorted(self.doc.pages)
        texts: list[str] = []
        for part in parts:
            while pages and part.text and pages[0] <= _page_of(part):
                texts.append(page_marker(pages.pop(0)))
            texts.append(part.text)
        texts += map(page_marker, pages)
        return create_ser_result(text=joined(texts), span_source=parts)

    def post_process(self, text: str, **options: Any) -> str:
        """Captions, which docling-core writes itself."""
        return escape_inline(text)


class MarkedWriter(DocumentWriter):
    """As ``DocumentWriter``, with docling-core's mark left in the text wherever the walk comes to a further page."""

    def serialize_doc(self, *, parts: list[SerializationResult], **kwargs: Any) -> SerializationResult:
        return create_ser_result(text=joined(part.text for part in parts), span_source=parts)


def to_markdown(
    document: DoclingDocument,
    mode: ImageRefMode,
    image_placeholder: str = "<!-- image -->",
    form: TableForm = TableForm.HTML,
    page_marks: bool = False,
    page_markers: bool = False,
) -> str:
    """The document as Markdown; ``form`` says how tables with spans are written, ``mode`` whether pictures are
    linked, ``page_markers`` whether a comment names each page where it begins. With ``page_marks`` docling-core's mark
    stands before the first item of each further page.
    """
    chosen = MarkdownParams(
        labels=DOCUMENT_TOKENS_EXPORT_LABELS,
        layers=DEFAULT_CONTENT_LAYERS,
        image_mode=mode,
        image_placeholder=image_placeholder,
        page_break_placeholder="" if page_marks else None,
    )
    writer = (MarkedWriter if page_marks else DocumentWriter)(
        doc=document,
        table_serializer=_Tables(),
        text_serializer=_Texts(),
        picture_serializer=_Pictures(),
        params=chosen,
        form=form,
        page_markers=page_markers,
        highest=highest_heading(document),
    )
    return str(writer.serialize().text)


def page_marker(page: int) -> str:
    """The comment that stands before the first block of a page."""
    return f"<!-- page {page} -->"


def _page_of(part: SerializationResult) -> int:
    """The page on which a block begins; 0 where it is on none."""
    places = (span.item.prov[0].page_no for span in part.spans if isinstance(span.item, DocItem) and span.item.prov)
    return next(places, 0)


def picture_words(item: PictureItem, document: DoclingDocument) -> str:
    """What stands for a picture where it is not shown: its captions on one line, without brackets; empty where it has
    none.
    """
    captions = (caption.resolve(document) for caption in item.captions)
    words = " ".join(plain_text(caption, document) for caption in captions if isinstance(caption, TextItem))
    return " ".join(words.translate(_NO_BRACKETS).split())[:ALT_CHARACTERS]


def highest_heading(document: DoclingDocument) -> int:
    """How many ``#`` a heading of level 1 gets.

    One below the title where there is one. Without a title the highest level takes its place, unless all headings are
    on one level, which may be any.
    """
    if any(isinstance(item, TitleItem) for item in document.texts):
        return 2
    levels = {item.level for item in document.texts if isinstance(item, SectionHeaderItem)}
    return 1 if len(levels) > 1 else 2


def _visit_pieces(item: TextItem, document: DoclingDocument, visited: set[str]) -> None:
    """The walk shall not write once more what stands for the item's text."""
    pieces = pieces_of(item, document)
    visited.update(piece.self_ref for piece in pieces)
    if pieces:
        visited.add(item.children[0].cref)


def _heading(item: TitleItem | SectionHeaderItem, text: str, writer: BaseDocSerializer) -> str:
    highest = writer.highest if isinstance(writer, DocumentWriter) else 2
    depth = 1 if isinstance(item, TitleItem) else min(item.level - 1 + highest, DEEPEST)
    line = " ".join(text.split())
    # A closing run of # is dropped by readers (CommonMark, 4.2).
    line = re.sub(r"(^|\s)(#+)$", r"\1\\\2", line)
    return f"{'#' * depth} {line}" if line else ""


def list_item(item: ListItem, text: str) -> str:
    """A list item's line: its own number where Markdown has such numbers, else a dash and what it is marked with."""
    marker = item.marker.strip()
    text = escape_block(text)
    if number := re.fullmatch(r"(\d{1,9})([.)]?)", marker):
        return f"{number[1]}{number[2] or '.'} {text}"
    if _MARKER.fullmatch(marker) or not any(map(str.isalnum, marker)):
        return f"- {text}"
    return f"- {escape_inline(marker)} {text}"


def _code(text: str, *, inline: bool) -> str:
    if inline:
        return code_span(text)
    fence = fence_for(text)
    return f"{fence}\n{text}\n{fence}"


def _formula(item: FormulaItem, written: str) -> str:
    """LaTeX where there is some, else the formula's characters with what is raised and lowered in them."""
    if is_latex(item):
        tex = re.sub(r"<(?=[A-Za-z/!?])", "< ", item.text)  # LaTeX reads the same, and no tag opens
        return f"$${tex}$$"
    return escape_block(written or escape_inline(item.orig))
