"""A server's own card: nothing is booked, as many runs compute as fit, and one that broke is used no more."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pipeline.gpu import own_card, worker
from pipeline.gpu.own_card import PASS_BYTES, seats_in
from pipeline.models.bundle import DeviceBroken, Lanes
from pipeline.pages import Lane, LaneChoice, PageBatch, PageResult, PageTask
from pipeline.records import CallEnd
from pipeline.runs.runner import Runner
from pipeline.settings import Settings
from tests.support.batches import batch_of
from tests.support.bundles import RefusingBundle, WholePageBundle
from tests.support.runs import convert, record_of, warm_runner

PAGES = 6
WAIT_S = 30
LIGHT = PASS_BYTES["light"]


@pytest.mark.parametrize(
    ("free", "concurrency", "seats"),
    [(0, 4, 1), (LIGHT - 1, 4, 1), (3 * LIGHT, 4, 3), (80_000_000_000, 4, 4), (80_000_000_000, 1, 1)],
)
def test_as_many_runs_compute_as_fit_into_the_cards_memory(free: int, concurrency: int, seats: int) -> None:
    assert seats_in(free, concurrency, LIGHT) == seats


@pytest.mark.parametrize(("bundle", "fitting"), [("light", 4), ("accurate", 1), ("another", 1)])
def test_each_bundle_is_given_the_memory_that_it_needs(
    bundle: str, fitting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (PASS_BYTES["accurate"], 80_000_000_000))
    assert own_card.seats(8, bundle) == fitting


class MeetingBundle(WholePageBundle):
    """Counts how many passes are under way at once; each waits until ``wanted`` are, or a moment."""

    micro_batch = 1

    def __init__(self, wanted: int) -> None:
        super().__init__(lane=Lane.GPU)
        self.most = self._now = 0
        self._wanted, self._change = wanted, threading.Condition()

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        with self._change:
            self._now += 1
            self.most = max(self.most, self._now)
            self._change.notify_all()
            self._change.wait_for(lambda: self.most >= self._wanted, 0.05)
            self._now -= 1
        return super().predict(tasks, images)


@pytest.fixture
def batch(tmp_path: Path) -> PageBatch:
    (tmp_path / "pixels").write_bytes(bytes(3 * 10 * 10))
    return PageBatch(0, str(tmp_path / "pixels"), batch_of(PAGES).tasks)


@pytest.mark.parametrize("seats", [1, 2])
def test_runs_take_turns_beyond_the_seats(batch: PageBatch, seats: int) -> None:
    bundle = MeetingBundle(seats)
    worker.install(Lanes(WholePageBundle(), bundle), seats)
    calls = [threading.Thread(target=lambda: list(worker.infer(batch))) for _ in range(3)]
    for thread in calls:
        thread.start()
    for thread in calls:
        thread.join(WAIT_S)
    assert bundle.most == seats
    assert sorted(bundle.seen) == sorted(3 * list(batch.pages))


def test_the_wait_for_other_runs_is_not_counted_as_the_cards_time(batch: PageBatch) -> None:
    worker.install(Lanes(WholePageBundle(), MeetingBundle(1)))
    waiting = worker.infer(batch)
    with worker._seats:
        started = threading.Event()
        heard: list[worker.MicroBatch] = []

        def call() -> None:
            started.set()
            heard.append(next(waiting))

        thread = threading.Thread(target=call)
        thread.start()
        assert started.wait(WAIT_S)
        thread.join(0.3)
        assert not heard
    thread.join(WAIT_S)
    assert heard[0].held_seconds < 0.2


def running(settings: Settings, gpu: WholePageBundle) -> Runner:
    return warm_runner(settings, Lanes(WholePageBundle(), gpu, booked=False))


def test_nothing_is_booked(settings: Settings, documents: Path) -> None:
    with running(settings, RefusingBundle(micro_batch=2)) as runner:
        assert (runner.has_gpu, runner.books_gpu) == (True, False)
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    (call,) = record_of(settings, view).gpu.made
    assert (call.pages, call.ended, call.booked_seconds, view.gpu.booked_seconds) == (5, CallEnd.DONE, 0, 0)


def test_a_card_that_broke_costs_no_page_and_is_used_no_more(settings: Settings, documents: Path) -> None:
    bundle = RefusingBundle([(3, DeviceBroken())], micro_batch=2)
    with running(settings, bundle) as runner:
        first = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU)
        second = convert(runner, documents / "manual.pdf", LaneChoice.GPU)
    assert (first.status.value, first.lane, len(first.finished)) == ("ok", Lane.CPU, 5)
    assert bundle.calls == [(1, 2)], "asked for nothing after it broke"
    assert second.error is not None
    assert second.error.code == "gpu_broken"
    assert "until its owner restarts Folio" in second.error.message
