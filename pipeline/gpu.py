"""The one function that runs under ``@spaces.GPU``: a page batch in, predictions out per micro-batch, model passes only.

On ZeroGPU the client forks the server for each call, so the models must be in place before: ``install`` puts them into the
one module global that Folio allows itself, and the fork inherits it. The argument is pickled, so it holds paths and small
numbers. A failed page is a value in the stream. The worker runs ahead of the parent: what it yields waits in the parent's memory,
so that a slow reader holds no GPU. The CPU lane calls ``predict`` instead: it would only burn the visitor's GPU seconds. Off
ZeroGPU the decorator hands the function back unchanged.

``call`` is what the runs use: ``infer`` under a watch (``gpu_watch.py``), with every failure as a class of ``pipeline/refusals.py``.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import spaces
from spaces.config import Config
from spaces.zero.config import get_config

from pipeline.gpu_watch import CallWatch, Patience
from pipeline.intake.booking import duration_from_pages
from pipeline.models.bundle import Bundle, Lanes, OutOfMemory
from pipeline.models.device import device_name
from pipeline.pages import PageBatch, PageFailure, PageResult, PageTask
from pipeline.pixels import page_image
from pipeline.refusals import (
    GpuCreditsPending,
    GpuDurationRefused,
    GpuQueueTimedOut,
    GpuQuotaExceeded,
    GpuRefused,
    GpuRunsExceeded,
    GpuTokenExpired,
    GpuUnavailable,
    GpuUnreachable,
    GpuVisitorLeft,
    GpuWorkerFailed,
    GpuWorkerLost,
    PageOutOfGpuMemory,
    SpaceQuotaExceeded,
)

_log = logging.getLogger(__name__)
_lanes: Lanes | None = None
_born: float | None = None  # when this process was forked, until its first GPU call


def _note_birth() -> None:
    global _born  # noqa: PLW0603  a fork hook has nothing else to write to
    _born = time.monotonic()


os.register_at_fork(after_in_child=_note_birth)


def install(lanes: Lanes) -> None:
    """Make these the bundles that every later call uses. Call it once, before the app is launched."""
    global _lanes  # noqa: PLW0603  the fork inherits module state and nothing else
    _lanes = lanes


def predict(batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """Predict the pages of ``batch`` on the CPU lane, yielding one tuple of results per micro-batch, in page order.

    Raises RuntimeError when no bundle is installed, OSError when the batch's pixel file is gone.
    """
    if _lanes is None:
        raise RuntimeError("no model bundle is installed")
    yield from _predict(_lanes.cpu, batch)


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """What a GPU call says of a few pages: its results, and the seconds so far for which it has held the device, by its own clock.

    ``device`` is the GPU's name, empty where there is none.
    """

    results: tuple[PageResult, ...]
    held_seconds: float
    device: str


@spaces.GPU(duration=duration_from_pages)  # type: ignore[untyped-decorator]
def infer(batch: PageBatch) -> Iterator[MicroBatch]:
    """Predict the pages of ``batch`` on the GPU, for as many seconds as ``duration_from_pages`` books.

    A fresh worker has held the device since it was forked: the weights' way to the device is part of what the visitor pays. It begins
    no further micro-batch once the batch's stop file is there, so that none is paid for that nobody waits for.
    """
    if _lanes is None or _lanes.gpu is None:
        raise RuntimeError("no model bundle is installed for the GPU")
    held, since, stop = 0.0, _take_birth(), stop_file(batch)
    if stop.exists():
        return
    for results in _predict(_lanes.gpu, batch):
        held += time.monotonic() - since
        yield MicroBatch(results, held, device_name())
        if stop.exists():
            return
        since = time.monotonic()


def stop_file(batch: PageBatch) -> Path:
    """The file that tells a call on this batch to stop. It lies beside the pixels, where the server and every worker find it."""
    return Path(f"{batch.pixels}.stop")


def _take_birth() -> float:
    global _born
    born, _born = _born, None
    return time.monotonic() if born is None else born


def _predict(bundle: Bundle, batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """Micro-batches, halved for the rest of the call where one does not fit into memory."""
    pixels, size, start = Path(batch.pixels), bundle.micro_batch, 0
    while start < len(batch.tasks):
        tasks = batch.tasks[start : start + size]
        try:
            results = tuple(bundle.predict(tasks, [page_image(pixels, task.page) for task in tasks]))
        except OutOfMemory:
            if len(tasks) > 1:
                size = len(tasks) // 2
                continue
            results = (_too_large(tasks[0]),)
        yield results
        start += len(tasks)


def _too_large(task: PageTask) -> PageFailure:
    failure = PageOutOfGpuMemory(task.page.page)
    return PageFailure(failure.page, failure.code, failure.message)


# -- the parent's side -------------------------------------------------------------------------------------------------


def on_zerogpu() -> bool:
    """Whether calls go through ZeroGPU's client."""
    return bool(Config.zero_gpu)


