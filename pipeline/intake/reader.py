"""The only door to PDF files: preflight and rendering, done by a parse child so that no native PDF code runs in this
process.

A ``PdfReader`` owns one child. It asks for one thing at a time, so nothing needs resynchronising when a caller stops
early, and several threads may share a reader: pages of different documents take turns. A page that crashes, exhausts or
outlasts the child costs that child and that page; the next page gets a new child. Two readers are two children.
"""

import logging
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline import errors
from pipeline.errors import IntakeError
from pipeline.intake.header import check_bytes
from pipeline.intake.process import ChildEnded, ChildEnding, ChildProcess, alarm_seconds
from pipeline.intake.rendering import Rendering
from pipeline.intake.wire import (
    PREFLIGHT_MB,
    Answer,
    Counted,
    DocumentRequest,
    PreflightRequest,
    ReleaseRequest,
    Surveyed,
    SurveyRequest,
    Trouble,
)
from pipeline.pages import PageFailure, Preflight, RenderedPage
from pipeline.settings import Settings
from pipeline.survey import Survey

logger = logging.getLogger(__name__)

MAX_PASSWORD = 1024  # characters; PDF itself uses at most 127 bytes of UTF-8 (ISO 32000-2, 7.6.4.3)
START_ATTEMPTS = 2
RELEASE_SECONDS = 5
SURVEY_SECONDS = 1.5  # in which pages are looked at; a plain page takes 1 to 2 ms
SURVEY_GRACE_SECONDS = 2.5  # for opening the document and for the page that is looked at when the time is over
RECYCLE_DOCUMENTS = 500  # native libraries lose a little memory: 2 MB in 100 documents; a new child costs 0.9 s
RECYCLE_RESIDENT_MB = 1536


