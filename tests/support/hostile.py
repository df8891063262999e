"""Hostile uploads and what must become of each: refused with a code, converted with named gaps, or converted whole.

The files are made here, byte by byte, so that none has to be kept; ``tests/unit/intake/pdf_files.py`` writes the sound
parts.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import (
    Box,
    LayoutLabel,
    LayoutRegion,
    PagePrediction,
    PageResult,
    PageTask,
    TableCell,
    TableStructure,
)
from tests.support.bundles import WholePageBundle
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, encrypted, parser_bomb, stream, text

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Case:
    """One upload. ``refused`` is the code it is refused with; otherwise ``texts`` has each page's text by its number,
    and ``lost`` the codes that a missing page may carry (more than one where speed or memory of the machine decides).
    """

    name: str
    write: Callable[[Path], object]
    refused: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    lost: dict[int, tuple[str, ...]] = field(default_factory=dict)
    password: str = ""


def document_of(bodies: Sequence[bytes]) -> Callable[[Path], object]:
    """Writes these numbered objects as a PDF whose catalogue is the first."""
    return lambda path: path.write_bytes(assemble(list(bodies)))


def bytes_of(content: bytes) -> Callable[[Path], object]:
    """Writes just these bytes."""
    return lambda path: path.write_bytes(content)


def between(page: Page, *objects: bytes) -> Callable[[Path], object]:
    """Writes a document whose second of three pages is ``page``; the objects are numbered from 4."""
    return PdfFile([Page(text("Before.")), page, Page(text("After."))], list(objects)).write


CUT = {page: " ".join(["cut"] * 40) + "." for page in range(1, 12)}  # the pages before the cut


def truncated(path: Path) -> object:
    whole = assemble(PdfFile([Page(text(CUT[1]), (0, 0, 4000, 792))] * 20).bodies())
    return path.write_bytes(whole[: whole.index(b"26 0 obj")])  # where the twelfth page begins


def many_pages(count: int) -> bytes:
    """``count`` empty pages that are one object: a kilobyte or two per thousand."""
    kids = b"3 0 R " * count
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        ]
    )


def inflating_stream(megabytes: int) -> bytes:
    """A content stream of blanks that inflates to ``megabytes``: one fully flushed deflate block, repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(b" " * MEGABYTE) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(megabytes):
        checksum = zlib.adler32(b" " * MEGABYTE, checksum)
    inner = b"\x78\xda" + block * megabytes + b"\x03\x00" + checksum.to_bytes(4, "big")
    outer = zlib.compress(inner, 9)
    return b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(outer), outer)


def own_mask() -> tuple[Page, bytes]:
    """An image that is its own soft mask: following it never ends."""
    entries = (
        b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 4 0 R"
    )
    page = Page(text("Readable.") + b"q 200 0 0 200 72 72 cm /I Do Q", resources=b"/XObject << /I 4 0 R >>")
    return page, stream(b"\x7f" * 4096, entries)


def own_form() -> tuple[Page, bytes]:
    """A form that draws itself."""
    resources = b"/Resources << /Font << /F1 3 0 R >> /XObject << /X 4 0 R >> >>"
    form = stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] " + resources)
    return Page(text("Readable.") + b"/X Do", resources=b"/XObject << /X 4 0 R >>"), form


