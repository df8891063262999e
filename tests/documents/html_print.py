"""Documents as HTML, printed by Chromium."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from playwright.sync_api import Browser, sync_playwright

from tests.documents.drawings import svg
from tests.documents.model import (
    Block,
    Box,
    Cell,
    Code,
    Contents,
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
from tests.support.chromium import chromium as installed_chromium

FONTS = {
    "ar": "Noto Sans Arabic",
    "he": "Noto Sans Hebrew",
    "hi": "Noto Sans Devanagari",
    "th": "Noto Sans Thai",
    "zh": "Noto Sans CJK SC",
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK KR",
}
SHEET = """
body {{ font: {size}pt/1.4 {font}; margin: 0; padding: {padding}pt; color: {ink}; {align} }}
html {{ background: {paper}; }}
h1 {{ font-size: 1.9em; margin: 0 0 .6em; column-span: all; {centre} }}
h2 {{ font-size: 1.35em; margin: 1em 0 .4em; }} h3 {{ font-size: 1.12em; margin: .8em 0 .3em; }}
h1, h2, h3 {{ break-after: avoid; line-height: 1.2; }}
p, ul, ol, table, pre, figure, aside, .form {{ margin: 0 0 .7em; }} ul ul, ul ol, ol ul, ol ol {{ margin: 0; }}
.columns {{ columns: {columns}; column-gap: {gap}pt; }}
table {{ border-collapse: collapse; width: 100%; break-inside: auto; font-size: .92em; }} tr {{ break-inside: avoid; }}
caption, figcaption {{ font-size: .9em; text-align: start; padding: .2em 0; }}
td, th {{ padding: .2em .5em; text-align: start; vertical-align: top; }} .number {{ text-align: end; }}
.all td, .all th {{ border: .7pt solid {ink}; }} .rows td, .rows th {{ border-bottom: .5pt solid {ink}; }}
.head thead th, .head {{ border-bottom: .9pt solid {ink}; border-top: .9pt solid {ink}; }}
pre {{ font: .88em/1.35 "DejaVu Sans Mono", monospace; background: #eeeeee; color: #111; padding: .6em; white-space:
pre; break-inside: avoid; }}
code {{ font: .92em "DejaVu Sans Mono", monospace; }} a {{ color: #1a4d8f; }}
figure {{ break-inside: avoid; }} figure svg {{ display: block; width: 100%; }}
aside {{ border: .8pt solid {ink}; padding: .5em .8em; break-inside: avoid; }} aside b {{ display: block; }}
.note {{ font-size: .8em; border-top: .5pt solid {ink}; padding-top: .3em; }} sup {{ font-size: .7em; }}
.formula {{ text-align: center; font-style: italic; font-family: "DejaVu Serif"; }}
.line {{ display: flex; gap: .6em; margin-bottom: .5em; }} .line i {{ flex: 1; border-bottom: .6pt solid {ink};
font-style: normal; }}
.tick {{ display: inline-block; width: 1em; height: 1em; border: .8pt solid {ink}; text-align: center; line-height: 1;
}}
.entry {{ display: flex; gap: .3em; }} .entry i {{ flex: 1; overflow: hidden; white-space: nowrap; font-style: normal;
}}
.level2 {{ padding-left: 1.6em; }} .level1 {{ margin-top: .5em; }}
.columns + .columns, .whole + .whole {{ break-before: page; }}
.frame {{ position: fixed; inset: 0; z-index: -1; }}
.frame {{ background: repeating-linear-gradient(45deg, #27566b 0 12pt, #c9b458 12pt 24pt); }}
.frame ~ .whole {{ background: {paper}; padding: 20pt; }}
@page {{ size: {width}pt {height}pt; margin: {margin}pt;
  @top-center {{ content: {header}; font: 8pt {font}; color: #555; }} @bottom-center {{ content: {footer}; font: 8pt
  {font}; color: #555; }} }}
@page {{ background: {paper}; }}
"""
DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


class Chromium:
    """A running Chromium that prints documents, with or without the tags of accessible PDFs."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def pdf(self, document: Document, tagged: bool) -> bytes:
        """The document as PDF; dates in it are set to the year 2000, so that the same document gives the same bytes."""
        page = self._browser.new_page()
        try:
            page.set_content(html(document))
            made = page.pdf(prefer_css_page_size=True, print_background=True, tagged=tagged, outline=tagged)
        finally:
            page.close()
        return DATES.sub(lambda found: b"/%s (D:20000101000000" % found[1], made)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start Chromium, headless; raises FileNotFoundError where there is none."""
    program = installed_chromium()
    if program is None:
        raise FileNotFoundError("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        try:
            yield Chromium(browser)
        finally:
            browser.close()


def html(document: Document) -> str:
    """The document as an HTML page of its own."""
    direction = "ltr" if document.rightward else "rtl"
    root = Element("html", lang=document.language, dir=direction)
    head = SubElement(root, "head")
    SubElement(head, "title").text = document.title
    SubElement(head, "style").text = _sheet(document)
    body = SubElement(root, "body")
    if document.style.frame:
        SubElement(body, "div", {"class": "frame"})
    for page in _pages(document.blocks):
        parent = SubElement(body, "div", {"class": "columns" if document.style.columns > 1 else "whole"})
        _add(parent, page, document.style)
    return "<!DOCTYPE html>" + tostring(root, encoding="unicode", method="html")


def _pages(blocks: Iterable[Block]) -> list[list[Block]]:
    """The blocks between page breaks; columns cannot go on beyond one."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, PageBreak):
            pages.append([])
        else:
            pages[-1].append(block)
    return pages


def _sheet(document: Document) -> str:
    style = document.style
    base = "DejaVu Serif, Liberation Serif" if style.serif else "Liberation Sans, DejaVu Sans"
    if style.serif and document.kind != "listings":
        base = "Liberation Serif, DejaVu Serif"
    font = f'"{FONTS[document.language]}", {base}' if document.language in FONTS else base
    paper, ink = ("#12233a", "#f4f1e8") if style.dark else ("#ffffff", "#111111")
    return SHEET.format(
        size=style.size,
        font=font,
        ink=ink,
        paper=paper,
        align="text-align: justify;" if style.columns == 2 else "",
        centre="text-align: center;" if style.centred else "",
        columns=style.columns,
        gap=style.gap,
        width=style.page[0],
        height=style.page[1],
        margin=0 if style.frame else style.margin,
        padding=style.margin / 2 if style.frame else 0,
        header=_content(document.header, document.first_page),
        footer=_content(document.footer, document.first_page),
    )


def _content(text: str, first: int) -> str:
    """A running line as the value of CSS's ``content``."""
    if not text:
        return "none"
    before, _, after = text.partition("{page}")
    return f'"{before}" counter(page) "{after}"' if "{page}" in text else f'"{text}"'


def _add(parent: Element, blocks: Iterable[Block], style: Style) -> None:
    for block in blocks:
        match block:
            case Heading(level, text):
                SubElement(parent, f"h{level}").text = text
            case Paragraph(spans):
                _spans(SubElement(parent, "p"), spans)
            case Listing():
                _listing(parent, block)
            case Table():
                _table(parent, block)
            case Code(text, _):
                SubElement(parent, "pre").text = text
            case Figure():
                _figure(parent, block, style)
            case Formula(_, plain, _):
                SubElement(parent, "p", {"class": "formula"}).text = plain
            case Note(mark, text):
                note = SubElement(parent, "p", {"class": "note"})
                SubElement(note, "sup").text = mark
                note[-1].tail = f" {text}"
            case Box(title, spans):
                box = SubElement(parent, "aside")
                SubElement(box, "b").text = title
                _spans(SubElement(box, "span"), spans)
            case Form(fields):
                _form(SubElement(parent, "div", {"class": "form"}), fields)
            case Contents(lines):
                for line in lines:
                    entry = SubElement(parent, "div", {"class": f"entry level{line.level}"})
                    SubElement(entry, "span").text = line.text
                    SubElement(entry, "i").text = "." * 400
                    SubElement(entry, "span").text = line.page
            case PageBreak():
                raise ValueError("Page breaks stand between the divisions of a page.")


def _spans(parent: Element, spans: Spans) -> None:
    for span in spans:
        _span(parent, span)


def _span(parent: Element, span: Span) -> None:
    element = SubElement(parent, "a", href=span.link) if span.link else SubElement(parent, "span")
    for name, wanted in (("b", span.bold), ("em", span.italic), ("code", span.code)):
        element = SubElement(element, name) if wanted else element
    element.text = span.text
    if span.note:
        SubElement(parent, "sup").text = span.note


def _listing(parent: Element, listing: Listing) -> None:
    element = SubElement(parent, "ol" if listing.ordered else "ul")
    for item in listing.items:
        entry = SubElement(element, "li")
        _spans(entry, item.spans)
        if item.inner:
            _listing(entry, item.inner)


def _table(parent: Element, table: Table) -> None:
    element = SubElement(
        parent, "table", {"class": str(table.rules.value if table.rules is not Rules.NONE else "bare")}
    )
    if table.caption:
        SubElement(element, "caption").text = table.caption
    heads = sum(any(cell.header for cell in row) for row in table.rows)
    for name, rows in (("thead", table.rows[:heads]), ("tbody", table.rows[heads:])):
        group = SubElement(element, name)
        for row in rows:
            line = SubElement(group, "tr")
            for cell in row:
                _cell(line, cell)


def _cell(parent: Element, cell: Cell) -> None:
    names = {"rowspan": str(cell.rows), "colspan": str(cell.columns)} | ({"class": "number"} if cell.numeric else {})
    SubElement(
        parent, "th" if cell.header else "td", {name: value for name, value in names.items() if value != "1"}
    ).text = cell.text


def _figure(parent: Element, figure: Figure, style: Style) -> None:
    element = SubElement(parent, "figure")
    element.append(fromstring(svg(figure, style.column_width).replace(' xmlns="http://www.w3.org/2000/svg"', "")))
    SubElement(element, "figcaption").text = figure.caption


def _form(parent: Element, fields: Iterable[Field]) -> None:
    for field in fields:
        line = SubElement(parent, "div", {"class": "line"})
        if field.entry is Entry.TICK:
            SubElement(line, "span", {"class": "tick"}).text = "✕" if field.value else ""
            SubElement(line, "span").text = field.label
        else:
            SubElement(line, "span").text = f"{field.label}:"
            SubElement(line, "i").text = field.value
