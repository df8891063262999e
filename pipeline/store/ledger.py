"""The ledger: every run's iteration record on disk, acknowledged only once it is durable.

    ledger/records/2026-08/<iteration id>.started.json
    ledger/records/2026-08/<iteration id>.finished.json

Each file is one IterationRecord, written once (``files.py``) and never changed. The month comes from the id, so a
record has exactly one possible place. These files are also the publisher's outbox: it remembers what it has published
and reads the rest from here, so that acknowledging a record is one write and a crash can neither lose nor double it.

One process writes (the server); the publisher and the dashboard read. A new field of IterationRecord needs a default,
or the files of the version before no longer read.
"""

import json
import logging
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.records import IterationRecord
from pipeline.store.codec import Codec
from pipeline.store.files import discard, remove_temporaries, write_new
from pipeline.store.ids import is_iteration_id, time_of
from pipeline.store.scrub import scrub_record

log = logging.getLogger(__name__)

RECORD = Codec(TypeAdapter(IterationRecord))


class Phase(StrEnum):
    """Which of a run's two records a file holds."""

    STARTED = "started"
    FINISHED = "finished"


PHASES = frozenset(Phase)


@dataclass(frozen=True, slots=True, order=True)
class LedgerEntry:
    """One file of the ledger. Entries sort by time, and a run's start before its end."""

    iteration_id: str
    finished: bool

    @property
    def name(self) -> str:
        """The file's name without its suffix: ``<iteration id>.finished``."""
        return f"{self.iteration_id}.{Phase.FINISHED if self.finished else Phase.STARTED}"

    @classmethod
    def from_name(cls, name: str) -> "LedgerEntry | None":
        """The entry of this name, None for any other file."""
        iteration_id, _, phase = name.partition(".")
        if phase not in PHASES or not is_iteration_id(iteration_id):
            return None
        return cls(iteration_id, phase == Phase.FINISHED)


class Ledger:
    """The records below ``root/ledger``."""

    def __init__(self, root: Path) -> None:
        self.root = root / "ledger"
        self._records = self.root / "records"

    def started(self, record: IterationRecord) -> None:
        """Keep a run's start; once this returns it is durable.

        Raises StorageFailed where it is not, and ValueError for a record that has ended.
        """
        if record.status.ended:
            raise ValueError(f"a start record cannot say {record.status.value}")
        self._write(record, finished=False)

    def finished(self, record: IterationRecord) -> None:
        """Keep a run's end; once this returns it is durable. The first end of a run stands, a later one changes
        nothing.

        Raises StorageFailed where it is not, and ValueError for a record that has not ended.
        """
        if not record.status.ended:
            raise ValueError(f"an end record cannot say {record.status.value}")
        self._write(record, finished=True)

    def records(self) -> Iterator[IterationRecord]:
        """The latest record of every run, oldest run first: its end, or its start where it has none (yet)."""
        latest = {entry.iteration_id: entry for entry in self.entries()}
        for entry in latest.values():
            if record := self.read(entry):
                yield record

    def unfinished(self) -> Iterator[IterationRecord]:
        """Start records without an end: runs under way or, at start-up, runs that a crash interrupted. Reads no other
        record.
        """
        found = self.entries()
        ended = {entry.iteration_id for entry in found if entry.finished}
        started = (entry for entry in found if entry.iteration_id not in ended)
        return (record for entry in started if (record := self.read(entry)))

    def entries(self) -> list[LedgerEntry]:
        """Every file of the ledger, in time order, unread."""
        return sorted(
            filter(None, map(LedgerEntry.from_name, self.names())), key=attrgetter("iteration_id", "finished")
        )

    def names(self) -> set[str]:
        """Names (without suffix) of all files in ``records``, unread; ``LedgerEntry.from_name`` tells a record's from
        any other.
        """
        months = os.listdir(self._records) if self._records.is_dir() else []
        files = (name for month in months for name in os.listdir(self._records / month))
        return {name.removesuffix(".json") for name in files if name.endswith(".json") and name[0] != "."}

    def written_at(self, entry: LedgerEntry) -> datetime | None:
        """When the file of an entry was written, in UTC; None where it is gone."""
        try:
            return datetime.fromtimestamp(self._path(entry).stat().st_mtime, UTC)
        except OSError:
            return None

    def read(self, entry: LedgerEntry) -> IterationRecord | None:
        """The record of an entry; None, with a line in the log, where it is missing or damaged."""
        return RECORD.read(self._path(entry))

    def remove(self, entry: LedgerEntry) -> None:
        """Forget one record, once it is published and too old to be shown."""
        discard(self._path(entry))

    def recover(self, known_whole: AbstractSet[str] = frozenset()) -> None:
        """Remove what interrupted writes left; none of it was acknowledged. Call once, before the first record.

        ``known_whole`` are names of ends that were read since they were written (``packs.py``); they and the starts of
        their runs are not read again, so that starting takes no longer the more there is.
        """
        if not self._records.is_dir():
            return
        remove_temporaries(self._records)
        for entry in self.entries():
            if f"{entry.iteration_id}.{Phase.FINISHED}" not in known_whole and not _is_json(self._path(entry)):
                log.warning("removed %s, which a crash cut short", entry.name)
                discard(self._path(entry))

    def _write(self, record: IterationRecord, *, finished: bool) -> None:
        entry = LedgerEntry(record.iteration_id, finished)
        try:
            write_new(self._path(entry), RECORD.encode(scrub_record(record)))
        except FileExistsError:
            log.warning("%s is recorded already; the first record stands", entry.name)

    def _path(self, entry: LedgerEntry) -> Path:
        return self._records / f"{time_of(entry.iteration_id):%Y-%m}" / f"{entry.name}.json"


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True
