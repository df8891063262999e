"""Nothing paid for is lost: a run that was stopped, failed in part or was killed goes on where it stood."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import RunNotFound, SourceExpired
from pipeline.models.bundle import Lanes
from pipeline.pages import PageStatus
from pipeline.records import RunStatus
from pipeline.settings import Settings
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, records, submit, until, warm_runner

ROOT = Path(__file__).parents[3]


def test_a_stopped_run_goes_on_without_repeating_a_page(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as runner:
        stopped = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(stopped).texts)
        runner.cancel(stopped)
        gate.set()
        before = last(runner, stopped)
    done = {text.page for text in before.texts}
    assert done
    assert done != {1, 2, 3, 4, 5}
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        after = last(runner, runner.resume(stopped))
        assert runner.resume(stopped) == after.run_id, "a second click is the same run"
    assert after.status is RunStatus.OK
    assert [text.page for text in after.texts] == [1, 2, 3, 4, 5]
    assert done.isdisjoint(second.seen)
    assert sorted(done | set(second.seen)) == [1, 2, 3, 4, 5]
    continued = next(record for record in records(settings) if record.iteration_id == after.record_id)
    assert continued.parent_id == before.record_id
    markdown = after.export("md")
    assert markdown is not None
    assert "The Evolution of the Word Processor" in markdown.path.read_text()


def test_resuming_retries_just_the_failed_pages(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2, 4})))) as runner:
        partial = last(runner, submit(runner, documents / "multi_page.pdf"))
    assert partial.status is RunStatus.PARTIAL
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        after = last(runner, runner.resume(partial.run_id))
    assert second.seen == [2, 4]
    assert after.status is RunStatus.OK
    assert all(page.status is PageStatus.OK for page in after.pages)


def test_a_killed_server_leaves_pages_that_can_be_read_and_a_run_that_goes_on(
    settings: Settings, documents: Path, tmp_path: Path
) -> None:
    run_id = kill_in_mid_run(settings, documents / "multi_page.pdf", tmp_path / "run_id")
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        interrupted = runner.view(run_id)
        assert interrupted.error is not None
        assert interrupted.error.code == "interrupted"
        assert [text.page for text in interrupted.texts] == [1, 2]
        assert "The Evolution of the Word Processor" in interrupted.texts[0].markdown
        assert [record.status for record in records(settings)] == [RunStatus.ERROR]
        after = last(runner, runner.resume(run_id))
    assert after.status is RunStatus.OK
    assert second.seen == [3, 4, 5]
    assert [text.page for text in after.texts] == [1, 2, 3, 4, 5]
    assert sorted(record.status.value for record in records(settings)) == ["error", "ok"]
    assert not list(settings.work_dir.rglob("pixels.rgb"))


def kill_in_mid_run(settings: Settings, pdf: Path, note: Path) -> str:
    """Start a run in another process, wait for its second page and kill the process; returns the run's id."""
    environment = {**os.environ, "DATA_DIR": str(settings.data_dir), "WORK_DIR": str(settings.work_dir)}
    command = [sys.executable, "-m", "tests.support.slow_run", str(pdf), str(note)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        until(note.exists)
        until(lambda: note.read_text() != "")
        process.send_signal(signal.SIGKILL)
    return note.read_text()


def test_a_second_process_leaves_the_first_ones_run_alone(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as first:
        run_id = submit(first, documents / "multi_page.pdf")
        until(lambda: first.view(run_id).texts)
        with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as second:
            assert not second._tenancy.sole
        gate.set()
        assert last(first, run_id).status is RunStatus.OK
    assert [record.status for record in records(settings)] == [RunStatus.OK]


def test_what_cannot_be_resumed_says_so(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2})))) as runner:
        partial = last(runner, submit(runner, documents / "multi_page.pdf"))
        (settings.data_dir / "runs" / partial.run_id / "source.pdf").unlink()
        with pytest.raises(SourceExpired, match="upload it again"):
            runner.resume(partial.run_id)
        with pytest.raises(RunNotFound):
            runner.resume("f" * 32)


def test_a_run_under_way_is_its_own_continuation(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with warm_runner(replace(settings, queue_size=2), Lanes(WholePageBundle(gate=gate))) as runner:
        run_id = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(run_id).texts)
        assert runner.resume(run_id) == run_id
        gate.set()
        assert last(runner, run_id).status is RunStatus.OK
