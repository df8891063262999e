"""Keeping the results dataset small: which shards become one file per day, and which months are old enough to go. Pure
functions.

    data/2026-08/2026-08-14-<hash>.jsonl    shards, as they were committed
    data/2026-08/day-14-<hash>.jsonl        the day after compaction; several where one would be too large

Merging is by line: of a run's rows the first end stands, or its start where it has none, and a row is never rewritten,
so rows of an older or newer Folio pass through as they are. Merging again changes nothing, so a compaction that is
repeated after an answer that got lost does no harm.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

SHARD = re.compile(r"data/(\d{4}-\d\d)/\d{4}-\d\d-(\d\d)-[0-9a-f]{16}\.jsonl")
COMPACTED = re.compile(r"data/(\d{4}-\d\d)/day-(\d\d)-[0-9a-f]{16}\.jsonl")
MONTH = re.compile(r"data/(\d{4})-(\d\d)/.+")

COMPACTED_BYTES = 4_000_000
INPUTS_PER_COMMIT = 90
"""The Hub advises at most 100 files in a commit; what is left over is compacted in the next one."""


@dataclass(frozen=True, slots=True)
class DayFiles:
    """The files of one day that shall become one: at least one shard, and the day's compacted files so far."""

    month: str
    day: str
    paths: tuple[str, ...]


def days_to_compact(paths: Iterable[str], today: date) -> list[DayFiles]:
    """Days before ``today`` that still have shards, oldest first; today's own shards are left alone."""
    keyed = sorted(
        (match.group(1), match.group(2), path)
        for path in paths
        if (match := SHARD.fullmatch(path) or COMPACTED.fullmatch(path))
    )
    days = []
    for (month, day), group in groupby(keyed, key=lambda item: item[:2]):
        files = tuple(path for _, _, path in group)
        if any(SHARD.fullmatch(path) for path in files) and f"{month}-{day}" < today.isoformat():
            days.append(DayFiles(month, day, files[-INPUTS_PER_COMMIT:]))
    return days


def merge(files: Mapping[str, bytes]) -> tuple[list[str], list[bytes]]:
    """The paths that could be read, and their rows' lines, one for each run, sorted by iteration id.

    A file with anything but rows in it is left where it is, and out of the result.
    """
    best: dict[str, tuple[bool, bytes]] = {}
    read: list[str] = []
    for path, body in sorted(files.items()):
        try:
            rows = [(_identity(line), line) for line in body.splitlines()]
        except (ValueError, TypeError, KeyError):
            continue
        read.append(path)
        for (iteration_id, ended), line in rows:
            if iteration_id not in best or (ended and not best[iteration_id][0]):
                best[iteration_id] = (ended, line)
    return read, [line for _, (_, line) in sorted(best.items())]


def parts(day: DayFiles, lines: Iterable[bytes]) -> dict[str, bytes]:
    """The day's new files by path, each named by the hash of its bytes and none above ``COMPACTED_BYTES`` (but one row
    always fits).
    """
    return {
        f"data/{day.month}/day-{day.day}-{hashlib.sha256(body).hexdigest()[:16]}.jsonl": body
        for body in bodies(lines, COMPACTED_BYTES)
    }


def bodies(lines: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """The lines as files, a line's end after each: none above ``most_bytes``, but one line always fits."""
    body: list[bytes] = []
    size = 0
    for line in lines:
        if body and size + len(line) + 1 > most_bytes:
            yield b"".join(body)
            body, size = [], 0
        body += (line, b"\n")
        size += len(line) + 1
    if body:
        yield b"".join(body)


def expired_months(paths: Iterable[str], today: date, keep_months: int) -> list[str]:
    """Month folders (``data/2025-01/``) that began more than ``keep_months`` before this month; none where that
    is 0.
    """
    if keep_months == 0:
        return []
    this_month = today.year * 12 + today.month
    months = {(int(match.group(1)), int(match.group(2))) for path in paths if (match := MONTH.fullmatch(path))}
    return [
        f"data/{year:04d}-{month:02d}/"
        for year, month in sorted(months)
        if this_month - (year * 12 + month) > keep_months
    ]


def _identity(line: bytes) -> tuple[str, bool]:
    row = json.loads(line)
    if not isinstance(row["iteration_id"], str):
        raise TypeError("an iteration id is a string")
    return row["iteration_id"], row["status"] != "running"
