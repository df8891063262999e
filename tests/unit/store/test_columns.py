"""Both written forms of a record say the same in columns, and a line that fits neither costs only itself."""

import json
from dataclasses import replace

import pytest

from pipeline.records import GpuUse, IterationRecord, RunStatus
from pipeline.store.columns import NO_TIME, STATUSES, Brief, Table, skim, skim_line
from pipeline.store.ids import new_iteration_id
from pipeline.store.record_to_row import row_line, seed_row, to_row
from pipeline.store.row_to_record import RECORD, read_line
from tests.support.sample_records import sample_records, start_of
from tests.unit.store.records_for_tests import end_record, start_record

LINES = {"row": lambda record: row_line(to_row(record)).rstrip(b"\n"), "record": RECORD.encode}


@pytest.mark.parametrize("form", LINES)
def test_a_brief_tells_what_the_record_says(form: str) -> None:
    record = end_record()
    assert skim_line(LINES[form](record)) == Brief(
        iteration_id=record.iteration_id,
        status=STATUSES.index("partial"),
        started_ms=1786699815250,
        duration_ms=5400,
        queue_ms=120,
        pages_ok=2,
        pages_failed=1,
        gpu_used=2.25,
        gpu_booked=30.0,
        gpu_saved=0.0,
        peak_memory=2048,
        kind="convert",
        bundle="light",
        space="someone/folio",
        hardware="x86_64",
        origin="api",
        app="0.1.0",
        code="nothing_converted",
        page_codes=("page_unreadable",),
    )


@pytest.mark.parametrize("form", LINES)
def test_a_start_has_no_duration(form: str) -> None:
    brief = skim_line(LINES[form](start_record()))
    assert brief is not None
    assert (brief.status, brief.duration_ms, brief.code) == (STATUSES.index("running"), NO_TIME, "")


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize(
    "record", [*sample_records(40, seed=3), end_record(), start_record()], ids=lambda record: record.status
)
def test_a_line_reads_back_as_its_record(record: IterationRecord, form: str) -> None:
    assert read_line(LINES[form](record)) == record


def test_what_a_newer_folio_adds_is_read_where_it_is_known() -> None:
    row = to_row(end_record())
    row["metrics"].append({"name": "gpu_saved", "value": 12.5, "unit": "s"})
    brief = skim_line(json.dumps(row | {"from_the_future": [{"pages": []}]}).encode())
    assert brief is not None
    assert brief.gpu_saved == 12.5


JUNK = [b"", b"{}", b"[]", b"null", b"17", b"not json", b'{"runtime": 1}', row_line(to_row(end_record()))[:-40]]


@pytest.mark.parametrize("junk", JUNK[1:], ids=range(len(JUNK) - 1))
def test_a_line_that_fits_no_record_costs_only_itself(junk: bytes) -> None:
    first, last = end_record(), end_record()
    data = b"\n".join([RECORD.encode(first), junk, row_line(to_row(last))])
    skimmed = skim(data)
    assert [brief.iteration_id for brief in skimmed.briefs] == [first.iteration_id, last.iteration_id]
    assert skimmed.unreadable == 1
    offset, length = skimmed.places[1]
    assert read_line(data[offset : offset + length]) == last


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_no_record(junk: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_line(junk)


def test_an_id_that_is_none_is_junk() -> None:
    hostile = RECORD.encode(end_record()).replace(b'"iteration_id":"0', b'"iteration_id":"<')
    assert skim(hostile).unreadable == 1


def test_the_seed_of_a_new_dataset_is_no_run() -> None:
    skimmed = skim(row_line(seed_row()))
    assert (skimmed.briefs, skimmed.unreadable) == ([], 0)


# -- the table ---------------------------------------------------------------------------------------------------------


def briefs(*records: IterationRecord) -> list[Brief]:
    return [brief for record in records if (brief := skim_line(RECORD.encode(record)))]


def test_rows_stand_in_the_order_of_their_starts() -> None:
    table = Table()
    made = list(sample_records(3000, seed=4))
    table.add(briefs(*made[1500:]), range(1500))
    table.add(briefs(*made[:1500]), range(1500))
    records = table.snapshot()
    assert list(records.ids) == [record.iteration_id for record in made]
    assert records.pages_ok.tolist() == [record.pages_ok for record in made]
    assert [records.name("space", row) for row in range(3000)] == [record.versions.space for record in made]


@pytest.mark.parametrize("end_first", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_end_of_a_run_stands_whichever_comes_first(end_first: bool, at_once: bool) -> None:
    end = end_record()
    order = [end, start_record(end.iteration_id)][:: 1 if end_first else -1]
    table = Table()
    for part in [order] if at_once else [order[:1], order[1:]]:
        table.add(briefs(*part), [record.status for record in part])
    records = table.snapshot()
    assert len(records) == 1
    assert STATUSES[records.status[0]] == "partial"
    assert table.has_ended(end.iteration_id)
    assert table.place(end.iteration_id) == RunStatus.PARTIAL


def test_a_snapshot_stays_as_it_was() -> None:
    table = Table()
    first = end_record()
    table.add(briefs(start_of(first)), [0])
    before = table.snapshot()
    table.add(briefs(first, replace(first, iteration_id=new_iteration_id(), gpu=GpuUse(9, 9, 1))), [0, 1])
    assert (len(before), STATUSES[before.status[0]], before.gpu_used.tolist()) == (1, "running", [0.0])
    assert len(table.snapshot()) == 2
