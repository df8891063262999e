"""Telling what pdfium sees on a page, and an empty page from one whose content is damaged.

Both parsers return a page whose content stream cannot be decoded as an empty page, and call that a success. So where
pdfium finds nothing at all on a page, its content stream is looked at once more, here. This finds damaged and cut
Flate streams, which nearly all are, and streams with filters that nobody knows; docling-parse's complaints about the
others are heard in ``document``. A reference to an object that the file does not have means "no content" (ISO 32000-1,
7.3.10), and such a page passes as empty in a sound file. In one that was cut short or damaged, so that pdfium had to
find its objects without the cross-reference table, the content is taken for lost.
"""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MOST_DECODED = 64 << 20  # bytes of a content stream that are looked at

# The copy is written by pdfium, so its spelling is known: spaces around references, the dictionary right before
# "stream\r\n".
CONTENTS = re.compile(rb"/Contents(?: (\d+) 0 R|\[((?: +\d+ 0 R)+) +\])")
FLATE_STREAM = re.compile(rb"<<(?=[^>]*/Filter/FlateDecode)[^>]*/Length (\d+)[^>]*>>stream\r\n")

STREAM_FILTERS = re.compile(rb"<<[^>]*?/Filter *(/\w+|\[[^\]]*\])[^>]*>>stream\r\n")
FILTERS = frozenset(  # ISO 32000-1, table 6, and their short names
    b"ASCIIHexDecode ASCII85Decode LZWDecode FlateDecode RunLengthDecode CCITTFaxDecode JBIG2Decode DCTDecode JPXDecode"
    b" Crypt AHx A85 LZW Fl RL CCF DCT".split()
)


@dataclass(frozen=True, slots=True)
class Stock:
    """What pdfium counts on a page; ``text`` says whether there is any text object, also inside forms."""

    objects: int
    annotations: int
    text: bool

    @property
    def bare(self) -> bool:
        """Nothing on the page can hold text."""
        return not self.text and not self.annotations


def take_stock(page: pdfium.PdfPage) -> Stock:
    """Count what is on the page."""
    first_text = next(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT]), None)
    return Stock(pdfium_c.FPDFPage_CountObjects(page), pdfium_c.FPDFPage_GetAnnotCount(page), first_text is not None)


def copy_page(document: pdfium.PdfDocument, page: int) -> BytesIO:
    """A document of its own that holds only page number ``page``, decrypted."""
    single = pdfium.PdfDocument.new()
    copy = BytesIO()
    try:
        single.import_pages(document, [page - 1])
        single.save(copy)
    finally:
        single.close()
    copy.seek(0)
    return copy


def rebuilt(document: pdfium.PdfDocument) -> bool:
    """Whether the file's cross-reference table is missing or wrong, so that pdfium searched the file for its
    objects.
    """
    return not pdfium_c.FPDF_DocumentHasValidCrossReferenceTable(document)


def content_damaged(copy: bytes, rebuilt: bool) -> bool:
    """Whether a content stream of the only page in ``copy``, as ``copy_page`` made it, cannot be decoded or was lost.

    ``rebuilt`` is of the document that the page was copied from.
    """
    contents = CONTENTS.search(copy)
    if contents is None:
        return rebuilt
    numbers = re.findall(rb"\d+(?= 0 R)", contents[2]) if contents[2] else [contents[1]]
    return any(_stream_damaged(copy, number, rebuilt) for number in numbers)


def _stream_damaged(copy: bytes, number: bytes, rebuilt: bool) -> bool:
    start = copy.find(b"\n" + number + b" 0 obj\r\n")
    if start < 0:
        return rebuilt
    start += len(number) + len("\n 0 obj\r\n")
    filters = STREAM_FILTERS.match(copy, start)
    if filters and any(name not in FILTERS for name in re.findall(rb"\w+", filters[1])):
        return True
    stream = FLATE_STREAM.match(copy, start)
    return stream is not None and _flate_damaged(copy[stream.end() : stream.end() + int(stream[1])])


def _flate_damaged(packed: bytes) -> bool:
    """Whether the stream cannot be decoded, or ends early."""
    decoder = zlib.decompressobj()
    try:
        decoded = decoder.decompress(packed, MOST_DECODED)
    except zlib.error:
        return True
    return not decoder.eof and len(decoded) < MOST_DECODED
