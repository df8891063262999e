"""The plain engine: workers on this machine, without a framework. The reference that the others are compared with."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Protocol

from pipeline.errors import FolioError, StorageFailed, WorkerDiffers, WorkerStartFailed
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, Workers
from pipeline.scale.block_worker import BlockWorker
from pipeline.scale.supervisor import producer_here

log = logging.getLogger(__name__)


class BatchEngine(Protocol):
    """What runs the blocks of a batch job. Its workers write the rows; the engine tells how the items ended."""

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        """What a worker makes. Raises WorkerStartFailed."""

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        """The ends of each block as soon as it is written, in any order. A block that could not be written is left
        out. Raises a FolioError where no worker can do any of it.
        """


def with_threads(setup: BatchSetup, workers: Workers) -> BatchSetup:
    """The setup for workers that may use so many threads."""
    return replace(setup, settings=replace(setup.settings, threads=workers.threads))


@dataclass(frozen=True, slots=True)
class PlainEngine:
    """Workers as threads, each of which waits for a converter process of its own."""

    open_worker: Callable[[BatchSetup], BlockWorker] = BlockWorker

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        return producer_here(with_threads(setup, workers))

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        own, every = threading.local(), []
        stopped = threading.Event()

        def convert(block: Block) -> list[ItemEnd]:
            if stopped.is_set():
                return []
            if not hasattr(own, "worker"):
                own.worker = self.open_worker(with_threads(setup, workers))
                every.append(own.worker)
            ends: list[ItemEnd] = own.worker.convert(block)
            return ends

        with ThreadPoolExecutor(workers.count, thread_name_prefix="batch") as threads:
            waiting = [threads.submit(convert, block) for block in blocks]
            try:
                yield from _written(as_completed(waiting))
            finally:
                stopped.set()
                for future in waiting:
                    future.cancel()
                threads.shutdown()
                for worker in every:
                    worker.close()


def _written(blocks: Iterable[Future[list[ItemEnd]]]) -> Iterator[list[ItemEnd]]:
    """The ends of blocks as they come, without those that were not written. Raises StorageFailed where none was."""
    refused, any_written = None, False
    for block in blocks:
        try:
            yield block.result()
            any_written = True
        except StorageFailed as error:
            log.warning("a block was not written: %s", error.message)
            refused = error
    if refused is not None and not any_written:
        raise refused


HOPELESS: tuple[type[FolioError], ...] = (WorkerDiffers, WorkerStartFailed)
"""What no further block would change."""
