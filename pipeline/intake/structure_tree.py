"""pdfium's reading of a tagged page: the structure tree with its marked content, and the outline.

Part of the parse child, never imported by the server. Everything is bounded, since a hostile tree may be endless: a
page whose tree is too large or takes too long counts as untagged.
"""

import ctypes
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.intake.page_objects import bounds_on_page
from pipeline.intake.shown import ShownPage, shown_page
from pipeline.page_tags import (
    MOST_BOOKMARKS,
    MOST_DEPTH,
    MOST_NODES,
    MOST_TEXT,
    Bookmark,
    MarkedBox,
    PageTags,
    TagNode,
    write_tags,
)

SECONDS = 2.0  # for one page's tree and content
MOST_OBJECTS = 100_000
FORM_DEPTH = 8
ARTIFACT = "Artifact"


class TooMuch(Exception):
    """The tree, or what it marks, is beyond the bounds."""


def write_page_tags(document: pdfium.PdfDocument, page: pdfium.PdfPage, cells: Path, *, first: bool) -> None:
    """Write what the PDF says of ``page`` beside its cells; nothing where it says nothing.

    The outline goes with the ``first`` page that is read of a document.
    """
    try:
        nodes, boxes = _read_page(page)
    except TooMuch:
        nodes, boxes = (), ()
    bookmarks = tuple(_bookmarks(document)) if first else ()
    if nodes or bookmarks:
        write_tags(PageTags(nodes, boxes, bookmarks), cells)


def _read_page(page: pdfium.PdfPage) -> tuple[tuple[TagNode, ...], tuple[MarkedBox, ...]]:
    deadline = time.monotonic() + SECONDS
    tree = pdfium_c.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return (), ()
    try:
        nodes = tuple(_nodes(tree, deadline))
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)
    return (nodes, tuple(_boxes(page, deadline))) if any(node.mark >= 0 for node in nodes) else ((), ())


_EMPTY_CELL = object()


def _nodes(tree: object, deadline: float) -> Iterator[TagNode]:
    """The tree's nodes in its order, parents before children.

    pdfium leaves out the elements that hold nothing on the page. An empty cell among the others of its row stays, since
    those behind it would move to the left.
    """
    count = 0
    roots = max(0, pdfium_c.FPDF_StructTree_CountChildren(tree))
    stack = [
        (pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, index), 0) for index in reversed(range(min(roots, MOST_NODES)))
    ]
    while stack:
        item, depth = stack.pop()
        count += 1
        if count > MOST_NODES or depth > MOST_DEPTH or time.monotonic() > deadline:
            raise TooMuch
        if isinstance(item, int):
            yield TagNode(depth, mark=item)
            continue
        if item is _EMPTY_CELL:
            yield TagNode(depth, "TD")
            continue
        if not item:
            continue
        element = _element(item, depth)
        yield element
        children = min(max(0, pdfium_c.FPDF_StructElement_CountChildren(item)), MOST_NODES)
        for index in reversed(range(children)):
            child = pdfium_c.FPDF_StructElement_GetChildAtIndex(item, index)
            if child:
                stack.append((child, depth + 1))
            elif (mark := pdfium_c.FPDF_StructElement_GetChildMarkedContentID(item, index)) >= 0:
                stack.append((int(mark), depth + 1))
            elif element.role == "TR":
                stack.append((_EMPTY_CELL, depth + 1))


def _element(element: object, depth: int) -> TagNode:
    role = _utf16(pdfium_c.FPDF_StructElement_GetType, element)
    cell = role in ("TD", "TH")
    return TagNode(
        depth,
        role[:100],
        actual=_utf16(pdfium_c.FPDF_StructElement_GetActualText, element),
        alternative=_utf16(pdfium_c.FPDF_StructElement_GetAltText, element),
        rows=_attribute(element, b"RowSpan") if cell else 1,
        columns=_attribute(element, b"ColSpan") if cell else 1,
    )


