"""Text with its bold and italic words, raised and lowered characters and links, as Markdown or HTML.

docling keeps such text as an inline group of text items. In the groups that Folio makes, the items carry the white
space between them, so they are joined without any.
"""

import html
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from docling_core.transforms.serializer.common import hyperlink_uri, markdown_link_destination
from docling_core.types.doc import (
    CodeItem,
    DoclingDocument,
    Formatting,
    InlineGroup,
    TableCell,
    TextItem,
)
from docling_core.types.doc.document import Script

from pipeline.stages.inline_pieces import inline_group
from pipeline.stages.markdown.escape import escape_inline, fence_for

LINKED = frozenset({"http", "https", "mailto"})
LINE_BREAK = "  \n"


def pieces_of(item: TextItem, document: DoclingDocument) -> tuple[TextItem, ...]:
    """The text items of the inline group that stands for ``item``'s text; none where ``item`` has its text itself."""
    if item.text or len(item.children) != 1:
        return ()
    group = item.children[0].resolve(document)
    return _pieces(group if isinstance(group, InlineGroup) else None, document)


def _pieces(group: InlineGroup | None, document: DoclingDocument) -> tuple[TextItem, ...]:
    if group is None:
        return ()
    children = (child.resolve(document) for child in group.children)
    return tuple(child for child in children if isinstance(child, TextItem))


def plain_text(item: TextItem, document: DoclingDocument) -> str:
    """``item``'s text without any formatting."""
    return item.text or "".join(piece.text for piece in pieces_of(item, document))


def inline_markdown(item: TextItem, document: DoclingDocument) -> str:
    """``item``'s text as Markdown, escaped within its lines; a line end is a hard break."""
    return _written(pieces_of(item, document) or (item,)).replace("\n", LINE_BREAK)


def cell_markdown(cell: TableCell, document: DoclingDocument) -> str:
    """A table cell's text as Markdown, escaped within its lines."""
    pieces = _pieces(inline_group(cell, document), document)
    return _written(pieces).strip() if pieces else escape_inline(cell.text.strip())


def cell_html(cell: TableCell, document: DoclingDocument) -> str:
    """A table cell's text as HTML, its lines parted by ``br``."""
    pieces = _pieces(inline_group(cell, document), document)
    text = "".join(map(_html_piece, pieces)) if pieces else html.escape(cell.text, quote=False)
    return "<br>".join(line.strip() for line in text.splitlines() if line.strip())


def _html_piece(item: TextItem) -> str:
    text = html.escape(item.text, quote=False)
    if item.formatting is not None:
        text = _as_script(text, item.formatting)
    if item.hyperlink is None or not is_linked(uri := hyperlink_uri(item.hyperlink)):
        return text
    return f'<a href="{html.escape(uri)}">{text}</a>'


def _written(parts: Sequence[TextItem]) -> str:
    following = [*(part.text for part in parts[1:]), ""]
    return "".join(_piece(part, after) for part, after in zip(parts, following, strict=True))


def _piece(item: TextItem, after: str) -> str:
    text = item.text
    core = text.strip()
    if not core:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    text = code_span(core) if isinstance(item, CodeItem) else escape_inline(core)
    return head + _linked(_formatted(text, item.formatting, tail or after), item) + tail


def code_span(text: str) -> str:
    """Code within a sentence, between backticks that none of its own can end."""
    ticks = fence_for(text, least=1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _formatted(text: str, formatting: Formatting | None, after: str) -> str:
    if formatting is None:
        return text
    text = _as_script(text, formatting)
    # A closing mark between punctuation and a letter closes nothing (CommonMark, 6.2), so tags stand there.
    closes = text[-1].isalnum() or not after[:1].isalnum()
    if formatting.bold:
        text = f"**{text}**" if closes else f"<b>{text}</b>"
    if formatting.italic:
        text = f"*{text}*" if closes else f"<i>{text}</i>"
    return text


def _as_script(text: str, formatting: Formatting) -> str:
    if formatting.script is Script.SUPER:
        return f"<sup>{text}</sup>"
    return f"<sub>{text}</sub>" if formatting.script is Script.SUB else text


def _linked(text: str, item: TextItem) -> str:
    if item.hyperlink is None or not is_linked(hyperlink_uri(item.hyperlink)):
        return text
    return f"[{text}]({markdown_link_destination(item.hyperlink)})"


def is_linked(uri: str) -> bool:
    """Whether a link of the document is written as one: only addresses of the web and of mail are."""
    try:
        return urlsplit(uri.strip()).scheme.lower() in LINKED
    except ValueError:
        return False


def joined(texts: Iterable[str], delimiter: str = "\n\n") -> str:
    """The texts that are not empty, joined."""
    return delimiter.join(text for text in texts if text)
