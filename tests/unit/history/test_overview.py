"""The dashboard's numbers, against the same numbers worked out record by record."""

import statistics
from collections import Counter
from datetime import datetime, timedelta

import pytest

from pipeline.history.overview import DAY, HOUR, MOST_BUCKETS, Overview, Spread, Window, overview
from pipeline.records import ErrorFacts, GpuUse, IterationRecord, RunStatus
from pipeline.store.columns import skim_line
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.row_to_record import RECORD, read_line
from tests.support.overviews import MADE, NOON, NOW, at, table_of
from tests.support.sample_records import start_of


def since(hours: float) -> list[IterationRecord]:
    return [record for record in MADE if datetime.fromisoformat(record.started_at) >= NOON - timedelta(hours=hours)]


@pytest.fixture(scope="module")
def week() -> Overview:
    return overview(table_of(MADE), Window.WEEK, NOW)


def test_totals_add_up_what_the_window_holds(week: Overview) -> None:
    # The window ends with the current quarter of a day, so it reaches back 6 hours less than a week.
    inside = since(7 * 24 - 6)
    assert week.totals.runs == len(inside)
    assert week.totals.pages == sum(record.pages_ok for record in inside)
    assert week.totals.gpu_used == pytest.approx(sum(record.gpu.used_seconds for record in inside))
    assert week.totals.gpu_booked == pytest.approx(sum(record.gpu.booked_seconds for record in inside))
    assert week.totals.gpu_saved == 0
    assert {status: count for status, count in week.totals.by_status.items() if count} == Counter(
        record.status for record in inside
    )
    ended = [record for record in inside if record.status is not RunStatus.CANCELLED]
    assert week.totals.success == sum(record.status is RunStatus.OK for record in ended) / len(ended)


def test_today_and_ever_do_not_depend_on_the_window(week: Overview) -> None:
    assert week.today.runs == sum(record.started_at.startswith("2026-08-14") for record in MADE)
    assert (week.ever.runs, week.ever.pages) == (1500, sum(record.pages_ok for record in MADE))
    assert overview(table_of(MADE), Window.DAY, NOW).today == week.today