def crowded_page(words: int) -> Page:
    """``words`` words on one page, in rows of two hundred."""
    row = b"(" + b"word " * 200 + b") Tj 0 0.7 Td "
    return Page(b"BT /F1 0.6 Tf 2 2 Td " + row * (words // 200) + b"ET")


# -- text that would like to be more than text -------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"
HANDLER = "<img src=x onerror=alert(2)>"
LINK = "[press](javascript:alert(3))"
REMOTE = "![pixel](https://tracker.invalid/pixel.png)"
CELLS = (
    "</td><script>alert(4)</script>",
    "[cell](javascript:alert(5))",
    "![p](https://tracker.invalid/cell.png)",
    "a | b",
)
CONTROLS = {0xE1: "0000", 0xE2: "001B", 0xE3: "202E", 0xE4: "D800", 0xE5: "0007", 0xE6: "0085"}
CONTROLLED = "Bell" + "".join(map(chr, CONTROLS)) + "tower."
TABLE_TOP = 400.0  # points from the top of a letter page


def to_unicode() -> bytes:
    """A font's map that turns six letters into control characters, a direction override and half of a surrogate
    pair.
    """
    rows = b"\n".join(b"<%02X> <%s>" % (code, target.encode()) for code, target in CONTROLS.items())
    return stream(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Odd def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%s\nendbfchar\nendcmap end end"
        % (len(CONTROLS), rows)
    )


def markup(path: Path) -> object:
    """One page: lines of markup and control characters, and below them a table of two rows and two columns of more."""
    lines = (SCRIPT, HANDLER, LINK, REMOTE, CONTROLLED)
    operators = b"".join(text(_escaped(line), y=740 - 50 * row, size=12) for row, line in enumerate(lines))
    for index, cell in enumerate(CELLS):
        operators += text(_escaped(cell), x=40 + 300 * (index % 2), y=792 - TABLE_TOP - 40 - 60 * (index // 2), size=10)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 4 0 R >>"
    return PdfFile([Page(operators)], [to_unicode()], font).write(path)


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


class TableBelowBundle(WholePageBundle):
    """Sees a page as its lines of text and, below ``TABLE_TOP``, one table of two rows and two columns."""

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        return [_lines_and_table(task) for task in tasks]


def _lines_and_table(task: PageTask) -> PagePrediction:
    size = task.page.facts.size
    lines = [Box(0, top, size.width, top + 50) for top in range(20, 270, 50)]
    whole = Box(0, TABLE_TOP, size.width, size.height)
    regions = [LayoutRegion(LayoutLabel.TEXT, 0.9, box) for box in lines] + [
        LayoutRegion(LayoutLabel.TABLE, 0.9, whole)
    ]
    cells = tuple(
        TableCell(
            row,
            column,
            1,
            1,
            row == 0,
            Box(30 + 300 * column, TABLE_TOP + 15 + 60 * row, 325 + 285 * column, TABLE_TOP + 70 + 60 * row),
        )
        for row in range(2)
        for column in range(2)
    )
    table = TableStructure(whole, 0.9, 2, 2, cells)
    return PagePrediction(
        task.page.page, tuple(regions), (), (table,), ocr=False, layout_ms=1.0, ocr_ms=0.0, table_ms=1.0
    )


# -- the cases ---------------------------------------------------------------------------------------------------------

MASK_PAGE, MASK_IMAGE = own_mask()
FORM_PAGE, FORM = own_form()
HEAVY = ("page_out_of_memory", "page_timed_out", "page_crashed")
AROUND = {1: "Before.", 3: "After."}
EMPTY_TREE = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>")

CASES: tuple[Case, ...] = (
    Case("empty", bytes_of(b""), "empty_file"),
    Case("plain text", bytes_of(b"Dear reader,\nthis is not a PDF.\n"), "not_a_pdf"),
    Case("web page", bytes_of(b"<!doctype html><title>hello</title><script>alert(1)</script>"), "not_a_pdf"),
    Case("header only", bytes_of(b"%PDF-1.7\n"), "damaged_pdf"),
    Case("truncated", truncated, texts=CUT, lost=dict.fromkeys(range(12, 21), ("page_unreadable",))),
    Case("locked", lambda path: encrypted(path, "sesame"), "password_needed"),
    Case("locked, wrong key", lambda path: encrypted(path, "sesame"), "password_wrong", password="Sesame"),
    Case("locked, right key", lambda path: encrypted(path, "sesame"), texts={1: "Secret words."}, password="sesame"),
    Case("no pages", document_of(EMPTY_TREE), "no_pages"),
    Case("ten thousand pages", bytes_of(many_pages(10_000)), "too_many_pages"),
    Case("huge page", between(Page(text("wall"), (0, 0, 14400, 14400))), texts=AROUND, lost={2: ("page_too_large",)}),
    Case("bomb", between(Page(contents=inflating_stream(1500))), texts=AROUND, lost={2: (*HEAVY, "page_unreadable")}),
    Case("form in itself", between(FORM_PAGE, FORM), texts={**AROUND, 2: "Readable."}),
    Case("image in its own mask", between(MASK_PAGE, MASK_IMAGE), texts={**AROUND, 2: "Readable."}),
    Case("font without end", parser_bomb().write, texts={1: "ABCDE"}),
    Case("null page", between(Page(body=b"null")), texts=AROUND, lost={2: ("page_unreadable",)}),
    Case("crowd", between(crowded_page(200_000)), texts=AROUND, lost={2: (*HEAVY, "page_too_dense")}),
)
