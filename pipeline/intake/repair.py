"""Files that a viewer opens although their bytes are not in order: something before the header, or an end that is cut
off.

A PDF says at its end where its objects are. Where that end is missing, the objects are searched for in the bytes and a
new table is written behind them (ISO 32000-1, 7.5.4); objects in object streams (7.5.7) are written out first. Where no
catalogue is left, one is made of the pages that are.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.intake import raster
from pipeline.intake.header import HEADER_BYTES, SEARCHED_BYTES, header_offset
from pipeline.intake.raster import Refused
from pipeline.intake.wire import Trouble

MOST_OBJECTS = 500_000
MOST_UNPACKED = 64 << 20  # bytes of object streams that are written out
MOST_NUMBER = 8_388_607  # the highest object number of a conforming file (ISO 32000-1, annex C)
OBJECT = re.compile(rb"(?<![\d.])(\d{1,10})[ \t\r\n]+(\d{1,5})[ \t\r\n]+obj\b")
BODY_END = re.compile(rb"endobj|\bstream\b")
CATALOG = re.compile(rb"/Type\s*/Catalog\b")
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
PAGES_OF_CATALOG = re.compile(rb"/Pages\s+(\d+)\s+\d+\s+R")
OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
NUMBER_ENTRY = rb"/%s\s+(\d+)"
ENCRYPT = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
FILE_ID = re.compile(rb"/ID\s*\[\s*<[0-9A-Fa-f\s]*>\s*<[0-9A-Fa-f\s]*>\s*\]")


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that is open in pdfium. ``content`` are the bytes that were opened where they are not those on disk."""

    document: pdfium.PdfDocument
    content: bytes | None = None
    repaired: bool = False


def open_file(path: str, password: str) -> OpenedFile:
    """Open the file, without what stands before its header and with a new table where that is missing.

    Raises Refused.
    """
    with Path(path).open("rb") as file:
        offset = header_offset(file.read(SEARCHED_BYTES)) or 0
    if offset < HEADER_BYTES:
        try:
            return OpenedFile(raster.open_document(path, password))
        except Refused as refusal:
            if refusal.trouble is not Trouble.DAMAGED:
                raise
    content = Path(path).read_bytes()[offset:]
    if offset >= HEADER_BYTES:
        try:
            return OpenedFile(open_bytes(content, password), content)
        except Refused as refusal:
            if refusal.trouble is not Trouble.DAMAGED:
                raise
    rebuilt = rebuilt_file(content)
    if rebuilt is None:
        raise Refused(Trouble.DAMAGED)
    return OpenedFile(open_bytes(rebuilt, password), rebuilt, repaired=True)


def open_bytes(content: bytes, password: str) -> pdfium.PdfDocument:
    """Open a document in memory. Raises Refused."""
    try:
        document = pdfium.PdfDocument(content, password=password or None)
    except pdfium.PdfiumError:
        raise Refused(raster.TROUBLE_OF_ERROR.get(pdfium_c.FPDF_GetLastError(), Trouble.DAMAGED)) from None
    if len(document) < 1:
        document.close()
        raise Refused(Trouble.NO_PAGES)
    return document


def rebuilt_file(content: bytes) -> bytes | None:
    """The file with a new table of its objects; None where there is no page among them."""
    places = {int(match[1]): match.start() for match in OBJECT.finditer(content) if int(match[1]) <= MOST_NUMBER}
    if not places or len(places) > MOST_OBJECTS:
        return None
    out = bytearray(content.rstrip(b"\r\n") + b"\nendobj\n")
    for number, body in _unpacked(content, places):
        if number not in places and number <= MOST_NUMBER:
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    root = _root(out, places)
    if root is None:
        return None
    secrets = b" ".join(match[0] for match in (ENCRYPT.search(content), FILE_ID.search(content)) if match)
    start = len(out)
    out += b"xref\n" + b"".join(_rows(out, places))
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (max(places) + 1, root, secrets)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _root(out: bytearray, places: dict[int, int]) -> int | None:
    """The number of the catalogue, made anew where it or its tree is missing; None where there is no page."""
    bodies = {number: _body(out, place) for number, place in places.items()}
    for number in sorted(bodies, key=places.__getitem__, reverse=True):
        tree = PAGES_OF_CATALOG.search(bodies[number])
        if CATALOG.search(bodies[number]) and tree and b"/Kids" in bodies.get(int(tree[1]), b""):
            return number
    pages = [number for number in sorted(bodies, key=places.__getitem__) if PAGE.search(bodies[number])]
    if not pages:
        return None
    tree_number, root = max(places) + 1, max(places) + 2
    places[tree_number] = len(out)
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    out += b"%d 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n" % (tree_number, len(pages), kids)
    places[root] = len(out)
    out += b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n" % (root, tree_number)
    return root


def _body(content: bytes | bytearray, place: int) -> bytes:
    """What stands between an object's number and its end, or its stream."""
    end = BODY_END.search(content, place)
    return bytes(content[place : end.start() if end else len(content)])


def _unpacked(content: bytes, places: dict[int, int]) -> Iterator[tuple[int, bytes]]:
    """The objects in object streams, with their numbers."""
    left = MOST_UNPACKED
    for place in list(places.values()):
        body = _body(content, place)
        if not OBJECT_STREAM.search(body) or b"FlateDecode" not in body:
            continue
        start = content.find(b"stream", place) + len(b"stream")
        packed = content[start:].lstrip(b"\r").removeprefix(b"\n") if left > 0 else b""
        try:
            stream = zlib.decompressobj().decompress(packed, left)
        except zlib.error:
            continue
        left -= len(stream)
        yield from _objects(stream, body)


def _objects(stream: bytes, body: bytes) -> Iterator[tuple[int, bytes]]:
    count, first = (re.search(NUMBER_ENTRY % name, body) for name in (b"N", b"First"))
    if count is None or first is None:
        return
    start = int(first[1])
    numbers = [int(word) for word in stream[:start].split()[: 2 * int(count[1])] if word.isdigit()]
    offsets = [*(start + offset for offset in numbers[1::2]), len(stream)]
    for index, number in enumerate(numbers[0::2]):
        if index + 1 < len(offsets):
            yield number, stream[offsets[index] : offsets[index + 1]].strip()


def _rows(out: bytearray, places: dict[int, int]) -> Iterator[bytes]:
    yield b"0 1\n0000000000 65535 f \n"
    for number in sorted(places):
        generation = OBJECT.match(out, places[number])
        yield b"%d 1\n%010d %05d n \n" % (number, places[number], int(generation[2]) if generation else 0)
