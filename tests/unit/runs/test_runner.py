"""Runs from submission to end: what is kept, what is recorded, what is refused, what a stop leaves."""

import threading
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import PageRangeOutside, QueueFull, RunNotFound, RunStillGoing, TooManyPages
from pipeline.formats import FILE_FORMATS
from pipeline.gpu.booking import SHORTEST_SECONDS
from pipeline.models.bundle import Lanes
from pipeline.pages import Lane, PageBatch, PageResult, PageStatus
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs import conversion
from pipeline.runs.inference import Inference
from pipeline.runs.job import Job
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import Settings
from pipeline.stages.export import FORMATS
from pipeline.store.artifacts import ArtifactStore, RunFolder
from pipeline.store.retention import TIDY_SECONDS, Keep
from pipeline.survey import Survey
from tests.support.bundles import WholePageBundle
from tests.support.readers import warm_reader
from tests.support.runs import last, records, refusals, running, submit, until


def test_a_run_keeps_its_text_its_exports_and_one_record(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf", "1-2,5"))
    assert view.status is RunStatus.OK
    assert view.error is None
    assert [page.page for page in view.pages] == [1, 2, 5]
    assert [text.page for text in view.texts] == [1, 2, 5]
    assert "A Handbook for Small Tide Mills" in view.texts[0].markdown
    assert [file.format for file in view.exports] == [row.name for row in FILE_FORMATS]
    markdown = view.export("md")
    assert markdown is not None
    assert "A Handbook for Small Tide Mills" in markdown.path.read_text()
    (record,) = records(settings)
    assert record.iteration_id == view.record_id
    assert (record.status, record.pages_ok, record.pages_failed) == (RunStatus.OK, 3, 0)
    assert record.input.pages == 5
    assert record.input.origin is Origin.API
    assert {time.stage.value for time in record.stages if time.ms > 0} == {
        "preflight",
        "render",
        "infer",
        "assemble",
        "export",
    }


def test_scans_are_counted_where_they_are_asked_for_and_make_one_figure(settings: Settings, documents: Path) -> None:
    """Pages of which it is not known whether they are scans take between the time of plain ones and of scans."""
    scans = Source(documents / "scan_turned_pages.pdf", "scans.pdf")
    with running(settings, WholePageBundle()) as runner:
        assert runner.check(scans, Origin.API).survey is None
        assert runner.check(scans, Origin.UI, survey=True).survey == Survey(3, 3)
        unknown, half = (runner.time_estimate(100, ConvertOptions(pages="1-50"), share) for share in (None, 0.5))
    assert unknown.seconds < half.seconds == half.scanned_seconds < unknown.scanned_seconds
    assert half.seconds == pytest.approx((unknown.seconds + unknown.scanned_seconds) / 2, abs=0.1)


def test_a_run_keeps_the_image_of_each_page_whatever_its_formats(settings: Settings, documents: Path) -> None:
    with Runner(settings, Lanes(WholePageBundle()), readers=warm_reader, formats=FORMATS[:1]) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf", "1-2"))
        images = [runner.facsimile(view.run_id, page) for page in (1, 2)]
        assert all(image is not None and image.image.read_bytes().startswith(b"\xff\xd8") for image in images)
        assert [file.format for file in view.exports] == ["md"]


def test_a_format_that_fails_costs_that_format_only(settings: Settings, documents: Path) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a fault of ours")

    formats = tuple(replace(row, write=fail) if row.name == "doctags" else row for row in FORMATS)
    with Runner(settings, Lanes(WholePageBundle()), readers=warm_reader, formats=formats) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf", "1"))
    assert view.status is RunStatus.PARTIAL
    assert view.error is not None
    assert "doctags" in view.error.message
    assert [file.format for file in view.exports] == [row.name for row in FILE_FORMATS if row.name != "doctags"]
    archive = view.export("zip")
    assert archive is not None
    with zipfile.ZipFile(archive.path) as files:
        assert [name for name in files.namelist() if name.endswith((".html", ".doctags"))] == ["multi_page.html"]


def test_a_batch_ends_where_its_images_are_larger_than_planned(
    settings: Settings, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "MOST_BATCH_BYTES", 3 * 1190 * 1684 * 2)
    batches: list[tuple[int, ...]] = []
    predict = Inference.predict

    def told(self: Inference, batch: PageBatch) -> Generator[tuple[PageResult, ...], None, None]:
        batches.append(batch.pages)
        return predict(self, batch)

    monkeypatch.setattr(Inference, "predict", told)
    monkeypatch.setattr(conversion, "CPU_LANE_FIRST", ())
    with running(settings, WholePageBundle()) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf"))
    assert view.status is RunStatus.OK
    assert batches == [(1, 2), (3, 4), (5,)]


def test_page_images_are_gone_when_the_run_has_ended(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        last(runner, submit(runner, documents / "multi_page.pdf"))
        assert not list(settings.work_dir.rglob("pixels.rgb"))


def test_a_failed_page_costs_that_page(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle(failing=frozenset({2}))) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf"))
    assert view.status is RunStatus.PARTIAL
    assert [(page.page, page.status) for page in view.pages if page.status is not PageStatus.OK] == [
        (2, PageStatus.FAILED)
    ]
    assert [text.page for text in view.texts] == [1, 3, 4, 5]
    (record,) = records(settings)
    assert (record.pages_ok, record.pages_failed) == (4, 1)
    assert [page.code for page in record.pages if page.status is PageStatus.FAILED] == ["page_model_failed"]


def test_a_run_without_a_single_page_says_why(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle(failing=frozenset({1}))) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf", "1"))
    assert view.status is RunStatus.ERROR
    assert view.error is not None
    assert view.error.code == "nothing_converted"
    assert "Page 1: the models failed on it" in view.error.message
    assert records(settings)[0].status is RunStatus.ERROR


def test_a_stopped_run_leaves_its_finished_pages_readable(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    bundle = WholePageBundle(gate=gate)
    with running(settings, bundle) as runner:
        run_id = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(run_id).texts)
        runner.cancel(run_id)
        gate.set()
        view = last(runner, run_id)
    assert view.status is RunStatus.CANCELLED
    assert view.texts[0].page == 1
    assert len(bundle.seen) < 5
    markdown = view.export("md")
    assert markdown is not None
    assert "A Handbook for Small Tide Mills" in markdown.path.read_text()
    assert [record.status for record in records(settings)] == [RunStatus.CANCELLED]
    assert not list(settings.work_dir.rglob("pixels.rgb"))


def test_a_full_queue_refuses_at_once_and_a_waiting_run_can_be_stopped(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with running(replace(settings, queue_size=1), WholePageBundle(gate=gate)) as runner:
        first = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(first).texts)
        waiting = submit(runner, documents / "multi_page.pdf")
        assert runner.view(waiting).queue_position == 1
        with pytest.raises(QueueFull, match="1 documents are already waiting"):
            submit(runner, documents / "multi_page.pdf")
        runner.cancel(waiting)
        assert runner.view(waiting).status is RunStatus.CANCELLED
        third = submit(runner, documents / "multi_page.pdf", "1")
        gate.set()
        assert last(runner, first).status is RunStatus.OK
        assert last(runner, third).status is RunStatus.OK
    assert sorted(record.status.value for record in records(settings)) == ["cancelled", "ok", "ok"]


def test_nothing_is_queued_or_kept_for_a_source_that_is_refused(settings: Settings, documents: Path) -> None:
    with running(replace(settings, max_pages=3), WholePageBundle()) as runner:
        with pytest.raises(TooManyPages, match="5 pages are selected and the limit is 3"):
            submit(runner, documents / "multi_page.pdf")
        with pytest.raises(PageRangeOutside, match="Page 9 is outside the document, which has 5 pages"):
            submit(runner, documents / "multi_page.pdf", "9")
    assert not list((settings.data_dir / "runs").glob("*"))
    assert records(settings) == []
    size = (documents / "multi_page.pdf").stat().st_size
    assert [(record.error and record.error.code, record.input.bytes) for record in refusals(settings)] == [
        ("too_many_pages", size),
        ("page_range_outside", size),
    ]


def test_a_run_is_found_again_after_a_restart(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        before = last(runner, submit(runner, documents / "multi_page.pdf", "1-2"))
    with running(settings, WholePageBundle()) as runner:
        after = runner.view(before.run_id)
        assert list(runner.watch(before.run_id)) == [after]
        with pytest.raises(RunNotFound):
            runner.view("0" * 32)
    assert (after.status, after.pages, after.texts, after.exports) == (
        before.status,
        before.pages,
        before.texts,
        before.exports,
    )


def test_the_password_is_in_no_file_of_the_run(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        source = Source(documents / "multi_page.pdf", "multi_page.pdf", password="correct horse")
        list(runner.watch(runner.submit(source, ConvertOptions(pages="1"), Origin.CLI)))
    written = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert written
    assert all(b"correct horse" not in path.read_bytes() for path in written)
    assert "correct horse" not in repr(source)


def test_deleting_a_run_leaves_only_its_record(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with running(settings, WholePageBundle(gate=gate)) as runner:
        run_id = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(run_id).texts)
        with pytest.raises(RunStillGoing, match="stop it first"):
            runner.delete(run_id)
        gate.set()
        last(runner, run_id)
        runner.delete(run_id)
        with pytest.raises(RunNotFound):
            runner.view(run_id)
    assert list((settings.data_dir / "runs").iterdir()) == []
    assert [record.status for record in records(settings)] == [RunStatus.OK]


def test_the_gpu_lane_makes_the_planned_calls_and_records_what_they_booked(settings: Settings, documents: Path) -> None:
    with running(replace(settings, batch_pages=3), WholePageBundle(lane=Lane.GPU)) as runner:
        assert last(runner, submit(runner, documents / "multi_page.pdf")).status is RunStatus.OK
    (record,) = records(settings)
    assert record.gpu.calls == 2, "five pages in batches of three"
    assert record.gpu.booked_seconds == 2 * SHORTEST_SECONDS, "the least that is booked for a call"
    assert 0 < record.gpu.used_seconds < 60


def test_the_cpu_lane_books_nothing(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        last(runner, submit(runner, documents / "multi_page.pdf"))
    (record,) = records(settings)
    assert (record.gpu.calls, record.gpu.booked_seconds, record.gpu.used_seconds) == (0, 0, 0)


class GuardedJobs(dict[str, Job]):
    """The runner's runs, noting every look at them that another thread could disturb."""

    def __init__(self, lock: threading.Lock) -> None:
        super().__init__()
        self._lock = lock
        self.unguarded: list[str] = []

    def _look(self, name: str) -> None:
        if not self._lock.locked():
            self.unguarded.append(name)

    def get(self, run_id: str, default: Any = None) -> Any:
        self._look("get")
        return super().get(run_id, default)

    def pop(self, run_id: str, default: Any = None) -> Any:
        self._look("pop")
        return super().pop(run_id, default)

    def items(self) -> Any:
        self._look("items")
        return super().items()

    def values(self) -> Any:
        self._look("values")
        return super().values()


def a_minute_passes(runner: Runner) -> None:
    """And from now on no run has room on the disk."""
    runner._kept_runs._keep = Keep(timedelta(days=1), bytes=0)
    runner._kept_runs._tidied -= TIDY_SECONDS


def test_the_runs_in_memory_are_looked_at_by_one_thread_at_a_time(settings: Settings, documents: Path) -> None:
    """A run that goes while another thread lists them would end that thread's run without its files tidied."""
    with running(settings, WholePageBundle()) as runner:
        jobs = runner._jobs = GuardedJobs(runner._change)
        a_minute_passes(runner)
        run_id = submit(runner, documents / "multi_page.pdf", "1")
        last(runner, run_id)
        until(lambda: not runner._jobs)
        with pytest.raises(RunNotFound):
            runner.cancel(run_id)
        with pytest.raises(RunNotFound):
            runner.view(run_id)
    assert jobs.unguarded == []


def test_the_end_of_a_run_looks_at_no_other_run_on_disk(
    settings: Settings, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[str] = []
    walk = ArtifactStore.runs

    def counted(store: ArtifactStore) -> Iterator[RunFolder]:
        walks.append("walk")
        return walk(store)

    with running(settings, WholePageBundle()) as runner:
        monkeypatch.setattr(ArtifactStore, "runs", counted)
        for _ in range(3):
            last(runner, submit(runner, documents / "multi_page.pdf", "1"))
    assert walks == []


def test_old_runs_are_looked_for_once_a_minute(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        a_minute_passes(runner)
        first = last(runner, submit(runner, documents / "multi_page.pdf", "1")).run_id
        until(lambda: not (settings.data_dir / "runs" / first).exists())
        second = last(runner, submit(runner, documents / "multi_page.pdf", "1")).run_id
        assert last(runner, submit(runner, documents / "multi_page.pdf", "1")).status is RunStatus.OK
        assert runner.view(second).status is RunStatus.OK, "a minute has not passed"
        a_minute_passes(runner)
        last(runner, submit(runner, documents / "multi_page.pdf", "1"))
        until(lambda: not (settings.data_dir / "runs" / second).exists())
