"""What was refused leaves a record too: the reason's code, the size and the way it came in, and nothing that names it.

A flood of refused requests must not fill the disk, so in any minute only the first ``MOST_A_MINUTE`` are recorded; of
the others the log says how many there were.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pipeline.errors import FolioError, StorageFailed
from pipeline.records import REFUSAL, ErrorFacts, InputFacts, IterationRecord, Origin, Versions
from pipeline.runs.record import blank_record
from pipeline.store.ledger import Ledger

_log = logging.getLogger(__name__)

MOST_A_MINUTE = 60


class RefusalRecords:
    """Writes the records of refusals. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, versions: Versions) -> None:
        self._ledger, self._versions = ledger, versions
        self._recent: deque[float] = deque()  # when the last ones were recorded, on the monotonic clock
        self._unrecorded = 0
        self._lock = threading.Lock()

    @contextmanager
    def recording(self, path: Path, origin: Origin) -> Iterator[None]:
        """A refusal of the file at ``path`` that leaves this block leaves a record."""
        try:
            yield
        except FolioError as error:
            self.keep(error, path, origin)
            raise

    def keep(self, error: FolioError, path: Path, origin: Origin) -> None:
        """Record that the file at ``path`` was refused for ``error``. What the disk does not take is left out."""
        if not self._has_room():
            return
        try:
            self._ledger.finished(refusal_record(error, path, origin, self._versions))
        except StorageFailed:
            _log.warning("a refusal (%s) is not recorded", error.code)

    def _has_room(self) -> bool:
        now = time.monotonic()
        with self._lock:
            while self._recent and now - self._recent[0] >= 60:
                self._recent.popleft()
            if len(self._recent) >= MOST_A_MINUTE:
                self._unrecorded += 1
                return False
            self._recent.append(now)
            if self._unrecorded:
                _log.warning("%d refusals were not recorded, since there were too many at once", self._unrecorded)
                self._unrecorded = 0
        return True


def refusal_record(error: FolioError, path: Path, origin: Origin, versions: Versions) -> IterationRecord:
    """The record of a refused file. Its message is the class's own sentence: one made for this request may repeat what
    the caller wrote.
    """
    size = 0
    with suppress(OSError):
        size = path.stat().st_size
    blank = blank_record(REFUSAL, InputFacts("", size, 0, origin), versions)
    return replace(blank, error=ErrorFacts(error.code, type(error).sentence, error.retryable))
