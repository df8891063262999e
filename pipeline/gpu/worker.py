"""The one function that runs under ``@spaces.GPU``: a page batch in, predictions out per micro-batch.

Nothing but model passes happens in it. On ZeroGPU the client forks the server for each call, so the models must be in
place before: ``install`` puts them into a module global, and the fork inherits it. The argument is pickled, so it holds
paths and small numbers. A failed page is a value in the stream. The worker runs ahead of the parent: its results wait
in the parent's memory, so that a slow reader holds no GPU.

Off ZeroGPU the decorator hands the function back unchanged: the threads that convert documents share the server's card.
As many of them compute at once as ``install`` has seats for; the others wait for their turn between micro-batches.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import spaces

from pipeline.errors import PageModelFailed, PageOutOfGpuMemory
from pipeline.gpu.booking import duration_from_pages
from pipeline.gpu.device import device_name
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.models.bundle import DeviceBroken, Lanes
from pipeline.models.micro_batches import micro_batches
from pipeline.pages import PageBatch, PageFailure, PageResult

_log = logging.getLogger(__name__)

BROKEN_STATUS = 70  # EX_SOFTWARE of sysexits.h

_lanes: Lanes | None = None
_seats = threading.BoundedSemaphore()
_broken = False  # of a server's own card; a worker of ZeroGPU ends instead
_born: float | None = None  # when this process was forked, until its first GPU call


def _note_birth() -> None:
    global _born  # noqa: PLW0603  a fork hook has nothing else to write to
    _born = time.monotonic()


os.register_at_fork(after_in_child=_note_birth)


def install(lanes: Lanes, seats: int = 1) -> None:
    """Make these the bundles that every later call uses; off ZeroGPU ``seats`` calls compute at the same time. Call it
    once, before the app is launched.
    """
    global _lanes, _seats, _broken
    _lanes, _seats, _broken = lanes, threading.BoundedSemaphore(seats), False


class NothingPredicted(Exception):
    """Not one of several pages of a micro-batch was predicted."""


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """What a GPU call says of a few pages: its results, and the seconds so far for which it has held the device, by its
    own clock, without those for which it waited for other runs.

    ``device`` is the GPU's name, empty where there is none.
    """

    results: tuple[PageResult, ...]
    held_seconds: float
    device: str


@spaces.GPU(duration=duration_from_pages)  # type: ignore[untyped-decorator]
def infer(batch: PageBatch) -> Iterator[MicroBatch]:
    """Predict the pages of ``batch`` on the GPU, for as many seconds as ``duration_from_pages`` books.

    A fresh worker has held the device since it was forked: the weights' way to the device is part of what the visitor
    pays. It begins no further micro-batch once the batch's stop file is there, so that none is paid for that nobody
    waits for. A worker whose device is broken ends, because the platform would give it the next call; elsewhere
    DeviceBroken is raised, by every later call too.
    """
    if _lanes is None or _lanes.gpu is None:
        raise RuntimeError("no model bundle is installed for the GPU")
    held, stop = 0.0, stop_file(batch)
    stream = _sound(micro_batches(_lanes.gpu, batch, PageOutOfGpuMemory))
    while not stop.exists():
        with _seats:
            since = _take_birth()
            results = next(stream, None)
            held += time.monotonic() - since
        if results is None:
            return
        yield MicroBatch(results, held, device_name())


def _sound(stream: Iterator[tuple[PageResult, ...]]) -> Iterator[tuple[PageResult, ...]]:
    """The micro-batches until the device breaks. Where not one page of several is predicted, a worker of ZeroGPU ends
    too; a server's own card goes on for other documents.
    """
    global _broken  # noqa: PLW0603  every later call of this process must learn of it
    if _broken:
        raise DeviceBroken
    try:
        for results in stream:
            if len(results) > 1 and all(_model_failed(result) for result in results):
                raise NothingPredicted
            yield results
    except (DeviceBroken, NothingPredicted) as error:
        _log.exception("the GPU computes no page in process %d", os.getpid())
        if on_zerogpu():
            logging.shutdown()
            os._exit(BROKEN_STATUS)
        _broken = _broken or isinstance(error, DeviceBroken)
        raise


def _model_failed(result: PageResult) -> bool:
    return isinstance(result, PageFailure) and result.code == PageModelFailed.code


def stop_file(batch: PageBatch) -> Path:
    """The file that tells a call on this batch to stop. It lies beside the pixels, where the server and every worker
    find it.
    """
    return Path(f"{batch.pixels}.stop")


def _take_birth() -> float:
    global _born
    born, _born = _born, None
    return time.monotonic() if born is None else born
