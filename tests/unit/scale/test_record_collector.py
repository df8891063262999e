"""Records of a batch job on their way to the results dataset: sealed once, and sent once."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import WorkerLost
from pipeline.records import BatchFacts
from pipeline.scale.batch_folder import BatchFolder, BlockTables
from pipeline.scale.batch_setup import WorkItem
from pipeline.scale.document_row import lost_row, row_values
from pipeline.scale.record_collector import Collected, collect, seal
from pipeline.store import spool
from pipeline.store.columns import skim
from pipeline.store.compaction import SHARD
from pipeline.store.hub import HubFault, ResultsRepo
from pipeline.store.row_to_record import read_line
from tests.standins.hub import StandInHub
from tests.standins.hub_repos import Fault, Then
from tests.support.scripted_rows import item_of

BATCH = BatchFacts("0198b0a2-0000-7000-8000-000000000000", 1)


def write_block(folder: BatchFolder, *names: str) -> None:
    block = tuple(item_of(Path(name)) for name in names)
    folder.write_block(block, BlockTables([_values(item) for item in block[:1]], [_values(i) for i in block[1:]], []))


def _values(item: WorkItem) -> dict[str, object]:
    return row_values(item, lost_row(WorkerLost(), item, BATCH), 0.1, "here")


def sealed(folder: BatchFolder) -> list[str]:
    return [path.removeprefix("records/") for path in folder.files_below("records/data")]


def test_every_record_is_in_one_shard_that_the_dashboard_reads(tmp_path: Path) -> None:
    folder = BatchFolder(str(tmp_path))
    write_block(folder, "a", "b", "c")
    write_block(folder, "d")
    assert collect(folder) == Collected(4, 0)
    (shard,) = sealed(folder)
    assert SHARD.fullmatch(shard)
    body = (tmp_path / "records" / shard).read_bytes()
    briefs = skim(body).briefs
    assert [(brief.batch, brief.origin, brief.code) for brief in briefs] == [(BATCH.id, "batch", "worker_lost")] * 4
    assert read_line(body.splitlines()[0]).batch == BATCH
    assert collect(folder) == Collected(0, 0)
    write_block(folder, "e")
    assert collect(folder) == Collected(1, 0)
    assert len(sealed(folder)) == 2


def test_shards_hold_one_day_and_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    line = lost_row(WorkerLost(), item_of(Path("a")), BATCH).record
    row = json.loads(line)
    days = [
        row | {"iteration_id": f"0198b{day}-0000-7000-8000-{number:012}"}
        for day in ("0a2", "9a2")
        for number in range(9)
    ]
    assert spool.SHARD_BYTES < 10_000_000
    monkeypatch.setattr("pipeline.scale.record_collector.SHARD_BYTES", 4 * len(line))
    shards = seal([json.dumps(row).encode() for row in reversed(days)])
    assert len({path[13:23] for path in shards}) == 2
    assert all(SHARD.fullmatch(path) for path in shards)
    assert sum(body.count(b"\n") for body in shards.values()) == 18
    assert max(map(len, shards.values())) <= 4 * len(line)


def test_shards_go_to_the_dataset_once_and_a_refusal_keeps_them(tmp_path: Path) -> None:
    folder = BatchFolder(str(tmp_path))
    write_block(folder, "a", "b")
    with StandInHub() as hub:
        repo = ResultsRepo("tester/results", private=True, token=hub.token, endpoint=hub.url)
        repo.prepare()
        hub.faults(Fault(Then.REFUSE, 503))
        with pytest.raises(HubFault):
            collect(folder, repo)
        assert collect(folder, repo) == Collected(0, 1)
        commits = len(hub.repos["tester/results"].commits)
        assert collect(folder, repo) == Collected(0, 0)
        assert len(hub.repos["tester/results"].commits) == commits
        files = hub.repos["tester/results"].files
    assert all(shard in files for shard in sealed(folder))


def test_a_retry_is_a_record_of_its_own() -> None:
    item = item_of(Path("a"))
    first, second = (lost_row(WorkerLost(), item, replace(BATCH, attempt=attempt)).record for attempt in (1, 2))
    assert json.loads(first)["batch"]["attempt"] == 1
    assert json.loads(second)["batch"]["attempt"] == 2
    assert json.loads(first)["iteration_id"] != json.loads(second)["iteration_id"]
