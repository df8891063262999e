"""The load benchmark judges fairness and memory by figures; here they are made from known cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.load import most_turns_of_another
from benchmarks.load_server import Samples
from pipeline.records import IterationRecord, RunStatus
from tests.unit.store.records_for_tests import end_record

NOON = datetime(2026, 8, 14, 12, tzinfo=UTC)


def run(name: str, came: float, waited: float) -> IterationRecord:
    """A run that came so many seconds after noon and began so many later."""
    started = (NOON + timedelta(seconds=came)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return replace(end_record(name), started_at=started, queue_ms=round(1000 * waited))


@pytest.mark.parametrize(
    ("b_waited", "turns"),
    [(10, 1), (20, 1), (40, 2)],  # a's runs begin at 0, 20 and 40 seconds; b comes at 5
)
def test_one_caller_with_many_runs_gets_one_turn_while_another_waits(b_waited: float, turns: int) -> None:
    runs = [run("a1", 0, 0), run("a2", 0.1, 20), run("a3", 0.2, 40), run("b", 5, b_waited)]
    records = {record.iteration_id: record for record in runs}
    assert most_turns_of_another(records, {"a1": 0, "a2": 0, "a3": 0, "b": 1}) == turns


def test_a_callers_own_earlier_run_is_no_overtaking() -> None:
    runs = [run("a1", 0, 0), run("b1", 1, 9), run("a2", 2, 18), run("b2", 3, 27)]
    records = {record.iteration_id: record for record in runs}
    assert most_turns_of_another(records, {"a1": 0, "a2": 0, "b1": 1, "b2": 1}) == 1


def test_runs_that_never_began_took_no_turn() -> None:
    stopped = replace(run("a2", 0.1, 20), status=RunStatus.CANCELLED, pages=())
    records = {record.iteration_id: record for record in (stopped, run("b", 5, 60))}
    assert most_turns_of_another(records, {"a2": 0, "b": 1}) == 0


def test_the_slope_is_that_of_the_second_half() -> None:
    rising_then_flat = Samples(server_mb=[float(value) for value in range(60)] + [60.0] * 60)
    assert rising_then_flat.slope_mb_per_minute() == pytest.approx(0)
    rising = Samples(server_mb=[1000 + second / 10 for second in range(120)])
    assert rising.slope_mb_per_minute() == pytest.approx(6)