def test_percentiles_are_values_that_were_measured(week: Overview) -> None:
    waits = sorted(record.queue_ms for record in since(7 * 24 - 6))
    assert week.totals.queue.p50 == statistics.median_low(waits)
    assert week.totals.queue.p95 == waits[-(-len(waits) * 95 // 100) - 1]


@pytest.mark.parametrize("window", Window)
def test_buckets_share_out_the_window_without_a_rest(window: Window) -> None:
    of = overview(table_of(MADE), window, NOW)
    assert sum(sum(bucket.by_status.values()) for bucket in of.buckets) == of.totals.runs
    assert sum(bucket.pages for bucket in of.buckets) == of.totals.pages
    assert [bucket.start_ms for bucket in of.buckets] == [
        of.start_ms + index * of.step_ms for index in range(len(of.buckets))
    ]
    assert of.buckets[-1].start_ms <= NOW < of.buckets[-1].start_ms + of.step_ms
    assert len(of.buckets) == {Window.DAY: 24, Window.WEEK: 28, Window.MONTH: 30, Window.ALL: 21}[window]


def test_years_of_records_still_make_few_buckets() -> None:
    of = overview(table_of([at(NOON - timedelta(days=1000)), at(NOON)]), Window.ALL, NOW)
    assert len(of.buckets) <= MOST_BUCKETS
    assert of.totals.runs == 2


def test_speed_is_told_by_lane() -> None:
    on_gpu = next(record for record in MADE if record.gpu.used_seconds and record.status is RunStatus.OK)
    on_cpu = next(record for record in MADE if not record.gpu.used_seconds and record.status is RunStatus.OK)
    of = overview(
        table_of([at(NOON - timedelta(minutes=1), on_gpu), at(NOON - timedelta(minutes=2), on_cpu)]), Window.DAY, NOW
    )
    bucket = of.buckets[-2]
    assert bucket.pages_per_gpu_second == pytest.approx(on_gpu.pages_ok / on_gpu.gpu.used_seconds)
    assert bucket.pages_per_cpu_second == pytest.approx(on_cpu.pages_ok / on_cpu.duration_ms * 1000)
    assert of.buckets[0].pages_per_gpu_second is None
    assert of.buckets[0].duration == Spread()


def test_failures_are_grouped_by_code_with_their_newest_run() -> None:
    lost = next(record for record in MADE if record.status is RunStatus.PARTIAL)
    error = ErrorFacts("storage_failed", "Full.", True)
    older = at(NOON - timedelta(hours=3), status=RunStatus.ERROR, error=error)
    newer = at(NOON - timedelta(hours=2), status=RunStatus.ERROR, error=error)
    partial = at(NOON - timedelta(hours=1), lost)
    codes = Counter(page.code for page in lost.pages if page.code)
    found = {
        failure.code: failure
        for failure in overview(table_of([older, newer, partial, at(NOON)]), Window.DAY, NOW).failures
    }
    assert found.keys() == {"storage_failed", *codes}
    assert (found["storage_failed"].runs, found["storage_failed"].example) == (2, newer.iteration_id)
    for code, pages in codes.items():
        assert (found[code].runs, found[code].pages, found[code].example) == (0, pages, partial.iteration_id)


def test_spaces_are_told_apart_and_the_last_heard_comes_first(week: Overview) -> None:
    assert {worker.space: worker.runs for worker in week.workers} == Counter(
        record.versions.space for record in since(7 * 24 - 6)
    )
    heard = [worker.last_ms for worker in week.workers]
    assert heard == sorted(heard, reverse=True)


def test_a_space_is_heard_of_when_its_run_ends() -> None:
    of = overview(table_of([at(NOON - timedelta(minutes=10), duration_ms=120_000, queue_ms=30_000)]), Window.DAY, NOW)
    assert of.workers[0].last_ms == NOW - 10 * 60_000 + 150_000


def test_runs_under_way_count_until_they_must_be_lost() -> None:
    fresh, lost = (start_of(at(NOON - timedelta(hours=hours))) for hours in (1, 30))
    of = overview(table_of([fresh, lost, at(NOON)]), Window.ALL, NOW)
    assert (of.ever.running, of.ever.runs, of.totals.success) == (1, 3, 1.0)


def test_benchmarks_count_nowhere() -> None:
    of = overview(table_of([at(NOON, kind="bench"), at(NOON)]), Window.DAY, NOW)
    assert (of.totals.runs, of.ever.runs, of.workers[0].runs) == (1, 1, 1)


def test_an_answer_from_an_earlier_run_saves_seconds_and_says_nothing_about_speed() -> None:
    first = at(NOON - timedelta(hours=1), duration_ms=60_000, gpu=GpuUse())
    reused = at(NOON, first, kind="reuse", duration_ms=20, gpu=GpuUse(saved_seconds=12.5))
    of = overview(table_of([first, reused]), Window.DAY, NOW)
    assert (of.totals.runs, of.totals.reused, of.totals.gpu_saved) == (1, 1, 12.5)
    assert of.totals.pages == first.pages_ok
    assert of.totals.duration == Spread(60_000, 60_000)
    assert [bucket.pages_per_cpu_second for bucket in of.buckets if bucket.pages] == [first.pages_ok / 60]
    assert skim_line(row_line(to_row(reused))) == skim_line(RECORD.encode(reused))
    assert read_line(row_line(to_row(reused))).gpu == reused.gpu


def test_without_records_there_are_no_numbers() -> None:
    for window in Window:
        of = overview(table_of([]), window, NOW)
        assert (of.totals.runs, of.totals.success, of.totals.duration, of.failures, of.workers) == (
            0,
            None,
            Spread(),
            (),
            (),
        )
        assert of.buckets


def test_days_and_hours_are_whole() -> None:
    of = overview(table_of(MADE), Window.DAY, NOW + 25 * 60_000)
    assert of.start_ms % HOUR == 0
    assert of.start_ms == NOW + HOUR - DAY
