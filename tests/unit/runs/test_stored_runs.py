"""Runs that are read from their folders: an ended one once while it is read, one that goes on each time."""

from pathlib import Path

import pytest

from pipeline.errors import RunNotFound
from pipeline.pages import PageStatus
from pipeline.records import ConvertOptions, PageOutcome, RunStatus
from pipeline.runs import stored_runs
from pipeline.runs.stored_runs import StoredRuns
from pipeline.store.artifacts import ArtifactStore, PageCheckpoint, RunEnd, RunFolder, RunStart, utc_now
from pipeline.store.ids import new_iteration_id


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run of two pages, of which one is finished."""
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    start = RunStart(new_iteration_id(), "report.pdf", ConvertOptions(), "light", utc_now(), page_count=2)
    made = ArtifactStore(tmp_path).create(pdf, start)
    add_page(made, start.record_id, 1)
    return made


def add_page(folder: RunFolder, record_id: str, page: int) -> None:
    folder.write_checkpoint(PageCheckpoint(PageOutcome(page, PageStatus.OK), record_id, 1.0))
    folder.write_page_text(page, f"Page {page}.")


def test_a_run_under_way_is_read_anew_and_an_ended_one_once(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = StoredRuns(ArtifactStore(tmp_path), 7, "light")
    assert len(runs.view(folder.run_id).texts) == 1
    add_page(folder, folder.start().record_id, 2)
    assert len(runs.view(folder.run_id).texts) == 2
    pages = tuple(PageOutcome(page, PageStatus.OK) for page in (1, 2))
    folder.write_end(RunEnd(exports=(), status=RunStatus.OK, pages=pages, elapsed_s=2.0, page_count=2))
    ended = runs.view(folder.run_id)
    assert ended.status is RunStatus.OK
    monkeypatch.setattr(stored_runs, "remembered", lambda _: pytest.fail("it was read again"))
    assert runs.view(folder.run_id) == ended
    folder.delete()
    with pytest.raises(RunNotFound):
        runs.view(folder.run_id)
