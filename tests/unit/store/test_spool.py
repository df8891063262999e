"""Sealing, confirming and starting again after a crash between any two steps."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import StorageFailed
from pipeline.records import RunStatus
from pipeline.store.ids import new_iteration_id, time_of
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.spool import Spool
from tests.unit.store.records_for_tests import end_record, start_record

NOW = timedelta(0)
OLD_RUN = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def opened(ledger: Ledger, rows: int = 200) -> Spool:
    """A spool as a fresh publisher finds it."""
    spool = Spool(ledger, rows)
    spool.recover()
    return spool


def pending(spool: Spool, grace: timedelta = NOW) -> list[LedgerEntry]:
    return spool.pending(datetime.now(UTC), grace)


def ended_run(ledger: Ledger, run: str = "") -> str:
    run = run or new_iteration_id()
    ledger.started(start_record(run))
    ledger.finished(end_record(run))
    return run


def test_an_end_stands_for_its_start(ledger: Ledger) -> None:
    run = ended_run(ledger)
    assert pending(opened(ledger)) == [LedgerEntry(run, finished=True)]


def test_a_start_waits_for_its_end_until_it_is_old(ledger: Ledger) -> None:
    run = new_iteration_id()
    ledger.started(start_record(run))
    ledger.started(start_record(OLD_RUN))
    assert pending(opened(ledger), timedelta(minutes=5)) == [LedgerEntry(OLD_RUN, finished=False)]
    assert pending(opened(ledger)) == [LedgerEntry(OLD_RUN, finished=False), LedgerEntry(run, finished=False)]


def test_sealed_records_are_lines_of_one_shard_per_day(ledger: Ledger) -> None:
    run, spool = ended_run(ledger), opened(ledger)
    ended_run(ledger, OLD_RUN)
    spool.seal(pending(spool))
    old, new = spool.sealed()
    assert old.path.read_bytes() == row_line(to_row(end_record(OLD_RUN)))
    assert new.path.read_bytes() == row_line(to_row(end_record(run)))
    assert old.path_in_repo.startswith("data/2022-02/2022-02-22-")
    assert new.name.startswith(f"{time_of(run):%Y-%m-%d}-")
    assert spool.sealed_rows() == 2
    assert pending(spool) == []


def test_shards_hold_no_more_rows_than_asked(ledger: Ledger) -> None:
    runs = [ended_run(ledger) for _ in range(5)]
    spool = opened(ledger, rows=2)
    spool.seal(pending(spool))
    lines = [line for shard in spool.sealed() for line in shard.path.read_bytes().splitlines()]
    assert sorted(json.loads(line)["iteration_id"] for line in lines) == runs
    assert sorted(shard.path.read_bytes().count(b"\n") for shard in spool.sealed()) == [1, 2, 2]


def test_a_killed_publisher_neither_seals_again_nor_publishes_again(ledger: Ledger) -> None:
    ended_run(ledger)
    first = opened(ledger)
    first.seal(pending(first))
    again = opened(ledger)
    assert pending(again) == []
    assert [shard.name for shard in again.sealed()] == [shard.name for shard in first.sealed()]
    again.confirm(again.sealed())
    last = opened(ledger)
    assert (pending(last), last.sealed()) == ([], [])


def test_killed_between_confirming_and_removing_the_shard_counts_as_confirmed(ledger: Ledger) -> None:
    ended_run(ledger)
    spool = opened(ledger)
    spool.seal(pending(spool))
    (shard,) = spool.sealed()
    body = shard.path.read_bytes()
    spool.confirm([shard])
    shard.path.write_bytes(body)
    again = opened(ledger)
    assert (pending(again), again.sealed()) == ([], [])


def test_an_end_after_its_published_start_is_published_too(ledger: Ledger) -> None:
    ledger.started(start_record(OLD_RUN))
    spool = opened(ledger)
    spool.seal(pending(spool))
    spool.confirm(spool.sealed())
    ledger.finished(end_record(OLD_RUN))
    assert pending(spool) == [LedgerEntry(OLD_RUN, finished=True)]
    assert pending(opened(ledger)) == [LedgerEntry(OLD_RUN, finished=True)]


def test_a_torn_shard_is_discarded_and_sealed_again(ledger: Ledger) -> None:
    ended_run(ledger)
    spool = opened(ledger)
    spool.seal(pending(spool))
    (shard,) = spool.sealed()
    body = shard.path.read_bytes()
    shard.path.write_bytes(body[:-20])
    again = opened(ledger)
    assert again.sealed() == []
    again.seal(pending(again))
    assert [sealed.path.read_bytes() for sealed in again.sealed()] == [body]


def test_a_torn_list_is_discarded_while_its_shard_is_there(ledger: Ledger) -> None:
    ended_run(ledger)
    spool = opened(ledger)
    spool.seal(pending(spool))
    (shard,) = spool.sealed()
    (ledger.root / "published" / f"{shard.path.stem}.json").write_bytes(b'["0')
    again = opened(ledger)
    assert [sealed.name for sealed in again.sealed()] == [shard.name]
    assert pending(again) == []


def test_temporary_names_are_removed(ledger: Ledger) -> None:
    opened(ledger)
    (ledger.root / "sealed" / ".new-12").write_bytes(b"half")
    (ledger.root / "published" / ".new-34").write_bytes(b"half")
    opened(ledger)
    assert list((ledger.root / "sealed").iterdir()) == []
    assert list((ledger.root / "published").iterdir()) == []


def test_a_record_that_cannot_be_published_is_counted_and_holds_up_nobody(ledger: Ledger, tmp_path: Path) -> None:
    bad, good = ended_run(ledger), ended_run(ledger)
    (path,) = tmp_path.rglob(f"{bad}.finished.json")
    path.write_text(path.read_text().replace('"started_at":"2026', '"started_at":"someday'))
    spool = opened(ledger)
    spool.seal(pending(spool))
    assert [json.loads(shard.path.read_bytes())["iteration_id"] for shard in spool.sealed()] == [good]
    assert spool.unreadable == 1
    assert pending(spool) == []


def test_old_published_records_are_forgotten_and_never_published_again(ledger: Ledger) -> None:
    young = ended_run(ledger)
    ended_run(ledger, OLD_RUN)
    unpublished = "017f22e2-79b0-7cc3-98c4-dc0c0c073990"
    spool = opened(ledger)
    spool.seal(pending(spool))
    spool.confirm(spool.sealed())
    ledger.finished(end_record(unpublished, RunStatus.OK))
    assert spool.forget(datetime(2026, 1, 1, tzinfo=UTC)) == 1
    assert [record.iteration_id for record in ledger.records()] == [unpublished, young]
    assert pending(opened(ledger)) == [LedgerEntry(unpublished, finished=True)]


def test_joined_lists_remember_the_same_records(ledger: Ledger) -> None:
    spool = opened(ledger, rows=1)
    ended_run(ledger, OLD_RUN)
    young = [ended_run(ledger) for _ in range(3)]
    spool.seal(pending(spool))
    spool.confirm(spool.sealed())
    published = ledger.root / "published"
    assert len(list(published.iterdir())) == 4
    spool.join_lists()
    spool.join_lists()
    lists = sorted(path.name for path in published.iterdir())
    assert [name[:10] for name in lists] == ["2022-02-22", f"{time_of(young[0]):%Y-%m-%d}"]
    assert json.loads((published / lists[1]).read_bytes()) == [f"{run}.finished" for run in young]
    assert pending(opened(ledger)) == []
    young.append(ended_run(ledger))
    again = opened(ledger)
    again.seal(pending(again))
    again.confirm(again.sealed())
    again.join_lists()
    assert len(list(published.iterdir())) == 2
    assert pending(opened(ledger)) == []


def test_a_disk_that_refuses_leaves_the_records_pending(ledger: Ledger) -> None:
    run = ended_run(ledger)
    spool = opened(ledger)
    (ledger.root / "sealed").rmdir()
    (ledger.root / "sealed").write_bytes(b"in the way")
    with pytest.raises(StorageFailed):
        spool.seal(pending(spool))
    assert pending(spool) == [LedgerEntry(run, finished=True)]
