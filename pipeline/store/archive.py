"""Every record that this machine can read, kept as columns and brought up to date by reading only files that are new.

    ledger/packed/*.jsonl      ended records of this ledger, many to a file (``packs.py``)
    ledger/records/…           its other records, one to a file
    mirror/<dataset>/*.jsonl   the results datasets that are watched, blob by blob (``mirror.py``)

Files are written once and never changed, so a path that was read needs no second look. A run that lies in several
places (its start and end, its pack, a dataset's shard and compacted day) is one row.
"""

import gc
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StorageFailed
from pipeline.records import IterationRecord
from pipeline.store.columns import Brief, Records, Table, skim, skim_line
from pipeline.store.files import is_temporary
from pipeline.store.ids import is_iteration_id
from pipeline.store.ledger import Ledger, LedgerEntry, Phase
from pipeline.store.packs import Packs, read_loose
from pipeline.store.row_to_record import read_line

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """Where a record's line lies: ``length`` bytes from ``offset`` of a file."""

    path: Path
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Gain:
    """What a refresh found: how many records said something new, and how many lines so far fit no record."""

    records: int
    unreadable: int


class Archive:
    """The records below ``data_dir``. Safe to use from several threads; a refresh at a time."""

    def __init__(self, data_dir: Path) -> None:
        self._ledger = Ledger(data_dir)
        self._packs = Packs(self._ledger)
        self._mirror = data_dir / "mirror"
        self._table = Table()
        self._files: set[Path] = set()
        self._loose: set[str] = set()
        self._unreadable = 0
        self._version = 0
        self._lock, self._tidying = threading.Lock(), threading.Lock()
        self._snapshot: Records | None = None

    def refresh(self) -> Gain:
        """Take in what is new on disk."""
        with self._lock:
            with _no_collecting():
                found = sum(self._take_file(path) for path in self._new_files())
                found += self._take_loose()
            if found:
                self._snapshot = None
                self._version += 1
            return Gain(found, self._unreadable)

    @property
    def version(self) -> int:
        """Changes whenever records came in, whoever made the archive look for them."""
        return self._version

    def records(self) -> Records:
        """Everything known, in the order of the runs' starts."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = self._table.snapshot()
            return self._snapshot

    def tidy(self, now: datetime) -> None:
        """Pack the ledger's loose records where that is due. A disk that refuses is tried again the next time."""
        try:
            with self._tidying:
                self._packs.tidy(now)
        except (StorageFailed, OSError):
            log.warning("the ledger's records could not be packed")

    def find(self, iteration_id: str) -> IterationRecord | None:
        """The whole record of one run; None where there is none, or its file has gone or is damaged."""
        if not is_iteration_id(iteration_id):
            return None
        for _ in range(2):  # a second look where its file was packed or compacted since
            with self._lock:
                place = self._table.place(iteration_id)
            with suppress(OSError, ValueError):
                if place is not None and (record := self._read(place)).iteration_id == iteration_id:
                    return record
            self.refresh()
        return None

    def _read(self, place: object) -> IterationRecord:
        if isinstance(place, Place):
            with place.path.open("rb") as file:
                file.seek(place.offset)
                return read_line(file.read(place.length))
        return read_line(read_loose(self._ledger, str(place)) or b"")

    def _new_files(self) -> Iterator[Path]:
        yield from (path for path in self._packs.files() if path not in self._files)
        if self._mirror.is_dir():
            found = sorted(path for path in self._mirror.glob("*/*.jsonl") if not is_temporary(path))
            yield from (path for path in found if path not in self._files)

    def _take_file(self, path: Path) -> int:
        try:
            skimmed = skim(path.read_bytes())
        except OSError:
            return 0  # compacted away since it was listed
        self._files.add(path)
        self._unreadable += skimmed.unreadable
        self._table.add(skimmed.briefs, [Place(path, offset, length) for offset, length in skimmed.places])
        return len(skimmed.briefs)

    def _take_loose(self) -> int:
        """Read the ledger's own files that are new: an end, or a start of which there is no end."""
        names = self._ledger.names()
        fresh = [name for name in names - self._loose if self._is_news(name, names)]
        self._loose = names
        briefs = list(self._skim_loose(fresh))
        self._table.add([brief for _, brief in briefs], [name for name, _ in briefs])
        return len(briefs)

    def _is_news(self, name: str, names: set[str]) -> bool:
        entry = LedgerEntry.from_name(name)
        if entry is None:
            return False
        if entry.finished:
            return not self._table.has_ended(entry.iteration_id)
        return f"{entry.iteration_id}.{Phase.FINISHED}" not in names and entry.iteration_id not in self._table

    def _skim_loose(self, names: Iterable[str]) -> Iterator[tuple[str, Brief]]:
        for name in names:
            data = read_loose(self._ledger, name)
            try:
                brief = skim_line(data) if data else None
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                brief = None
            if brief is None:
                self._unreadable += 1
            else:
                yield name, brief


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Pause the garbage collector, which otherwise walks the growing rows over and over: a third of the time of a first
    reading.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
