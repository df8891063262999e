"""What benchmarks/gpu.py reads off a contender."""

import time
from typing import ClassVar

from torch.autograd.profiler_util import EventList, FunctionEvent
from torch.profiler import DeviceType

from benchmarks.gpu_clock import Clock, read, seconds_on_gpu


def device_type_of_an_event() -> DeviceType:
    """CUDA as a recorded event names it: an object of its own, equal to the constant."""
    return DeviceType(DeviceType.CUDA.value)


def test_a_kernel_counts_once() -> None:
    """In microseconds, as torch's profiler lists them: the host starts a kernel of 300 and another of 500, and a copy
    of 200 follows.
    """
    launch = FunctionEvent(1, "cudaLaunchKernel", 0, 0, 40, use_device="cuda", stack=[])
    launch.append_kernel("gemm", 0, 300)
    launch.append_kernel("gemm", 0, 500)
    spans = (("gemm", 50, 350), ("gemm", 350, 850), ("Memcpy DtoH", 900, 1100))
    kernels = [
        FunctionEvent(2, name, 7, start, end, use_device="cuda", stack=[], device_type=device_type_of_an_event())
        for name, start, end in spans
    ]
    label = FunctionEvent(
        3, "a page", 7, 0, 1100, use_device="cuda", stack=[], device_type=DeviceType.CUDA, is_user_annotation=True
    )
    events = EventList([launch, *kernels, label], use_device="cuda")
    events._build_tree()
    assert sum(event.self_device_time_total for event in events.key_averages()) > 1000
    assert seconds_on_gpu(events.key_averages()) == 0.001


def work(seconds: float) -> str:
    """Computes for so much processor time; sleeping takes none."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return "done"


def test_a_stopped_clock_books_nothing() -> None:
    clock = Clock("cpu")
    call = clock.timed("work", work)
    assert call(0.02) == "done"
    clock.stopped = True
    assert call(0.02) == "done"
    assert clock.calls == {"work": 1}
    assert clock.seconds["work"] >= 0.02


class Worker:
    """A contender that takes 30 ms a page, of which 20 ms in a network, and 50 ms more on its first page ever."""

    engines: ClassVar[dict[str, str]] = {"layout": "torch"}

    def __init__(self) -> None:
        self.clock = Clock("cpu")
        self.network = self.clock.timed("network", work)
        self.prepared: list[int] = []
        self.ran: list[int] = []

    def prepare(self, pages: int) -> None:
        self.prepared.append(pages)

    def run(self, pages: int) -> int:
        work(0.05 if not self.ran else 0)
        self.ran.append(pages)
        for _ in range(pages):
            self.network(0.02)
            work(0.01)
        return 2 * pages


def test_a_reading_leaves_the_first_page_out() -> None:
    worker = Worker()
    found = read(worker, 4, 2)
    assert (sorted(worker.prepared), worker.ran) == ([1, 4], [1, 4])
    assert found.tables == 8
    assert worker.clock.calls == {"network": 4}
    assert found.first_seconds >= 0.08
    assert found.seconds >= 0.12
    assert found.networks["network"] >= 0.08
    assert found.busy_share == found.networks["network"] / found.seconds