def booking_factor() -> float:
    """By how much the platform multiplies a booking on this hardware: 1.5 on Blackwell, 1 elsewhere."""
    if not on_zerogpu():
        return 1.0
    return float(get_config()["duration_factor"])


def booked_seconds(batch: PageBatch) -> float:
    """The seconds of a booking for ``batch`` as the platform counts them against the visitor's quota."""
    return round(duration_from_pages(batch) * booking_factor())


PATIENCE = Patience()


def call(batch: PageBatch, stopping: Callable[[], bool]) -> Generator[MicroBatch, None, None]:
    """``infer``, made in the thread that carries the visitor's request. Raises GpuRefused.

    Once ``stopping`` says so it ends after the micro-batch under way, which still arrives. A worker that gives nothing for far longer
    than it was booked for is ended, and raises GpuWorkerLost. Closing the iterator ends the call too, without what is under way.
    """
    stream = infer(batch)
    try:
        with CallWatch(stream, booked_seconds(batch), stopping, stop_file(batch), PATIENCE) as watch, closing(stream):
            for said in stream:
                watch.heard()
                yield said
                if not watch.pass_on_stop():
                    break
    except Exception as error:
        refusal = refusal_of(error)
        _log.warning("the GPU lane: %s (%s: %s)", refusal.code, type(error).__name__, error)
        raise refusal from None


# ZeroGPU's client says what happened in the title and the message of a ``gradio.Error`` (spaces/zero/client.py ``schedule``,
# spaces/zero/wrappers.py ``generator_function_wrapper``); it has no codes. Titles that mean one thing each:
TITLES: Mapping[str, Callable[[], GpuRefused]] = {
    "ZeroGPU illegal duration": GpuDurationRefused,
    "ZeroGPU pending credits exceeded": GpuCreditsPending,
    "ZeroGPU queue timeout": GpuQueueTimedOut,
}
# and, under titles that mean several, what the message contains:
MESSAGES: tuple[tuple[str, str, Callable[[], GpuRefused]], ...] = (
    ("ZeroGPU quota exceeded", "Space app has reached its GPU limit", SpaceQuotaExceeded),
    ("ZeroGPU quota exceeded", "ZeroGPU runs limit", GpuRunsExceeded),
    ("ZeroGPU quota exceeded", "No GPU was available after 60s", GpuQueueTimedOut),
    ("ZeroGPU client error", "No GPU was available", GpuUnavailable),
    ("ZeroGPU client error", "Expired ZeroGPU proxy token", GpuTokenExpired),
    ("ZeroGPU worker error", "GPU task aborted", GpuWorkerLost),
    ("ZeroGPU worker error", "", GpuWorkerFailed),  # the message is the exception's class
)
QUOTA_TITLE = "ZeroGPU quota exceeded"
QUOTA = re.compile(  # the wait is a ``timedelta`` as Python prints it
    r"quota \(\d+s requested vs\. (?P<left>-?\d+)s left\)\. Try again in ((?P<d>\d+) days?, )?(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d)"
)
VISITOR_LEFT = "Connection closed by visitor"  # of a RuntimeError


def refusal_of(error: Exception) -> GpuRefused:
    """The class of the error tree for what a GPU call raised."""
    title, message = str(getattr(error, "title", "")), str(getattr(error, "message", error))
    if title in TITLES:
        return TITLES[title]()
    for its_title, part, refusal in MESSAGES:
        if title == its_title and part in message:
            return refusal()
    if title == QUOTA_TITLE:
        return _quota(message)
    if VISITOR_LEFT in message:
        return GpuVisitorLeft()
    return GpuUnreachable() if on_zerogpu() else GpuWorkerFailed()


def _quota(message: str) -> GpuQuotaExceeded:
    told = QUOTA.search(message)
    if told is None:
        return GpuQuotaExceeded()
    wait = timedelta(days=int(told["d"] or 0), hours=int(told["h"]), minutes=int(told["m"]), seconds=int(told["s"]))
    return GpuQuotaExceeded(max(int(told["left"]), 0), int(wait.total_seconds()))
