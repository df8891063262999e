"""Documents set by LibreOffice Writer, as a person types them: styles, real footnotes, list styles, table borders,
fields for page numbers. Most of the world's PDFs come from word processors.
"""

import base64
import subprocess
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import count
from pathlib import Path

from tests.documents.drawings import svg
from tests.documents.model import (
    Block,
    Box,
    Cell,
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
    Rules,
    Span,
    Spans,
    Table,
)
from tests.documents.writer_styles import ink, master_page, named_styles, page_layout

PROGRAM = "soffice"
SECONDS = 120  # that a document may take; the first start of a profile takes most of it
NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
EDGES = ("top", "bottom", "left", "right")


def pdf(document: Document, tagged: bool) -> bytes:
    """The document as PDF; raises FileNotFoundError where LibreOffice is not installed."""
    choices = f'{{"UseTaggedPDF":{{"type":"boolean","value":"{str(tagged).lower()}"}}}}'
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.fodt"
        source.write_text(fodt(document), encoding="utf-8")
        subprocess.run(
            [
                PROGRAM,
                f"-env:UserInstallation=file://{tempfile.gettempdir()}/writer_profile",
                "--headless",
                "--convert-to",
                f"pdf:writer_pdf_Export:{choices}",
                "--outdir",
                folder,
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        return source.with_suffix(".pdf").read_bytes()


def fodt(document: Document) -> str:
    """The document in OpenDocument's flat format."""
    names = " ".join(f'xmlns:{short}="{name}"' for short, name in NAMESPACES.items())
    body = _Body(document)
    text = body.text()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {names} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
{named_styles(document)}
<office:automatic-styles>{page_layout(document.style)}{body.styles()}</office:automatic-styles>
{master_page(document)}
<office:body><office:text>{text}</office:text></office:body>
</office:document>"""


class _Body:
    """The body of a document, and the automatic styles that its tables and sections need."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._style = document.style
        self._notes = {block.mark: block.text for block in document.blocks if isinstance(block, Note)}
        self._styles: list[str] = []
        self._numbers = count(1)

    def styles(self) -> str:
        """The styles of what :meth:`text` gave."""
        return "".join(self._styles)

    def text(self) -> str:
        """Every block, those below the title in columns where the document has them."""
        blocks = list(self._document.blocks)
        columns = self._style.columns
        first, rest = (blocks[:1], blocks[1:]) if columns > 1 else (blocks, [])
        made = [f'<text:p text:style-name="{self._start()}"/>'] if self._document.first_page > 1 else []
        made += [self._block(block) for block in first]
        if rest:
            gap = self._style.gap
            self._styles.append(
                f'<style:style style:name="Columns" style:family="section"><style:section-properties>'
                f'<style:columns fo:column-count="{columns}" fo:column-gap="{gap}pt"/></style:section-properties>'
                "</style:style>"
            )
            inner = "".join(self._block(block) for block in rest)
            made.append(f'<text:section text:style-name="Columns" text:name="Text">{inner}</text:section>')
        return "".join(made)

    def _start(self) -> str:
        self._styles.append(
            '<style:style style:name="Start" style:family="paragraph" style:master-page-name="Standard">'
            f'<style:paragraph-properties style:page-number="{self._document.first_page}"/>'
            '<style:text-properties fo:font-size="2pt"/></style:style>'
        )
        return "Start"

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level, text):
                inner = escape(text)
                return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{inner}</text:h>'
            case Paragraph(spans):
                return _paragraph("Body", self._spans(spans))
            case Listing():
                return self._listing(block)
            case Table():
                return self._table(block)
            case Code(text, _):
                return _paragraph("Code", "<text:line-break/>".join(map(_typed, text.split("\n"))))
            case Figure():
                return self._figure(block)
            case Formula(_, plain, _):
                return _paragraph("Formula", escape(plain))
            case Note():
                return ""
            case Box(title, spans):
                head = f'<text:span text:style-name="Bold">{escape(title)}</text:span>'
                return _paragraph("Box", f"{head}<text:line-break/>{self._spans(spans)}")
            case Form(fields):
                return "".join(_field(field.label, field.value, field.entry) for field in fields)
            case Contents(lines):
                return "".join(
                    _paragraph("Entry2" if line.level > 1 else "Entry", f"{escape(line.text)}<text:tab/>{line.page}")
                    for line in lines
                )
            case PageBreak():
                return _paragraph("Break", "")

    def _spans(self, spans: Spans) -> str:
        return "".join(map(self._span, spans))

    def _span(self, span: Span) -> str:
        text = escape(span.text)
        name = ("Bold" if span.bold else "") + ("Italic" if span.italic else "") or ("Typed" if span.code else "")
        if name:
            text = f'<text:span text:style-name="{name}">{text}</text:span>'
        if span.link:
            text = f'<text:a xlink:type="simple" xlink:href="{escape(span.link)}">{text}</text:a>'
        return text + (self._note(span.note) if span.note else "")

    def _note(self, mark: str) -> str:
        return (
            f'<text:note text:note-class="footnote"><text:note-citation>{mark}</text:note-citation><text:note-body>'
            f"{_paragraph('Footnote', escape(self._notes[mark]))}</text:note-body></text:note>"
        )

    def _listing(self, listing: Listing) -> str:
        items = []
        for item in listing.items:
            inner = self._listing(item.inner) if item.inner else ""
            items.append(f"<text:list-item>{_paragraph('Item', self._spans(item.spans))}{inner}</text:list-item>")
        name = "Numbers" if listing.ordered else "Bullets"
        return f'<text:list text:style-name="{name}">{"".join(items)}</text:list>'

    def _table(self, table: Table) -> str:
        name = f"Table{next(self._numbers)}"
        heads = sum(any(cell.header for cell in row) for row in table.rows)
        rows = list(self._rows(table, name, heads))
        head = f"<table:table-header-rows>{''.join(rows[:heads])}</table:table-header-rows>" if heads else ""
        columns = f'<table:table-column table:number-columns-repeated="{table.columns}"/>'
        caption = _paragraph("TableCaption", escape(table.caption)) if table.caption else ""
        after = _paragraph("Item", "")
        return f'{caption}<table:table table:name="{name}">{columns}{head}{"".join(rows[heads:])}</table:table>{after}'

    def _rows(self, table: Table, name: str, heads: int) -> Iterator[str]:
        places = {(row, column): cell for row, column, cell in table.places()}
        for row in range(len(table.rows)):
            cells = []
            for column in range(table.columns):
                cell = places.get((row, column))
                style = f"{name}_{row}_{column}"
                made = "" if cell is None else self._cell(cell, table, style, row, heads)
                cells.append(made or "<table:covered-table-cell/>")
            yield f"<table:table-row>{''.join(cells)}</table:table-row>"

    def _cell(self, cell: Cell, table: Table, name: str, row: int, heads: int) -> str:
        last = row + cell.rows
        drawn = {
            Rules.ALL: EDGES,
            Rules.ROWS: ("bottom",),
            Rules.HEAD: tuple(
                edge for edge, wanted in (("top", row == 0), ("bottom", last in (heads, len(table.rows)))) if wanted
            ),
            Rules.NONE: (),
        }[table.rules]
        edges = "".join(f' fo:border-{edge}="0.6pt solid {ink(self._style)}"' for edge in drawn)
        self._styles.append(
            f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties'
            f' fo:padding="3pt"{edges}/></style:style>'
        )
        spans = f' table:number-rows-spanned="{cell.rows}" table:number-columns-spanned="{cell.columns}"'
        kind = ("Head" if cell.header else "") + ("Number" if cell.numeric else "") or "Cell"
        text = _paragraph(kind, escape(cell.text))
        return f'<table:table-cell table:style-name="{name}"{spans}>{text}</table:table-cell>'

    def _figure(self, figure: Figure) -> str:
        width = self._style.column_width
        image = base64.b64encode(svg(figure, width).encode()).decode()
        frame = (
            f'<draw:frame text:anchor-type="as-char" svg:width="{width - 4}pt" svg:height="{figure.height}pt">'
            f'<draw:image draw:mime-type="image/svg+xml"><office:binary-data>{image}</office:binary-data></draw:image>'
            "</draw:frame>"
        )
        return _paragraph("Picture", frame) + _paragraph("Caption", escape(figure.caption))


def _paragraph(style: str, inner: str) -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def _typed(line: str) -> str:
    """A line of code: OpenDocument takes several spaces for one where they are not counted."""
    bare = line.lstrip(" ")
    indent = len(line) - len(bare)
    inner = escape(bare).replace("  ", ' <text:s text:c="1"/>')
    return (f'<text:s text:c="{indent}"/>' if indent else "") + inner


def _field(label: str, value: str, entry: Entry) -> str:
    if entry is Entry.TICK:
        sign = f'<text:span text:style-name="Tick">{"☒" if value else "☐"}</text:span>'
        return _paragraph("Item", f"{sign} {escape(label)}")
    return _paragraph("Line", f"{escape(label)}: {escape(value)}<text:tab/>")