class PdfReader:
    """Reads PDF files through a parse child. Use it as a context manager, or call ``close``."""

    def __init__(self, settings: Settings, start_child: Callable[[int], ChildProcess] = ChildProcess) -> None:
        """``start_child`` starts a child that may take so many megabytes of address space."""
        self._settings, self._start_child = settings, start_child
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._documents = 0
        self._read: set[str] = set()  # paths that the child has been asked about

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to warm the child, so that the first document finds it ready. Returns at once."""
        with self._lock:
            if self._child is None:
                self._child = self._start_child(self._settings.child_memory_mb)

    def close(self) -> None:
        """End the child and wait until it is gone. A later call starts a new one."""
        with self._lock:
            self._end_child()

    def preflight(self, path: Path, password: str = "") -> Preflight:
        """Accept the file or refuse it. Raises an IntakeError with the reason, or InternalError where no child
        starts.
        """
        sha256, size_bytes = check_bytes(path, self._settings.max_file_mb)
        if len(password) > MAX_PASSWORD:
            raise errors.PasswordWrong()
        seconds = self._settings.open_seconds
        request = PreflightRequest(str(path.absolute()), password, alarm_seconds(seconds))
        try:
            answer = self.ask(request, seconds)
        except ChildEnded as ended:
            raise self._reader_error(ended.ending) from None
        self._replace_if_worn()
        if not isinstance(answer, Counted):
            raise self._refusal(answer, password)
        return Preflight(sha256, size_bytes, answer.page_count, answer.sizes)

    def survey(self, path: Path, password: str, page_count: int, seconds: float = SURVEY_SECONDS) -> Survey | None:
        """Which part of an accepted document's ``page_count`` pages are scans, as far as ``seconds`` of looking tell.

        None where the child does not live through that or cannot say: the document stays accepted.
        """
        patience = seconds + SURVEY_GRACE_SECONDS
        share = self._settings.ocr_scanned_percent / 100
        asked = (page_count, round(seconds * 1000), share, alarm_seconds(patience))
        try:
            answer = self.ask(SurveyRequest(str(path.absolute()), password, *asked), patience)
        except (ChildEnded, errors.InternalError):
            return None
        return Survey(answer.looked, answer.scanned) if isinstance(answer, Surveyed) else None

    def render(
        self, path: Path, password: str, pages: Sequence[int], out_dir: Path
    ) -> Generator[RenderedPage | PageFailure, None, None]:
        """Draw and read ``pages`` (numbers from 1), in their order, each as soon as it is ready.

        Writes ``out_dir``/pixels.rgb and one cells file per page; the file at ``path`` must not change meanwhile.
        Closing the iterator early is allowed. Raises StorageFailed where the disk is full and InternalError where no
        child starts; everything else that goes wrong is a PageFailure.
        """
        rendering = Rendering(self.ask, self._settings, path.absolute(), password, out_dir.absolute())
        try:
            for page in pages:
                yield rendering.page(page)
        finally:
            self._release()

    def ask(self, request: DocumentRequest, seconds: float) -> Answer:
        """The child's answer within ``seconds``; starting the child does not count. Raises ChildEnded, InternalError.

        A child that has read other documents may crash or lack memory for what those left behind, so then a new child
        is asked once more.
        """
        with self._lock:
            try:
                return self._ask_once(request, seconds)
            except ChildEnded as ended:
                guilty = self._read <= {request.path}
                self._replace_child()
                if guilty or ended.ending is ChildEnding.TIMED_OUT:
                    raise
            try:
                return self._ask_once(request, seconds)
            except ChildEnded:
                self._replace_child()
                raise

    def _ask_once(self, request: DocumentRequest, seconds: float) -> Answer:
        child = self._ready_child()
        self._read.add(request.path)
        return child.ask(request, time.monotonic() + seconds)

    def _ready_child(self) -> ChildProcess:
        if self._child is not None and self._child.gone:
            self._end_child()
        for _ in range(START_ATTEMPTS):
            child = self._child = self._child or self._start_child(self._settings.child_memory_mb)
            try:
                child.wait_until_ready()
            except ChildEnded:
                self._child = None
            else:
                return child
        logger.error("the parse child does not start")
        raise errors.InternalError()

    def _release(self) -> None:
        """Let the child close its document. Never starts one: the reader may have been closed meanwhile."""
        with self._lock:
            if self._child is not None and self._child.ready:
                try:
                    self._child.ask(ReleaseRequest(alarm_seconds(RELEASE_SECONDS)), time.monotonic() + RELEASE_SECONDS)
                except ChildEnded:
                    self._replace_child()
        self._replace_if_worn()

    def _replace_if_worn(self) -> None:
        """Count a document, and replace a child that has read many or keeps a lot of memory."""
        with self._lock:
            self._documents += 1
            if self._child and (
                self._documents >= RECYCLE_DOCUMENTS or self._child.resident_mb() >= RECYCLE_RESIDENT_MB
            ):
                self._replace_child()

    def _replace_child(self) -> None:
        """End the child and begin to warm another one."""
        self._end_child()
        self._child = self._start_child(self._settings.child_memory_mb)

    def _end_child(self) -> None:
        child, self._child = self._child, None
        self._documents = 0
        self._read.clear()
        if child is not None:
            child.kill()

    def _reader_error(self, ending: ChildEnding) -> IntakeError:
        match ending:
            case ChildEnding.TIMED_OUT:
                return errors.ReaderTimedOut(self._settings.open_seconds)
            case ChildEnding.OUT_OF_MEMORY:
                return errors.ReaderOutOfMemory(min(self._settings.child_memory_mb, PREFLIGHT_MB))
            case ChildEnding.CRASHED:
                return errors.ReaderCrashed()

    def _refusal(self, answer: Answer, password: str) -> IntakeError:
        match answer:
            case Trouble.PASSWORD:
                return errors.PasswordWrong() if password else errors.PasswordNeeded()
            case Trouble.ENCRYPTION:
                return errors.UnsupportedEncryption()
            case Trouble.NO_PAGES:
                return errors.NoPages()
            case Trouble.DAMAGED | Trouble.UNREADABLE:
                return errors.DamagedPdf()
            case _:
                return errors.ReaderCrashed()
