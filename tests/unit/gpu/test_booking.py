"""Bookings: how many seconds for which pages, which pages for how many seconds, and what measured calls change."""

import pickle
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from pipeline.formula_time import formula_seconds
from pipeline.gpu.booking import (
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    Kinds,
    batch_seconds,
    booked_seconds,
    duration_from_pages,
    estimate_calls,
    first_call,
    fitting,
    needed_seconds,
    rates_from,
    seconds_for,
    smaller_booking,
)
from pipeline.pages import Rates
from pipeline.records import CallEnd, GpuCall
from tests.support.batches import RATES, batch_of


@pytest.mark.parametrize(
    ("pages", "ocr_pages", "seconds"), [(1, 0, 11), (50, 0, 25), (96, 0, 39), (96, 40, 87), (512, 512, 120)]
)
def test_a_booking_grows_with_pages_and_scans_within_floor_and_cap(pages: int, ocr_pages: int, seconds: int) -> None:
    assert duration_from_pages(batch_of(pages, ocr_pages)) == seconds


def test_the_rates_travel_with_the_batch() -> None:
    batch = batch_of(96, 40, Rates(1.0, 0.01, 0.005, 0.02))
    assert duration_from_pages(pickle.loads(pickle.dumps(batch))) == SHORTEST_SECONDS
    assert duration_from_pages(batch) < duration_from_pages(replace(batch, rates=RATES))


def test_no_call_has_to_book_more_than_is_admitted() -> None:
    batch = batch_of(96, 96)
    part = first_call(batch)
    assert duration_from_pages(part) <= LONGEST_SECONDS
    assert (
        needed_seconds(Kinds.of(part.tasks), RATES)
        <= LONGEST_SECONDS
        < needed_seconds(Kinds.of(batch.tasks[: len(part.tasks) + 1]), RATES)
    )
    assert part.pages == tuple(range(1, len(part.tasks) + 1))
    assert first_call(batch, 60).pages == batch.pages[:33], "10 s and 33 times 1.5 s"
    assert first_call(batch, 1).pages == (1,), "one page is always asked for"


@pytest.mark.parametrize(
    ("pages", "ocr_pages", "rates", "seconds"),
    [
        (96, 96, RATES, 60),  # of 120, and no more than is admitted everywhere
        (96, 40, RATES, 43),  # of 87
        (20, 0, replace(RATES, start_seconds=1.0), 6),  # of 7: half would be below the floor
        (10, 0, replace(RATES, start_seconds=1.0), 0),  # of 6, the floor
        (96, 0, replace(RATES, start_seconds=20.0), 24),  # of 49
        (20, 0, replace(RATES, start_seconds=20.0), 0),  # of 26: a single page needs more than half
    ],
)
def test_what_was_too_long_is_asked_for_in_shorter_parts_if_there_are_any(
    pages: int, ocr_pages: int, rates: Rates, seconds: int
) -> None:
    refused = batch_of(pages, ocr_pages, rates)
    assert smaller_booking(refused) == seconds
    if seconds:
        assert duration_from_pages(first_call(refused, seconds)) <= seconds < duration_from_pages(refused)


def test_pages_that_fit_into_what_is_left_are_counted_with_the_function_that_books_them() -> None:
    tasks = batch_of(96, 96).tasks
    assert fitting(tasks, RATES, 31) == 14
    assert seconds_for(Kinds.of(tasks[:14]), RATES) <= 31 < seconds_for(Kinds.of(tasks[:15]), RATES)
    assert fitting(tasks, RATES, SHORTEST_SECONDS - 1) == 0
    assert fitting(tasks[:3], RATES, 1000) == 3


def test_an_estimate_is_what_the_calls_then_book() -> None:
    left, booked = batch_of(96, 96), []
    while left.tasks:
        part = first_call(left)
        booked.append(duration_from_pages(part))
        left = replace(left, tasks=left.tasks[len(part.tasks) :])
    assert estimate_calls([96], RATES, tables=True, ocr=True) == tuple(booked)
    assert estimate_calls([96, 4], RATES, tables=True, ocr=False) == (39, 12)
    assert estimate_calls([], RATES, tables=True, ocr=False) == ()


@pytest.fixture
def blackwell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gpu.booking.booking_factor", lambda: 1.5)


