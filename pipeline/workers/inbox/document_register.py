"""What became of each document, by the SHA-256 of its content: files that are written once, so that any number of
workers may look and one of them does.

    workers/inbox/seen/<hash of path and version>          the content that an inbox file has
    workers/inbox/documents/<sha256>/claim-1.json          a worker has begun with it, for the first time
    workers/inbox/documents/<sha256>/failed-1.json         that attempt failed, with its reason
    workers/inbox/documents/<sha256>/done.json             it is converted
    workers/inbox/documents/<sha256>/files/document.md     what it became

The one write that publishes ``claim-N`` decides which worker converts a document. A claim whose holder is gone is
followed by ``claim-N+1``. A document that fails is tried once more after a while; one that took its worker with it
three times is given up.
"""

import hashlib
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.store.codec import Codec
from pipeline.store.files import is_temporary, remove_temporaries, write_new
from pipeline.store.status import iso
from pipeline.worker_iterations import Role

MOST_FAILURES = 2
MOST_CLAIMS = 3
GIVEN_UP = "document_given_up"


class DocumentState(StrEnum):
    """How a document stands. ``set_aside`` waits for its second attempt, ``given_up`` has had it."""

    NEW = "new"
    CLAIMED = "claimed"
    DONE = "done"
    SET_ASIDE = "set_aside"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who converts a document since when (ISO 8601, UTC): a worker of a process of a machine. ``process_began`` tells
    the process from a later one with its number.
    """

    host: str
    process: int
    process_began: str
    worker: str
    claimed_at: str


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """Why an attempt failed: a code and sentence of the error tree, when, and the record of its run, if any."""

    code: str
    message: str
    failed_at: str
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class DoneDocument:
    """A converted document: its path in the inbox, how its run ended, its record, and the seconds that it took."""

    path: str
    status: str
    pages: int
    pages_ok: int
    record_id: str
    done_at: str
    seconds: float


CLAIM = Codec(TypeAdapter(Claim))
FAILED = Codec(TypeAdapter(FailedAttempt))
DONE = Codec(TypeAdapter(DoneDocument))


class DocumentRegister:
    """The documents of one inbox. ``retry_after`` is how long a failed one waits for its second attempt, ``lost_after``
    from when on a claim of another machine counts as lost.
    """

    def __init__(self, data_dir: Path, retry_after: timedelta, lost_after: timedelta) -> None:
        root = data_dir / "workers" / Role.INBOX.value
        self._seen, self._documents = root / "seen", root / "documents"
        self._retry_after, self._lost_after = retry_after, lost_after
        self._me = (socket.gethostname(), os.getpid(), _began(os.getpid()), secrets.token_hex(8))

    def recover(self) -> None:
        """Remove what interrupted writes left. Call once, while no other worker of this data folder runs."""
        for folder in (self._seen, self._documents):
            if folder.is_dir():
                remove_temporaries(folder)

    def content_of(self, path: str, version: str) -> str:
        """The SHA-256 of an inbox file that was fetched before; empty for one that was not."""
        try:
            return self._seen_file(path, version).read_text(encoding="ascii")
        except FileNotFoundError:
            return ""

    def note_content(self, path: str, version: str, sha256: str) -> None:
        """Remember the content of an inbox file. Raises StorageFailed."""
        with suppress(FileExistsError):
            write_new(self._seen_file(path, version), sha256.encode())

    def state(self, sha256: str, now: datetime) -> DocumentState:
        """How a document stands."""
        if (self._folder(sha256) / "done.json").exists():
            return DocumentState.DONE
        failures = self.failures(sha256)
        if len(failures) >= MOST_FAILURES:
            return DocumentState.GIVEN_UP
        if failures and now - datetime.fromisoformat(failures[-1].failed_at) < self._retry_after:
            return DocumentState.SET_ASIDE
        return DocumentState.CLAIMED if self._held(sha256, now) else DocumentState.NEW

    def claim(self, sha256: str, now: datetime) -> bool:
        """Take a document for this worker; False where another has it, or it is given up. Raises StorageFailed."""
        number = len(self._claims(sha256)) + 1  # counted before the look: a claim that comes after it takes this number
        if self.state(sha256, now) is not DocumentState.NEW:
            return False
        if number - len(self.failures(sha256)) > MOST_CLAIMS:
            self.fail(
                sha256, FailedAttempt(GIVEN_UP, "The document ended its worker each time it was converted.", iso(now))
            )
            return False
        try:
            write_new(self._folder(sha256) / f"claim-{number}.json", CLAIM.encode(Claim(*self._me, iso(now))))
        except FileExistsError:
            return False
        return True

    def fail(self, sha256: str, attempt: FailedAttempt) -> None:
        """An attempt has failed. Raises StorageFailed."""
        with suppress(FileExistsError):
            write_new(self._folder(sha256) / f"failed-{len(self.failures(sha256)) + 1}.json", FAILED.encode(attempt))

    def finish(self, sha256: str, document: DoneDocument) -> None:
        """The document is converted and its files are in ``files``. The first end stands. Raises StorageFailed."""
        with suppress(FileExistsError):
            write_new(self._folder(sha256) / "done.json", DONE.encode(document))

    def done(self, sha256: str) -> DoneDocument | None:
        """How the document ended; None while it has not."""
        path = self._folder(sha256) / "done.json"
        return DONE.read(path) if path.exists() else None

    def failures(self, sha256: str) -> list[FailedAttempt]:
        """The failed attempts, first one first."""
        paths = sorted(self._folder(sha256).glob("failed-*.json"))
        return [attempt for path in paths if not is_temporary(path) and (attempt := FAILED.read(path))]

    def files(self, sha256: str) -> Path:
        """The folder of what the document became."""
        return self._folder(sha256) / "files"

    def all_done(self) -> Iterator[str]:
        """The SHA-256 of every converted document, in order."""
        if self._documents.is_dir():
            yield from sorted(path.name for path in self._documents.iterdir() if (path / "done.json").exists())

    def _held(self, sha256: str, now: datetime) -> bool:
        """Whether the last claim is of a worker that is still at it."""
        claims = self._claims(sha256)
        if not claims or len(claims) <= len(self.failures(sha256)):
            return False
        claim = CLAIM.read(claims[-1])
        if claim is None or claim.worker == self._me[3]:
            return False
        if claim.host == self._me[0]:
            return bool(claim.process_began) and _began(claim.process) == claim.process_began
        return now - datetime.fromisoformat(claim.claimed_at) < self._lost_after

    def _claims(self, sha256: str) -> list[Path]:
        return sorted(self._folder(sha256).glob("claim-*.json"))

    def _folder(self, sha256: str) -> Path:
        return self._documents / sha256

    def _seen_file(self, path: str, version: str) -> Path:
        return self._seen / hashlib.sha256(f"{path}\0{version}".encode("utf-8", errors="replace")).hexdigest()


def _began(process: int) -> str:
    """When a process began, in clock ticks since the machine started (proc(5), field 22); empty where there is none."""
    try:
        facts = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return facts.rpartition(")")[2].split()[19]
