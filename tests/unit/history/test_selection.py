"""The table of runs: what a search and its filters leave, against going through the records one by one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.history.selection import ROWS_AT_ONCE, Filter, Selection, choices, page_at, select
from pipeline.records import IterationRecord, RunStatus
from tests.support.overviews import table_of
from tests.support.sample_records import sample_records

MADE = list(sample_records(400, datetime(2026, 8, 14, 12, tzinfo=UTC), 6.0, seed=12))
RECORDS = table_of(MADE)


def found(chosen: Filter) -> list[str]:
    return [row.iteration_id for row in select(RECORDS, chosen, 0, 1000).rows]


@pytest.mark.parametrize(
    ("chosen", "fits"),
    [
        (Filter(), lambda record: True),
        (Filter(status="error"), lambda record: record.status is RunStatus.ERROR),
        (Filter(bundle="light"), lambda record: record.bundle == "light"),
        (Filter(space="lab/folio-archive"), lambda record: record.versions.space == "lab/folio-archive"),
        (Filter(day="2026-08-12"), lambda record: record.started_at.startswith("2026-08-12")),
        (Filter(search="storage"), lambda record: record.error is not None and record.error.code == "storage_failed"),
        (
            Filter(search="H200 PARTIAL"),
            lambda record: record.versions.hardware == "NVIDIA H200" and record.status is RunStatus.PARTIAL,
        ),
        (Filter(search=MADE[7].iteration_id), lambda record: record is MADE[7]),
        (Filter(search=MADE[7].iteration_id[-8:]), lambda record: record is MADE[7]),
        (
            Filter(status="ok", bundle="light", search="api"),
            lambda r: (r.status, r.bundle, r.input.origin) == ("ok", "light", "api"),
        ),
        (Filter(status="nonsense"), lambda record: False),
        (Filter(day="yesterday"), lambda record: False),
        (Filter(search="<script>"), lambda record: False),
    ],
)
def test_a_filter_leaves_what_fits_newest_first(chosen: Filter, fits: Callable[[IterationRecord], bool]) -> None:
    expected = [record.iteration_id for record in reversed(MADE) if fits(record)]
    assert found(chosen) == expected
    assert select(RECORDS, chosen).matches == len(expected)


def test_pages_of_the_table_follow_each_other() -> None:
    pages = [select(RECORDS, Filter(), first, 30) for first in range(0, 400, 30)]
    assert [row.iteration_id for page in pages for row in page.rows] == found(Filter())
    assert [page.first for page in pages] == list(range(0, 400, 30))


def test_past_the_end_is_nothing_but_a_reader_sees_the_last_page() -> None:
    assert select(RECORDS, Filter(), 5000) == Selection((), 5000, 400)
    last = page_at(RECORDS, Filter(status="partial"), 5000)
    assert last.matches - ROWS_AT_ONCE <= last.first < last.matches
    assert [row.iteration_id for row in last.rows] == found(Filter(status="partial"))[last.first :]
    assert page_at(RECORDS, Filter(), -7) == select(RECORDS, Filter())
    assert page_at(table_of([]), Filter(), 60).rows == ()


def test_the_filters_offer_what_occurs() -> None:
    offered = choices(RECORDS)
    assert offered.bundles == ("accurate", "light")
    assert offered.spaces == ("lab/folio-archive", "someone/folio", "someone/folio-light")
    assert list(offered.days) == sorted({record.started_at[:10] for record in MADE}, reverse=True)
