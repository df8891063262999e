"""One document open in the parse child, in pdfium and in docling-parse, and the reading of its pages."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import SegmentedPdfPage
from docling_parse.pdf_parser import PdfDocument as ParsedDocument

from pipeline.intake import cells, raster
from pipeline.intake.blank import content_damaged, copy_page, rebuilt, take_stock
from pipeline.intake.fallback import read_text
from pipeline.intake.pdfium_text import page_words
from pipeline.intake.raster import Refused
from pipeline.intake.repair import open_file
from pipeline.intake.shown import shown_page
from pipeline.intake.structure_tree import write_page_tags
from pipeline.intake.text_layer.fonts import reads_well
from pipeline.intake.text_layer.missed import MOSTLY, find_missed, put_in
from pipeline.intake.wire import MOST_ATTACHMENTS, MOST_NAME, CellsRequest, PageCondition, Parser, Trouble

# qpdf, which docling-parse reads streams with, says on stderr what it could not decode. A wrong checksum alone costs
# nothing: the data before it is whole.
LOSSES = re.compile(rb"error decoding stream data|output may still be valid|EOF while reading token")
HARMLESS = b"incorrect data check"
STDERR = 2
NOTICE_CHARACTERS = 600  # of a page that asks to wait for its form, at most
COVER_CHARACTERS = 600  # a page with more text is no mere cover of attached files
COVER_PAGES = 2
GARBLED = 0.5  # share of a page's characters without a meaning, from which on pdfium is asked


class OpenDocument:
    """The document of the last request, in both libraries; docling-parse opens it when text is first asked for.

    The last page stays loaded in pdfium, because it is first drawn and then read, and loading it parses its content.
    """

    def __init__(self, path: str, password: str) -> None:
        self.identity = identify(path, password)
        self._path, self._password = path, password
        self._opened = open_file(path, password)
        self._parsed: ParsedDocument | None = None
        self._page: tuple[int, pdfium.PdfPage] | None = None
        self._outline_written = False

    @property
    def pages(self) -> pdfium.PdfDocument:
        """The document in pdfium."""
        return self._opened.document

    def page(self, number: int) -> pdfium.PdfPage:
        """Page ``number``, from 1. Raises Refused where the file has no such page object."""
        if self._page is None or self._page[0] != number:
            self.close_page()
            self._page = (number, raster.load_page(self.pages, number))
        return self._page[1]

    def close_page(self) -> None:
        page, self._page = self._page, None
        if page is not None:
            page[1].close()

    def close(self) -> None:
        self.close_page()
        if self._parsed is not None:
            self._parsed.unload()
        self.pages.close()

    def read(self, request: CellsRequest) -> tuple[SegmentedPdfPage, list[PageCondition]]:
        """The page's text, and what is wrong with the page. pdfium has the last word, and the only one on pages where
        it sees nothing that could hold text. Raises Refused where the page's content is lost.
        """
        page = self.page(request.page)
        stock = take_stock(page)
        with complaints() as heard:
            parsed = self._parse(request) if self._worth_parsing(stock.bare, stock.objects, request.parser) else None
        incomplete = _loses(heard.getvalue())
        kept = parsed and parsed.textline_cells and not stock.bare and _is_whole(parsed, page)
        read = parsed if parsed and kept else read_text(page, request.most_cells)
        if not incomplete and (stock.objects == 0 or (read is not parsed and read.textline_cells)):
            incomplete = self._content_lost(request.page)
        if incomplete and stock.objects == 0 and stock.bare:
            raise Refused(Trouble.UNREADABLE)
        return read, list(self._conditions(read, incomplete))

    def write_tags(self, number: int, cells_file: Path) -> None:
        """Write what the file says of its structure on page ``number``, and the outline with the first page asked."""
        write_page_tags(self.pages, self.page(number), cells_file, first=not self._outline_written)
        self._outline_written = True

    def _worth_parsing(self, bare: bool, objects: int, parser: Parser) -> bool:
        return parser is Parser.DOCLING and (not bare or objects == 0)

    def _conditions(self, page: SegmentedPdfPage, incomplete: bool) -> Iterator[PageCondition]:
        if incomplete:
            yield PageCondition.CONTENT_INCOMPLETE
        if self._opened.repaired:
            yield PageCondition.FILE_REPAIRED
        if not page.widgets and self._shows_nothing_of_its_form(page):
            yield PageCondition.XFA_FORM

    def _shows_nothing_of_its_form(self, page: SegmentedPdfPage) -> bool:
        """Whether a viewer is to draw the page by its form's XML: the file says so, or has one page with a notice."""
        kind = pdfium_c.FPDF_GetFormType(self.pages)
        notice = len(self.pages) == 1 and sum(len(line.text) for line in page.textline_cells) < NOTICE_CHARACTERS
        return kind == pdfium_c.FORMTYPE_XFA_FULL or (kind == pdfium_c.FORMTYPE_XFA_FOREGROUND and notice)

    def attachments(self, characters: int) -> tuple[str, ...]:
        """The names of the files inside the file, where a page of so many characters may be their cover."""
        if characters > COVER_CHARACTERS or len(self.pages) > COVER_PAGES:
            return ()
        count = min(pdfium_c.FPDFDoc_GetAttachmentCount(self.pages), MOST_ATTACHMENTS)
        return tuple(self.pages.get_attachment(index).get_name()[:MOST_NAME] for index in range(max(count, 0)))

    def _content_lost(self, page: int) -> bool:
        cut = self._opened.repaired or rebuilt(self.pages)
        return content_damaged(copy_page(self.pages, page).getvalue(), cut)

    def _parse(self, request: CellsRequest) -> SegmentedPdfPage | None:
        """The page as docling-parse reads it; None where it cannot. Where it counts the pages differently, from a copy
        of the page.
        """
        try:
            if self._parsed is None:
                content = self._opened.content
                self._parsed = (
                    cells.load(self._path, self._password)
                    if content is None
                    else cells.load_copy(BytesIO(content), self._password)
                )
            if self._parsed.number_of_pages() == len(self.pages):
                return cells.parse_page(self._parsed, request.page)
            return cells.parse_page(cells.load_copy(copy_page(self.pages, request.page)), 1)
        except (RuntimeError, ValueError):  # whatever docling-parse raises for a file or page it does not like
            return None


