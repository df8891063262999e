"""The parse child: the only process that runs native PDF code, started by ``process.py`` and replaced whenever it
misbehaves.

It reads one request line, does the work, writes one answer line, and so on. It keeps the last document open, so that
the next page of the same file costs no second opening. What it writes goes to the files that the request names.

It limits itself before it opens anything: address space, file size, open files, no core dumps. Each request sets an
alarm and a limit on processor time, which end the process also inside native code. A child dies with its parent: an
idle one looks for it, and a busy one is ended by the signal that the kernel sends when the other end of the requests'
pipe closes. Not PR_SET_PDEATHSIG, which would follow the *thread* that started the child; nor a thread of Python, which
may wait for the interpreter's lock while native code holds it.
"""

# Before anything that imports docling-core.
from pipeline.intake.no_pandas import leave_out_pandas

if __name__ == "__main__":
    leave_out_pandas()

# isort: split
import errno
import fcntl
import math
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pypdfium2 as pdfium

from pipeline.intake import cells, raster, scan_survey, wire
from pipeline.intake.document import OpenDocument, identify
from pipeline.intake.raster import Refused
from pipeline.intake.repair import open_file
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.bitmap_letters import name_bitmap_letters
from pipeline.intake.text_layer.even_boxes import even_boxes
from pipeline.intake.text_layer.fields import add_fields
from pipeline.intake.text_layer.font_names import name_fonts
from pipeline.intake.text_layer.fonts import doubt_fonts
from pipeline.intake.text_layer.glyphs import read_glyphs
from pipeline.intake.text_layer.margin_numbers import part_margin_numbers
from pipeline.intake.text_layer.mending import mend
from pipeline.intake.text_layer.nameless_spaces import part_at_nameless_spaces
from pipeline.intake.text_layer.underscores import write_underscores
from pipeline.intake.text_layer.unmapped import name_dingbats, name_unmapped
from pipeline.intake.text_layer.visibility import DrawnPage, drop_hidden
from pipeline.intake.text_layer.watermarks import take_watermarks
from pipeline.intake.text_layer.xfa_form import form_lines, show_lines
from pipeline.intake.unread_ink import unread_ink
from pipeline.intake.wire import (
    Answer,
    CellsRequest,
    PageCondition,
    Parser,
    PreflightRequest,
    ReleaseRequest,
    RenderRequest,
    Request,
    SurveyRequest,
    Trouble,
)

OPEN_FILES = 64
MAX_FILE_BYTES = 8 << 30  # one pixel file of the largest batch
ORPHAN_POLL_MS = 2000
NICENESS = 5  # the server stays responsive while a page is parsed


class RequestHandler:
    """Answers requests, one at a time."""

    def __init__(self) -> None:
        self._open: OpenDocument | None = None
        self._memory = raster.DrawingMemory()

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
                return self._at_a_glance(request, raster.count_pages)
            case SurveyRequest():
                return self._at_a_glance(request, lambda document: scan_survey.survey(document, request))
            case RenderRequest():
                page = self._document(request.path, request.password).page(request.page)
                return raster.draw_page(page, request.max_megapixels, request.pixels, request.offset, self._memory)
            case CellsRequest():
                return self._cells(request)
            case ReleaseRequest():
                self._release()
                return wire.Released()

    def _at_a_glance(
        self, request: PreflightRequest | SurveyRequest, look: Callable[[pdfium.PdfDocument], Answer]
    ) -> Answer:
        """The answer of ``look`` at a document that is opened for it alone, and in little memory."""
        self._release()
        with address_space(wire.PREFLIGHT_MB << 20):
            document = open_file(request.path, request.password).document
            try:
                return look(document)
            finally:
                document.close()

    def _cells(self, request: CellsRequest) -> Answer:
        document = self._document(request.path, request.password)
        try:
            return read_cells(document, request)
        except ValueError:
            if request.parser is Parser.PDFIUM:
                raise
            return read_cells(document, replace(request, parser=Parser.PDFIUM))  # a page is worth a second reading
        finally:
            document.close_page()

    def _document(self, path: str, password: str) -> OpenDocument:
        if self._open is None or self._open.identity != identify(path, password):
            self._release()
            self._open = OpenDocument(path, password)
        return self._open

    def _release(self) -> None:
        document, self._open = self._open, None
        if document is not None:
            document.close()


def read_cells(document: OpenDocument, request: CellsRequest) -> Answer:
    """The page's text put right, written to its file, and what was counted on the way. Raises Refused."""
    page, conditions = document.read(request)
    if max(len(page.word_cells), len(page.bitmap_resources)) > request.most_cells:
        return Trouble.TOO_DENSE
    shown = document.page(request.page)
    frame = shown_page(shown)
    drawn = DrawnPage(request.pixels, request.offset, request.width, request.height, request.scale)
    dropped = drop_hidden(page, shown, frame, drawn)
    even_boxes(page, shown, frame)
    glyphs = cache(lambda: read_glyphs(shown, frame))
    ink = cache(lambda: read_glyphs(shown, frame, ink=True))
    part_at_nameless_spaces(page, glyphs, ink)
    name_unmapped(page, lambda fonts: read_glyphs(shown, frame, with_fonts=True) if fonts else glyphs())
    counts = cells.count_page(page)  # before control characters go, which count as garbled
    name_bitmap_letters(page)
    name_fonts(page, shown, frame)
    name_dingbats(page)
    doubtful = doubt_fonts(page)
    cells.drop_controls(page)
    mend(page, glyphs, ink)
    write_underscores(page, shown, frame, glyphs, ink)
    number_columns = part_margin_numbers(page)
    add_fields(page, shown, frame)
    unread = unread_ink(page, drawn)
    watermarks = take_watermarks(page)
    if PageCondition.XFA_FORM in conditions and request.page == 1 and (lines := form_lines(document.pages)):
        show_lines(page, lines)
        counts = cells.count_page(page)
    Path(request.cells).write_text(page.model_dump_json(), encoding="utf-8")
    if request.parser is Parser.DOCLING:  # the other parser is asked where the child did not live through this
        document.write_tags(request.page, Path(request.cells))
    return replace(
        counts,
        doubtful_characters=doubtful,
        ink_share=unread.ink_share,
        unread_share=unread.print_share,
        dropped_characters=dropped,
        conditions=tuple(conditions),
        attachments=document.attachments(counts.characters),
        watermarks=watermarks,
        number_columns=number_columns[: wire.MOST_NUMBER_COLUMNS],
    )


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


def die_with_parent(lifeline: int, parent: int) -> None:
    """From now on the end of the parent ends this process, also inside native code.

    The parent holds the only other end of the pipe ``lifeline`` and never writes to it. So SIGIO, which ends a process
    by default and which the kernel sends when that end closes (pipe_release in fs/pipe.c), means that it is gone. The
    pipe of the requests would not do: the signal of a request's own writing may come after the request was read.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if os.getppid() != parent:  # gone before the signal was asked for
        sys.exit()


def await_line(requests: BinaryIO, parent: int) -> bytes:
    """The next request line; empty when the parent has closed its end or is gone."""
    poll = select.poll()
    poll.register(requests, select.POLLIN)
    while not poll.poll(ORPHAN_POLL_MS):
        if os.getppid() != parent:
            return b""
    return requests.readline()


def main(memory_mb: int, lifeline: int) -> None:
    """Answer requests until the parent closes the pipe or dies."""
    parent = os.getppid()
    die_with_parent(lifeline, parent)
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
    main(int(sys.argv[1]), int(sys.argv[2]))
