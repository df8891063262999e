"""What benchmarks/gpu.py reads off a contender: seconds, seconds in each network, the device's busy share and its
memory.

On a GPU seconds are those of the wall clock, for which the device is held. On a CPU they are processor time, so that
other work beside does not count.
"""

import platform
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch.autograd.profiler_util import FunctionEventAvg
from torch.profiler import DeviceType


@dataclass
class Clock:
    """Seconds and calls by network. Each call is waited for, unless the clock is ``stopped``."""

    device: str
    stopped: bool = False
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """``call``, with each of its calls booked under ``name``."""

        def booked(*inputs: Any, **options: Any) -> Any:
            if self.stopped:
                return call(*inputs, **options)
            with self.running(name):
                return call(*inputs, **options)

        return booked

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        # On a CPU each network computes in the thread that calls it.
        now = time.perf_counter if self.device == "cuda" else time.thread_time
        wait(self.device)
        began = now()
        yield
        wait(self.device)
        self.seconds[name] += now() - began
        self.calls[name] += 1

    def clear(self) -> None:
        self.seconds.clear()
        self.calls.clear()


class Contender(Protocol):
    """Somebody who converts pages. ``clock`` books what it calls."""

    clock: Clock

    @property
    def engines(self) -> dict[str, str]:
        """Which engine runs which task."""
        ...

    def prepare(self, pages: int) -> None:
        """Get ready whatever lies ready before a GPU call over the first ``pages`` pages."""
        ...

    def run(self, pages: int) -> int:
        """Do what a GPU call would do for the first ``pages`` pages, and return how many tables were decoded."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """``tables`` tables and everything else on the pages took ``seconds``, of which networks computed the
    ``busy_share``. ``networks`` has seconds by network, each call waited for; ``first_seconds`` is what the first page
    took in a process that had computed nothing yet, and ``fresh_seconds`` what the distinct pages, ``fresh_pages`` of
    them, took next: the visitor of a fresh worker pays both. ``peak_mb`` is the most megabytes (10^6) of the GPU's
    memory that torch held, on a CPU of memory that the process did.
    """

    tables: int
    seconds: float
    busy_share: float
    networks: dict[str, float]
    first_seconds: float
    peak_mb: int
    fresh_seconds: float = 0.0
    fresh_pages: int = 0


def read(contender: Contender, pages: int, distinct: int) -> Reading:
    """Run ``contender`` over ``pages`` pages, of which the first ``distinct`` come again.

    On a GPU the pages are run twice, since to wait for each network costs time, and the distinct ones once before, in
    the fresh process, and once after for the share in which the device computes.
    """
    on_gpu = contender.clock.device == "cuda"
    few = min(pages, distinct) if on_gpu else 1
    for count in {1, few, pages}:
        contender.prepare(count)
    first, _ = stopwatch(lambda: contender.run(1), contender.clock.device)
    fresh = 0.0
    if on_gpu:
        contender.clock.stopped = True
        fresh, _ = stopwatch(lambda: contender.run(few), contender.clock.device)
        contender.clock.stopped = False
        torch.cuda.reset_peak_memory_stats()
    contender.clock.clear()
    seconds, tables = stopwatch(lambda: contender.run(pages), contender.clock.device)
    networks = dict(contender.clock.seconds)
    share = sum(networks.values()) / seconds
    if on_gpu:
        contender.clock.stopped = True
        seconds, tables = stopwatch(lambda: contender.run(pages), contender.clock.device)
        share = kernel_seconds(lambda: contender.run(few)) / few / (seconds / pages)
    peak = peak_mb(contender.clock.device)
    return Reading(tables, seconds, min(share, 1.0), networks, first, peak, fresh, few if on_gpu else 0)


def stopwatch(call: Callable[[], int], device: str) -> tuple[float, int]:
    """Seconds of a call, its work on the device included, and what it gave."""
    now = time.perf_counter if device == "cuda" else time.process_time
    wait(device)
    began = now()
    given = call()
    wait(device)
    return now() - began, given


def kernel_seconds(call: Callable[[], object]) -> float:
    """Seconds of all kernels and copies that ``call`` starts on the GPU."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        call()
        wait("cuda")
    return seconds_on_gpu(profile.key_averages())


def seconds_on_gpu(events: Iterable[FunctionEventAvg]) -> float:
    """Seconds of what ran on the GPU; what the host did to start it is listed too, with the kernels' time once more."""
    # Each event brings a device type of its own, which is equal to the constant and not the same object.
    kernels = [event for event in events if event.device_type == DeviceType.CUDA and not event.is_user_annotation]
    return float(sum(event.self_device_time_total for event in kernels)) / 1e6


def wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def peak_mb(device: str) -> int:
    if device == "cuda":
        return torch.cuda.max_memory_allocated() // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def device_name(device: str) -> str:
    """The GPU's name, or the processor's kind; how many cores a process may have says little where others have them
    too.
    """
    return torch.cuda.get_device_name() if device == "cuda" else platform.machine()
