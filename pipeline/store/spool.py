"""From the ledger's files to shards ready for the Hub, and the memory of what the Hub has taken.

    ledger/records/…                            the outbox: every record, written by the server
    ledger/sealed/2026-08-14-<hash>.jsonl       a shard that the Hub has not confirmed
    ledger/published/2026-08-14-<hash>.json     names of the records in a shard that the Hub has confirmed; joined once
    a day

A record is pending until it is named by a sealed shard or by a published list. Why no crash loses or doubles one:

- Sealing publishes the shard in one step (``files.py``); before that its records are pending, after that they are not.
- A shard's name is made of the hash of its bytes. Committing it again, after an answer that got lost, changes nothing
on the Hub.
- The published list is written before the shard is removed. With both there, the shard is known to be confirmed.
- Records are never removed by publishing. A torn shard is discarded, and its records are pending again.

Every row of a shard belongs to a run that began on the day in the shard's name (UTC, by its iteration id), so that
compaction finds both records of a run in one place. One process (the publisher) owns these folders; the server only
writes records.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.store.codec import Codec
from pipeline.store.files import discard, is_temporary, remove_temporaries, write_new
from pipeline.store.ids import time_of
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.record_to_row import row_line, to_row

log = logging.getLogger(__name__)

KEEP_LOCAL = timedelta(days=90)
"""How long published records also stay on the Space's own disk, as files or packed."""

SHARD_BYTES = 4_000_000
"""Largest shard: the Hub takes files below 10 MB in a commit as they are, larger ones only through its large-file
storage.
"""

NAMES = Codec(TypeAdapter(tuple[str, ...]))


