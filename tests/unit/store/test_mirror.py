"""Watched datasets are copied by the blob: what is asked of the Hub, what lies on disk afterwards, and what a Hub that
refuses changes.
"""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from pipeline.settings import read_settings
from pipeline.store.archive import Archive
from pipeline.store.compaction import days_to_compact, merge, parts
from pipeline.store.mirror import Mirror, WatchedRepo
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.watcher_process import DatasetStatus, WatcherProcess, read_statuses, watched
from tests.standins.hub_repos import Fault, Then
from tests.support.sample_records import sample_records
from tests.unit.store.hubs import HubUnderTest

MADE = list(sample_records(40, days=3.0, seed=5))


def shard(first: int, last: int) -> dict[str, bytes]:
    body = b"".join(row_line(to_row(record)) for record in MADE[first:last])
    return {f"data/2026-08/2026-08-14-{first:016x}.jsonl": body}


def mirror(hub: HubUnderTest, folder: Path, token: str | None = None) -> Mirror:
    return Mirror(
        folder / "mirror", (WatchedRepo(hub.repo_id, token=hub.token if token is None else token, endpoint=hub.url),)
    )


def turn(mirror: Mirror) -> DatasetStatus:
    reported: list[tuple[DatasetStatus, ...]] = []
    mirror.turn(reported.append)
    return reported[-1][0]


def known(folder: Path) -> set[str]:
    archive = Archive(folder)
    archive.refresh()
    return {str(iteration_id) for iteration_id in archive.records().ids}


def ids(first: int, last: int) -> set[str]:
    return {record.iteration_id for record in MADE[first:last]}


def test_new_shards_are_fetched_and_seen_ones_are_not(hub: HubUnderTest, tmp_path: Path) -> None:
    assert hub.standin is not None
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 10))
    watching = mirror(hub, tmp_path)
    assert (turn(watching).files, turn(watching).error) == (2, "")
    assert known(tmp_path) == ids(0, 10)
    repo.add(shard(10, 20))
    fetched = hub.standin.asked("GET", "/resolve/")
    turn(watching)
    turn(watching)
    assert known(tmp_path) == ids(0, 20)
    assert hub.standin.asked("GET", "/resolve/") == fetched + 1
    assert hub.standin.asked("GET", "/tree/") == 2, "a tree is listed once for each new commit"


def test_a_restarted_watcher_fetches_nothing_again(hub: HubUnderTest, tmp_path: Path) -> None:
    assert hub.standin is not None
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 10))
    turn(mirror(hub, tmp_path))
    fetched = hub.standin.asked("GET", "/resolve/")
    again = mirror(hub, tmp_path)
    again.recover()
    assert turn(again).files == 2
    assert hub.standin.asked("GET", "/resolve/") == fetched


def test_a_compacted_day_replaces_its_shards(hub: HubUnderTest, tmp_path: Path) -> None:
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 10) | shard(10, 20))
    watching, archive = mirror(hub, tmp_path), Archive(tmp_path)
    turn(watching)
    archive.refresh()
    head, paths = repo.files()
    (day,) = days_to_compact(paths, date(2026, 8, 20))
    read, lines = merge({path: repo.read(path, head) for path in day.paths})
    repo.rewrite(parts(day, lines), read, head, "Compact")
    assert turn(watching).files == 2
    assert known(tmp_path) == ids(0, 20)
    assert archive.find(MADE[3].iteration_id) == MADE[3]


def test_a_hub_that_is_down_changes_only_the_status(hub: HubUnderTest, tmp_path: Path) -> None:
    assert hub.standin is not None
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 10))
    watching = mirror(hub, tmp_path)
    good = turn(watching)
    hub.standin.fault = lambda request: Fault(Then.REFUSE, 403)
    bad = turn(watching)
    assert (bad.error, bad.read_at) == ("hub_not_allowed", good.read_at)
    assert known(tmp_path) == ids(0, 10)
    hub.standin.fault = lambda request: None
    assert turn(watching).error == ""


def test_a_private_dataset_needs_the_token(hub: HubUnderTest, tmp_path: Path) -> None:
    hub.repo().prepare()
    assert turn(mirror(hub, tmp_path, token="")).error == "hub_dataset_missing"


def test_a_public_dataset_is_read_without_a_token(
    hub: HubUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hub.standin is not None
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 5))
    hub.standin.repos[hub.repo_id].private = False
    monkeypatch.setenv("HF_TOKEN", "hf_somebody_elses_0000")
    hub.standin.requests.clear()
    assert turn(mirror(hub, tmp_path, token="")).error == ""
    assert known(tmp_path) == ids(0, 5)
    assert {request.token for request in hub.standin.requests} == {""}


def test_a_dataset_that_is_no_longer_watched_goes(hub: HubUnderTest, tmp_path: Path) -> None:
    hub.repo().prepare()
    turn(mirror(hub, tmp_path))
    other = Mirror(tmp_path / "mirror", (WatchedRepo("someone/else", token=hub.token, endpoint=hub.url),))
    other.recover()
    assert list((tmp_path / "mirror").rglob("*.jsonl")) == []


def test_the_watcher_process_watches_until_it_is_stopped(hub: HubUnderTest, tmp_path: Path) -> None:
    repo = hub.repo()
    repo.prepare()
    repo.add(shard(0, 10))
    settings = read_settings(
        {"DATA_DIR": str(tmp_path / "data"), "WORK_DIR": str(tmp_path / "work"), "DASHBOARD_DATASETS": hub.repo_id}
    )
    watcher = WatcherProcess(settings, hub.token)
    environment = {name: value for name, value in hub.environment().items() if name != "HF_TOKEN"}
    watcher.ensure_running(environment)
    try:
        deadline = time.monotonic() + 60
        while not read_statuses(settings)[0].read_at and time.monotonic() < deadline:
            time.sleep(0.05)
        assert known(tmp_path / "data") == ids(0, 10)
        assert watcher.running
        assert hub.token.encode() not in _environment_of(watcher)
    finally:
        watcher.stop()
    assert not watcher.running


def _environment_of(watcher: WatcherProcess) -> bytes:
    process = watcher._process
    assert process is not None
    return Path(f"/proc/{process.pid}/environ").read_bytes()


def test_without_datasets_there_is_no_watcher(tmp_path: Path) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path), "WORK_DIR": str(tmp_path)})
    watcher = WatcherProcess(settings, "")
    watcher.ensure_running({})
    watcher.stop()
    assert (watcher.running, read_statuses(settings)) == (False, ())


def test_datasets_are_named_with_commas() -> None:
    assert watched(read_settings({"DASHBOARD_DATASETS": "a/b, c/d ,a/b"})) == ("a/b", "c/d")


def test_the_server_side_loads_no_hub_client() -> None:
    code = (
        "import sys, pipeline.history.dashboard_data; assert not [name for name in sys.modules if "
        "name.startswith('huggingface_hub')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
