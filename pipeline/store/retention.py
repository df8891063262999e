"""Old runs go: by age, and oldest first where they take too much room; never one that is in use.

The folders are walked once, when the app starts. From then on ``KeptRuns`` is told of each run that ends or goes, so
that looking for old runs costs no look at the disk, however many there are.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.errors import RunNotFound, StorageFailed
from pipeline.store.artifacts import ArtifactStore, RunFolder

log = logging.getLogger(__name__)

TIDY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept: runs younger than ``age``, and no more than ``bytes`` of them in all."""

    age: timedelta
    bytes: int


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run on disk: when it began, and the bytes of its files."""

    began: datetime
    size_bytes: int
    folder: RunFolder


class KeptRuns:
    """The runs on disk with their ages and sizes. Safe to use from several threads."""

    def __init__(self, store: ArtifactStore, keep: Keep) -> None:
        self._store, self._keep = store, keep
        self._runs: dict[str, StoredRun] = {}
        self._tidied = float("-inf")  # on the monotonic clock
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read every run's age and size from its folder."""
        for folder in self._store.runs():
            self.add(folder)

    def add(self, folder: RunFolder) -> None:
        """The run's files are complete for now. A folder that holds no run is left out."""
        run = _stored(folder)
        if run is not None:
            with self._lock:
                self._runs[folder.run_id] = run

    def forget(self, run_id: str) -> None:
        """The run is gone."""
        with self._lock:
            self._runs.pop(run_id, None)

    def sizes(self) -> tuple[int, int, int]:
        """How many runs there are, their bytes, and the most bytes that they may take."""
        with self._lock:
            return len(self._runs), sum(run.size_bytes for run in self._runs.values()), self._keep.bytes

    def tidy(self, in_use: Callable[[], Collection[str]]) -> tuple[str, ...]:
        """``expire``, at most once in ``TIDY_SECONDS``; does nothing in between."""
        with self._lock:
            if time.monotonic() - self._tidied < TIDY_SECONDS:
                return ()
            self._tidied = time.monotonic()
        return self.expire(in_use())

    def expire(self, in_use: Collection[str], now: datetime | None = None) -> tuple[str, ...]:
        """Delete what ``keep`` does not allow, oldest first, and return the ids of the runs that went.

        Runs named in ``in_use`` stay, whatever their age. What the disk refuses to delete is tried again the next time.
        """
        oldest_allowed = (now or datetime.now(UTC)) - self._keep.age
        with self._lock:
            runs = sorted(self._runs.values(), key=lambda run: run.began)
        total = sum(run.size_bytes for run in runs)
        gone = []
        for run in runs:
            if run.began >= oldest_allowed and total <= self._keep.bytes:
                break
            if run.folder.run_id not in in_use and _delete(run.folder):
                total -= run.size_bytes
                gone.append(run.folder.run_id)
                self.forget(run.folder.run_id)
        return tuple(gone)


def _stored(folder: RunFolder) -> StoredRun | None:
    try:
        began = datetime.fromisoformat(folder.start().created_at)
        return StoredRun(began, sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file()), folder)
    except (RunNotFound, OSError, ValueError):
        return None


def _delete(folder: RunFolder) -> bool:
    try:
        folder.delete()
    except StorageFailed:
        log.warning("an expired run could not be deleted yet")
        return False
    return True
