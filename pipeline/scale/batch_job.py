"""A batch job from its input to its tables: look, plan, convert what is missing, and write down what was lost.

Which rows are there is known from the output alone. So the same command goes on where an earlier one was killed, and
converts only what has no row yet.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import BatchBusy, BatchDiffers, BatchInputEmpty, BlocksFailed, StorageFailed, WorkerLost
from pipeline.records import BatchFacts, ConvertOptions
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_card import batch_card
from pipeline.scale.batch_folder import BatchFolder, BatchIdentity, BlockTables
from pipeline.scale.batch_plan import BatchPlan, plan, plan_lines
from pipeline.scale.batch_progress import BatchProgress
from pipeline.scale.batch_setup import LIVE_CONVERTER, LIVE_PRODUCER, BatchSetup, Block, ItemEnd, Workers, WorkItem
from pipeline.scale.block_worker import WORKERS_LOCK
from pipeline.scale.document_row import lost_row, row_values
from pipeline.scale.document_sources import absolute
from pipeline.scale.manifest import Items, Scan, plan_blocks, plan_items, scan_input
from pipeline.scale.plain_engine import BatchEngine
from pipeline.settings import Settings
from pipeline.store.artifacts import utc_now
from pipeline.store.ids import new_iteration_id

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 2
WORKERS_LEAVE_SECONDS = 180.0  # Ray takes some seconds to end its actors, on a busy machine a minute
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a command asks for. ``input`` and ``output`` as ``document_sources`` takes them; ``retry_failed`` asks for
    a second attempt at what failed, with doubled limits, ``plan_only`` for the plan alone. ``converter`` and
    ``producer_function`` as in ``BatchSetup``.
    """

    input: str
    output: str
    options: ConvertOptions
    settings: Settings
    workers: Workers
    memory_mb: int
    pictures: bool = False
    retry_failed: bool = False
    plan_only: bool = False
    converter: str = LIVE_CONVERTER
    producer_function: str = LIVE_PRODUCER


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How the command ended. ``failed`` are rows of the dead-letter table that no further attempt replaced."""

    rows: int
    converted_now: int
    failed: int
    missing: int


def run_batch(request: BatchRequest, engine: BatchEngine, say: Say) -> BatchOutcome:
    """Do what ``request`` asks on ``engine``; ``say`` gets lines for the person who waits.

    Raises BatchInputEmpty, BatchInputUnreadable, BatchDiffers, BatchBusy, BatchStopped, StorageFailed, and
    BlocksFailed where documents have no row although all was tried.
    """
    folder = BatchFolder(absolute(request.output))
    with alone(folder.local_path):
        job = _open_job(request, folder, engine)
        folder.tidy()
        items = plan_items(job.scans, request.options, job.producer)
        if not items.documents:
            raise BatchInputEmpty
        ends = latest(folder.ends())
        todo = _to_do(items.items, ends, request.retry_failed)
        for line in plan_lines(_plan_of(items, todo, request, job.producer), request.workers.count, request.pictures):
            say(line)
        if request.plan_only:
            return _outcome(items, ends, 0)
        folder.write("README.md", batch_card(job.setup.batch_id).encode())
        _convert(todo, job.setup, request, engine, say)
        ended = latest(folder.ends())
    return _finished(items, ended, sum(ended.get(item.key) != ends.get(item.key) for item in todo))


@dataclass(frozen=True, slots=True)
class _Job:
    """A batch job that was begun: what its workers need, what they make, and what is known of its documents."""

    setup: BatchSetup
    producer: Producer
    scans: tuple[Scan, ...]


def _open_job(request: BatchRequest, folder: BatchFolder, engine: BatchEngine) -> _Job:
    """Look at the input; meanwhile, in a new job, ask a worker what it makes."""
    identity = folder.identity()
    if identity is not None and identity.options != request.options:
        raise BatchDiffers("options")
    batch_id = identity.batch_id if identity else new_iteration_id()
    producer = identity.producer if identity else None
    setup = BatchSetup(
        batch_id,
        folder.place,
        replace(request.settings, auth="", webhook_url=""),  # secrets stay here
        request.options,
        producer,
        request.memory_mb,
        request.pictures,
        request.converter,
        request.producer_function,
    )
    with ThreadPoolExecutor(1) as thread:
        asked = None if producer else thread.submit(engine.probe, setup, request.workers)
        scans = tuple(scan_input(absolute(request.input), folder, request.settings, _readers(request.workers)))
        producer = producer or (asked.result() if asked else None)
    if producer is None:
        raise AssertionError("either an earlier command or a worker has said it")
    if identity is None:
        made = BatchIdentity(batch_id, utc_now(), absolute(request.input), request.options, producer)
        folder.write_identity(made)
    return _Job(replace(setup, producer=producer), producer, scans)


def _readers(workers: Workers) -> int:
    return max(min(workers.count, os.cpu_count() or 1), 1)


def latest(ends: Sequence[ItemEnd]) -> dict[str, ItemEnd]:
    """Each item's last attempt, by key."""
    return {end.key: end for end in sorted(ends, key=lambda end: end.attempt)}


