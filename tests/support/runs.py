"""Runners over shared parse children, and what tests ask of their runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.models.bundle import Lanes
from pipeline.pages import Lane, LaneChoice, OcrMode
from pipeline.records import REFUSAL, ConvertOptions, IterationRecord, Origin
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings
from pipeline.store.ledger import Ledger
from tests.support.bundles import WholePageBundle
from tests.support.readers import warm_reader


def warm_runner(settings: Settings, lanes: Lanes) -> Runner:
    """A runner that takes its parse children from the pool, for tests that are not about the children."""
    return Runner(settings, lanes, readers=warm_reader)


@contextmanager
def running(settings: Settings, bundle: WholePageBundle) -> Iterator[Runner]:
    """A runner with ``bundle`` on its own lane; where that is the GPU, the CPU lane has an ordinary one."""
    lanes = Lanes(bundle) if bundle.lane is Lane.CPU else Lanes(WholePageBundle(), bundle)
    with warm_runner(settings, lanes) as runner:
        yield runner


@contextmanager
def gpu_running(settings: Settings, gpu: WholePageBundle, cpu: WholePageBundle | None = None) -> Iterator[Runner]:
    """A runner with both lanes."""
    with warm_runner(settings, Lanes(cpu or WholePageBundle(), gpu)) as runner:
        yield runner


def submit(runner: Runner, path: Path, pages: str = "") -> str:
    """Ask for a run through the API and return its id."""
    return runner.submit(Source(path, path.name), ConvertOptions(pages=pages), Origin.API)


def last(runner: Runner, run_id: str) -> RunView:
    """The snapshot of the run's end."""
    return list(runner.watch(run_id))[-1]


def convert(runner: Runner, path: Path, lane: LaneChoice, ocr: OcrMode = OcrMode.AUTO) -> RunView:
    """A run on ``lane``, ended."""
    return last(runner, runner.submit(Source(path, path.name), ConvertOptions(lane=lane, ocr=ocr), Origin.API))


def records(settings: Settings) -> list[IterationRecord]:
    """The records of runs, and of answers from earlier runs, in the data folder."""
    return [record for record in Ledger(settings.data_dir).records() if record.kind != REFUSAL]


def refusals(settings: Settings) -> list[IterationRecord]:
    """The records of refused requests in the data folder."""
    return [record for record in Ledger(settings.data_dir).records() if record.kind == REFUSAL]


def record_of(settings: Settings, view: RunView) -> IterationRecord:
    """The record of the run that ``view`` shows."""
    return next(record for record in records(settings) if record.iteration_id == view.record_id)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until ``condition`` holds, and fail the test where it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
