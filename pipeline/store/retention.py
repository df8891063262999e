"""Old runs go: by age, and oldest first where they take too much room; never one that is in use."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.errors import RunNotFound, StorageFailed
from pipeline.store.artifacts import ArtifactStore, RunFolder

log = logging.getLogger(__name__)


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


def expire(store: ArtifactStore, keep: Keep, in_use: Collection[str], now: datetime | None = None) -> tuple[str, ...]:
    """Delete what ``keep`` does not allow, oldest first, and return the ids of the runs that went.

    Runs named in ``in_use`` stay, whatever their age. What the disk refuses to delete is tried again the next time.
    """
    moment = now or datetime.now(UTC)
    held = sorted((run for folder in store.runs() if (run := _held(folder))), key=lambda run: run.began)
    total = sum(run.size_bytes for run in held)
    gone = []
    for run in held:
        if run.folder.run_id in in_use or (run.began >= moment - keep.age and total <= keep.bytes):
            continue
        if _delete(run.folder):
            total -= run.size_bytes
            gone.append(run.folder.run_id)
    return tuple(gone)


def _held(folder: RunFolder) -> StoredRun | None:
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
