"""A batch job on the dashboard: one entry with its totals, among runs that stay entries of their own."""

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.history.batch_totals import batch_totals
from pipeline.history.selection import Filter, select
from pipeline.records import BATCH, BatchFacts, IterationRecord, Origin, RunStatus
from pipeline.ui.dashboard.runs_table import batch_receipt, run_table
from tests.support.overviews import table_of
from tests.support.sample_records import sample_records

ID, OTHER = "0198b0a2-0000-7000-8000-000000000001", "0198b0a2-0000-7000-8000-000000000002"
NOW = round(datetime(2026, 8, 15, tzinfo=UTC).timestamp() * 1000)


def of_batch(record: IterationRecord, batch_id: str) -> IterationRecord:
    return replace(record, batch=BatchFacts(batch_id, 1), input=replace(record.input, origin=Origin.BATCH))


MADE = [
    of_batch(record, (ID, OTHER)[place % 3 - 1]) if place % 3 else record
    for place, record in enumerate(sample_records(300, datetime(2026, 8, 14, 12, tzinfo=UTC), 6.0, seed=5))
]
RECORDS = table_of(MADE)
MINE = [record for record in MADE if record.batch and record.batch.id == ID]


def test_a_batch_job_is_one_entry_at_the_time_of_its_newest_record() -> None:
    found = select(RECORDS, Filter(), 0, 1000)
    alone = [record.iteration_id for record in MADE if record.batch is None]
    assert found.matches == len(alone) + 2
    assert [row.iteration_id for row in found.rows if row.kind != BATCH] == alone[::-1]
    assert {row.iteration_id for row in found.rows[:3]} >= {ID, OTHER}
    row = next(row for row in found.rows if row.iteration_id == ID)
    assert (row.documents, row.pages_ok) == (len(MINE), sum(record.pages_ok for record in MINE))
    assert row.pages_failed == sum(record.pages_failed for record in MINE)
    assert row.status is RunStatus.PARTIAL
    assert [row.iteration_id for row in select(RECORDS, Filter(search=ID)).rows] == [ID]
    assert {row.iteration_id for row in select(RECORDS, Filter(search="batch")).rows} == {ID, OTHER}


def test_its_totals_add_up() -> None:
    batch = batch_totals(RECORDS, ID, NOW)
    assert batch is not None
    assert batch.totals.runs == len(MINE)
    ended = [record for record in MINE if record.status.ended]
    assert batch.totals.by_status[RunStatus.OK] == sum(record.status is RunStatus.OK for record in MINE)
    first = min(datetime.fromisoformat(record.started_at) for record in MINE)
    last = max(datetime.fromisoformat(r.started_at).timestamp() * 1000 + r.duration_ms for r in ended)
    assert batch.started_ms == round(first.timestamp() * 1000)
    assert batch.duration_ms == round(last - first.timestamp() * 1000)
    assert batch_totals(RECORDS, "", NOW) is None
    assert batch_totals(RECORDS, "0198b0a2-0000-7000-8000-00000000000f", NOW) is None
    assert batch_totals(table_of([]), ID, NOW) is None


def test_the_page_shows_it_as_a_batch_job() -> None:
    batch = batch_totals(RECORDS, ID, NOW)
    assert batch is not None
    html = str(batch_receipt(batch))
    assert f"Batch job {ID[-8:]}" in html
    assert f"{batch.totals.pages:,} converted" in html
    assert batch.failures[0].code in html
    assert f"batch of {len(MINE)}" in str(run_table(select(RECORDS, Filter(), 0, 1000), "", True))