@pytest.mark.usefixtures("blackwell")
def test_a_scanned_batch_fits_a_day_without_an_account_also_where_the_platform_multiplies() -> None:
    """The client multiplies what it is given by 1.5, and the call then has as many seconds as are counted."""
    batch = batch_of(96, 96, Rates())
    assert batch_seconds(batch) == 45
    assert duration_from_pages(batch) == 30
    assert booked_seconds(batch) == round(30 * 1.5) == 45
    assert first_call(batch).pages == batch.pages
    assert booked_seconds(first_call(batch_of(512, 512))) <= LONGEST_SECONDS


GPU_PAGE = Path(__file__).parents[3] / "docs" / "gpu.md"


@pytest.mark.parametrize(("kind", "scanned"), [("plain", False), ("scanned", True)])
def test_the_documented_price_is_what_the_page_shows(kind: str, scanned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a device had run Folio, the rates were guesses, at least 15 s were booked, and the platform multiplied
    seconds that were its own already.
    """
    cells, guesses = [f"100 {kind}"], Rates(10.0, 0.1, 0.05, 0.6)
    for factor in (1.0, 1.5):
        monkeypatch.setattr("pipeline.gpu.booking.booking_factor", lambda: 1.0)
        monkeypatch.setattr("pipeline.gpu.booking.SHORTEST_SECONDS", 15)
        before = [round(factor * seconds) for seconds in estimate_calls([96, 4], guesses, tables=True, ocr=scanned)]
        monkeypatch.setattr("pipeline.gpu.booking.SHORTEST_SECONDS", SHORTEST_SECONDS)
        monkeypatch.setattr("pipeline.gpu.booking.booking_factor", lambda factor=factor: factor)
        after = estimate_calls([96, 4], Rates(), tables=True, ocr=scanned)
        refused = " (refused)" if max(before) > LONGEST_SECONDS else ""
        cells += [f"{sum(before)}{refused}", str(sum(after))]
    assert f"| {' | '.join(cells)} |" in GPU_PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.usefixtures("blackwell")
def test_what_fits_into_a_quota_is_counted_in_the_platforms_seconds() -> None:
    for left in range(SHORTEST_SECONDS, LONGEST_SECONDS + 1):
        batch = batch_of(96, 96)
        part = replace(batch, tasks=batch.tasks[: fitting(batch.tasks, RATES, left)])
        assert not part.tasks or booked_seconds(part) <= left


def call(page_rate: float, ended: CallEnd = CallEnd.DONE, ocr_pages: int = 0, start: float = 3.0) -> GpuCall:
    return GpuCall(
        64,
        40.0,
        20.0,
        ended,
        start,
        60,
        60,
        ocr_pages,
        page_seconds=60 * page_rate,
        table_seconds=6.0,
        ocr_seconds=0.5 * ocr_pages,
    )


def test_measured_calls_replace_the_provisional_rates_by_their_95th_percentile() -> None:
    calls = [call(page_rate / 1000, start=page_rate / 10) for page_rate in range(1, 41)]
    measured = (3.8, pytest.approx(0.038), pytest.approx(0.1), RATES.ocr_seconds, RATES.margin)
    assert astuple(rates_from(calls, RATES)) == measured


def test_few_calls_old_calls_and_calls_that_did_not_end_well_teach_nothing() -> None:
    assert rates_from([call(0.01)] * 4, RATES) == RATES
    assert rates_from([call(0.01)] * 4 + [call(9.0, CallEnd.LOST), call(9.0, CallEnd.STOPPED)], RATES) == RATES
    assert rates_from([call(0.01)] * 50 + [call(9.0)] * 50, RATES).page_seconds == pytest.approx(0.01)


def test_ocr_is_learnt_from_calls_with_scans_only() -> None:
    calls = [call(0.01)] * 10 + [call(0.01, ocr_pages=30)] * 5
    assert rates_from(calls, RATES).ocr_seconds == pytest.approx(0.5)


def test_formulas_have_a_time_of_their_own_without_a_margin() -> None:
    tasks = batch_of(40).tasks

    def extra(*pages: int) -> float:
        marked = [replace(task, formulas=task.page.page in pages) for task in tasks]
        return round(needed_seconds(Kinds.of(marked), RATES) - needed_seconds(Kinds.of(tasks), RATES), 6)

    assert extra() == 0
    assert extra(5) == 3.3
    assert extra(5, 6) == 6.6, "they may be in two micro-batches"
    assert extra(*range(1, 41)) == 9 + 12, "there are three micro-batches"
    assert extra(5) == formula_seconds(1, 16), "no more than the reader may take"
