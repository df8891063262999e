"""The tests of the perspectives: what is more than chance, and what is not."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.pages import PageStatus
from pipeline.worker_iterations import Severity
from pipeline.workers.analysis.comparisons import (
    Candidate,
    Question,
    compare_numbers,
    compare_pairs,
    compare_shares,
    confirmed,
    holm,
)
from pipeline.workers.analysis.studied_run import StudiedRun, study
from tests.support.weeks import week_of_runs

QUESTION = Question("test.kind", "all", "s", "{subject}: {value:.1f} instead of {baseline:.1f} ({change:+.0f} %).")
RECORDS = tuple(record for record in week_of_runs(60, seed=3) if record.pages_ok)[:50]


def runs(count: int, first: int = 0, **changes: object) -> list[StudiedRun]:
    """Runs of different documents in one stratum."""
    base = study(RECORDS[0])
    return [
        replace(base, record_id=f"r{number}", document=f"d{number}", **changes)  # type: ignore[arg-type]
        for number in range(first, first + count)
    ]


def with_characters(values: Sequence[float], first: int = 0) -> list[StudiedRun]:
    return [replace(run, characters=round(value)) for run, value in zip(runs(len(values), first), values, strict=True)]


def numbers(recent: list[StudiedRun], baseline: list[StudiedRun]) -> Candidate | None:
    return compare_numbers(QUESTION, lambda run: float(run.characters), recent, baseline)


def test_numbers_that_doubled_are_a_severe_finding_with_its_worst_runs_first() -> None:
    chance = random.Random(1)
    before = with_characters([chance.gauss(1000, 100) for _ in range(200)])
    now = with_characters([chance.gauss(2100, 100) for _ in range(40)], first=1000)
    found = confirmed([candidate for candidate in [numbers(now, before)] if candidate])
    assert found[0].value == pytest.approx(2100, rel=0.05)
    assert found[0].baseline == pytest.approx(1000, rel=0.05)
    assert found[0].severity is Severity.SEVERE
    worst = max(now, key=lambda run: run.characters)
    assert found[0].evidence[0].record_id == worst.record_id


def test_a_difference_too_small_to_matter_is_none_however_sure() -> None:
    chance = random.Random(1)
    before = with_characters([chance.gauss(1000, 20) for _ in range(500)])
    now = with_characters([chance.gauss(1100, 20) for _ in range(200)], first=1000)
    candidate = numbers(now, before)
    assert candidate is not None
    assert candidate.finding.p_value < 1e-20
    assert confirmed([candidate]) == ()


def test_one_document_converted_again_and_again_proves_nothing() -> None:
    chance = random.Random(1)
    before = with_characters([chance.gauss(1000, 100) for _ in range(200)])
    one = with_characters([5000.0])[0]
    assert numbers([replace(one, record_id=f"again{number}") for number in range(100)], before) is None


def test_another_mix_of_documents_is_no_change() -> None:
    chance = random.Random(2)
    plain = with_characters([chance.gauss(1000, 100) for _ in range(200)])
    scanned = [
        replace(run, traits=frozenset({"scanned"}))
        for run in with_characters([chance.gauss(300, 30) for _ in range(60)], first=500)
    ]
    now = [
        replace(run, traits=frozenset({"scanned"}))
        for run in with_characters([chance.gauss(300, 30) for _ in range(60)], first=1000)
    ]
    candidate = numbers(now, plain + scanned)
    assert candidate is not None
    assert candidate.finding.p_value > 0.001


def test_shares_count_documents_and_name_pages() -> None:
    before, now = runs(100), [*runs(10, 200, code="page_crashed"), *runs(30, 300)]
    candidate = compare_shares(QUESTION, lambda run: run.code == "page_crashed", now, before, pages=lambda run: (3,))
    assert candidate is not None
    assert candidate.finding.value == 0.25
    assert candidate.finding.evidence[0].pages == (3,)
    assert [finding.p_value < 1e-5 for finding in confirmed([candidate])] == [True]


def test_pairs_see_what_every_document_lost() -> None:
    chance = random.Random(3)
    sizes = [chance.uniform(500, 50_000) for _ in range(40)]
    before, now = with_characters(sizes), with_characters([0.7 * size for size in sizes])
    candidate = compare_pairs(QUESTION, lambda run: float(run.characters), now, before)
    assert candidate is not None
    assert [finding.severity for finding in confirmed([candidate])] == [Severity.WARNING]


def test_holms_correction_is_his() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_pages_that_failed_and_traits_come_from_the_record() -> None:
    record = RECORDS[0]
    pages = tuple(replace(page, status=PageStatus.FAILED, code="page_crashed", ocr=True) for page in record.pages)
    run = study(replace(record, pages=pages, input=replace(record.input, bytes=30_000_000)))
    assert {"large file", "scanned"} <= run.traits
    assert run.page_codes[0] == (pages[0].page, "page_crashed")


def test_documents_that_come_every_week_weigh_the_same_in_a_week_and_in_five() -> None:
    """Half of each week's documents are those of every week, and have twice the characters of the others."""
    week_ms = 7 * 86_400_000

    def week(number: int) -> list[StudiedRun]:
        at = [number * week_ms + place * week_ms // 80 for place in range(80)]
        regular = [replace(run, characters=2000 + place % 7) for place, run in enumerate(runs(40))]
        new = [replace(run, characters=1000 + place % 7) for place, run in enumerate(runs(40, 1000 * (number + 1)))]
        return [replace(run, started_ms=moment) for run, moment in zip([*regular, *new], at, strict=True)]

    baseline = [run for number in range(5) for run in week(number)]
    found = numbers(week(5), baseline)
    assert found is not None
    assert found.finding.p_value > 0.5
