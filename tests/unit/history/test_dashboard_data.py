"""One look serves everybody for a few seconds, sees what is new after that, and knows what is around the records."""

from pathlib import Path

import pytest

from pipeline.history.dashboard_data import DashboardData
from pipeline.history.health import Level
from pipeline.history.overview import Window
from pipeline.settings import Settings, read_settings
from pipeline.store.ledger import Ledger
from pipeline.store.packs import Packs
from pipeline.store.publisher_process import PublisherProcess
from pipeline.store.watcher_process import STATUSES, DatasetStatus, status_path
from tests.support.sample_records import sample_records
from tests.unit.store.records_for_tests import end_record


def settings(folder: Path, **variables: str) -> Settings:
    return read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work"), **variables})


def test_a_look_is_shared_until_it_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(tmp_path)
    seen = DashboardData(chosen, PublisherProcess(chosen, "").status)
    first = seen.look()
    Ledger(chosen.data_dir).finished(end_record())
    assert seen.look() is first
    monkeypatch.setattr("pipeline.history.dashboard_data.FRESH_SECONDS", 0.0)
    second = seen.look()
    assert (len(first.records), len(second.records), second.version - first.version) == (0, 1, 1)
    assert seen.look().version == second.version
    assert seen.overview(second, Window.ALL).ever.runs == 1
    assert seen.overview(second, Window.ALL) is seen.overview(second, Window.ALL)


def test_a_record_that_a_receipt_brought_in_is_counted_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(tmp_path)
    seen = DashboardData(chosen)
    assert seen.overview(seen.look(), Window.ALL).ever.runs == 0
    record = end_record()
    Ledger(chosen.data_dir).finished(record)
    assert seen.find(record.iteration_id) == record
    monkeypatch.setattr("pipeline.history.dashboard_data.FRESH_SECONDS", 0.0)
    assert seen.overview(seen.look(), Window.ALL).ever.runs == 1


def test_it_says_where_runs_are_taken(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    here, elsewhere = DashboardData(chosen, PublisherProcess(chosen, "").status), DashboardData(chosen)
    assert [seen.status(seen.look(), seen.overview(seen.look(), Window.DAY)).level for seen in (here, elsewhere)] == [
        Level.OPERATIONAL,
        Level.OFFLINE,
    ]


def test_it_tells_how_the_watched_datasets_stand(tmp_path: Path) -> None:
    chosen = settings(tmp_path, DASHBOARD_DATASETS="a/b,c/d")
    STATUSES.replace(status_path(chosen), (DatasetStatus("c/d", error="hub_unreachable"), DatasetStatus("gone/away")))
    assert DashboardData(chosen).look().around.datasets == (
        DatasetStatus("a/b"),
        DatasetStatus("c/d", error="hub_unreachable"),
    )


def test_it_packs_a_thousand_records_when_it_is_told_to(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    ledger, seen = Ledger(chosen.data_dir), DashboardData(chosen)
    for record in sample_records(1000):
        ledger.finished(record)
    seen.tidy()
    assert len(Packs(ledger).files()) == 1
    assert len(seen.look().records) == 1000
