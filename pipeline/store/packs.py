"""Packs: the ledger's ended records, many to a file, so that 100,000 of them are read in seconds and need no 200,000
files.

    ledger/packed/2026-08-14-<hash>.jsonl      ended records, one a line, each the bytes of its file in ``records``

A pack is written once and named by the first record's day and the hash of its bytes. It joins the spool without
touching its rules:

- Packing adds, and takes nothing away: the loose files stay the publisher's outbox.
- A loose file goes once a pack that was read back holds its record *and* a published list names it. The spool never
looks at it
  again: it keeps the names of published lists, and ``forget`` removes files that may be gone.
- Of a run's two files the start goes first. Alone it would be an unfinished run, and pending.
- A torn pack does not carry the hash in its name: it is discarded, and its records, still loose, are packed again.

Without a token nothing is ever published, so nothing loose is removed. One process packs at a time (the server).
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path

import orjson

from pipeline.records import IterationRecord
from pipeline.store.files import discard, is_temporary, remove_temporaries, write_new
from pipeline.store.ids import time_of
from pipeline.store.ledger import RECORD, Ledger, LedgerEntry, Phase
from pipeline.store.spool import KEEP_LOCAL, NAMES, short_hash

log = logging.getLogger(__name__)

PACK_RECORDS = 1000


class Packs:
    """The packs of one ledger. Not thread-safe."""

    def __init__(self, ledger: Ledger, size: int = PACK_RECORDS) -> None:
        self._ledger = ledger
        self._size = size
        self.folder = ledger.root / "packed"
        self._packed: dict[Path, frozenset[str]] = {}

    def files(self) -> list[Path]:
        """Every pack, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.glob("*.jsonl") if not is_temporary(path))

    def tidy(self, now: datetime) -> int:
        """Pack what is due, remove loose files that are packed and published, and old packs of which nothing is loose.

        Returns how many records were packed. Where nothing is due it only lists names. Raises StorageFailed.
        """
        self._learn()
        loose = self._ledger.names()
        packed = self._names()
        due = sorted(name for name in loose - packed if name.endswith(f".{Phase.FINISHED}"))
        whole = len(due) // self._size * self._size
        for first in range(0, whole, self._size):
            self._pack(due[first : first + self._size])
        self._remove_published(packed & loose)
        self._forget(now - KEEP_LOCAL, {name.partition(".")[0] for name in loose})
        return whole

    def recover(self) -> None:
        """Remove what interrupted writes left. Call once, before the first ``tidy``."""
        if self.folder.is_dir():
            remove_temporaries(self.folder)

    def names(self) -> frozenset[str]:
        """Names of the end records that are in a pack."""
        self._learn()
        return self._names()

    def _names(self) -> frozenset[str]:
        return frozenset[str]().union(*self._packed.values())

    def _learn(self) -> None:
        """Read back packs that are new here; only after this does a record count as being in one."""
        for path in self.files():
            if path in self._packed:
                continue
            body = path.read_bytes()
            if not path.stem.endswith(f"-{short_hash(body)}"):
                log.warning("discarded the torn pack %s; its records are packed again", path.name)
                discard(path)
                continue
            ids = (orjson.loads(line)["iteration_id"] for line in body.splitlines())
            self._packed[path] = frozenset(LedgerEntry(iteration_id, finished=True).name for iteration_id in ids)

    def _pack(self, names: list[str]) -> None:
        """One pack of these records; a damaged one stays loose."""
        lines = [line + b"\n" for name in names if (line := read_loose(self._ledger, name)) is not None]
        if lines:
            body = b"".join(lines)
            with suppress(FileExistsError):  # the name says that the bytes are the same
                write_new(self.folder / f"{_began(names[0]):%Y-%m-%d}-{short_hash(body)}.jsonl", body)

    def _remove_published(self, candidates: frozenset[str]) -> None:
        if not candidates:
            return
        lists = (self._ledger.root / "published").glob("*.json")
        published = {name for path in lists for name in NAMES.read(path) or ()}
        for name in sorted(candidates & published):
            iteration_id = name.partition(".")[0]
            self._ledger.remove(LedgerEntry(iteration_id, finished=False))
            self._ledger.remove(LedgerEntry(iteration_id, finished=True))

    def _forget(self, before: datetime, loose_ids: set[str]) -> None:
        for path, names in list(self._packed.items()):
            if all(_began(name) < before and name.partition(".")[0] not in loose_ids for name in names):
                discard(path)
                del self._packed[path]


def newest_records(ledger: Ledger, count: int) -> list[IterationRecord]:
    """The newest ended records, packed or not, oldest first; at most ``count``. Damaged ones are left out."""
    found = dict(_newest_packed(Packs(ledger).files(), count))
    for entry in [entry for entry in ledger.entries() if entry.finished][-count:]:
        if (data := read_loose(ledger, entry.name)) is not None:
            found[entry.iteration_id] = data
    return [record for _, data in sorted(found.items())[-count:] if (record := _record(data)) is not None]


def _newest_packed(files: Sequence[Path], count: int) -> Iterator[tuple[str, bytes]]:
    """Ids and lines of the newest packs. Packs of one day are in no order, so a day is read as a whole."""
    read = 0
    for _, of_day in groupby(reversed(files), key=lambda path: path.name[:10]):
        if read >= count:
            return
        for line in (line for path in of_day for line in path.read_bytes().splitlines()):
            with suppress(ValueError, KeyError, TypeError):
                yield str(orjson.loads(line)["iteration_id"]), line
                read += 1


def _record(data: bytes) -> IterationRecord | None:
    try:
        return RECORD.decode(data)
    except ValueError:
        return None


def read_loose(ledger: Ledger, name: str) -> bytes | None:
    """The bytes of one record's own file; None where it is gone, damaged or no record's."""
    try:
        data = (ledger.root / "records" / f"{_began(name):%Y-%m}" / f"{name}.json").read_bytes()
        orjson.loads(data)
    except (OSError, ValueError):
        return None
    return data


def _began(name: str) -> datetime:
    return time_of(name.partition(".")[0])
