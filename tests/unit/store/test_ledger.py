"""An acknowledged record is on disk, whole, once; what a crash cut short is neither trusted nor in the way."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import StorageFailed
from pipeline.records import ErrorFacts, RunStatus
from pipeline.store.ids import new_iteration_id, time_of
from pipeline.store.ledger import RECORD, Ledger, LedgerEntry
from tests.unit.store.records_for_tests import end_record, start_record

OLD_FILE = Path(__file__).parent / "data" / "record_v1.json"


def file_of(root: Path, iteration_id: str, phase: str) -> Path:
    return root / "ledger" / "records" / f"{time_of(iteration_id):%Y-%m}" / f"{iteration_id}.{phase}.json"


def test_a_run_has_two_files_and_its_end_is_its_state(tmp_path: Path) -> None:
    ledger, run = Ledger(tmp_path), new_iteration_id()
    ledger.started(start_record(run))
    assert list(ledger.records()) == [start_record(run)]
    assert list(ledger.unfinished()) == [start_record(run)]
    ledger.finished(end_record(run))
    assert list(Ledger(tmp_path).records()) == [end_record(run)]
    assert list(ledger.unfinished()) == []
    assert file_of(tmp_path, run, "started").is_file()
    assert file_of(tmp_path, run, "finished").is_file()


def test_runs_come_in_time_order(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    runs = ["017f22e2-79b0-7cc3-98c4-dc0c0c07398f", new_iteration_id(), "01917f22-79b0-7cc3-98c4-dc0c0c07398f"]
    for run in runs:
        ledger.started(start_record(run))
    assert [record.iteration_id for record in ledger.records()] == sorted(runs)
    months = sorted(path.name for path in (tmp_path / "ledger" / "records").iterdir())
    assert months[0] == "2022-02"


def test_the_first_end_stands(tmp_path: Path) -> None:
    ledger, run = Ledger(tmp_path), new_iteration_id()
    ledger.finished(end_record(run, RunStatus.OK))
    ledger.finished(end_record(run, RunStatus.ERROR))
    assert [record.status for record in ledger.records()] == [RunStatus.OK]


@pytest.mark.parametrize("status", [RunStatus.OK, RunStatus.CANCELLED])
def test_a_start_cannot_have_ended(tmp_path: Path, status: RunStatus) -> None:
    with pytest.raises(ValueError, match=status.value):
        Ledger(tmp_path).started(end_record(status=status))


def test_an_end_must_have_ended(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="running"):
        Ledger(tmp_path).finished(start_record())


def test_what_is_on_disk_is_scrubbed(tmp_path: Path) -> None:
    ledger, run = Ledger(tmp_path), new_iteration_id()
    ledger.finished(
        replace(end_record(run), error=ErrorFacts("internal", "hf_secretsecret in /data/x", retryable=True))
    )
    on_disk = file_of(tmp_path, run, "finished").read_text()
    assert "secretsecret" not in on_disk
    assert json.loads(on_disk)["error"]["message"] == "[token] in [path]"


def test_a_disk_that_refuses_is_storage_failed(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_bytes(b"in the way")
    with pytest.raises(StorageFailed):
        Ledger(tmp_path).started(start_record())


def test_a_torn_file_is_ignored_and_recovery_removes_it(tmp_path: Path) -> None:
    ledger, whole, torn = Ledger(tmp_path), new_iteration_id(), new_iteration_id()
    ledger.started(start_record(whole))
    ledger.started(start_record(torn))
    end = file_of(tmp_path, torn, "finished")
    end.write_bytes(RECORD.encode(end_record(torn))[:100])
    (end.parent / ".new-abc").write_bytes(b"half")
    assert [record.iteration_id for record in ledger.records()] == [whole]
    ledger.recover()
    assert [record.iteration_id for record in ledger.unfinished()] == [whole, torn]
    ledger.finished(end_record(torn))
    assert [record.status for record in ledger.records()] == [RunStatus.RUNNING, RunStatus.PARTIAL]
    assert not list(end.parent.glob(".new-*"))


def test_recovery_does_not_read_what_is_known_to_be_whole(tmp_path: Path) -> None:
    """A name that a pack holds was read back since; so starting does not take longer the more runs there were."""
    ledger, packed, torn = Ledger(tmp_path), new_iteration_id(), new_iteration_id()
    for run in (packed, torn):
        ledger.started(start_record(run))
        ledger.finished(end_record(run))
        file_of(tmp_path, run, "finished").write_bytes(b"{")
    ledger.recover({f"{packed}.finished"})
    assert file_of(tmp_path, packed, "finished").exists()
    assert not file_of(tmp_path, torn, "finished").exists()
    assert [record.iteration_id for record in ledger.unfinished()] == [torn]


def test_a_record_of_another_shape_is_kept_but_not_trusted(tmp_path: Path) -> None:
    ledger, run = Ledger(tmp_path), new_iteration_id()
    ledger.started(start_record(run))
    path = file_of(tmp_path, run, "started")
    path.write_text(path.read_text().replace('"queue_ms":120', '"queue_ms":"long"'))
    ledger.recover()
    assert list(ledger.records()) == []
    assert path.is_file()


def test_names_of_other_files_are_no_entries() -> None:
    run = new_iteration_id()
    assert LedgerEntry.from_name(f"{run}.started") == LedgerEntry(run, finished=False)
    assert LedgerEntry.from_name(f"{run}.finished") == LedgerEntry(run, finished=True)
    assert LedgerEntry.from_name(f"{run}.deleted") is None
    assert LedgerEntry.from_name("../passwd.started") is None


def test_a_file_of_the_first_release_still_reads() -> None:
    """New fields of IterationRecord need defaults; this file is frozen and must never be regenerated."""
    record = RECORD.decode(OLD_FILE.read_bytes())
    expected = end_record("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    pages = tuple(replace(page, confidence=None) for page in expected.pages)  # it was not computed then
    assert record == replace(expected, pages=pages)
