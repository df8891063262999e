"""``pipeline.gpu.infer`` through the real client: what it books, forks, returns, releases, and how its failures
arrive.
"""

import itertools
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.gpu.booking import duration_from_pages
from tests.e2e.zerogpu.conftest import Console, open_console
from tests.standins.zerogpu.__main__ import H200
from tests.standins.zerogpu.device_api import DeviceApi
from tests.standins.zerogpu.scheduler import Grant, Limits, Queue, Refusal, Status, Then, Verdict, alive
from tests.support.gpu_bundle import build_network, score_page
from tests.support.gpu_console import Order, page_pixels, write_batch

BLACKWELL_FACTOR = 1.5


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One process on a Blackwell for the tests of this module, which only look at what is new."""
    with DeviceApi() as api, open_console(tmp_path_factory.mktemp("console"), api) as console:
        yield console


def new_grants(console: Console, before: int) -> list[Grant]:
    return console.api.grants[before:]


def until(condition: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


# -- one call ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [Order(3), Order(60, ocr=40), Order(400)])
def test_a_batch_is_one_call_and_books_what_its_pages_need(console: Console, tmp_path: Path, order: Order) -> None:
    before = len(console.api.grants)
    answer = console.ask(order)
    (grant,) = new_grants(console, before)
    seconds = duration_from_pages(write_batch(tmp_path, order))
    assert grant.booking.seconds == round(math.ceil(seconds / BLACKWELL_FACTOR) * BLACKWELL_FACTOR)
    assert (answer.error, len(answer.scores)) == ("", order.pages)
    assert {len(pages) for pages in answer.arrived[:-1]} <= {4}
    assert (grant.failed, grant.killed) == (False, "")


def test_the_packed_weights_compute_in_a_forked_worker_what_they_compute_here(console: Console) -> None:
    answer = console.ask(Order(6))
    network = build_network()
    expected = [score_page(network, page_pixels(page), "cpu") for page in range(1, 7)]
    assert answer.scores == pytest.approx(expected, abs=1e-6)
    worker = console.inferred[-1]
    assert worker.pid == console.api.grants[-1].pid != console.process.pid
    assert worker.device == console.api.grants[-1].uuid


def test_an_idle_worker_takes_the_next_call(console: Console) -> None:
    console.ask(Order(1))
    console.ask(Order(1))
    first, second = console.api.grants[-2:]
    assert (second.idle, second.pid) == (True, first.pid)
    assert second.token not in {call.query["allowToken"] for call in console.api.asked("allow")}


def test_the_factor_is_the_devices(tmp_path: Path, api: DeviceApi) -> None:
    with open_console(tmp_path / "console", api, H200) as console:
        console.ask(Order(3))
    (grant,) = api.grants
    assert grant.booking.seconds == duration_from_pages(write_batch(tmp_path, Order(3)))


# -- its end -----------------------------------------------------------------------------------------------------------


def test_a_call_that_is_left_is_released_within_one_micro_batch(console: Console) -> None:
    before = len(console.inferred)
    answer = console.ask(Order(40, stop_after=2))
    assert (answer.error, len(answer.arrived)) == ("", 2)
    grant = console.api.grants[-1]
    assert grant.ended is not None
    assert len(console.inferred) - before <= 4 * 4  # two that arrived, one under way, one that was pickled already
    assert console.ask(Order(1)).error == ""


def test_a_killed_worker_loses_nothing_that_arrived(tmp_path: Path, api: DeviceApi) -> None:
    with open_console(tmp_path / "console", api, page_s=0.05) as console:
        console.tell(Order(80))
        until(lambda: len(console.inferred) >= 21)
        api.scheduler.kill(api.grants[0], "by the test")
        answer = console.answer()
        assert (answer.error, answer.message) == ("ZeroGPU worker error", "GPU task aborted")
        assert 20 <= len(answer.scores) <= len(console.inferred) < 80
        assert (api.grants[0].failed, api.grants[0].ended is not None) == (True, True)
        again = console.ask(Order(2))
        assert again.error == ""
        assert api.grants[1].pid != api.grants[0].pid


def test_a_call_that_overruns_its_booking_is_killed(tmp_path: Path) -> None:
    with DeviceApi(Limits(second=0.3)) as api, open_console(tmp_path / "console", api, page_s=0.25) as console:
        answer = console.ask(Order(30))
        assert (answer.error, answer.message) == ("ZeroGPU worker error", "GPU task aborted")
        assert api.grants[0].killed == "duration"
        assert 0 < len(answer.scores) < 30


# -- refusals ----------------------------------------------------------------------------------------------------------

ANONYMOUS = "Space app has reached its GPU limit. Try re-running outside of examples if it happened after clicking one"


@pytest.mark.parametrize(
    ("step", "title", "message"),
    [
        (Refusal(Verdict.QUOTA_EXCEEDED, 12, 3600), "ZeroGPU quota exceeded", ANONYMOUS),
        (Refusal(Verdict.RUNS_EXCEEDED, 200, 0), "ZeroGPU quota exceeded", ANONYMOUS),
        (
            Refusal(Verdict.ILLEGAL_DURATION, 0, -1),
            "ZeroGPU illegal duration",
            "The requested GPU duration (6s) is larger than the maximum allowed",
        ),
        (
            Refusal(Verdict.PENDING_OVERQUOTA, 0, 10),
            "ZeroGPU pending credits exceeded",
            "You have too many ZeroGPU credits",
        ),
        (Queue(Then.FAIL), "ZeroGPU quota exceeded", "No GPU was available after 60s. Try re-running"),
        (Queue(Then.END), "RuntimeError", "Unexpected end of stream"),
        (Status(503), "ZeroGPU client error", "No GPU was available"),
        (Status(401), "ZeroGPU client error", "Expired ZeroGPU proxy token"),
        (Status(500), "RuntimeError", "ZeroGPU API /schedule error: 500"),
    ],
    ids=lambda value: value.verdict.value if isinstance(value, Refusal) else None,
)
def test_a_refusal_comes_before_anything_runs(
    console: Console, step: "Refusal | Queue | Status", title: str, message: str
) -> None:
    before, inferred = len(console.api.grants), len(console.inferred)
    console.api.script.schedule.append(step)
    answer = console.ask(Order(3))
    assert answer.error == title
    assert answer.message.startswith(message)
    assert (answer.arrived, new_grants(console, before), len(console.inferred)) == ([], [], inferred)
    assert console.ask(Order(1)).error == ""


def test_a_booking_above_what_is_left_is_refused_by_the_rules(tmp_path: Path) -> None:
    with DeviceApi(Limits(quota_s=20, runs=1, longest=200)) as api, open_console(tmp_path / "console", api) as console:
        assert console.ask(Order(400)).error == "ZeroGPU quota exceeded"
        assert console.ask(Order(3)).error == ""
        assert console.ask(Order(3)).error == "ZeroGPU quota exceeded"
        api.scheduler.top_up("", 1000, 5)
        assert console.ask(Order(400)).error == ""
        left = api.scheduler.left("")
        assert (left.runs, 900 < (left.seconds or 0) < 1000) == (4, True)


def test_a_broken_queue_is_asked_once_more(console: Console) -> None:
    console.api.script.schedule.append(Queue(Then.DROP))
    asked = len(console.api.asked("schedule"))
    assert console.ask(Order(2)).error == ""
    assert len(console.api.asked("schedule")) == asked + 2


def test_calls_wait_for_the_one_device(tmp_path: Path, api: DeviceApi) -> None:
    with open_console(tmp_path / "console", api, page_s=0.02) as console:
        for _ in range(3):
            console.tell(Order(8))
        assert [console.answer().error for _ in range(3)] == ["", "", ""]
    spans = [(grant.began, grant.ended or math.inf) for grant in api.grants]
    assert [later[0] >= earlier[1] for earlier, later in itertools.pairwise(spans)] == [True, True]


# -- nothing is left ---------------------------------------------------------------------------------------------------


def test_workers_end_with_the_process_that_forked_them(tmp_path: Path, api: DeviceApi) -> None:
    with open_console(tmp_path / "console", api, page_s=0.05) as console:
        console.tell(Order(200))
        until(lambda: len(console.inferred) >= 4)
        worker = api.grants[0].pid
        assert worker is not None
        assert alive(worker)
    until(lambda: not alive(worker))
    assert os.listdir(tmp_path / "console" / "tmp") == []
