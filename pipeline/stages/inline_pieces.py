"""The pieces of a text that was cut where its style changes, in docling-core's writers: joined as they are printed.

docling-core puts a space between all items of an inline group, so that "the list," with a link becomes "the list ,".
The pieces that Folio makes carry the white space between them. Formats without markup for raised and lowered characters
have Unicode's: without any, 10³ would read 103.
"""

from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, BaseInlineSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.html import HTMLInlineSerializer
from docling_core.transforms.serializer.markdown import MarkdownInlineSerializer
from docling_core.types.doc import DoclingDocument, InlineGroup, RichTableCell, TableCell, TableItem, TextItem

_PLAIN = "0123456789+-\u2212=()ni"
_RAISED = str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙᵢ")


def raised(text: str) -> str:
    """``text`` in Unicode's raised characters, or behind a ``^`` where one of it has none."""
    return text.translate(_RAISED) if set(text) <= set(_PLAIN) else f"^{text}"


def lowered(text: str) -> str:
    """``text`` in Unicode's lowered characters, or behind a ``_`` where one of it has none."""
    return text.translate(_LOWERED) if set(text) <= set(_PLAIN) else f"_{text}"


def inline_group(cell: TableCell, document: DoclingDocument) -> InlineGroup | None:
    """The group of the pieces of a cell's text, where it was cut; docling's own rich cells hold other items."""
    group = cell.ref.resolve(document) if isinstance(cell, RichTableCell) else None
    return group if isinstance(group, InlineGroup) else None


def visit_cells(table: TableItem, document: DoclingDocument, visited: set[str] | None) -> None:
    """Add the pieces of the table's cells to what a writer has ``visited``, so that it does not write them once more
    below the table.
    """
    if visited is None:
        return
    for cell in table.data.table_cells:
        if (group := inline_group(cell, document)) is not None:
            visited.update((group.self_ref, *(piece.cref for piece in group.children)))


class _JoinedPieces(BaseInlineSerializer):
    """Joins the pieces of a text or of a table's cell; other groups are docling's."""

    def serialize(
        self,
        *,
        item: InlineGroup,
        doc_serializer: BaseDocSerializer,
        doc: DoclingDocument,
        list_level: int = 0,
        visited: set[str] | None = None,
        **options: Any,
    ) -> SerializationResult:
        """The group's text; see docling-core's serializer."""
        seen = visited if visited is not None else set()
        whole = item.parent.resolve(doc) if item.parent is not None else None
        if not isinstance(whole, TextItem | TableItem):
            return super().serialize(  # type: ignore[safe-super]  # of the format's own class, which comes next
                item=item, doc_serializer=doc_serializer, doc=doc, list_level=list_level, visited=seen, **options
            )
        options |= {"list_level": list_level, "is_inline_scope": True, "visited": seen}
        parts = doc_serializer.get_parts(item=item, **options)
        return create_ser_result(text="".join(part.text for part in parts), span_source=parts)


class MarkdownPieces(_JoinedPieces, MarkdownInlineSerializer):
    """Inline groups of chunks and plain text."""


class HtmlPieces(_JoinedPieces, HTMLInlineSerializer):
    """Inline groups of HTML."""


class UnicodeScripts:
    """A writer's hooks for raised and lowered pieces."""

    def serialize_superscript(self, text: str, **_: Any) -> str:
        """See ``raised``."""
        return raised(text)

    def serialize_subscript(self, text: str, **_: Any) -> str:
        """See ``lowered``."""
        return lowered(text)
