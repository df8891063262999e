"""The results command as it is typed: the dataset's size, its newest runs, everything gone, and reading it."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.__main__ import main
from pipeline.deployment.results_care import ResultsCare
from pipeline.store.hub import SEED
from pipeline.store.record_to_row import row_line, to_row
from tests.standins.hub_repos import Fault, Request, Then
from tests.support.datasets import repo_of
from tests.unit.store.hubs import HubUnderTest, standin_hub
from tests.unit.store.records_for_tests import end_record

PAGE = (Path(__file__).parents[3] / "docs" / "your-own-space.md").read_text(encoding="utf-8")
RUNS = [f"017f22e2-79b0-7cc3-98c4-{number:012x}" for number in range(1, 8)]
NEW_RUN = "017f22e2-79b0-7cc3-98c4-00000000000a"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubUnderTest]:
    with standin_hub(tmp_path / "home") as hub:
        assert hub.url is not None
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        repo = hub.repo()
        repo.prepare()
        for number, iteration_id in enumerate(RUNS):
            line = row_line(to_row(end_record(iteration_id)))
            repo.add({f"data/2026-08/2026-08-1{number // 2}-{number:016x}.jsonl": line})
        yield hub


def results(*arguments: str) -> int:
    return main(["results", *arguments])


def test_its_size_is_told_and_how_to_read_it(hub: HubUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    assert results() == 0
    shown = capsys.readouterr().out
    assert "tester/folio-results: 7 runs, 2026-08 to 2026-08" in shown
    assert re.search(r"8 files, 0\.0 MB, [\d,]+ bytes a run, 9 commits", shown)
    assert 'load_dataset("tester/folio-results", split="train")' in shown


def test_the_newest_runs_stay_and_history_does_not(hub: HubUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    assert results("--keep", "3", "--yes") == 0
    assert "4 runs are deleted, 3 stay" in capsys.readouterr().out
    repo = repo_of(hub)
    lines = [line for path, body in repo.files.items() if path.startswith("data/2") for line in body.splitlines()]
    assert sorted(json.loads(line)["iteration_id"] for line in lines) == RUNS[-3:]
    assert len(repo.commits) == 1


def test_a_record_is_looked_for_in_the_files_that_came_since(hub: HubUnderTest) -> None:
    repo = hub.repo()
    care = ResultsCare(repo)
    before = care.file_names()
    assert len(before) == len(RUNS) + 1
    assert not care.has_received(RUNS[0], before)
    repo.add({"data/2026-08/2026-08-20-new.jsonl": row_line(to_row(end_record(NEW_RUN)))})
    assert care.has_received(NEW_RUN, before)
    assert not care.has_received(RUNS[0], before)


def test_a_cleared_dataset_still_loads_as_the_page_tells_it(
    hub: HubUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert results("--dataset", "folio-results", "--clear", "--yes") == 0
    assert "7 runs are deleted, 0 stay" in capsys.readouterr().out
    (command,) = re.findall(r"python (-c 'from datasets[^']+')", PAGE)
    words = shlex.split(command.replace("OWNER/", "tester/"))
    done = subprocess.run([sys.executable, *words], env=hub.environment(), capture_output=True, text=True, check=False)
    assert "num_rows: 1" in done.stdout, done.stderr[-1000:]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m pipeline\.cli (results[^`\n]*)", PAGE))))
def test_each_command_of_the_page_is_done(hub: HubUnderTest, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(command), *(("--yes",) if "-" in command else ())]) == 0
    assert "tester/folio-results: " in capsys.readouterr().out


def test_nothing_is_deleted_unless_somebody_says_so(hub: HubUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    assert results("--clear") == 1
    assert "stays as it is" in capsys.readouterr().err
    assert hub.standin is not None
    assert len(hub.standin.repos[hub.repo_id].files) == 10


def test_without_a_token_the_hub_is_asked_all_the_same(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    assert results("--dataset", "tester/folio-results") == 1
    assert "[repository_missing]" in capsys.readouterr().err


def test_a_record_that_arrives_meanwhile_stays(hub: HubUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    assert hub.standin is not None
    standin, late = hub.standin, "017f22e2-79b0-7cc3-98c4-0000000000ff"
    repo = standin.repos[hub.repo_id]

    def arrive(request: Request) -> Fault | None:
        if request.method == "POST" and "/commit/" in request.path:
            standin.fault = lambda request: None
            shard = {"data/2026-08/2026-08-20-00000000000000ff.jsonl": row_line(to_row(end_record(late)))}
            repo.push(repo.files | shard, "a record arrives")
        return None

    standin.fault = arrive
    assert results("--keep", "2", "--yes") == 0
    assert "stay" in capsys.readouterr().out
    assert {SEED} < set(repo.files)
    names = [path for path in repo.files if path.startswith("data/2")]
    assert len(names) == 2
    assert b"".join(repo.files[path] for path in names).count(late.encode()) == 1


def test_a_hub_that_refuses_is_one_sentence(hub: HubUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.REFUSE, 403))
    assert results("--clear", "--yes") == 1
    assert "The token may not prune the dataset" in capsys.readouterr().err