def identify(path: str, password: str) -> tuple[str, str, int, int]:
    """What tells an open document from the one that is asked for, also when another file took its name."""
    status = os.stat(path)
    return path, password, status.st_ino, status.st_mtime_ns


@contextmanager
def complaints() -> Iterator[BytesIO]:
    """What native code writes to stderr while this is entered, filled in at its end; then it goes where it was meant
    to go.
    """
    heard = BytesIO()
    own, caught = os.dup(STDERR), os.memfd_create("complaints")
    os.dup2(caught, STDERR)
    try:
        yield heard
    finally:
        os.dup2(own, STDERR)
        os.lseek(caught, 0, os.SEEK_SET)
        heard.write(os.read(caught, 1 << 16))
        os.close(own)
        os.close(caught)


def _is_whole(parsed: SegmentedPdfPage, page: pdfium.PdfPage) -> bool:
    """Whether docling-parse has the page's text, once what it missed is put in; False where it missed too much, or
    found no letters for most of it where pdfium reads sentences.
    """
    if cells.garbled_share("".join(line.text for line in parsed.textline_cells)) > GARBLED and reads_well(
        page_words(page)
    ):
        return False
    missed = find_missed(parsed, page, shown_page(page))
    if missed is not None and missed.share <= MOSTLY:
        put_in(parsed, missed)
    return missed is None or missed.share <= MOSTLY


def _loses(heard: bytes) -> bool:
    return any(LOSSES.search(line) and HARMLESS not in line for line in heard.splitlines())
