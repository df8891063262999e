"""One line about the whole system: operational, degraded with its reasons, or offline. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from pipeline.errors import USED_UP, AddressBusy, DiskNearlyFull, QueueFull, StorageFailed
from pipeline.history.overview import CODES, DAY, HOUR, SpaceActivity, of_kind, spread
from pipeline.history.worker_overview import WorkerStanding
from pipeline.records import REFUSAL, RunStatus, ServerLoad
from pipeline.store.columns import NO_TIME, Records
from pipeline.store.status import PublisherStatus, PublishState
from pipeline.store.watcher_process import DatasetStatus

ONLINE_MS = HOUR
"""A Space counts as online while its last record is younger; it sleeps when nobody uses it."""
SILENT_MS = DAY
"""Where nothing was heard for this long, and no run can be taken here, the system counts as offline."""
LONG_QUEUE_MS = 10 * 60_000
FEW_RUNS = 4
FULL = (QueueFull.code, AddressBusy.code, DiskNearlyFull.code, StorageFailed.code)
LITTLE_ROOM = 2_000_000_000  # bytes: a few large documents with their page images


@dataclass(frozen=True, slots=True)
class Publishing:
    """How the records of this server reach the Hub: in words, and how many wait.

    ``oldest_ms`` is since when the oldest waits, ``last_commit_ms`` when the Hub last took some; None where none waits
    or was sent.
    """

    sentence: str
    well: bool
    repo_id: str
    depth: int
    unreadable: int
    last_commit_ms: int | None
    oldest_ms: int | None


class Level(StrEnum):
    """How the system stands."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """The line: its level and, unless all is well, the reasons as phrases."""

    level: Level
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is not in the records. ``local`` says that runs are taken here; ``publisher`` is None where nothing is
    recorded here. ``standings`` are the workers that can be seen from here, ``load`` is what the server here has to do
    and keeps, None where it converts nothing.
    """

    local: bool
    publisher: PublisherStatus | None = None
    datasets: tuple[DatasetStatus, ...] = ()
    unreadable: int = 0
    standings: tuple[WorkerStanding, ...] = ()
    load: ServerLoad | None = None


def system_status(
    records: Records, workers: tuple[SpaceActivity, ...], around: Surroundings, now_ms: int
) -> SystemStatus:
    """How the system stands as of ``now_ms``."""
    if not around.local:
        if around.datasets and all(dataset.error for dataset in around.datasets):
            return SystemStatus(Level.OFFLINE, tuple(map(_unread, around.datasets)))
        last = max((worker.last_ms for worker in workers), default=None)
        if last is None:
            return SystemStatus(Level.OFFLINE, ("no Space has left a record yet",))
        if now_ms - last > SILENT_MS:
            days = round((now_ms - last) / DAY)
            return SystemStatus(
                Level.OFFLINE, (f"no Space has left a record for {days} {'day' if days == 1 else 'days'}",)
            )
    reasons = (
        *_of_runs(records, now_ms),
        *_of_refusals(records, now_ms),
        *_of_load(around.load),
        *_of_publishing(around),
        *(_unread(data) for data in around.datasets if data.error),
        *_of_workers(around.standings),
    )
    return SystemStatus(Level.DEGRADED if reasons else Level.OPERATIONAL, reasons)


def publishing(around: Surroundings) -> Publishing | None:
    """How publishing stands; None where this server writes no records."""
    status = around.publisher
    if status is None:
        return None
    well = status.state in (PublishState.PUBLISHING, PublishState.STARTING)
    last, oldest = _ms(status.last_commit_at), _ms(status.oldest_at)
    return Publishing(
        status.sentence, well, status.repo_id, status.depth, status.unreadable, last, oldest if status.depth else None
    )


def _ms(moment: str) -> int | None:
    return round(datetime.fromisoformat(moment).timestamp() * 1000) if moment else None


def online(worker: SpaceActivity, now_ms: int) -> bool:
    """Whether the Space was heard of lately."""
    return now_ms - worker.last_ms < ONLINE_MS


def _of_runs(records: Records, now_ms: int) -> Iterator[str]:
    recent = (records.started_ms > now_ms - HOUR) & (records.duration_ms != NO_TIME) & ~of_kind(records, REFUSAL)
    failed = recent & (records.status == CODES[RunStatus.ERROR])
    ended = int(recent.sum())
    if ended >= FEW_RUNS and int(failed.sum()) * 2 >= ended:
        codes, counts = np.unique(records.code[failed], return_counts=True)
        worst = records.names["code"][int(codes[counts.argmax()])]
        yield f"{int(failed.sum())} of the last {ended} runs failed, mostly with {worst}"
    quota = {position for position, code in enumerate(records.names["code"]) if code in USED_UP}
    if quota & set(records.code[recent].tolist()):
        yield "the GPU quota was used up within the last hour"
    waited = spread(records.queue_ms[recent]).p50
    if waited is not None and waited > LONG_QUEUE_MS:
        yield f"documents wait {waited / 60_000:.0f} minutes"


def _of_refusals(records: Records, now_ms: int) -> Iterator[str]:
    """Requests that were turned away for want of room, and not for what is in the file."""
    refused = (records.started_ms > now_ms - HOUR) & of_kind(records, REFUSAL)
    codes = [records.names["code"][code] for code in records.code[refused].tolist()]
    for code in dict.fromkeys(code for code in codes if code in FULL):
        number = codes.count(code)
        yield f"{number:,} {'document was' if number == 1 else 'documents were'} turned away within the hour ({code})"


def _of_load(load: ServerLoad | None) -> Iterator[str]:
    if load is None:
        return
    if load.waiting >= load.most_waiting:
        yield f"the queue is full with {load.waiting:,} documents"
    if load.free_bytes is not None and load.free_bytes < LITTLE_ROOM:
        yield f"only {load.free_bytes / 1_000_000:,.0f} MB of the disk are free"


def _of_workers(standings: tuple[WorkerStanding, ...]) -> Iterator[str]:
    for worker in standings:
        if worker.silent:
            yield f"the {worker.role.value} worker has gone silent"
        elif worker.error:
            yield f"the {worker.role.value} worker has trouble ({worker.error})"


def _of_publishing(around: Surroundings) -> Iterator[str]:
    publisher = around.publisher
    if publisher is None:
        return
    if publisher.state in (PublishState.WAITING, PublishState.STOPPED) and publisher.depth:
        records = "record is" if publisher.depth == 1 else "records are"
        yield f"{publisher.depth:,} {records} {publisher.sentence}"


def _unread(dataset: DatasetStatus) -> str:
    return f"{dataset.repo_id} cannot be read ({dataset.error})"
