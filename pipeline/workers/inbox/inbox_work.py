"""One turn of the inbox worker: what is new is converted, each content once; what failed is tried once more later."""

import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.errors import FolioError, InboxMissing, InboxUnreachable, StorageFailed
from pipeline.records import RunStatus
from pipeline.settings import Settings
from pipeline.store.status import iso
from pipeline.worker_iterations import Evidence, Finding, IterationStatus, Role, Severity
from pipeline.workers.frame.company import visitor_at_work
from pipeline.workers.frame.worker_protocol import Turn, TurnOutcome
from pipeline.workers.inbox.document_converter import ChildConverter, ConversionAnswer, DocumentConverter
from pipeline.workers.inbox.document_register import (
    DocumentRegister,
    DocumentState,
    DoneDocument,
    FailedAttempt,
)
from pipeline.workers.inbox.inbox_source import InboxFile, InboxSource, open_source

MOST_AT_ONCE = 50
"""Documents of one turn, so that a record tells of them within hours."""
CONVERTED = (RunStatus.OK.value, RunStatus.PARTIAL.value)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one inbox file in this turn: a code of the error tree, empty where it was converted."""

    sha256: str
    code: str = ""
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class InboxParts:
    """What the worker is made of. ``prepare`` learns what was converted before this disk was new, and raises
    InboxUnreachable where it cannot; ``publish`` sends finished documents on and returns a fault's code or nothing;
    ``busy`` tells whether a visitor's document is converted; ``now`` is the time in UTC.
    """

    source: InboxSource
    register: DocumentRegister
    converter: DocumentConverter
    prepare: Callable[[], None] = lambda: None
    publish: Callable[[], str] = lambda: ""
    busy: Callable[[datetime], bool] = lambda now: False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class InboxWork:
    """The inbox worker."""

    role = Role.INBOX
    heavy = True

    def __init__(self, parts: InboxParts, scratch: Path) -> None:
        """``scratch`` is a folder on local disk for files that are being read."""
        self._parts, self._scratch = parts, scratch
        self._settled: set[tuple[str, str]] = set()  # files of which nothing more is to come, so that they cost no look

    def iterate(self, turn: Turn) -> TurnOutcome:
        """Convert what is due, as far as nobody comes first. Raises InboxMissing and InboxUnreachable."""
        taken: list[Taken] = []
        self._parts.prepare()
        try:
            for file in self._parts.source.files():
                if self._has_to_end(turn, taken):
                    break
                if (end := self._take(file)) is not None:
                    taken.append(end)
        finally:
            self._parts.converter.rest()
        fault = self._parts.publish()
        return self._outcome(taken, fault)

    def _has_to_end(self, turn: Turn, taken: list[Taken]) -> bool:
        return turn.stop.asked or len(taken) >= MOST_AT_ONCE or (bool(taken) and self._parts.busy(self._parts.now()))

    def _take(self, file: InboxFile) -> Taken | None:
        """Convert a file where it is due; None where there is nothing to do."""
        register, now = self._parts.register, self._parts.now()
        if (file.path, file.version) in self._settled:
            return None
        sha256 = register.content_of(file.path, file.version)
        state = register.state(sha256, now) if sha256 else DocumentState.NEW
        if state in (DocumentState.DONE, DocumentState.GIVEN_UP):
            self._settled.add((file.path, file.version))
        if state is not DocumentState.NEW:
            return None
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="inbox-", dir=self._scratch) as folder:
            copy = Path(folder) / "source.pdf"
            try:
                self._parts.source.fetch(file, copy)
                sha256 = _sha256(copy)
            except FolioError as error:
                if isinstance(error, InboxUnreachable):
                    raise
                return self._never_read(file, error)
            except OSError:
                return None  # it has gone since it was listed
            register.note_content(file.path, file.version, sha256)
            return self._convert(file, sha256, copy) if register.claim(sha256, self._parts.now()) else None

    def _never_read(self, file: InboxFile, error: FolioError) -> Taken:
        """A file that is refused unread is known by its path and version instead of its content."""
        stand_in = hashlib.sha256(f"{file.path}\0{file.version}".encode("utf-8", errors="replace")).hexdigest()
        self._parts.register.note_content(file.path, file.version, stand_in)
        return self._failed(stand_in, error.code, error.message, "")

    def _convert(self, file: InboxFile, sha256: str, copy: Path) -> Taken:
        files = self._parts.register.files(sha256)
        shutil.rmtree(files, ignore_errors=True)  # of an attempt that was killed
        began = time.monotonic()
        try:
            answer = self._parts.converter.convert(copy, Path(file.path).name, files)
        except StorageFailed:
            raise
        except FolioError as error:
            return self._failed(sha256, error.code, error.message, "")
        if answer.status not in CONVERTED:
            return self._failed(sha256, answer.code, answer.message, answer.record_id)
        self._parts.register.finish(sha256, self._done(file, answer, time.monotonic() - began))
        return Taken(sha256, record_id=answer.record_id)

    def _done(self, file: InboxFile, answer: ConversionAnswer, seconds: float) -> DoneDocument:
        return DoneDocument(
            file.path,
            answer.status,
            answer.pages,
            answer.pages_ok,
            answer.record_id,
            iso(self._parts.now()),
            round(answer.seconds or seconds, 3),
        )

    def _failed(self, sha256: str, code: str, message: str, record_id: str) -> Taken:
        self._parts.register.fail(sha256, FailedAttempt(code, message, iso(self._parts.now()), record_id))
        return Taken(sha256, code or "unknown", record_id)

    def _outcome(self, taken: list[Taken], fault: str) -> TurnOutcome:
        done = sum(not item.code for item in taken)
        failed = len(taken) - done
        parts = [f"{done} converted"] if done else []
        parts += [f"{failed} set aside"] if failed else []
        parts += [f"publishing waits ({fault})"] if fault else []
        return TurnOutcome(
            summary=", ".join(parts).capitalize() + "." if parts else "Nothing new in the inbox.",
            status=IterationStatus.OK if taken else IterationStatus.IDLE,
            source=self._parts.source.name,
            findings=tuple(_findings(taken)),
            state=json.dumps({"converted": done, "set_aside": failed}),
        )


def _findings(taken: list[Taken]) -> Iterator[Finding]:
    """One finding for each code that set documents aside. They were counted, so nothing about them is chance."""
    counts = Counter(item.code for item in taken if item.code)
    for code, count in sorted(counts.items()):
        runs = tuple(Evidence(item.record_id) for item in taken if item.code == code and item.record_id)[:5]
        words = f"{count} of {len(taken)} documents of the inbox were set aside with {code}."
        severity = Severity.SEVERE if count > len(taken) / 2 and count >= 5 else Severity.WARNING
        share = count / len(taken)
        yield Finding("inbox.set_aside", code, words, share, 0.0, "share", 0.0, severity, count, evidence=runs)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build(settings: Settings, token: str) -> InboxWork:
    """The worker over the inbox that INBOX names. Raises InboxMissing."""
    if not settings.inbox:
        raise InboxMissing
    register = DocumentRegister(
        settings.data_dir,
        timedelta(hours=settings.inbox_retry_hours),
        timedelta(seconds=3 * settings.run_seconds),
    )
    register.recover()
    shards = _shards(settings, token, register)
    parts = InboxParts(
        open_source(settings, token),
        register,
        ChildConverter(settings),
        prepare=shards.prepare if shards else lambda: None,
        publish=shards.publish if shards else lambda: "",
        busy=visitor_at_work(settings),
    )
    return InboxWork(parts, settings.work_dir)


def _shards(settings: Settings, token: str, register: DocumentRegister) -> Any:
    """What sends finished documents to their dataset; None without a token, where they stay on this disk."""
    if not token:
        return None
    module = import_module("pipeline.workers.inbox.document_shards")  # with the Hub's client, only where it is used
    return module.open_shards(settings, token, register)