def _attribute(element: object, name: bytes) -> int:
    """A whole number among the element's attributes, from 1 to 1,000; 1 where there is none."""
    for index in range(min(max(0, pdfium_c.FPDF_StructElement_GetAttributeCount(element)), 16)):
        attributes = pdfium_c.FPDF_StructElement_GetAttributeAtIndex(element, index)
        value = pdfium_c.FPDF_StructElement_Attr_GetValue(attributes, name) if attributes else None
        number = ctypes.c_float()
        if value and pdfium_c.FPDF_StructElement_Attr_GetNumberValue(value, ctypes.byref(number)):
            return min(max(int(number.value), 1), 1000)
    return 1


def _utf16(call: Callable[..., int], element: object) -> str:
    size = min(call(element, None, 0), 4 * MOST_TEXT)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    if call(element, buffer, size) > size:
        return ""
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0").replace("\0", "")[:MOST_TEXT]


def _boxes(page: pdfium.PdfPage, deadline: float) -> Iterator[MarkedBox]:
    """Where the page's content stands, piece by piece. Content of a form has the mark under which the form is drawn."""
    frame = shown_page(page)
    for count, item in enumerate(page.get_objects(max_depth=FORM_DEPTH)):
        if count > MOST_OBJECTS or time.monotonic() > deadline:
            raise TooMuch
        if item.type == pdfium_c.FPDF_PAGEOBJ_FORM:
            continue
        holder = item
        while holder.container is not None:
            holder = holder.container
        mark = pdfium_c.FPDFPageObj_GetMarkedContentID(holder.raw)
        yield _box(item, max(mark, -1), mark < 0 and _is_artifact(holder), frame)


def _box(item: pdfium.PdfObject, mark: int, artifact: bool, frame: ShownPage) -> MarkedBox:
    left, bottom, right, top = frame.shown(bounds_on_page(item))
    text = item.type == pdfium_c.FPDF_PAGEOBJ_TEXT
    sides = (left, frame.height - top, right, frame.height - bottom)
    return MarkedBox(mark, artifact, text, *(min(max(side, -1e6), 1e6) for side in sides))


def _is_artifact(item: pdfium.PdfObject) -> bool:
    for index in range(min(max(0, pdfium_c.FPDFPageObj_CountMarks(item.raw)), 16)):
        name = _mark_name(pdfium_c.FPDFPageObj_GetMark(item.raw, index))
        if name == ARTIFACT:
            return True
    return False


def _mark_name(mark: object) -> str:
    size = ctypes.c_ulong()
    buffer = (ctypes.c_ushort * 64)()
    if not mark or not pdfium_c.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), ctypes.byref(size)):
        return ""
    return bytes(buffer)[: size.value].decode("utf-16-le", "replace").rstrip("\0")


def _bookmarks(document: pdfium.PdfDocument) -> Iterator[Bookmark]:
    deadline = time.monotonic() + SECONDS
    heights: dict[int, float] = {}
    try:
        for count, entry in enumerate(document.get_toc(max_depth=MOST_DEPTH)):
            if count >= MOST_BOOKMARKS or time.monotonic() > deadline:
                return
            title = entry.get_title().replace("\0", "").strip()[:MOST_TEXT]
            if title:
                yield _bookmark(document, entry, title, heights)
    except pdfium.PdfiumError:
        return


def _bookmark(document: pdfium.PdfDocument, entry: object, title: str, heights: dict[int, float]) -> Bookmark:
    target = entry.get_dest()  # type: ignore[attr-defined]
    index = target.get_index() if target is not None else None
    level = min(max(int(entry.level), 0), MOST_DEPTH)  # type: ignore[attr-defined]
    if index is None:
        return Bookmark(title, level, None, None)
    mode, place = target.get_view()
    row = {pdfium_c.PDFDEST_VIEW_XYZ: 1, pdfium_c.PDFDEST_VIEW_FITH: 0, pdfium_c.PDFDEST_VIEW_FITBH: 0}.get(mode)
    if row is None or row >= len(place) or place[row] is None:
        return Bookmark(title, level, index + 1, None)
    if index not in heights:
        heights[index] = document.get_page_size(index)[1]
    return Bookmark(title, level, index + 1, heights[index] - place[row])
