"""Iteration numbers: none is lost, none is used twice."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import IterationStatus, Role, WorkerIteration

FIRST = WorkerIteration(
    role=Role.ANALYSIS,
    iteration=1,
    started_at="2026-03-02T12:00:00.000Z",
    duration_ms=12,
    status=IterationStatus.OK,
    summary="Nothing.",
)


@pytest.fixture
def iterations(tmp_path: Path) -> IterationLog:
    return IterationLog(tmp_path, Role.ANALYSIS)


def test_numbers_begin_at_one_and_go_on_over_restarts(iterations: IterationLog, tmp_path: Path) -> None:
    assert (iterations.next_number(), iterations.last()) == (1, None)
    iterations.append(FIRST)
    again = IterationLog(tmp_path, Role.ANALYSIS)
    assert (again.next_number(), again.last()) == (2, FIRST)


def test_a_number_is_taken_once_and_none_is_left_out(iterations: IterationLog) -> None:
    iterations.append(FIRST)
    for wrong in (1, 3):
        with pytest.raises(ValueError, match="not the next one"):
            iterations.append(replace(FIRST, iteration=wrong))


def test_two_processes_that_raced_for_a_number_do_not_both_get_it(
    iterations: IterationLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = IterationLog(tmp_path, Role.ANALYSIS)
    monkeypatch.setattr(rival, "next_number", lambda: 1)
    iterations.append(FIRST)
    with pytest.raises(FileExistsError):
        rival.append(replace(FIRST, summary="The rival's."))
    assert iterations.last() == FIRST


def test_an_iteration_that_was_cut_short_is_done_again(iterations: IterationLog, tmp_path: Path) -> None:
    iterations.append(FIRST)
    torn = tmp_path / "workers" / "analysis" / "iterations" / "00000002.json"
    torn.write_bytes(b'{"role": "anal')
    iterations.recover()
    assert not torn.exists()
    assert iterations.next_number() == 2


def test_attempts_are_counted_until_the_iteration_has_ended(iterations: IterationLog, tmp_path: Path) -> None:
    assert [iterations.begin(1), iterations.begin(1)] == [1, 2]
    iterations.append(FIRST)
    assert list((tmp_path / "workers" / "analysis" / "attempts").iterdir()) == []


def test_the_newest_are_kept_and_the_numbers_go_on(iterations: IterationLog) -> None:
    for number in range(1, 6):
        iterations.append(replace(FIRST, iteration=number))
    iterations.forget(2)
    assert iterations.numbers() == [4, 5]
    assert iterations.next_number() == 6
    assert [item.iteration for item in iterations.recent(9)] == [5, 4]


def test_a_line_of_the_dataset_is_taken_in_once_and_junk_never(iterations: IterationLog) -> None:
    iterations.append(FIRST)
    line = iterations.line(1) or b""
    second = json.dumps(json.loads(line) | {"iteration": 2}).encode()
    of_another_role = json.dumps(json.loads(line) | {"iteration": 3, "role": "tuning"}).encode()
    seed = json.dumps(json.loads(line) | {"iteration": 0}).encode()
    assert iterations.adopt([line, second, second, of_another_role, seed, b"{", b"[]"]) == 1
    assert iterations.numbers() == [1, 2]


def test_the_newest_order_counts(iterations: IterationLog, tmp_path: Path) -> None:
    assert not iterations.paused
    iterations.switch(paused=True)
    iterations.switch(paused=True)
    assert IterationLog(tmp_path, Role.ANALYSIS).paused
    iterations.switch(paused=False)
    assert not iterations.paused
    assert not IterationLog(tmp_path, Role.TUNING).paused
