"""The one collector of a batch job's iteration records: from its rows to sealed shards of the results dataset.

    records/data/2026-11/2026-11-26-<hash>.jsonl   a shard, as the publisher of a Space seals them
    records/collected/<id>.json                    names of the blocks whose records are in shards
    records/published/<id>.json                    names of the shards that the Hub has

Workers write records into their rows and nowhere else: a million small files, or a commit for each, is more than any
dataset takes. A collector that was killed seals some records once more, in a shard of another name; rows are told apart
by ``iteration_id``, so they count once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import orjson
from pydantic import TypeAdapter

from pipeline.scale.batch_folder import RECORDS, BatchFolder
from pipeline.scale.document_sources import absolute
from pipeline.store.codec import Codec
from pipeline.store.compaction import bodies
from pipeline.store.hub import ResultsRepo
from pipeline.store.ids import new_iteration_id, time_of
from pipeline.store.spool import SHARD_BYTES, short_hash

NAMES = Codec(TypeAdapter(tuple[str, ...]))
BLOCKS_AT_ONCE = 2000
SHARDS_A_COMMIT = 50


@dataclass(frozen=True, slots=True)
class Collected:
    """What one call did: records that were sealed, and shards that went to the Hub."""

    records: int
    published: int


def collect(folder: BatchFolder, repo: ResultsRepo | None = None) -> Collected:
    """Seal the records of blocks that are new, and send to ``repo`` what it lacks.

    Raises StorageFailed where the output does not take the shards, and HubFault where the Hub does not.
    """
    done = set(_names(folder, f"{RECORDS}/collected"))
    blocks, records = folder.records(leave_out=done), 0
    while some := list(islice(blocks, BLOCKS_AT_ONCE)):
        lines = [line.encode() for _, of_block in some for line in of_block]
        for path, body in seal(lines).items():
            folder.write(f"{RECORDS}/{path}", body)
        _remember(folder, f"{RECORDS}/collected", tuple(name for name, _ in some))
        records += len(lines)
    return Collected(records, _publish(folder, repo) if repo else 0)


def collect_records(output: str, repo: ResultsRepo | None = None) -> Collected:
    """As ``collect``, for the output at this place."""
    return collect(BatchFolder(absolute(output)), repo)


def seal(lines: list[bytes]) -> dict[str, bytes]:
    """Shards by their path in the results dataset: each of one day, and none above ``SHARD_BYTES``."""
    days: dict[str, list[bytes]] = {}
    for line in sorted(lines, key=_id_of):
        days.setdefault(f"{time_of(_id_of(line)):%Y-%m-%d}", []).append(line)
    return {
        f"data/{day[:7]}/{day}-{short_hash(body)}.jsonl": body
        for day, of_day in days.items()
        for body in bodies(of_day, SHARD_BYTES)
    }


def _id_of(line: bytes) -> str:
    row: Mapping[str, str] = orjson.loads(line)
    return row["iteration_id"]


def _publish(folder: BatchFolder, repo: ResultsRepo) -> int:
    """Send the shards that no list names, some in each commit; how many that were."""
    sent = set(_names(folder, f"{RECORDS}/published"))
    waiting = [path for path in folder.files_below(f"{RECORDS}/data") if path not in sent]
    if waiting and not repo.prepared:
        repo.prepare()
    for first in range(0, len(waiting), SHARDS_A_COMMIT):
        paths = waiting[first : first + SHARDS_A_COMMIT]
        repo.add({path.removeprefix(f"{RECORDS}/"): folder.read(path) for path in paths})
        _remember(folder, f"{RECORDS}/published", tuple(paths))
    return len(waiting)


def _names(folder: BatchFolder, place: str) -> Iterator[str]:
    for path in folder.files_below(place):
        yield from NAMES.decode(folder.read(path))


def _remember(folder: BatchFolder, place: str, names: tuple[str, ...]) -> None:
    folder.write(f"{place}/{new_iteration_id()}.json", NAMES.encode(names))
