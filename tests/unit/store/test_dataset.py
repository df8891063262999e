"""The sink: when it asks the Hub, what it does after a refusal, compaction and retention. The Hub is the stand-in."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.store.archive import Archive
from pipeline.store.dataset import Pace, Sink
from pipeline.store.hub import SEED
from pipeline.store.ids import new_iteration_id, time_of
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.mirror import Mirror, WatchedRepo
from pipeline.store.record_to_row import to_row
from pipeline.store.spool import Spool
from pipeline.store.status import PublishState
from pipeline.store.watcher_process import DatasetStatus
from tests.standins.hub_repos import Fault, Then
from tests.support.datasets import ids_in, repo_of
from tests.unit.store.fuzz.harness import rows_of
from tests.unit.store.hubs import HubUnderTest
from tests.unit.store.records_for_tests import end_record, start_record

OLD_RUN = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
PATIENT = Pace(interval=3600.0, rows=3)
EAGER = Pace(interval=0.0, first_wait=0.0, longest_wait=0.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def sink_for(
    ledger: Ledger, hub: HubUnderTest, pace: Pace = EAGER, keep_months: int = 0, later: timedelta = timedelta(0)
) -> Sink:
    spool = Spool(ledger)
    spool.recover()
    return Sink(spool, hub.repo(), keep_months=keep_months, pace=pace, clock=lambda: datetime.now(UTC) + later)


def end_run(ledger: Ledger, run: str = "") -> str:
    run = run or new_iteration_id()
    ledger.finished(end_record(run))
    return run


def test_the_dataset_is_there_before_the_first_record(ledger: Ledger, hub: HubUnderTest) -> None:
    sink = sink_for(ledger, hub)
    assert sink.status().state is PublishState.STARTING
    sink.step()
    assert sorted(repo_of(hub).files) == [".gitattributes", "README.md", SEED]
    assert (sink.status().state, sink.status().depth, sink.status().last_commit_at) == (PublishState.PUBLISHING, 0, "")


def test_the_first_record_goes_at_once_and_the_next_wait_for_time_or_number(ledger: Ledger, hub: HubUnderTest) -> None:
    sink = sink_for(ledger, hub, PATIENT)
    runs = [end_run(ledger)]
    sink.step()
    assert [run for run, _ in ids_in(hub)] == runs
    commits = len(repo_of(hub).commits)
    for _ in range(2):
        runs.append(end_run(ledger))
        sink.step()
    assert len(repo_of(hub).commits) == commits
    assert sink.status().depth == 2
    runs.append(end_run(ledger))
    sink.step()
    assert [run for run, _ in ids_in(hub)] == runs
    assert len(repo_of(hub).commits) == commits + 1


def test_rows_are_exactly_the_records(ledger: Ledger, hub: HubUnderTest) -> None:
    run = end_run(ledger)
    sink_for(ledger, hub).step()
    assert rows_of(repo_of(hub).files) == [to_row(end_record(run))]


def test_the_oldest_record_that_waits_is_told_by_the_time_it_was_written(ledger: Ledger, hub: HubUnderTest) -> None:
    sink = sink_for(ledger, hub, PATIENT)
    sink.step()
    assert sink.status().oldest_at == ""
    runs = [end_run(ledger, OLD_RUN), end_run(ledger)]
    for run, second in zip(
        runs, (1_800_000_000, 1_700_000_000), strict=True
    ):  # of the run that began first, however late it ended
        path = ledger._path(LedgerEntry(run, finished=True))
        os.utime(path, (second, second))
    sink._next_commit = float("inf")
    assert sink.status().oldest_at == "2027-01-15T08:00:00.000Z"
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.REFUSE, 503))
    sink.flush()
    (shard, *_) = sink._spool.sealed()
    os.utime(shard.path, (1_600_000_000, 1_600_000_000))
    assert sink.status().oldest_at == "2020-09-13T12:26:40.000Z"
    sink.flush()
    assert (sink.status().depth, sink.status().oldest_at) == (0, "")


def test_records_travel_from_the_ledger_to_another_spaces_dashboard(
    ledger: Ledger, any_hub: HubUnderTest, tmp_path: Path
) -> None:
    runs = sorted([end_run(ledger), end_run(ledger)])
    sink = sink_for(ledger, any_hub)
    sink.step()
    assert (sink.status().state, sink.status().depth, sink.status().last_error) == (PublishState.PUBLISHING, 0, "")
    watching = Mirror(
        tmp_path / "elsewhere" / "mirror", (WatchedRepo(any_hub.repo_id, token=any_hub.token, endpoint=any_hub.url),)
    )
    reported: list[tuple[DatasetStatus, ...]] = []
    watching.turn(reported.append)
    assert [status.error for status in reported[-1]] == [""]
    archive = Archive(tmp_path / "elsewhere")
    archive.refresh()
    assert sorted(map(str, archive.records().ids)) == runs
    assert archive.find(runs[0]) == end_record(runs[0])


def test_after_a_refusal_the_hub_is_left_alone_as_long_as_it_asked(ledger: Ledger, hub: HubUnderTest) -> None:
    end_run(ledger)
    sink = sink_for(ledger, hub)
    sink.step()
    end_run(ledger)
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.REFUSE, 429, (("RateLimit", '"api";r=0;t=3000'),)))
    before = datetime.now(UTC)
    sink.step()
    asked = len(hub.standin.requests)
    sink.step()
    sink.step()
    assert len(hub.standin.requests) == asked
    status = sink.status()
    assert (status.state, status.last_error, status.depth) == (PublishState.WAITING, "hub_rate_limited", 1)
    assert datetime.fromisoformat(status.retry_at) - before >= timedelta(seconds=3000)


def test_waits_double_and_have_an_end(ledger: Ledger, hub: HubUnderTest) -> None:
    assert hub.standin is not None
    hub.standin.fault = lambda request: Fault(Then.REFUSE, 500) if "/datasets/" in request.path else None
    sink = sink_for(ledger, hub, Pace(first_wait=10.0, longest_wait=60.0))
    waits = []
    for _ in range(5):
        before = datetime.now(UTC)
        sink._ask_again = 0.0
        sink.step()
        waits.append((datetime.fromisoformat(sink.status().retry_at) - before).total_seconds())
    for wait, base in zip(waits, (10, 20, 40, 60, 60), strict=True):
        assert base - 1 <= wait <= base * 4 / 3 + 5


@pytest.mark.parametrize(
    "lost",
    [Fault(Then.APPLY_AND_DROP), Fault(Then.APPLY_AND_REFUSE, 504), Fault(Then.DROP), Fault(Then.REFUSE, 503)],
    ids=["applied, answer lost", "applied, answered 504", "dropped", "refused"],
)
def test_whatever_became_of_a_commit_every_record_is_there_once(ledger: Ledger, hub: HubUnderTest, lost: Fault) -> None:
    sink = sink_for(ledger, hub)
    sink.step()
    runs = [end_run(ledger), end_run(ledger)]
    assert hub.standin is not None
    hub.standin.faults(lost)
    sink.step()
    runs.append(end_run(ledger))
    sink.step()
    assert ids_in(hub) == [(run, "partial") for run in runs]
    assert sink.status().last_error == ""


def test_a_full_disk_is_told_and_mended_by_time(ledger: Ledger, hub: HubUnderTest) -> None:
    sink = sink_for(ledger, hub)
    run = end_run(ledger)
    (ledger.root / "sealed").rmdir()
    (ledger.root / "sealed").write_bytes(b"in the way")
    sink.step()
    assert sink.status().last_error == "storage_failed"
    (ledger.root / "sealed").unlink()
    sink.step()
    assert ids_in(hub) == [(run, "partial")]


def test_the_last_flush_takes_everything_and_a_hub_that_is_down_leaves_it_sealed(
    ledger: Ledger, hub: HubUnderTest
) -> None:
    sink = sink_for(ledger, hub, PATIENT)
    sink.step()
    ended, running = end_run(ledger), new_iteration_id()
    ledger.started(start_record(running))
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.DROP))
    sink.flush()
    assert ids_in(hub) == []
    sink_for(ledger, hub, PATIENT).flush()
    assert ids_in(hub) == [(ended, "partial"), (running, "running")]


def test_past_days_are_compacted_once_everything_is_published(ledger: Ledger, hub: HubUnderTest) -> None:
    sink = sink_for(ledger, hub)
    ledger.started(start_record(OLD_RUN))
    sink.step()
    assert ids_in(hub) == [(OLD_RUN, "running")]
    end_run(ledger, OLD_RUN)
    sink.step()
    today = end_run(ledger)
    sink.step()
    assert ids_in(hub) == [(OLD_RUN, "partial"), (OLD_RUN, "running"), (today, "partial")]
    sink.step()
    assert ids_in(hub) == [(OLD_RUN, "partial"), (today, "partial")]
    assert len([path for path in repo_of(hub).files if path.startswith("data/2022-02/day-22-")]) == 1
    assert len([path for path in repo_of(hub).files if path.startswith(f"data/{time_of(today):%Y-%m/%Y-%m-%d}-")]) == 1
    assert hub.standin is not None
    asked = len(hub.standin.requests)
    sink.step()
    assert len(hub.standin.requests) == asked


def test_a_late_record_joins_the_compacted_day(ledger: Ledger, hub: HubUnderTest) -> None:
    late = "017f22e2-79b0-7cc3-98c4-dc0c0c073990"
    end_run(ledger, OLD_RUN)
    sink = sink_for(ledger, hub)
    sink.step()
    sink.step()
    end_run(ledger, late)
    sink.step()
    sink_for(ledger, hub).step()
    days = [path for path in repo_of(hub).files if path.startswith("data/2022-02/")]
    assert len(days) == 1
    assert [json.loads(line)["iteration_id"] for line in repo_of(hub).files[days[0]].splitlines()] == [OLD_RUN, late]


@pytest.mark.parametrize(
    "lost", [Fault(Then.APPLY_AND_DROP), Fault(Then.REFUSE, 412)], ids=["answer lost", "head moved"]
)
def test_a_compaction_that_went_wrong_is_done_again(ledger: Ledger, hub: HubUnderTest, lost: Fault) -> None:
    end_run(ledger, OLD_RUN)
    sink = sink_for(ledger, hub)
    sink.step()
    assert hub.standin is not None
    hub.standin.faults(lost)
    sink.step()
    assert sink.status().last_error != ""
    sink.step()
    assert sink.status().last_error == ""
    assert ids_in(hub) == [(OLD_RUN, "partial")]
    assert [path[:19] for path in repo_of(hub).files if path.startswith("data/2022")] == ["data/2022-02/day-22"]


def test_a_shard_that_somebody_tore_is_not_compacted_and_stops_nothing(ledger: Ledger, hub: HubUnderTest) -> None:
    end_run(ledger, OLD_RUN)
    sink = sink_for(ledger, hub)
    sink.step()
    torn = "data/2022-02/2022-02-21-0123456789abcdef.jsonl"
    repo_of(hub).push(repo_of(hub).files | {torn: b'{"iter'}, "by hand")
    sink.step()
    assert sink.status().last_error == ""
    assert repo_of(hub).files[torn] == b'{"iter'
    assert any(path.startswith("data/2022-02/day-22-") for path in repo_of(hub).files)


def test_old_months_are_dropped_and_the_dataset_still_has_its_seed(ledger: Ledger, hub: HubUnderTest) -> None:
    end_run(ledger, OLD_RUN)
    today = end_run(ledger)
    sink = sink_for(ledger, hub, keep_months=12)
    sink.step()
    sink.step()
    assert ids_in(hub) == [(today, "partial")]
    assert SEED in repo_of(hub).files


def test_old_local_copies_go_after_publishing(ledger: Ledger, hub: HubUnderTest) -> None:
    end_run(ledger, OLD_RUN)
    young = end_run(ledger)
    sink = sink_for(ledger, hub)
    sink.step()
    sink.step()
    assert [record.iteration_id for record in ledger.records()] == [young]
    assert {run for run, _ in ids_in(hub)} == {OLD_RUN, young}


def test_many_commits_are_joined(ledger: Ledger, hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.dataset.SQUASH_ABOVE_COMMITS", 2)
    run = end_run(ledger)
    sink = sink_for(ledger, hub)
    sink.step()
    sink.step()
    assert len(repo_of(hub).commits) == 1
    assert ids_in(hub) == [(run, "partial")]
