"""The publisher as the server starts it: it alone has the token, ends with the server, and flushes when asked to
end.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store.ids import new_iteration_id
from pipeline.store.ledger import Ledger
from pipeline.store.publisher_process import PublisherProcess, lock_path, status_path
from pipeline.store.status import STATUS, PublisherStatus, PublishState, read_status
from tests.standins.hub_repos import Fault, Then
from tests.support.datasets import ids_in
from tests.unit.store.hubs import PROJECT, HubUnderTest
from tests.unit.store.records_for_tests import end_record, start_record

TRIES = 2  # of a lock that another holds, before the test believes that it is waited for


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until it holds; the limit is far above what it takes, so it fails only where it never would."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


@pytest.fixture
def publisher(settings: Settings, hub: HubUnderTest) -> Iterator[PublisherProcess]:
    process = PublisherProcess(replace(settings, results_dataset=hub.repo_id), hub.token)
    yield process
    process.stop()


def test_without_a_token_nothing_starts_and_the_state_says_so(settings: Settings) -> None:
    ledger, process = Ledger(settings.data_dir), PublisherProcess(settings, "")
    assert process.status() == PublisherStatus(PublishState.NO_TOKEN)
    before = datetime.now(UTC) - timedelta(seconds=1)  # a file system's clock is coarser than the system's
    run = new_iteration_id()
    ledger.started(start_record(run))
    ledger.finished(end_record(run))
    ledger.started(start_record())
    process.ensure_running()
    assert not process.running
    assert (process.status().state, process.status().depth) == (PublishState.NO_TOKEN, 2)
    assert before <= datetime.fromisoformat(process.status().oldest_at) <= datetime.now(UTC)
    assert process.status().sentence == "kept on this server, not published"


def test_records_reach_the_hub_and_the_status_says_so(
    settings: Settings, hub: HubUnderTest, publisher: PublisherProcess
) -> None:
    record = end_record()
    Ledger(settings.data_dir).finished(record)
    assert publisher.status().state is PublishState.STOPPED
    publisher.ensure_running(hub.environment())
    eventually(lambda: publisher.status().last_commit_at != "")
    assert ids_in(hub) == [(record.iteration_id, "partial")]
    status = publisher.status()
    assert (status.state, status.repo_id, status.depth, status.last_error) == (
        PublishState.PUBLISHING,
        hub.repo_id,
        0,
        "",
    )
    assert publisher._process is not None
    assert hub.token.encode() not in Path(f"/proc/{publisher._process.pid}/environ").read_bytes()
    publisher.stop()
    assert publisher.status().state is PublishState.STOPPED
    assert hub.token.encode() not in b"".join(
        path.read_bytes() for path in settings.data_dir.parent.rglob("*") if path.is_file()
    )


def test_asked_to_end_it_publishes_what_is_left(
    settings: Settings, hub: HubUnderTest, publisher: PublisherProcess
) -> None:
    publisher.ensure_running(hub.environment())
    eventually(lambda: publisher.status().state is PublishState.PUBLISHING)
    record = start_record()
    Ledger(settings.data_dir).started(record)
    publisher.stop(seconds=30)
    assert ids_in(hub) == [(record.iteration_id, "running")]


def test_asked_to_end_it_does_not_wait_for_a_hub_that_hangs(
    settings: Settings, hub: HubUnderTest, publisher: PublisherProcess
) -> None:
    """The platform's grace is short: the process ends by itself, and the record stays for the next one."""
    publisher.ensure_running(hub.environment())
    eventually(lambda: publisher.status().state is PublishState.PUBLISHING)
    assert hub.standin is not None
    hub.standin.fault = lambda request: Fault(Then.HANG, seconds=60)
    record = end_record()
    Ledger(settings.data_dir).finished(record)
    process = publisher._process
    assert process is not None
    process.terminate()
    assert process.wait(timeout=40) in (0, -signal.SIGALRM)
    hub.standin.fault = lambda request: None
    publisher.ensure_running(hub.environment())
    eventually(lambda: ids_in(hub) == [(record.iteration_id, "partial")])


def test_killed_it_is_started_again(settings: Settings, hub: HubUnderTest, publisher: PublisherProcess) -> None:
    publisher.ensure_running(hub.environment())
    eventually(lambda: publisher.status().state is PublishState.PUBLISHING)
    assert publisher._process is not None
    publisher._process.kill()
    publisher._process.wait()
    assert publisher.status().state is PublishState.STOPPED
    record = end_record()
    Ledger(settings.data_dir).finished(record)
    publisher.ensure_running(hub.environment())
    eventually(lambda: ids_in(hub) == [(record.iteration_id, "partial")])


def test_it_ends_when_the_server_is_killed_and_publishes_first(settings: Settings, hub: HubUnderTest) -> None:
    script = (
        "import os, sys, time\n"
        "from pipeline.settings import read_settings\n"
        "from pipeline.store.publisher_process import PublisherProcess\n"
        "token = os.environ.pop('HF_TOKEN')\n"
        "process = PublisherProcess(read_settings(os.environ), token)\n"
        "process.ensure_running(os.environ)\n"
        "print(process._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    folders = {"DATA_DIR": str(settings.data_dir), "WORK_DIR": str(settings.work_dir), "RESULTS_DATASET": hub.repo_id}
    server = subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, env=hub.environment() | folders, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    with server:
        pid = int(server.stdout.readline())
        eventually(
            lambda: (
                (read_status(status_path(settings)) or PublisherStatus(PublishState.STOPPED)).state
                is PublishState.PUBLISHING
            )
        )
        record = start_record()
        Ledger(settings.data_dir).started(record)
        server.kill()
    eventually(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])
    assert ids_in(hub) == [(record.iteration_id, "running")]


def test_a_second_publisher_waits_until_the_first_has_gone(
    settings: Settings, hub: HubUnderTest, publisher: PublisherProcess
) -> None:
    """Two at once would seal the same records into two shards."""
    record = end_record()
    Ledger(settings.data_dir).finished(record)
    lock = lock_path(settings)
    lock.parent.mkdir(parents=True)
    assert hub.standin is not None
    with lock.open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        publisher.ensure_running(hub.environment())
        assert publisher._process is not None
        pid = publisher._process.pid
        descriptors = Path(f"/proc/{pid}/fd")
        eventually(lambda: any(link.exists() and link.samefile(lock) for link in descriptors.iterdir()))
        asleep = times_asleep(pid)
        eventually(lambda: times_asleep(pid) >= asleep + TRIES)
        assert hub.standin.requests == []
        assert publisher.running
    repos = hub.standin.repos
    eventually(lambda: hub.repo_id in repos and ids_in(hub) == [(record.iteration_id, "partial")])


def times_asleep(pid: int) -> int:
    """How often a process has gone to sleep of its own accord: once for each vain try of a lock (proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def test_it_refuses_to_start_without_a_token(settings: Settings) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HF_TOKEN"} | {
        "DATA_DIR": str(settings.data_dir)
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.store.publisher"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "HF_TOKEN is not set" in done.stderr


def test_the_status_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "publisher" / "status.json"
    assert read_status(path) is None
    STATUS.replace(path, PublisherStatus(PublishState.STARTING))
    waiting = PublisherStatus(
        PublishState.WAITING, "a/b", depth=3, last_error="hub_busy", retry_at="2026-08-14T09:30:15.250Z"
    )
    STATUS.replace(path, waiting)
    assert read_status(path) == waiting
    assert [entry.name for entry in path.parent.iterdir()] == ["status.json"]
    STATUS.replace(Path("/proc/nowhere/status.json"), waiting)
