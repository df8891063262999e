"""How long a run takes is learnt from runs of the same kind."""

from dataclasses import replace

import pytest

from pipeline.pages import OcrMode, PageStatus
from pipeline.records import CONVERT, GpuUse, InputFacts, IterationRecord, Origin, PageOutcome, Versions
from pipeline.runs.record import blank_record
from pipeline.runs.run_pace import PAGE_SECONDS, START_SECONDS, RunPace
from tests.support.views import a_view


def record(seconds: float, pages: int, ocr: bool = False) -> IterationRecord:
    versions = Versions("1", "3", "2", "2", "1", "x", "")
    blank = blank_record(CONVERT, InputFacts("", 1, pages, Origin.UI), versions)
    outcomes = tuple(PageOutcome(page, PageStatus.OK, ocr=ocr) for page in range(1, pages + 1))
    return replace(blank, duration_ms=round(seconds * 1000), pages=outcomes, pages_ok=pages)


def test_the_median_of_each_kind_counts() -> None:
    pace = RunPace()
    assert pace.page_seconds == PAGE_SECONDS
    for seconds in (1.0, 2.0, 30.0):
        pace.learn(record(START_SECONDS + 10 * seconds, 10))
        pace.learn(record(START_SECONDS + 10 * 2 * seconds, 10, ocr=True))
    assert (pace.page_seconds, pace.scanned_seconds) == pytest.approx((2.0, 4.0))
    assert pace.run_seconds(10, OcrMode.AUTO) == pytest.approx((START_SECONDS + 20, START_SECONDS + 40))
    assert pace.run_seconds(10, OcrMode.AUTO, 0.25) == pytest.approx((START_SECONDS + 25, START_SECONDS + 25))
    assert pace.run_seconds(10, OcrMode.ALWAYS, 0.25) == pytest.approx((START_SECONDS + 40, START_SECONDS + 40))
    assert pace.run_seconds(10, OcrMode.NEVER, 0.25) == pytest.approx((START_SECONDS + 20, START_SECONDS + 20))
    assert len(set(pace.run_seconds(10, OcrMode.NEVER))) == len(set(pace.run_seconds(10, OcrMode.ALWAYS))) == 1


def test_what_teaches_nothing_is_passed_over() -> None:
    pace = RunPace()
    pace.learn(record(100, 1))
    pace.learn(replace(record(100, 10), gpu=GpuUse(calls=1)))
    pace.learn(replace(record(100, 10), parent_id="earlier"))
    assert pace.page_seconds == PAGE_SECONDS


def test_a_run_under_way_has_a_pace_of_its_own() -> None:
    pace = RunPace()
    assert pace.seconds_left(a_view("oo..", remaining_s=7.0)) == 7.0
    assert pace.seconds_left(a_view("oo..")) == pytest.approx(START_SECONDS + 2 * PAGE_SECONDS)
