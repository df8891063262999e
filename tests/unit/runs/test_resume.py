"""Nothing paid for is lost: a run that was stopped, failed in part or was killed goes on where it stood."""

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import RunNotFound, SourceExpired
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import PageStatus
from pipeline.records import RunStatus
from pipeline.runs.state import RunView
from pipeline.settings import Settings
from pipeline.stages import saved_page
from pipeline.store.ledger import Ledger
from tests.support.bundles import RichBundle, WholePageBundle
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
    assert "A Handbook for Small Tide Mills" in markdown.path.read_text()


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
        assert "when 2 of 5 pages were done" in interrupted.error.message
        assert [text.page for text in interrupted.texts] == [1, 2]
        assert "A Handbook for Small Tide Mills" in interrupted.texts[0].markdown
        assert [page.status for page in interrupted.pages] == [PageStatus.OK] * 2 + [PageStatus.NOT_STARTED] * 3
        assert (interrupted.pages_done, interrupted.page_count, interrupted.bundle) == (2, 5, "whole-page")
        assert interrupted.elapsed_s > 0
        (record,) = records(settings)
        assert (record.status, record.pages_ok, record.pages_failed) == (RunStatus.ERROR, 2, 0)
        assert [page.page for page in record.pages] == [1, 2]
        assert record.duration_ms == round(interrupted.elapsed_s * 1000)
        assert record.error == interrupted.error
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


def stopped_run(settings: Settings, pdf: Path) -> RunView:
    """A run that was stopped after its first page or two."""
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as runner:
        run_id = submit(runner, pdf)
        until(lambda: runner.view(run_id).texts)
        runner.cancel(run_id)
        gate.set()
        return last(runner, run_id)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages that are rendered from here on."""
    pages: list[int] = []
    render = PdfReader.render

    def noted(reader: PdfReader, path: Path, password: str, wanted: Sequence[int], out_dir: Path) -> Any:
        pages.extend(wanted)
        return render(reader, path, password, wanted, out_dir)

    monkeypatch.setattr(PdfReader, "render", noted)
    return pages


def test_what_is_done_is_shown_at_once_and_neither_rendered_nor_assembled_again(
    settings: Settings, documents: Path, rendered: list[int]
) -> None:
    before = stopped_run(settings, documents / "multi_page.pdf")
    done = {text.page for text in before.texts}
    rendered.clear()
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        first, *_, after = runner.watch(runner.resume(before.run_id))
    assert {text.page for text in first.texts} >= done
    assert first.texts[: len(done)] == before.texts
    assert {page.page for page in first.finished} >= done
    assert first.remaining_s is None, "pages that cost no time say nothing about the others"
    assert after.status is RunStatus.OK
    assert sorted(rendered) == sorted({1, 2, 3, 4, 5} - done)


def test_a_continued_run_ends_as_if_it_had_run_in_one_go(settings: Settings, documents: Path) -> None:
    pdf = documents / "manual.pdf"
    with warm_runner(settings, Lanes(RichBundle())) as runner:
        whole = last(runner, submit(runner, pdf))
    with warm_runner(settings, Lanes(RichBundle(failing=frozenset({2, 5})))) as runner:
        partial = last(runner, submit(runner, pdf))
    with warm_runner(settings, Lanes(RichBundle())) as runner:
        continued = last(runner, runner.resume(partial.run_id))
    assert (whole.status, partial.status, continued.status) == (RunStatus.OK, RunStatus.PARTIAL, RunStatus.OK)
    assert continued.texts == whole.texts
    assert continued.pages == whole.pages
    json_file = whole.export("json")
    assert json_file is not None
    assert {"pictures", "tables"} <= {name for name, items in json.loads(json_file.path.read_bytes()).items() if items}
    for one, other in zip(whole.exports, continued.exports, strict=True):
        if one.format == "zip":
            with zipfile.ZipFile(one.path) as first, zipfile.ZipFile(other.path) as second:
                assert contents(first) == contents(second)
        else:
            assert one.path.read_bytes() == other.path.read_bytes(), one.format


def contents(archive: zipfile.ZipFile) -> list[tuple[str, int]]:
    """Names and checksums of what an archive holds; only receipts tell of the run and not of the document."""
    return [(item.filename, item.CRC if item.filename != "receipt.json" else 0) for item in archive.infolist()]


def test_a_stop_meanwhile_shows_no_less_than_there_is(settings: Settings, documents: Path) -> None:
    before = stopped_run(settings, documents / "multi_page.pdf")
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as runner:
        busy = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(busy).texts)
        waiting = runner.resume(before.run_id)
        assert runner.view(waiting).texts == before.texts
        runner.cancel(waiting)
        stopped = last(runner, waiting)
        gate.set()
        assert last(runner, busy).status is RunStatus.OK
        assert (stopped.status, stopped.texts, stopped.pages) == (RunStatus.CANCELLED, before.texts, before.pages)
        assert [file.format for file in stopped.exports] == [file.format for file in before.exports]
        assert [file.path.read_bytes() for file in stopped.exports] == [
            file.path.read_bytes() for file in before.exports
        ]
        assert last(runner, runner.resume(waiting)).status is RunStatus.OK
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert runner.view(waiting).texts == before.texts, "and after a restart"


def test_pages_of_another_release_are_assembled_again(
    settings: Settings, documents: Path, rendered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stopped_run(settings, documents / "multi_page.pdf")
    monkeypatch.setattr(saved_page, "RELEASE", "folio 0.0.0, docling 0.0.0")
    rendered.clear()
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        after = last(runner, runner.resume(before.run_id))
    assert sorted(rendered) == [1, 2, 3, 4, 5]
    assert sorted(second.seen) == sorted({1, 2, 3, 4, 5} - {text.page for text in before.texts})
    assert (after.status, [text.page for text in after.texts]) == (RunStatus.OK, [1, 2, 3, 4, 5])


def test_the_link_of_a_run_leads_to_the_run_that_continues_it(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2})))) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf")).run_id
        assert runner.newest(first) == first
        second = last(runner, runner.resume(first)).run_id
        third = last(runner, runner.resume(second)).run_id
        assert [runner.newest(run_id) for run_id in (first, second, third)] == [third] * 3
        with pytest.raises(RunNotFound):
            runner.newest("0" * 32)
        runner.delete(third)
        with pytest.raises(RunNotFound):
            runner.newest(first)


def test_a_run_whose_record_alone_was_lost_gets_the_end_that_it_had(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2})))) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf"))
    (ended,) = records(settings)
    (settings.data_dir / "ledger").rename(settings.data_dir / "lost")
    Ledger(settings.data_dir).started(replace(ended, status=RunStatus.RUNNING, pages=(), pages_ok=0, output=None))
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert runner.view(view.run_id).status is RunStatus.PARTIAL
    (record,) = records(settings)
    assert (record.status, record.pages_ok, record.pages_failed) == (RunStatus.PARTIAL, 4, 1)
    assert (record.error, record.output, record.pages) == (ended.error, ended.output, ended.pages)
