"""Which files of a results dataset to replace so that only its newest runs stay. Pure functions.

A file all of whose rows stay is not touched. Of one with rows that go, those that stay make a file of their day, named
by its content as after compaction. A file with anything but rows in it is left where it is.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.store.compaction import COMPACTED, SHARD, DayFiles, parts
from pipeline.store.ids import is_iteration_id


@dataclass(frozen=True, slots=True)
class ShardRow:
    """One line of a file and the run that it is of."""

    iteration_id: str
    line: bytes


@dataclass(frozen=True, slots=True)
class Pruning:
    """New files by path, files that go, and how many runs stay and go."""

    add: Mapping[str, bytes]
    delete: tuple[str, ...]
    staying: int
    going: int


def keep_newest(files: Mapping[str, bytes], count: int) -> Pruning:
    """What leaves the ``count`` newest runs of the dataset. Runs' ids sort by time. Doing it again changes nothing."""
    rows = {path: _rows(body) for path, body in files.items() if SHARD.fullmatch(path) or COMPACTED.fullmatch(path)}
    readable = {path: found for path, found in rows.items() if found is not None}
    runs = sorted({row.iteration_id for found in readable.values() for row in found})
    staying = frozenset(runs[len(runs) - count :] if count < len(runs) else runs)
    changed = [path for path, found in readable.items() if any(row.iteration_id not in staying for row in found)]
    add: dict[str, bytes] = {}
    for path in changed:
        add |= parts(_day(path), (row.line for row in readable[path] if row.iteration_id in staying))
    return Pruning(add, tuple(path for path in changed if path not in add), len(staying), len(runs) - len(staying))


def run_count(bodies: Iterable[bytes]) -> int:
    """How many runs the files have."""
    return len({row.iteration_id for body in bodies for row in _rows(body) or ()})


def _day(path: str) -> DayFiles:
    match = SHARD.fullmatch(path) or COMPACTED.fullmatch(path)
    if match is None:
        raise ValueError("not a file of a day")
    return DayFiles(match.group(1), match.group(2), (path,))


def _rows(body: bytes) -> list[ShardRow] | None:
    try:
        found = [ShardRow(json.loads(line)["iteration_id"], line) for line in body.splitlines() if line.strip()]
    except (ValueError, TypeError, KeyError):
        return None
    return found if all(is_iteration_id(str(row.iteration_id)) for row in found) else None