@dataclass(frozen=True, slots=True)
class Shard:
    """One sealed shard: its file, named ``<day>-<hash>.jsonl``."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def path_in_repo(self) -> str:
        """``data/2026-08/2026-08-14-<hash>.jsonl``: one folder per month, far below the Hub's limit of entries per
        folder.
        """
        return f"data/{self.name[:7]}/{self.name}"


class Spool:
    """The pending, sealed and published records of one ledger."""

    def __init__(self, ledger: Ledger, rows_per_shard: int = 200) -> None:
        self._ledger = ledger
        self._sealed = ledger.root / "sealed"
        self._published = ledger.root / "published"
        self._rows = rows_per_shard
        self._handled: set[str] = set()
        self._unreadable: set[str] = set()

    @property
    def unreadable(self) -> int:
        """Records on disk that cannot be published because they are damaged or of an unknown shape."""
        return len(self._unreadable)

    def recover(self) -> None:
        """Learn from disk what is sealed and published, and clean up after a crash. Call once, before anything else."""
        for folder in (self._sealed, self._published):
            folder.mkdir(parents=True, exist_ok=True)
            remove_temporaries(folder)
        for path in self._published.iterdir():
            self._recover_list(path)
        for shard in self.sealed():
            self._recover_shard(shard)

    def pending(self, now: datetime, grace: timedelta) -> list[LedgerEntry]:
        """Records that are in no shard, in time order.

        A start counts once it is older than ``grace``, and not at all once the run's end is there: the end says more.
        """
        entries = self._ledger.entries()
        ended = {entry.iteration_id for entry in entries if entry.finished}
        return [entry for entry in entries if self._is_pending(entry, ended, now - grace)]

    def seal(self, entries: Iterable[LedgerEntry]) -> None:
        """Put these pending records into shards, one or more for each day. Raises StorageFailed."""
        for day, of_day in groupby(sorted(entries), key=_day):
            lines: dict[str, bytes] = {}
            for name, line in self._lines(of_day):
                if len(lines) == self._rows or sum(map(len, lines.values())) + len(line) > SHARD_BYTES:
                    self._seal_shard(day, lines)
                    lines = {}
                lines[name] = line
            if lines:
                self._seal_shard(day, lines)

    def sealed(self) -> list[Shard]:
        """Shards that the Hub has not confirmed, oldest day first."""
        return sorted(
            (Shard(path) for path in self._sealed.glob("*.jsonl") if not is_temporary(path)),
            key=lambda shard: shard.name,
        )

    def sealed_rows(self) -> int:
        """Records in shards that the Hub has not confirmed."""
        return sum(shard.path.read_bytes().count(b"\n") for shard in self.sealed())

    def oldest(self, pending: Sequence[LedgerEntry]) -> datetime | None:
        """When the record that the Hub has not confirmed for longest was written; a sealed one counts from its sealing.

        Of the pending ones it is that of the run that began first, so that no other file is looked at.
        """
        times = [datetime.fromtimestamp(shard.path.stat().st_mtime, UTC) for shard in self.sealed()]
        first = self._ledger.written_at(pending[0]) if pending else None
        return min([*times, first] if first else times, default=None)

    def confirm(self, shards: Iterable[Shard]) -> None:
        """Remember that the Hub has these shards, then remove them."""
        for shard in shards:
            marker = self._published / f"{shard.path.stem}.json"
            if not marker.exists():
                write_new(marker, NAMES.encode(tuple(_names_in(shard.path.read_bytes()))))
            discard(shard.path)

    def join_lists(self) -> None:
        """Make one published list of each day's, since every one is read at start-up. Call only while nothing is
        sealed.

        The joined list is written before the others go; in between a name is in two lists, which is harmless.
        """
        for _, of_day in groupby(sorted(self._published.glob("*.json")), key=lambda path: path.name[:10]):
            lists = {path: names for path in of_day if (names := NAMES.read(path))}
            if len(lists) > 1:
                names = tuple(sorted({name for names in lists.values() for name in names}))
                body = NAMES.encode(names)
                joined = self._published / f"{next(iter(lists)).name[:10]}-all-{short_hash(body)}.json"
                with suppress(FileExistsError):
                    write_new(joined, body)
                for path in lists:
                    if path != joined:
                        discard(path)

    def forget(self, before: datetime) -> int:
        """Remove published records of runs that began before this time, and return how many.

        The records go first and the lists last: a list without its records is harmless, a record without its list would
        be published again.
        """
        removed = 0
        for path in self._published.glob("*.json"):
            entries = [entry for name in NAMES.read(path) or () if (entry := LedgerEntry.from_name(name))]
            if entries and all(time_of(entry.iteration_id) < before for entry in entries):
                for entry in entries:
                    # The start first: alone it would be pending, since a list names the record that was sent, which is
                    # the end.
                    self._ledger.remove(LedgerEntry(entry.iteration_id, finished=False))
                    self._ledger.remove(entry)
                discard(path)
                removed += len(entries)
        return removed

    def _is_pending(self, entry: LedgerEntry, ended: set[str], old_enough: datetime) -> bool:
        if entry.name in self._handled or entry.name in self._unreadable:
            return False
        return entry.finished or (entry.iteration_id not in ended and time_of(entry.iteration_id) <= old_enough)

    def _lines(self, entries: Iterable[LedgerEntry]) -> Iterator[tuple[str, bytes]]:
        for entry in entries:
            record = self._ledger.read(entry)
            if record is None:
                self._unreadable.add(entry.name)
                continue
            try:
                yield entry.name, row_line(to_row(record))
            except ValueError as error:
                log.error("record %s does not fit the schema: %s", entry.name, error)
                self._unreadable.add(entry.name)

    def _seal_shard(self, day: str, lines: dict[str, bytes]) -> None:
        body = b"".join(lines.values())
        with suppress(FileExistsError):  # the name says that the bytes are the same
            write_new(self._sealed / f"{day}-{short_hash(body)}.jsonl", body)
        self._handled.update(lines)

    def _recover_list(self, path: Path) -> None:
        names = NAMES.read(path)
        if names is None:
            # Only a list cut short while it was written can be unreadable; its shard is still there and is committed
            # again.
            discard(path)
            return
        self._handled.update(names)
        discard(self._sealed / f"{path.stem}.jsonl")

    def _recover_shard(self, shard: Shard) -> None:
        body = shard.path.read_bytes()
        if not shard.path.stem.endswith(f"-{short_hash(body)}"):
            log.warning("discarded the torn shard %s; its records are sealed again", shard.name)
            discard(shard.path)
            return
        self._handled.update(_names_in(body))


def _day(entry: LedgerEntry) -> str:
    return f"{time_of(entry.iteration_id):%Y-%m-%d}"


def short_hash(body: bytes) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of ``body``, for the name of a file that holds it."""
    return hashlib.sha256(body).hexdigest()[:16]


def _names_in(body: bytes) -> Iterator[str]:
    rows = (json.loads(line) for line in body.splitlines())
    return (LedgerEntry(row["iteration_id"], finished=row["status"] != "running").name for row in rows)
