"""The truth about a document: Markdown as a careful person writes it, and facts as JSON."""

import html
import re
from collections.abc import Iterator
from typing import Any

from tests.documents.model import (
    Block,
    Box,
    Code,
    Contents,
    Document,
    Entry,
    Figure,
    Form,
    Formula,
    Heading,
    Listing,
    Note,
    PageBreak,
    Paragraph,
    Span,
    Spans,
    Table,
    text_of,
)

SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")
MARKER = re.compile(r"^(\s*)([-+]|\d+[.)])(\s)")


def markdown(document: Document) -> str:
    """The document as Markdown: CommonMark with pipe tables, HTML tables where cells span, ``[^1]`` for footnotes and
    ``$$`` for formulas.

    Figures are absent but for their captions, and so are running headers and footers.
    """
    return "\n\n".join(text for block in document.blocks if (text := _block(block))) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {escaped(text)}"
        case Paragraph(spans):
            return _spans(spans)
        case Listing():
            return "\n".join(_items(block, ""))
        case Table():
            return _table(block)
        case Code(text, language):
            return f"```{language}\n{text}\n```"
        case Figure():
            return escaped(block.caption)
        case Formula(latex, _, _):
            return f"$$\n{latex}\n$$"
        case Note(mark, text):
            return f"[^{mark}]: {escaped(text)}"
        case Box(title, spans):
            return f"> **{escaped(title)}**\n>\n> {_spans(spans)}"
        case Form(fields):
            return "\n".join(_field(field.label, field.value, field.entry) for field in fields)
        case Contents(lines):
            return "\n".join(f"{'  ' * (line.level - 1)}- {escaped(line.text)} {line.page}" for line in lines)
        case PageBreak():
            return ""


def escaped(text: str) -> str:
    """The text with every character that Markdown would take for markup escaped."""
    return MARKER.sub(r"\1\\\2\3", SPECIAL.sub(r"\\\1", text))


def _spans(spans: Spans) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = f"`{span.text}`" if span.code else escaped(span.text)
    if span.bold or span.italic:
        marks = "*" * (2 * span.bold + span.italic)
        text = f"{marks}{text}{marks}"
    if span.link:
        text = f"[{text}]({span.link})"
    return text + (f"[^{span.note}]" if span.note else "")


def _items(listing: Listing, indent: str) -> Iterator[str]:
    for number, item in enumerate(listing.items, 1):
        marker = f"{number}. " if listing.ordered else "- "
        yield f"{indent}{marker}{_spans(item.spans)}"
        if item.inner:
            yield from _items(item.inner, indent + " " * len(marker))


def _field(label: str, value: str, entry: Entry) -> str:
    if entry is Entry.TICK:
        return f"- [{value or ' '}] {escaped(label)}"
    return f"- {escaped(label)}: {escaped(value)}"


def _table(table: Table) -> str:
    body = _html(table) if table.spans else _pipes(table)
    return f"{escaped(table.caption)}\n\n{body}" if table.caption else body


def _pipes(table: Table) -> str:
    lines = ["| " + " | ".join(escaped(cell.text) for cell in row) + " |" for row in table.rows]
    return "\n".join([lines[0], "|" + "---|" * table.columns, *lines[1:]])


def _html(table: Table) -> str:
    return (
        "<table>\n"
        + "\n".join(f"<tr>{''.join(_html_cell(cell) for cell in row)}</tr>" for row in table.rows)
        + "\n</table>"
    )


def _html_cell(cell: Any) -> str:
    name = "th" if cell.header else "td"
    spans = "".join(
        f' {word}="{count}"' for word, count in (("rowspan", cell.rows), ("colspan", cell.columns)) if count > 1
    )
    return f"<{name}{spans}>{html.escape(cell.text, quote=False)}</{name}>"


def facts(document: Document) -> dict[str, Any]:
    """Counts and texts that a conversion can be checked against, ready for JSON."""
    blocks = document.blocks
    tables = [block for block in blocks if isinstance(block, Table)]
    lists = [block for block in blocks if isinstance(block, Listing)]
    spans = [span for block in blocks for span in _all_spans(block)]
    return {
        "name": document.name,
        "kind": document.kind,
        "language": document.language,
        "title": document.title,
        "headings": [[block.level, block.text] for block in blocks if isinstance(block, Heading)],
        "tables": [{"rows": len(table.rows), "columns": table.columns, "spans": table.spans} for table in tables],
        "list_items": sum(_count(block) for block in lists),
        "list_depth": max(map(_depth, lists), default=0),
        "contents_lines": sum(len(block.lines) for block in blocks if isinstance(block, Contents)),
        "code_blocks": sum(isinstance(block, Code) for block in blocks),
        "formulas": sum(isinstance(block, Formula) for block in blocks),
        "figures": sum(isinstance(block, Figure) for block in blocks),
        "footnotes": sum(isinstance(block, Note) for block in blocks),
        "boxes": sum(isinstance(block, Box) for block in blocks),
        "fields": {field.label: field.value for block in blocks if isinstance(block, Form) for field in block.fields},
        "links": [span.link for span in spans if span.link],
        "bold": [span.text for span in spans if span.bold],
        "italic": [span.text for span in spans if span.italic],
        "header": document.header,
        "footer": document.footer,
        "columns": document.style.columns,
    }


def _all_spans(block: Block) -> Iterator[Span]:
    match block:
        case Paragraph(spans) | Box(_, spans):
            yield from spans
        case Listing(items):
            for item in items:
                yield from item.spans
                if item.inner:
                    yield from _all_spans(item.inner)
        case _:
            return


def _count(listing: Listing) -> int:
    return sum(1 + (_count(item.inner) if item.inner else 0) for item in listing.items)


def _depth(listing: Listing) -> int:
    return 1 + max((_depth(item.inner) for item in listing.items if item.inner), default=0)


def words(document: Document) -> str:
    """Every printed word of the blocks, in reading order; markup and escapes are absent."""
    return " ".join(" ".join(_texts(block)) for block in document.blocks)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(_, text) | Code(text, _) | Note(_, text):
            yield text
        case Table(rows, caption):
            yield caption
            yield from (cell.text for row in rows for cell in row)
        case Figure():
            yield block.caption
        case Formula(_, plain, _):
            yield plain
        case Form(fields):
            for field in fields:
                yield f"{field.label} {field.value if field.entry is Entry.TEXT else ''}"
        case Box(title, spans):
            yield title
            yield text_of(spans)
        case Paragraph(spans):
            yield text_of(spans)
        case Contents(lines):
            yield from (f"{line.text} {line.page}" for line in lines)
        case Listing(items):
            for item in items:
                yield text_of(item.spans)
                if item.inner:
                    yield from _texts(item.inner)
        case PageBreak():
            return
