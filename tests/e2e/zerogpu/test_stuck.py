"""Workers of GPU calls that are stuck, or whose end the client does not notice: the run goes on, and nothing is left of
them.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.records import CallEnd, GpuCall
from tests.e2e.zerogpu.space import (
    Space,
    Told,
    convert,
    descendants,
    open_space,
    result,
    small_pages,
    start,
    until,
    visit,
)
from tests.standins.zerogpu.scheduler import Grant, Silence, alive

pytestmark = pytest.mark.serial

# Until the first result, after it, for the end to be noticed, and what a booked second lasts.
PATIENCE = "6 3 1 0.05"
PAGE_S = "0.05"
MICRO_BATCH = 4


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    with open_space(tmp_path_factory.mktemp("space"), PAGE_S=PAGE_S, PATIENCE=PATIENCE) as running:
        yield running


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    return small_pages(40, tmp_path / "forty.pdf")


def calls(space: Space, told: Told) -> tuple[GpuCall, ...]:
    return space.record(told.status["record_id"]).gpu.made


def expect_gone(space: Space, pid: int) -> None:
    """No process is left of it, not even one that nobody has asked for its end."""
    until(lambda: not alive(pid))
    until(lambda: pid not in descendants(space.site.process.pid))


def expect_each_page_once(space: Space, inferred: int) -> None:
    """But for the micro-batch that was lost."""
    times = Counter(line.page for line in space.inferred[inferred:])
    assert set(times) == set(range(1, 41))
    assert max(times.values()) <= 2
    assert sum(times.values()) <= 40 + MICRO_BATCH


def stop_worker(space: Space, grants: int, pages: int) -> Grant:
    """Let the worker of the newest call stand still once it has predicted ``pages`` pages more."""
    before = len(space.inferred)
    until(lambda: len(space.inferred) >= before + pages)
    grant = space.api.grants[grants]
    assert grant.pid is not None
    os.kill(grant.pid, signal.SIGSTOP)
    return grant


def test_a_worker_that_stands_still_between_two_results_is_ended_and_its_pages_asked_for_again(
    space: Space, tmp_path: Path, pdf: Path
) -> None:
    grants, inferred = len(space.api.grants), len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        job = start(client, pdf, lane="gpu")
        stuck = stop_worker(space, grants, pages=10)
        told = result(job)
    assert (told.status["status"], told.status["pages_done"], told.code) == ("ok", 40, "")
    assert [call.ended for call in calls(space, told)] == [CallEnd.LOST, CallEnd.DONE]
    assert (stuck.failed, stuck.killed, space.api.grants[-1].failed) == (True, "", False)
    expect_gone(space, stuck.pid or 0)
    expect_each_page_once(space, inferred)


def test_a_worker_that_never_gets_to_its_first_page_is_ended(space: Space, tmp_path: Path, pdf: Path) -> None:
    """The platform does not answer it, and so never learns of a process that it could kill."""
    fresh(space)
    grants, inferred = len(space.api.grants), len(space.inferred)
    space.api.script.allow.append(Silence())
    with visit(space, tmp_path, "ann") as client:
        told = convert(client, pdf, lane="gpu")
    assert (told.status["status"], told.status["pages_done"]) == ("ok", 40)
    assert [(call.ended, call.pages) for call in calls(space, told)] == [(CallEnd.LOST, 0), (CallEnd.DONE, 40)]
    lost = int(space.api.asked("allow")[-2].query["pid"])
    assert (space.api.grants[grants].failed, space.api.grants[grants].pid) == (True, None)
    expect_gone(space, lost)
    assert [line.page for line in space.inferred[inferred:]] == list(range(1, 41))


def fresh(space: Space) -> None:
    """Let the next call need a new worker."""
    for pid in filter(None, [device.pid for device in space.api.scheduler._devices]):
        os.kill(pid, signal.SIGKILL)
        expect_gone(space, pid)


def test_a_run_whose_worker_stands_still_can_be_stopped(space: Space, tmp_path: Path, pdf: Path) -> None:
    grants, inferred = len(space.api.grants), len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        job = start(client, pdf, lane="gpu")
        stuck = stop_worker(space, grants, pages=10)
        client.predict(run_id=next(iter(job))[1]["run_id"], api_name="/cancel")
        told = result(job)
    pages = [line.page for line in space.inferred[inferred:]]
    assert (told.status["status"], [call.ended for call in calls(space, told)]) == ("cancelled", [CallEnd.LOST])
    assert len(pages) - MICRO_BATCH <= int(str(told.status["pages_done"])) <= len(pages)
    expect_gone(space, stuck.pid or 0)


def test_a_device_that_is_stuck_twice_is_given_up_for_the_cpu(space: Space, tmp_path: Path, pdf: Path) -> None:
    fresh(space)
    space.api.script.allow.extend([Silence(), Silence()])
    with visit(space, tmp_path, "ann") as client:
        told = convert(client, pdf, pages="1-6", lane="gpu_then_cpu")
    assert (told.status["status"], told.status["lane"]) == ("ok", "cpu")
    assert [call.ended for call in calls(space, told)] == [CallEnd.LOST, CallEnd.LOST]
    for call in space.api.asked("allow")[-2:]:
        expect_gone(space, int(call.query["pid"]))
    assert [line.device for line in space.inferred[-6:]] == ["cpu"] * 6


def test_the_end_of_a_worker_is_told_where_the_platform_refuses_to_hear_of_it(
    space: Space, tmp_path: Path, pdf: Path
) -> None:
    grants, inferred = len(space.api.grants), len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        job = start(client, pdf, lane="gpu")
        until(lambda: len(space.inferred) >= inferred + 10)
        space.api.script.release.append(500)
        space.api.scheduler.kill(space.api.grants[grants], "by the test")
        told = result(job)
    assert (told.status["status"], told.status["pages_done"]) == ("ok", 40)
    assert [call.ended for call in calls(space, told)] == [CallEnd.LOST, CallEnd.DONE]
    expect_each_page_once(space, inferred)


# A site of its own: the other worker of the serial tests runs it, whose share is smaller.
@pytest.mark.xdist_group("dying-worker")
def test_a_worker_that_dies_in_the_middle_of_a_result_does_not_hold_the_run_up(tmp_path: Path, pdf: Path) -> None:
    with (
        open_space(tmp_path / "space", PAGE_S=PAGE_S, PATIENCE=PATIENCE, CUT_PAGE="10") as space,
        visit(space, tmp_path, "ann") as client,
    ):
        told = convert(client, pdf, lane="gpu")
        assert (told.status["status"], told.status["pages_done"]) == ("ok", 40)
        assert [(call.ended, call.pages) for call in calls(space, told)] == [(CallEnd.LOST, 8), (CallEnd.DONE, 32)]
        lost, other = space.api.grants
        assert (lost.failed, lost.ended is not None, other.failed) == (True, True, False)
        expect_gone(space, lost.pid or 0)
        expect_each_page_once(space, 0)
