"""Text with its bold and italic words, raised and lowered characters and links, as Markdown.

docling keeps such text as an inline group of text items. In the groups that Folio makes, the items carry the white
space between them, so they are joined without any.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from docling_core.transforms.serializer.common import hyperlink_uri, markdown_link_destination
from docling_core.types.doc import CodeItem, DoclingDocument, Formatting, InlineGroup, TextItem
from docling_core.types.doc.document import Script

from pipeline.stages.markdown.escape import escape_inline, fence_for

LINKED = frozenset({"http", "https", "mailto"})
LINE_BREAK = "  \n"


def pieces_of(item: TextItem, document: DoclingDocument) -> tuple[TextItem, ...]:
    """The text items of the inline group that stands for ``item``'s text; none where ``item`` has its text itself."""
    if item.text or len(item.children) != 1:
        return ()
    group = item.children[0].resolve(document)
    if not isinstance(group, InlineGroup):
        return ()
    children = (child.resolve(document) for child in group.children)
    return tuple(child for child in children if isinstance(child, TextItem))


def plain_text(item: TextItem, document: DoclingDocument) -> str:
    """``item``'s text without any formatting."""
    return item.text or "".join(piece.text for piece in pieces_of(item, document))


def inline_markdown(item: TextItem, document: DoclingDocument) -> str:
    """``item``'s text as Markdown, escaped within its lines; a line end is a hard break."""
    parts = pieces_of(item, document) or (item,)
    texts = [part.text for part in parts]
    following = [*texts[1:], ""]
    written = (_piece(part, after) for part, after in zip(parts, following, strict=True))
    return "".join(written).replace("\n", LINE_BREAK)


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
    if formatting.script is Script.SUPER:
        text = f"<sup>{text}</sup>"
    elif formatting.script is Script.SUB:
        text = f"<sub>{text}</sub>"
    # A closing mark between punctuation and a letter closes nothing (CommonMark, 6.2), so tags stand there.
    closes = text[-1].isalnum() or not after[:1].isalnum()
    if formatting.bold:
        text = f"**{text}**" if closes else f"<b>{text}</b>"
    if formatting.italic:
        text = f"*{text}*" if closes else f"<i>{text}</i>"
    return text


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