def _to_do(items: Sequence[WorkItem], ends: dict[str, ItemEnd], retry_failed: bool) -> tuple[WorkItem, ...]:
    """Items without a row; with ``retry_failed`` those that failed and may be tried once more instead."""
    if not retry_failed:
        return tuple(item for item in items if item.key not in ends)
    again = {key: end.attempt + 1 for key, end in ends.items() if end.code and end.attempt < MOST_ATTEMPTS}
    return tuple(replace(item, attempt=again[item.key]) for item in items if item.key in again)


def _plan_of(items: Items, todo: Sequence[WorkItem], request: BatchRequest, producer: Producer) -> BatchPlan:
    blocks = len(_blocks(todo, request))
    return plan(items.documents, items.duplicates, len(items.items), todo, blocks, producer.bundle)


def _blocks(todo: Sequence[WorkItem], request: BatchRequest) -> list[Block]:
    """One item a block in a second attempt, so that none suffers for another."""
    return [(item,) for item in todo] if request.retry_failed else plan_blocks(todo, request.workers.count)


def _convert(todo: Sequence[WorkItem], setup: BatchSetup, request: BatchRequest, engine: BatchEngine, say: Say) -> None:
    """Convert the items. What lost its worker is tried once more, alone, and then written down as lost.

    Raises StorageFailed or BlocksFailed where not one row could be written, which is no fault of the documents.
    """
    if not todo:
        return
    if request.retry_failed:
        setup = setup.with_doubled_limits()
    progress = BatchProgress(todo, say)
    folder = BatchFolder(setup.output)
    refused = _run(engine, _blocks(todo, request), setup, request.workers, progress)
    if left := _without_row(todo, folder):
        log.warning("%d rows are missing, and are tried once more one by one", len(left))
        refused = _run(engine, [(item,) for item in left], setup, request.workers, progress)
    say(progress.line())
    lost = _without_row(left, folder)
    if len(lost) == len(todo):
        raise refused or BlocksFailed(len(lost))
    for item in lost:
        _write_lost(item, setup, folder)


def _run(
    engine: BatchEngine, blocks: Sequence[Block], setup: BatchSetup, workers: Workers, progress: BatchProgress
) -> StorageFailed | None:
    """Run the blocks; the refusal of the output where it took none of them."""
    try:
        for ends in engine.run(blocks, setup, workers):
            progress.add(ends)
    except StorageFailed as refused:
        return refused
    return None


def _without_row(todo: Sequence[WorkItem], folder: BatchFolder) -> list[WorkItem]:
    there = {(end.key, end.attempt) for end in folder.ends()}
    return [item for item in todo if (item.key, item.attempt) not in there]


def _write_lost(item: WorkItem, setup: BatchSetup, folder: BatchFolder) -> None:
    """A row for what no worker could write a row of."""
    row = lost_row(WorkerLost(), item, BatchFacts(setup.batch_id, item.attempt))
    folder.write_block((item,), BlockTables([], [row_values(item, row, 0.0, "")], []))


def _finished(items: Items, ends: dict[str, ItemEnd], converted_now: int) -> BatchOutcome:
    outcome = _outcome(items, ends, converted_now)
    if outcome.missing:
        raise BlocksFailed(outcome.missing)
    return outcome


def _outcome(items: Items, ends: dict[str, ItemEnd], converted_now: int) -> BatchOutcome:
    of_this = [ends[item.key] for item in items.items if item.key in ends]
    return BatchOutcome(
        rows=len(of_this),
        converted_now=converted_now,
        failed=sum(bool(end.code) for end in of_this),
        missing=len(items.items) - len(of_this),
    )


@contextmanager
def alone(folder: Path | None) -> Iterator[None]:
    """Hold the output for this command, as far as it is a folder of this machine. Raises BatchBusy.

    The lock ends with the process, however that ends. A bucket has none: two commands on one are the owner's to avoid.
    """
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BatchBusy from None
        _await_workers(folder)
        yield


def _await_workers(folder: Path) -> None:
    """Wait for the workers of a command that was killed, which may be writing. Raises BatchBusy where they stay."""
    deadline = time.monotonic() + WORKERS_LEAVE_SECONDS
    with (folder / WORKERS_LOCK).open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BatchBusy from None
                time.sleep(0.2)
