"""The archive finds every record wherever it lies, once, and packing loses and doubles none, whatever the publisher
does meanwhile.
"""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.records import IterationRecord
from pipeline.store.archive import Archive
from pipeline.store.columns import STATUSES
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.packs import Packs
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.spool import KEEP_LOCAL, Spool
from tests.support.sample_records import sample_records, start_of

NOW = datetime(2026, 8, 14, 12, tzinfo=UTC)


def write(ledger: Ledger, records: list[IterationRecord], starts: bool = True) -> None:
    for record in records:
        if starts:
            ledger.started(start_of(record))
        ledger.finished(record)


def runs(count: int, seed: int = 1, days: float = 2.0) -> list[IterationRecord]:
    return list(sample_records(count, NOW, days, seed))


def known(archive: Archive) -> list[str]:
    archive.refresh()
    return [str(iteration_id) for iteration_id in archive.records().ids]


def ids(records: list[IterationRecord]) -> list[str]:
    return [record.iteration_id for record in records]


def publish(ledger: Ledger, spool: Spool | None = None) -> list[str]:
    """Seal and confirm everything that is pending, as the publisher does; the names that were."""
    spool = spool or Spool(ledger)
    spool.recover()
    pending = spool.pending(NOW, timedelta(0))
    spool.seal(pending)
    spool.confirm(spool.sealed())
    return [entry.name for entry in pending]


def loose_ends(ledger: Ledger) -> set[str]:
    return {name for name in ledger.names() if name.endswith("finished")}


# -- reading -----------------------------------------------------------------------------------------------------------


def test_an_empty_folder_has_no_records(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert known(archive) == []
    assert archive.find(runs(1)[0].iteration_id) is None


def test_starts_and_ends_show_as_they_are_written(tmp_path: Path) -> None:
    ledger, archive, (run,) = Ledger(tmp_path), Archive(tmp_path), runs(1)
    ledger.started(start_of(run))
    assert archive.refresh().records == 1
    assert STATUSES[archive.records().status[0]] == "running"
    assert archive.find(run.iteration_id) == start_of(run)
    ledger.finished(run)
    assert archive.refresh().records == 1
    assert STATUSES[archive.records().status[0]] == run.status
    assert archive.find(run.iteration_id) == run
    assert archive.refresh().records == 0


def test_records_of_watched_datasets_join_our_own(tmp_path: Path) -> None:
    ours, theirs = runs(5, seed=1), runs(5, seed=2)
    write(Ledger(tmp_path), ours)
    folder = tmp_path / "mirror" / "someone--folio-results"
    folder.mkdir(parents=True)
    archive = Archive(tmp_path)
    assert known(archive) == ids(ours)
    (folder / "aa.jsonl").write_bytes(b"".join(row_line(to_row(record)) for record in [*theirs, ours[0]]))
    assert sorted(known(archive)) == sorted(ids(ours + theirs))
    assert archive.find(theirs[3].iteration_id) == theirs[3]


def test_a_compacted_day_takes_over_from_its_shards(tmp_path: Path) -> None:
    made, folder = runs(4), tmp_path / "mirror" / "someone--folio-results"
    folder.mkdir(parents=True)
    lines = [row_line(to_row(record)) for record in made]
    (folder / "aa.jsonl").write_bytes(b"".join(lines[:2]))
    (folder / "bb.jsonl").write_bytes(b"".join(lines[2:]))
    archive = Archive(tmp_path)
    assert known(archive) == ids(made)
    (folder / "cc.jsonl").write_bytes(b"".join(lines))
    (folder / "aa.jsonl").unlink()
    (folder / "bb.jsonl").unlink()
    assert [archive.find(record.iteration_id) for record in made] == made
    assert known(archive) == ids(made)


@pytest.mark.parametrize("wrong", ["", "x", "../../etc/passwd", "0" * 36, "00000000-0000-7000-8000-000000000000"])
def test_only_known_ids_are_found(tmp_path: Path, wrong: str) -> None:
    write(Ledger(tmp_path), runs(1))
    archive = Archive(tmp_path)
    archive.refresh()
    assert archive.find(wrong) is None


def test_damaged_files_are_counted_and_left_out(tmp_path: Path) -> None:
    ledger, made = Ledger(tmp_path), runs(3)
    write(ledger, made, starts=False)
    damaged = next((tmp_path / "ledger" / "records").glob(f"*/{made[1].iteration_id}*"))
    damaged.write_bytes(damaged.read_bytes()[:50])
    archive = Archive(tmp_path)
    assert archive.refresh().unreadable == 1
    assert known(archive) == [made[0].iteration_id, made[2].iteration_id]


# -- packing -----------------------------------------------------------------------------------------------------------


def test_packing_keeps_everything_loose_until_it_is_published(tmp_path: Path) -> None:
    ledger, made = Ledger(tmp_path), runs(25)
    write(ledger, made)
    packs, before = Packs(ledger, size=10), ledger.entries()
    assert packs.tidy(NOW) == 20
    assert packs.tidy(NOW) == 0
    assert ledger.entries() == before
    assert len(packs.files()) == 2
    assert known(Archive(tmp_path)) == ids(made)
    assert len(publish(ledger)) == 25


def test_packed_and_published_records_leave_their_loose_files(tmp_path: Path) -> None:
    ledger, made = Ledger(tmp_path), runs(25)
    write(ledger, made)
    publish(ledger)
    packs = Packs(ledger, size=10)
    packs.tidy(NOW)
    assert len(loose_ends(ledger)) == 25, "a pack counts once it was read back"
    packs.tidy(NOW)
    assert ledger.names() == {
        f"{record.iteration_id}.{phase}" for record in made[20:] for phase in ("started", "finished")
    }
    archive = Archive(tmp_path)
    assert known(archive) == ids(made)
    assert [archive.find(record.iteration_id) for record in made] == made


def test_a_restarted_publisher_sends_nothing_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    write(ledger, runs(20))
    publish(ledger)
    packs = Packs(ledger, size=10)
    packs.tidy(NOW)
    packs.tidy(NOW)
    assert publish(ledger) == []
    more = runs(3, seed=9)
    write(ledger, more)
    assert sorted(publish(ledger)) == sorted(LedgerEntry(record.iteration_id, finished=True).name for record in more)


def test_a_running_publisher_and_packing_do_not_meet(tmp_path: Path) -> None:
    ledger, spool, packs, sent = Ledger(tmp_path), Spool(Ledger(tmp_path)), Packs(Ledger(tmp_path), size=7), []
    spool.recover()
    made = runs(60)
    for first in range(0, 60, 5):
        write(ledger, made[first : first + 5])
        packs.tidy(NOW)
        if first % 15 == 0:
            pending = spool.pending(NOW, timedelta(0))
            spool.seal(pending)
            sent += [entry.iteration_id for entry in pending]
            spool.confirm(spool.sealed())
        packs.tidy(NOW)
    sent += [name.partition(".")[0] for name in publish(ledger)]
    assert sorted(sent) == sorted(ids(made))
    assert known(Archive(tmp_path)) == ids(made)
    assert len(loose_ends(ledger)) < 30


def test_a_start_goes_before_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path)
    write(ledger, runs(5))
    publish(ledger)
    packs = Packs(ledger, size=5)
    removed: list[LedgerEntry] = []
    remove = Ledger.remove

    def remove_and_note(ledger: Ledger, entry: LedgerEntry) -> None:
        removed.append(entry)
        remove(ledger, entry)

    monkeypatch.setattr(Ledger, "remove", remove_and_note)
    packs.tidy(NOW)
    packs.tidy(NOW)
    assert len(removed) == 10
    assert all(
        not start.finished and end == LedgerEntry(start.iteration_id, True)
        for start, end in zip(removed[::2], removed[1::2], strict=True)
    )


