"""What a dynamic form shows, where Adobe Reader alone draws it: fixed texts, labels and values, in the form's order.

Such a file (XML Forms Architecture, XFA 3.3) has one page that says "please wait"; the form itself is XML. Its packet
``template`` holds texts and fields, and ``datasets`` the values, which belong to fields by their names.
"""

import re
import textwrap
from collections import defaultdict, deque
from collections.abc import Iterator
from ctypes import c_ulong, create_string_buffer
from xml.etree import ElementTree

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake.text_layer.fields import LETTER_WIDTH, PlacedText, add_text
from pipeline.intake.text_layer.geometry import numbered

MOST_BYTES = 8 << 20  # of XML that are read
MOST_PACKETS = 64
MOST_LINES = 500
MARGIN = 36.0  # points around the lines on the page
HEIGHT, PITCH = 11.0, 24.0  # points: of a line's type, and from line to line, so that each is a block of its own
UNSEEN = frozenset({"hidden", "invisible", "inactive"})
XML_HEAD = re.compile(rb"^\s*<\?xml[^>]*\?>")
ON = "1"  # the value of a ticked box that names none

Values = dict[str, deque[str]]


def form_lines(document: pdfium.PdfDocument) -> list[str]:
    """The form's texts line by line, "label: value" for a field; none where its XML cannot be read."""
    content = b"".join(XML_HEAD.sub(b"", packet) for packet in _packets(document))
    if not content or len(content) > MOST_BYTES or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return []
    try:
        # The packets are one document, or, where the file lacks the one that opens it, several.
        # Entities are gone, and the parse child has limits.
        root = ElementTree.fromstring(b"<form>" + content + b"</form>")  # noqa: S314
    except ElementTree.ParseError:
        return []
    values = _values(root)
    shown = [line for line in _shown(root, values) if line]
    rest = [f"{name}: {value}" for name, others in values.items() for value in others if value]
    return [*shown, *rest][:MOST_LINES]


def show_lines(page: SegmentedPdfPage, lines: list[str]) -> None:
    """Put ``lines`` in the place of the page's own text, in place."""
    page.word_cells, page.textline_cells = [], []
    width, top = page.dimension.width - 2 * MARGIN, page.dimension.height - MARGIN
    wrapped = [
        part for line in lines for part in textwrap.wrap(line, max(int(width / (LETTER_WIDTH * HEIGHT)), 1)) or [""]
    ]
    pitch = min(PITCH, (top - MARGIN) / max(len(wrapped), 1))
    height = min(HEIGHT, 0.6 * pitch)
    for number, line in enumerate(wrapped):
        low = top - number * pitch - height
        if line:
            add_text(page, PlacedText(line, (MARGIN, low, MARGIN + width, low + height)), "")
    page.word_cells, page.textline_cells = numbered(page.word_cells), numbered(page.textline_cells)


def _packets(document: pdfium.PdfDocument) -> Iterator[bytes]:
    """The parts of the form's XML, which make one document together."""
    size = c_ulong()
    for index in range(min(pdfium_c.FPDF_GetXFAPacketCount(document), MOST_PACKETS)):
        pdfium_c.FPDF_GetXFAPacketContent(document, index, None, 0, size)
        if 0 < size.value <= MOST_BYTES:
            buffer = create_string_buffer(size.value)
            pdfium_c.FPDF_GetXFAPacketContent(document, index, buffer, size.value, size)
            yield buffer.raw


def _name(node: ElementTree.Element) -> str:
    """The element's name without its namespace."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _values(root: ElementTree.Element) -> Values:
    """The values of the data packet by name, in their order."""
    found: Values = defaultdict(deque)
    for packet in root.iter():
        if _name(packet) == "datasets":
            for node in packet.iter():
                if not len(node):
                    found[_name(node)].append(_text(node))
    return found


def _text(node: ElementTree.Element | None) -> str:
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def _child(node: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((child for child in node if _name(child) == name), None)


def _shown(root: ElementTree.Element, values: Values) -> Iterator[str]:
    """The texts and fields of the template, but for hidden ones."""
    waiting = [node for node in root.iter() if _name(node) == "template"][::-1]
    while waiting:
        node = waiting.pop()
        if node.get("presence") in UNSEEN:
            for part in node.iter():
                values.pop(part.get("name", ""), None)
            continue
        if _name(node) == "draw":
            yield _text(_child(node, "value"))
        elif _name(node) == "field":
            yield _field(node, values)
        else:
            waiting.extend(list(node)[::-1])


def _field(node: ElementTree.Element, values: Values) -> str:
    name = node.get("name", "")
    label = _text(_child(node, "caption")) or name
    own = values.get(name)
    value = own.popleft() if own else _text(_child(node, "value"))
    kinds = {_name(part) for part in node.iter()}
    if "button" in kinds:
        return ""
    if "checkButton" in kinds:
        items = _child(node, "items")
        on = _text(items[0]) if items is not None and len(items) else ON
        return f"{'[x]' if value and value == on else '[ ]'} {label}"
    return f"{label}: {value}" if value else label
