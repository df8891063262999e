"""The command ``work``: one iteration, orders to the worker that runs, and no library that it does not need."""

import json
import re
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli.__main__ import main
from pipeline.settings import Settings
from pipeline.store.iteration_log import IterationLog
from pipeline.store.ledger import Ledger
from pipeline.worker_iterations import Role
from tests.support.runs import until
from tests.support.weeks import week_of_runs

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "workers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`(?:python -m pipeline\.cli )?(work --role [^`\n]*?)`", PAGE)
HEAVY = ("torch", "docling", "gradio", "transformers", "cv2", "onnxruntime", "huggingface_hub", "pandas")

LOADED = """
import sys
from pipeline.cli.__main__ import main
code = main(["work", "--role", "analysis", "--once"])
print(code, sorted(name for name in sys.argv[1:] if name in sys.modules))
"""


@pytest.fixture
def folders(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("WORK_DIR", str(settings.work_dir))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return settings


def test_one_iteration_is_done_without_a_model_a_page_or_the_hubs_client(folders: Settings) -> None:
    ledger = Ledger(folders.data_dir)
    for record in week_of_runs(60, datetime.now(UTC) - timedelta(days=7)):
        ledger.finished(record)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *HEAVY], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"
    assert "local records only" in done.stderr
    last = IterationLog(folders.data_dir, Role.ANALYSIS).last()
    assert last is not None
    assert (last.iteration, last.error, last.source) == (1, "", "local records, no token")
    assert json.loads(last.state)["seen_ms"].keys() == {last.perspective}


def test_each_command_of_the_page_works(folders: Settings) -> None:
    """The one without an end is ended here. Other tests are about one iteration, orders, and scheduled Jobs."""
    always = "work --role analysis"
    others = {f"{always} --once", "work --role ROLE --pause"}
    assert {command for command in COMMANDS if "--every" not in command and "--never" not in command} == {
        always,
        *others,
    }
    process = subprocess.Popen([sys.executable, "-m", "pipeline.cli", *shlex.split(always)], cwd=PROJECT)
    log = IterationLog(folders.data_dir, Role.ANALYSIS)
    try:
        until(lambda: log.next_number() == 2)
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(10) in (0, -signal.SIGTERM)


def test_orders_reach_the_worker_through_the_data_folder(folders: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    order = ["work", "--role", "analysis"]
    assert main([*order, "--pause"]) == 0
    assert IterationLog(folders.data_dir, Role.ANALYSIS).paused
    assert main([*order, "--status"]) == 0
    assert "analysis: paused; no iteration yet" in capsys.readouterr().out
    assert main([*order, "--resume"]) == 0
    assert not IterationLog(folders.data_dir, Role.ANALYSIS).paused


def test_a_role_that_is_no_workers_is_refused(folders: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["work", "--role", "dashboard"])
    assert "analysis" in capsys.readouterr().err
