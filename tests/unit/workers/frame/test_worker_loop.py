"""The loop: one record for each iteration, pauses, visitors first, back-off, and kills at any time."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import FileMissing, StorageFailed, WorkerRunsAlready
from pipeline.settings import Settings
from pipeline.store.heartbeats import heartbeat_path, is_silent, read_heartbeat, worker_lock_path
from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import IterationStatus, Role, Severity, WorkerState
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_lock import only_worker
from pipeline.workers.frame.worker_loop import MOST_ATTEMPTS
from pipeline.workers.frame.worker_protocol import Turn
from tests.support.runs import until
from tests.support.worker_stand import NOON, CountingWork, HandClock, finding, loop_over

PROJECT = Path(__file__).parents[4]


@pytest.fixture
def iterations(settings: Settings) -> IterationLog:
    return IterationLog(settings.data_dir, Role.ANALYSIS)


def test_an_iteration_comes_every_interval_until_the_end_is_asked(settings: Settings, iterations: IterationLog) -> None:
    clock = HandClock(stops_after=NOON + timedelta(seconds=150))
    published: list[bool] = []

    def publish(at_once: bool) -> str:
        published.append(at_once)
        return ""

    loop_over(settings, CountingWork(), clock, publish=publish).run(clock)
    assert [item.summary for item in reversed(iterations.recent(9))] == ["count 1", "count 2", "count 3"]
    assert published == [False, False, False, True]


def test_insights_grow_with_findings(settings: Settings, iterations: IterationLog) -> None:
    loop = loop_over(settings, CountingWork(findings=[finding(sentence="Slower.")]), HandClock())
    loop.turn(HandClock())
    severe = finding(severity=Severity.SEVERE, sentence="Much slower.")
    loop_over(settings, CountingWork(findings=[severe, finding("0.3.0")]), HandClock()).turn(HandClock())
    last = iterations.last()
    assert last is not None
    told = [(item.key, item.sentence, item.first_iteration, item.times) for item in last.cumulative_insights]
    assert told == [
        ("performance.infer · 0.2.0", "Much slower.", 1, 2),
        ("performance.infer · 0.3.0", "Slower.", 2, 1),
    ]


def test_a_paused_worker_does_nothing_until_it_is_told_to_go_on(settings: Settings, iterations: IterationLog) -> None:
    iterations.switch(paused=True)
    clock = HandClock(stops_after=NOON + timedelta(minutes=5))
    loop = loop_over(settings, CountingWork(), clock)
    loop.run(clock)
    assert iterations.last() is None
    beat = read_heartbeat(settings, Role.ANALYSIS)
    assert beat is not None
    assert beat.state is WorkerState.PAUSED
    iterations.switch(paused=False)
    clock.stops_after = clock.time + timedelta(seconds=1)
    loop.run(clock)
    assert iterations.next_number() == 2


@pytest.mark.parametrize(("heavy", "done"), [(False, 1), (True, 0)])
def test_visitors_come_first_and_a_light_worker_has_patience_for_ten_minutes(
    settings: Settings, iterations: IterationLog, heavy: bool, done: int
) -> None:
    clock, work = HandClock(stops_after=NOON + timedelta(minutes=9)), CountingWork()
    work.heavy = heavy
    loop = loop_over(settings, work, clock, busy=lambda now: True)
    loop.run(clock)
    assert iterations.numbers() == []
    clock.stops_after = NOON + timedelta(minutes=10, seconds=30)
    loop.run(clock)
    assert len(iterations.numbers()) == done


def test_a_failure_is_recorded_with_its_code_and_the_state_stays(settings: Settings, iterations: IterationLog) -> None:
    loop_over(settings, CountingWork(), HandClock()).turn(HandClock())

    def fail(turn: Turn) -> None:
        raise FileMissing if turn.number == 2 else RuntimeError("secret")

    failing = loop_over(settings, CountingWork(fail), HandClock())
    for code in ("file_missing", "internal"):
        iteration = failing.turn(HandClock())
        assert iteration is not None
        assert (iteration.status, iteration.error) == (IterationStatus.ERROR, code)
        assert "secret" not in iteration.summary
    good = loop_over(settings, CountingWork(), HandClock()).turn(HandClock())
    assert good is not None
    assert (good.iteration, json.loads(good.state)) == (4, {"count": 2})


def test_after_failures_the_worker_waits_longer_each_time(settings: Settings) -> None:
    def fail(turn: Turn) -> None:
        raise FileMissing

    clock = HandClock(stops_after=NOON + timedelta(seconds=60 * (2 + 4 + 8)))
    loop_over(settings, CountingWork(fail), clock).run(clock)
    beat = read_heartbeat(settings, Role.ANALYSIS)
    assert beat is not None
    assert (beat.iteration, beat.state, beat.error) == (3, WorkerState.BACKING_OFF, "file_missing")


def test_weeks_of_failures_do_not_end_the_worker(settings: Settings) -> None:
    def fail(turn: Turn) -> None:
        raise FileMissing

    clock = HandClock(stops_after=NOON + timedelta(minutes=90))
    loop = loop_over(settings, CountingWork(fail), clock)
    loop._failures = 2000
    loop.run(clock)
    beat = read_heartbeat(settings, Role.ANALYSIS)
    assert beat is not None
    assert (beat.iteration, beat.state) == (2, WorkerState.BACKING_OFF)


def test_an_iteration_that_could_not_be_recorded_is_done_again_under_its_number(
    settings: Settings, iterations: IterationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = loop_over(settings, CountingWork(), HandClock())

    def full(self: IterationLog, iteration: object) -> None:
        raise StorageFailed

    with monkeypatch.context() as patched:
        patched.setattr(IterationLog, "append", full)
        assert loop.turn(HandClock()) is None
    again = loop.turn(HandClock())
    assert again is not None
    assert (again.iteration, again.summary) == (1, "count 1")


def test_an_iteration_that_takes_its_process_with_it_is_given_up(settings: Settings, iterations: IterationLog) -> None:
    for _ in range(MOST_ATTEMPTS):
        iterations.begin(1)
    loop = loop_over(settings, CountingWork(), HandClock())
    given_up, following = loop.turn(HandClock()), loop.turn(HandClock())
    assert given_up is not None
    assert following is not None
    assert (given_up.iteration, given_up.error) == (1, "iteration_given_up")
    assert (following.iteration, following.status) == (2, IterationStatus.OK)


# -- in a process of its own -------------------------------------------------------------------------------------------


def start(settings: Settings, **variables: str) -> subprocess.Popen[bytes]:
    folders = {"DATA_DIR": str(settings.data_dir), "WORK_DIR": str(settings.work_dir)}
    command = [sys.executable, "-m", "tests.support.count_iterations"]
    return subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **folders, **variables}, stderr=subprocess.PIPE)


@pytest.fixture
def counter(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    process = start(settings, SLOW="0.05")
    yield process
    process.kill()
    process.communicate()


def test_killed_at_any_time_no_iteration_is_lost_and_none_is_repeated(
    settings: Settings, iterations: IterationLog
) -> None:
    chance = random.Random(5)
    for _ in range(3):
        before = iterations.next_number()
        process = start(settings)
        until(lambda before=before: iterations.next_number() > before + 3)  # type: ignore[misc]
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        iterations.recover()
    numbers = iterations.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 12
    for number in numbers:
        iteration = iterations.read(number)
        assert iteration is not None
        assert json.loads(iteration.state) == {"count": number}


def test_it_ends_soon_after_it_is_told_to_and_says_so(
    settings: Settings, iterations: IterationLog, counter: subprocess.Popen[bytes]
) -> None:
    until(lambda: iterations.next_number() > 2)
    with pytest.raises(WorkerRunsAlready), only_worker(worker_lock_path(settings, Role.ANALYSIS)):
        pass
    began = time.monotonic()
    counter.terminate()
    counter.wait(10)
    assert time.monotonic() - began < 10
    beat = read_heartbeat(settings, Role.ANALYSIS)
    assert beat is not None
    assert beat.state is WorkerState.STOPPED


def test_a_worker_is_silent_after_two_minutes_without_a_beat(settings: Settings) -> None:
    loop_over(settings, CountingWork(), HandClock()).turn(HandClock())
    beat = read_heartbeat(settings, Role.ANALYSIS)
    assert beat is not None
    assert not is_silent(beat, NOON + timedelta(seconds=110))
    assert is_silent(beat, NOON + timedelta(seconds=130))


def test_a_worker_that_is_ended_in_the_middle_of_its_work_has_said_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.workers.frame.pulse.BEAT_SECONDS", 0.01)
    path = heartbeat_path(settings, Role.ANALYSIS)
    with Pulse(path, Role.ANALYSIS, ending=lambda: True) as pulse:
        pulse.show(state=WorkerState.WORKING)

        def has_stopped() -> bool:
            beat = read_heartbeat(settings, Role.ANALYSIS)
            return beat is not None and beat.state is WorkerState.STOPPED

        until(has_stopped)
