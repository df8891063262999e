"""The workers beside a server: started with it, started again when they die, ended with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.settings import Settings, read_settings
from pipeline.space_roles import ROLE_NAMES, WORKER_NAMES
from pipeline.store.heartbeats import read_heartbeat
from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import WORKER_ROLES, Role, WorkerState
from pipeline.workers.role_table import WORKERS, worker_role
from pipeline.workers.worker_process import WorkerProcess, WorkerProcesses, server_processes, workers_of
from tests.support.runs import until
from tests.unit.store.hubs import PROJECT


class CountedWorker(WorkerProcess):
    """Counts its starts instead of starting."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, "", Role.ANALYSIS)
        self.starts, self.stopped = 0, threading.Event()

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        self.starts += 1
        if self.starts == 2:
            raise OSError("no process can be started")

    def stop(self, seconds: float = 10.0) -> None:
        self.stopped.set()


def test_workers_are_looked_after_until_the_server_ends(settings: Settings) -> None:
    worker = CountedWorker(settings)
    with WorkerProcesses([worker], look_seconds=0.01):
        until(lambda: worker.starts > 3)
    assert worker.stopped.is_set()
    with WorkerProcesses([]):
        pass


def test_the_watcher_copies_records_for_the_workers_while_nobody_looks(settings: Settings) -> None:
    watcher = CountedWorker(settings)
    with server_processes(settings, "", watcher):
        pass
    assert watcher.starts == 0
    beside = replace(settings, space_role="inbox", inbox="")  # this worker ends at once: it has no inbox
    with server_processes(beside, "", watcher):
        until(lambda: watcher.starts > 0)
    assert watcher.stopped.is_set()


@pytest.mark.parametrize(
    ("variables", "roles"),
    [
        ({}, ()),
        ({"SPACE_ROLE": "dashboard"}, ()),
        ({"SPACE_ROLE": "tuning"}, (Role.TUNING,)),
        ({"SPACE_WORKERS": "tuning, analysis"}, (Role.ANALYSIS, Role.TUNING)),
        ({"SPACE_ROLE": "inbox", "SPACE_WORKERS": "inbox"}, (Role.INBOX,)),
    ],
)
def test_a_space_runs_its_own_role_and_those_that_it_names(
    variables: dict[str, str], roles: tuple[Role, ...], tmp_path: Path
) -> None:
    assert workers_of(read_settings(variables | {"DATA_DIR": str(tmp_path)})) == roles


def test_roles_are_those_that_a_space_can_have() -> None:
    assert tuple(Role) == ROLE_NAMES
    assert WORKER_ROLES == WORKER_NAMES == tuple(row.role for row in WORKERS)


def test_every_role_can_be_built(settings: Settings, tmp_path: Path) -> None:
    with_inbox = read_settings(
        {"DATA_DIR": str(settings.data_dir), "WORK_DIR": str(settings.work_dir), "INBOX": str(tmp_path)}
    )
    for row in WORKERS:
        assert worker_role(row.role).build(with_inbox, "").role is row.role


def test_a_worker_that_tests_no_differences_loads_no_statistics() -> None:
    code = (
        "import sys; from pipeline.workers.test_planning import planning_work; "
        "assert planning_work.build and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


def test_a_worker_process_works_and_ends_within_ten_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKER_SECONDS", "3600")
    process = WorkerProcess(settings, "", Role.TEST_PLANNING)
    process.ensure_running()
    log = IterationLog(settings.data_dir, Role.TEST_PLANNING)
    until(lambda: log.last() is not None)
    last, beat = log.last(), read_heartbeat(settings, Role.TEST_PLANNING)
    assert last is not None
    assert beat is not None
    assert (last.perspective, last.source) == ("encrypted", "local records, no token")
    process.stop(10)
    assert process._process is not None
    assert process._process.returncode in (0, -signal.SIGTERM)
    ended = read_heartbeat(settings, Role.TEST_PLANNING)
    assert ended is not None
    assert ended.state is WorkerState.STOPPED


def test_a_worker_that_cannot_begin_says_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("INBOX", raising=False)
    process = WorkerProcess(settings, "", Role.INBOX)
    process.ensure_running()

    def has_said_why() -> bool:
        beat = read_heartbeat(settings, Role.INBOX)
        return beat is not None and beat.error == "inbox_missing"

    until(has_said_why)
    process.stop(10)
    assert "[inbox_missing]" in capfd.readouterr().err