def test_a_torn_pack_is_made_again(tmp_path: Path) -> None:
    ledger, made = Ledger(tmp_path), runs(10)
    write(ledger, made)
    publish(ledger)
    Packs(ledger, size=10).tidy(NOW)
    (pack,) = Packs(ledger).files()
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-100])
    assert known(Archive(tmp_path)) == ids(made)
    packs = Packs(ledger, size=10)
    packs.tidy(NOW)
    assert pack.read_bytes() == whole
    assert len(loose_ends(ledger)) == 10
    packs.tidy(NOW)
    assert loose_ends(ledger) == set()
    assert known(Archive(tmp_path)) == ids(made)


def test_what_a_killed_packer_left_is_removed(tmp_path: Path) -> None:
    packs = Packs(Ledger(tmp_path))
    packs.recover()
    packs.folder.mkdir(parents=True)
    (packs.folder / ".new-0123456789abcdef").write_bytes(b"half")
    packs.recover()
    assert os.listdir(packs.folder) == []


def test_an_open_archive_follows_its_records_into_a_pack(tmp_path: Path) -> None:
    ledger, made, archive = Ledger(tmp_path), runs(1000), Archive(tmp_path)
    write(ledger, made, starts=False)
    assert known(archive) == ids(made)
    publish(ledger)
    archive.tidy(NOW)
    archive.tidy(NOW)
    assert ledger.names() == set()
    assert archive.find(made[500].iteration_id) == made[500]
    assert known(archive) == ids(made)


def test_old_packs_go_once_nothing_of_theirs_is_loose(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    write(ledger, runs(10))
    packs = Packs(ledger, size=10)
    late = NOW + KEEP_LOCAL + timedelta(days=3)
    packs.tidy(late)
    packs.tidy(late)
    assert len(packs.files()) == 1, "nothing is published, so its records are still loose"
    publish(ledger)
    packs.tidy(late)
    packs.tidy(NOW)
    assert len(packs.files()) == 1
    packs.tidy(late)
    assert packs.files() == []
    shutil.rmtree(ledger.root / "records")
    assert known(Archive(tmp_path)) == []
