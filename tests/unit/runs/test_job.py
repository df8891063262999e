"""One run in motion: what a finished page costs, and that a snapshot shows every page there is."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.pages import PageStatus, Preflight
from pipeline.records import ConvertOptions, Origin, PageOutcome, RunStatus
from pipeline.runs.job import Job, not_started
from pipeline.runs.state import PageText, Source
from pipeline.store.artifacts import ArtifactStore, RunStart, utc_now
from tests.support.views import a_view

PAGES = 10_000


@pytest.fixture
def job(tmp_path: Path) -> Job:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"%PDF-")
    start = RunStart("it-1", "a.pdf", ConvertOptions(), "light", utc_now())
    folder = ArtifactStore(tmp_path).create(upload, start)
    view = replace(a_view(""), pages=not_started(tuple(range(1, PAGES + 1))), texts=())
    return Job(Source(upload, "a.pdf"), Preflight("0" * 64, 5, PAGES), folder, view, Origin.API)


def test_a_finished_page_costs_the_same_however_many_there_are(job: Job) -> None:
    began = time.process_time()
    for page in range(1, PAGES + 1):
        job.add_page(PageOutcome(page, PageStatus.OK), PageText(page, "text"))
    assert time.process_time() - began < 2, "processor seconds; copying every page for each took eight"
    view = job.view()
    assert view.pages_done == PAGES
    assert [text.page for text in view.texts] == list(range(1, PAGES + 1))


def test_snapshots_show_pages_in_their_order_whatever_order_they_come_in(job: Job) -> None:
    before = job.view().version
    for page in (3, 1, 2):
        job.add_page(PageOutcome(page, PageStatus.OK), PageText(page, f"text {page}"))
    job.add_page(PageOutcome(4, PageStatus.FAILED, "page_crashed"), None)
    view = job.view()
    assert [(page.page, page.status) for page in view.pages[:5]] == [
        *((page, PageStatus.OK) for page in (1, 2, 3)),
        (4, PageStatus.FAILED),
        (5, PageStatus.NOT_STARTED),
    ]
    assert [text.markdown for text in view.texts] == ["text 1", "text 2", "text 3"]
    assert view.version == before + 4
    job.update(lambda view: replace(view, status=RunStatus.PARTIAL))
    assert job.ended
    assert job.view().pages == view.pages


def test_whoever_watches_sees_the_end_at_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of a batch job waits for each of its documents this way."""
    monkeypatch.setattr("pipeline.runs.job.WATCH_INTERVAL_S", 60.0)
    seen = job.watch()
    next(seen)
    ending = threading.Timer(0.1, lambda: job.update(lambda view: replace(view, status=RunStatus.OK)))
    ending.start()
    began = time.monotonic()
    assert [view.status for view in seen] == [RunStatus.OK]
    assert time.monotonic() - began < 30
    ending.join()
