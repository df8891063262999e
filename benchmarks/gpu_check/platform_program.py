"""Makes the calls of ``platform_calls``, as a Space would: run by ``python -m tests.standins.zerogpu``.

Its arguments: a folder of its own, the device, the pages of a call, the calls to measure. On the device the light
bundle serves, in a rehearsal one small network.
"""

from tests.standins.gradio_names import install_names

install_names()

# isort: split
import spaces  # before torch, as in app.py

# isort: split
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from benchmarks.gpu_check.batches import batch_of
from benchmarks.gpu_check.platform_calls import ANSWER
from benchmarks.gpu_check.results import Found
from benchmarks.gpu_pages import Kind, corpus
from pipeline.errors import GpuRefused
from pipeline.gpu import worker
from pipeline.gpu.booking import Kinds, booked_seconds, needed_seconds, rates_from
from pipeline.gpu.call import gpu_call
from pipeline.gpu.call_timer import CallClock
from pipeline.models.bundle import Bundle, DeviceBroken, Lanes
from pipeline.models.images import Pixels
from pipeline.pages import PageBatch, PageFailure, PageResult, PageTask
from pipeline.records import CallEnd, GpuCall
from tests.support.gpu_bundle import TorchBundle

WORKER = "worker"  # the file with the number of the process that made the last pass


class SmallBundle(TorchBundle):
    """One small network, on a device that breaks where ``breaks`` says so."""

    def __init__(self, log: Path, breaks: Callable[[], bool]) -> None:
        super().__init__(log)
        self._breaks = breaks

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        if self._breaks():
            raise DeviceBroken
        return super().predict(tasks, images)


def light_bundle(breaks: Callable[[], bool]) -> Bundle:
    """The light bundle, on a device that breaks where ``breaks`` says so."""
    # Imported here, since a rehearsal is to be short.
    from benchmarks.gpu_check.faults import BreakingBundle
    from pipeline.models.aot.engine import Engines

    return BreakingBundle(Engines("cuda"), breaks, "cuda")


def main(folder: Path, device: str, pages: int, count: int) -> None:
    """One line of JSON per call."""
    breaks = folder / "breaks"

    def note_worker() -> bool:
        (folder / WORKER).write_text(str(os.getpid()), encoding="ascii")
        return breaks.exists()

    batch = batch_of(corpus(Kind.PLAIN, pages), folder)
    bundle = light_bundle(note_worker) if device == "cuda" else SmallBundle(folder / "inferred", note_worker)
    worker.install(Lanes(bundle, bundle))
    spaces.zero.startup()  # what gradio's launch does: packs the weights and reports
    facts = []
    for number in range(1, count + 1):
        tell(f"call {number}", made := call(batch, folder))
        facts.append(made.pop("facts"))
    breaks.touch()
    tell("broken", call(batch, folder))
    breaks.unlink()
    tell("after", call(batch, folder))
    learnt = replace(batch, rates=rates_from(facts))
    needed = needed_seconds(Kinds.of(learnt.tasks), learnt.rates)
    tell("booking", {"needed": round(needed, 3), "booked": booked_seconds(learnt)})


def tell(name: str, found: Found) -> None:
    shown = {key: value for key, value in found.items() if not isinstance(value, GpuCall)}
    print(ANSWER + json.dumps({name: shown}), flush=True)


def call(batch: PageBatch, folder: Path) -> Found:
    """Pages, failures and seconds of one call, the worker that made it, and the refusal if it was refused."""
    clock, began, failures, refusal = CallClock(booked_seconds(batch)), perf_counter(), 0, ""
    device = ""
    try:
        with closing(gpu_call(batch, lambda: False)) as stream:
            for micro_batch in stream:
                clock.heard(micro_batch.results, micro_batch.held_seconds, batch.tasks)
                failures += sum(isinstance(result, PageFailure) for result in micro_batch.results)
                device = micro_batch.device
                clock.ask()
        clock.ended = CallEnd.DONE
    except GpuRefused as error:
        refusal = error.code
    made = clock.facts()
    return {
        "wanted": len(batch.tasks),
        "pages": made.pages,
        "failures": failures,
        "start": made.start_seconds,
        "used": made.used_seconds,
        "wall": round(perf_counter() - began, 3),
        "device": device,
        "worker": (folder / WORKER).read_text(encoding="ascii") if (folder / WORKER).exists() else "",
        "refusal": refusal,
        "facts": made,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
