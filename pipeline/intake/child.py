"""The parse child: the only process that runs native PDF code, started by ``process.py`` and replaced whenever it
misbehaves.

It reads one request line, does the work, writes one answer line, and so on. It keeps the last document open, so that
the next page of the same file costs no second opening. What it writes goes to the files that the request names.

It limits itself before it opens anything: address space, file size, open files, no core dumps. Each request sets an
alarm and a limit on processor time, which end the process also inside native code, so that a child whose parent died
does not work on; an idle one leaves when its parent is gone. Not PR_SET_PDEATHSIG, which would follow the *thread* that
started the child.
"""

import errno
import math
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from docling_core.types.doc.page import SegmentedPdfPage
from docling_parse.pdf_parser import PdfDocument as ParsedDocument

from pipeline.intake import cells, raster, wire
from pipeline.intake.blank import content_damaged, copy_page, rebuilt, take_stock
from pipeline.intake.fallback import read_text, shown_page
from pipeline.intake.raster import Refused
from pipeline.intake.text_layer.glyphs import read_glyphs
from pipeline.intake.text_layer.mending import mend
from pipeline.intake.wire import (
    Answer,
    CellsRequest,
    Parser,
    PreflightRequest,
    ReleaseRequest,
    RenderRequest,
    Request,
    Trouble,
)

OPEN_FILES = 64
MAX_FILE_BYTES = 8 << 30  # one pixel file of the largest batch
ORPHAN_POLL_MS = 2000
NICENESS = 5  # the server stays responsive while a page is parsed


class OpenDocument:
    """The document of the last request, in both libraries; docling-parse opens it when text is first asked for.

    The last page stays loaded in pdfium, because it is first drawn and then read, and loading it parses its content.
    """

    def __init__(self, path: str, password: str) -> None:
        self.identity = identify(path, password)
        self.pages = raster.open_document(path, password)
        self.parsed: ParsedDocument | None = None
        self._page: tuple[int, pdfium.PdfPage] | None = None

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
        if self.parsed is not None:
            self.parsed.unload()
        self.pages.close()


def identify(path: str, password: str) -> tuple[str, str, int, int]:
    """What tells an open document from the one that is asked for, also when another file took its name."""
    status = os.stat(path)
    return path, password, status.st_ino, status.st_mtime_ns


class RequestHandler:
    """Answers requests, one at a time."""

    def __init__(self) -> None:
        self._open: OpenDocument | None = None

    def answer(self, request: Request) -> Answer:
        """Do what is asked. Whatever a hostile file provokes becomes a Trouble; the caller decides what to do
        about it.
        """
        try:
            return self._do(request)
        except Refused as refusal:
            return refusal.trouble
        except MemoryError:
            return Trouble.MEMORY
        except OSError as error:
            return Trouble.MEMORY if error.errno == errno.ENOMEM else Trouble.STORAGE
        except (RuntimeError, ValueError):  # pdfium's own errors are RuntimeErrors
            return Trouble.UNREADABLE

    def _do(self, request: Request) -> Answer:
        match request:
            case PreflightRequest():
                return self._preflight(request)
            case RenderRequest():
                page = self._document(request.path, request.password).page(request.page)
                return raster.draw_page(page, request.max_megapixels, request.pixels, request.offset)
            case CellsRequest():
                return self._cells(request)
            case ReleaseRequest():
                self._release()
                return wire.Released()

    def _preflight(self, request: PreflightRequest) -> Answer:
        self._release()
        with address_space(wire.PREFLIGHT_MB << 20):
            document = raster.open_document(request.path, request.password)
            try:
                return raster.count_pages(document)
            finally:
                document.close()

    def _cells(self, request: CellsRequest) -> Answer:
        document = self._document(request.path, request.password)
        try:
            return self._read_cells(document.page(request.page), self._read(document, request), request)
        finally:
            document.close_page()

    def _read_cells(self, page: pdfium.PdfPage, segmented: SegmentedPdfPage, request: CellsRequest) -> Answer:
        if max(len(segmented.word_cells), len(segmented.bitmap_resources)) > request.most_cells:
            return Trouble.TOO_DENSE
        counts = cells.count_page(segmented)  # first, since control characters count as garbled
        cells.drop_controls(segmented)
        mend(segmented, lambda: read_glyphs(page, shown_page(page)))
        Path(request.cells).write_text(segmented.model_dump_json(), encoding="utf-8")
        return counts

    def _read(self, document: OpenDocument, request: CellsRequest) -> SegmentedPdfPage:
        """The page's text. pdfium has the last word, and the only one on pages where it sees nothing that could hold
        text.
        """
        page = document.page(request.page)
        stock = take_stock(page)
        if stock.objects == 0 and stock.bare and self._content_lost(document, request.page):
            raise Refused(Trouble.UNREADABLE)
        if stock.bare or request.parser is Parser.PDFIUM:
            return read_text(page, request.most_cells)
        parsed = self._parse(document, request)
        return parsed if parsed and parsed.textline_cells else read_text(page, request.most_cells)

    def _content_lost(self, document: OpenDocument, page: int) -> bool:
        return content_damaged(copy_page(document.pages, page).getvalue(), rebuilt(document.pages))

    def _parse(self, document: OpenDocument, request: CellsRequest) -> SegmentedPdfPage | None:
        """The page as docling-parse reads it; None where it cannot. Where it counts the pages differently, from a copy
        of the page.
        """
        try:
            if document.parsed is None:
                document.parsed = cells.load(request.path, request.password)
            if document.parsed.number_of_pages() == len(document.pages):
                return cells.parse_page(document.parsed, request.page)
            return cells.parse_page(cells.load_copy(copy_page(document.pages, request.page)), 1)
        except (RuntimeError, ValueError):  # whatever docling-parse raises for a file or page it does not like
            return None

    def _document(self, path: str, password: str) -> OpenDocument:
        if self._open is None or self._open.identity != identify(path, password):
            self._release()
            self._open = OpenDocument(path, password)
        return self._open

    def _release(self) -> None:
        document, self._open = self._open, None
        if document is not None:
            document.close()


@contextmanager
def address_space(limit: int) -> Iterator[None]:
    """Allow at most ``limit`` bytes for a while; the hard limit stays."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (min(limit, before[0]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def limit_resources(memory_mb: int) -> None:
    """Apply the limits that hold for the child's whole life."""
    memory = memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(NICENESS)


def limit_time(seconds: int) -> None:
    """From now, end this process after so many seconds of wall clock, or of all its threads' processor time, rounded
    up.
    """
    signal.alarm(seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


def claim_stdout() -> BinaryIO:
    """The answers' stream. File descriptor 1 is turned to stderr, where native libraries may chatter."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    os.set_blocking(2, False)  # nobody reads it while the child lives
    return answers


def await_line(requests: BinaryIO, parent: int) -> bytes:
    """The next request line; empty when the parent has closed its end or is gone."""
    poll = select.poll()
    poll.register(requests, select.POLLIN)
    while not poll.poll(ORPHAN_POLL_MS):
        if os.getppid() != parent:
            return b""
    return requests.readline()


def main(memory_mb: int) -> None:
    """Answer requests until the parent closes the pipe or dies."""
    parent = os.getppid()
    answers = claim_stdout()
    limit_resources(memory_mb)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    requests = os.fdopen(0, "rb", buffering=0)
    worker = RequestHandler()
    answers.write(wire.READY.encode("ascii") + b"\n")
    while line := await_line(requests, parent):
        request = wire.decode_request(line)
        limit_time(request.seconds)
        answers.write(wire.encode(worker.answer(request)))
        signal.alarm(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
