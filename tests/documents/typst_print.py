"""Documents set by typst, which sets mathematics and right-to-left text and tags its PDFs."""

import json
from collections.abc import Iterator

import typst

from tests.documents.drawings import svg
from tests.documents.html_print import FONTS
from tests.documents.model import (
    Block,
    Box,
    Code,
    Contents,
    ContentsLine,
    Document,
    Entry,
    Field,
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
    Style,
    Table,
)

STROKES = {
    Rules.ALL: "0.6pt + ink",
    Rules.ROWS: "(x, y) => (bottom: 0.5pt + ink)",
    Rules.HEAD: "(x, y) => if y == 0 { (top: 0.8pt + ink, bottom: 0.8pt + ink) }",
    Rules.NONE: "none",
}


def pdf(document: Document) -> bytes:
    """The document as tagged PDF."""
    return bytes(typst.compile(source(document).encode(), format="pdf", timestamp=946684800))


def source(document: Document) -> str:
    """The document in typst's language; every text is a string literal."""
    style = document.style
    blocks = [text for block in document.blocks if (text := _block(block, style))]
    if style.columns > 1 and isinstance(document.blocks[0], Heading):
        blocks[0] = f'#place(top, scope: "parent", float: true, clearance: 1.2em)[{blocks[0]}]'
    return "\n\n".join([_preamble(document), *blocks])


def _preamble(document: Document) -> str:
    style = document.style
    family = "Libertinus Serif" if style.serif else "Liberation Sans"
    fonts = [FONTS[document.language], family, "DejaVu Sans"] if document.language in FONTS else [family, "DejaVu Sans"]
    ink, paper = ("#f4f1e8", "#12233a") if style.dark else ("#111111", "#ffffff")
    frame = (
        f"rect(width: 100% - {style.margin}pt, height: 100% - {style.margin}pt, stroke: 1.5pt + ink)"
        if style.frame
        else "none"
    )
    return f"""#let ink = rgb("{ink}")
#set document(title: {_literal(document.title)})
#set page(width: {style.page[0]}pt, height: {style.page[1]}pt, margin: {style.margin}pt, fill: rgb("{paper}"),
columns: {style.columns},
  header: align(center, text(size: 8pt)[{_running(document.header)}]), footer: align(center, text(size:
  8pt)[{_running(document.footer)}]),
  background: align(center + horizon, {frame}))
#set columns(gutter: {style.gap}pt)
#set text(font: ({", ".join(map(_literal, fonts))},), size: {style.size}pt, fill: ink, lang: "{document.language}")
#set par(justify: {"true" if style.columns == 2 else "false"}, spacing: 0.9em)
#set list(indent: 1em)
#set enum(indent: 1em)
#show heading.where(level: 1): set text(size: 1.35em)
#show heading: set block(above: 1.2em, below: 0.7em)
#counter(page).update({document.first_page})"""


def _running(text: str) -> str:
    before, mark, after = text.partition("{page}")
    return f"#{_literal(before)}{'#context counter(page).display()' if mark else ''}#{_literal(after)}"


def _literal(text: str) -> str:
    """A string literal: typst's escapes are JSON's, but for those of other characters than quotes, strokes and
    breaks.
    """
    return json.dumps(text, ensure_ascii=False)


def _block(block: Block, style: Style) -> str:
    match block:
        case Heading(level, text):
            return f"#heading(level: {level})[#{_literal(text)}]"
        case Paragraph(spans):
            return _spans(spans)
        case Listing():
            return "#" + _listing(block)
        case Table():
            return _table(block)
        case Code(text, _):
            listing = f"text(fill: black, size: 1.05em, raw({_literal(text)}, block: true))"
            return f"#block(fill: luma(93%), inset: 6pt, width: 100%, {listing})"
        case Figure():
            return _figure(block, style)
        case Formula(_, _, notation):
            return f"$ {notation} $"
        case Note(mark, text):
            return f"#text(size: 0.8em)[#super({_literal(mark)}) #{_literal(text)}]"
        case Box(title, spans):
            text = f"#strong({_literal(title)})#linebreak()\n{_spans(spans)}"
            return f"#block(stroke: 0.8pt + ink, inset: 8pt, width: 100%)[{text}]"
        case Form(fields):
            return "\n\n".join(map(_field, fields))
        case Contents(lines):
            return "\n\n".join(map(_contents_line, lines))
        case PageBreak():
            return "#pagebreak()"


def _contents_line(line: ContentsLine) -> str:
    dots = "#box(width: 1fr, repeat[.])"
    return f"#block(inset: (left: {1.5 * (line.level - 1)}em))[#{_literal(line.text)} {dots} #{_literal(line.page)}]"


def _spans(spans: Spans) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = f"raw({_literal(span.text)})" if span.code else f"[#{_literal(span.text)}]"
    for name, wanted in (("strong", span.bold), ("emph", span.italic)):
        text = f"{name}({text})" if wanted else text
    text = f"link({_literal(span.link)}, {text})" if span.link else text
    return f"#{text}" + (f"#super({_literal(span.note)})" if span.note else "")


def _listing(listing: Listing) -> str:
    entries = []
    for item in listing.items:
        inner = f"#{_listing(item.inner)}" if item.inner else ""
        entries.append(f"[{_spans(item.spans)}{inner}]")
    return f"{'enum' if listing.ordered else 'list'}({', '.join(entries)})"


def _table(table: Table) -> str:
    caption = f"#text(size: 0.9em)[#{_literal(table.caption)}]\n\n" if table.caption else ""
    cells = ",\n  ".join(_cells(table))
    shares = ", ".join(["1.6fr", *["1fr"] * (table.columns - 1)])
    return f"{caption}#table(columns: ({shares}), stroke: {STROKES[table.rules]}, inset: 4pt,\n  {cells}\n)"


def _cells(table: Table) -> Iterator[str]:
    heads = sum(any(cell.header for cell in row) for row in table.rows)
    for number, row in enumerate(table.rows):
        cells = []
        for cell in row:
            text = f"strong({_literal(cell.text)})" if cell.header else f"[#{_literal(cell.text)}]"
            align = ", align: right" if cell.numeric else ""
            cells.append(f"table.cell(rowspan: {cell.rows}, colspan: {cell.columns}{align}, {text})")
        line = ", ".join(cells)
        if number < heads:
            line = ("table.header(" if number == 0 else "") + line + (")" if number == heads - 1 else "")
        yield line


def _figure(figure: Figure, style: Style) -> str:
    width = style.column_width
    image = f'#image(bytes({_literal(svg(figure, width))}), format: "svg", width: {width}pt)'
    return f"{image}\n\n#text(size: 0.9em)[#{_literal(figure.caption)}]"


def _field(field: Field) -> str:
    if field.entry is Entry.TICK:
        mark = f"align(center + horizon, {_literal('×' if field.value else '')})"
        return f"#box(width: 0.9em, height: 0.9em, stroke: 0.7pt + ink, {mark}) #{_literal(field.label)}"
    line = "width: 1fr, stroke: (bottom: 0.5pt + ink), outset: (bottom: 2pt)"
    return f"#{_literal(field.label + ':')} #box({line})[#{_literal(field.value)}]"
