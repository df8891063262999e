"""Runs of the past, read back from their folders: what a link shows after the run left memory or the app restarted."""

from datetime import datetime, timedelta

from pipeline.errors import RunInterrupted
from pipeline.intake.planning import parse_page_range
from pipeline.pages import PageStatus
from pipeline.records import PageOutcome, RunStatus
from pipeline.runs.job import error_facts
from pipeline.runs.state import ExportFile, PageText, RunView
from pipeline.store.artifacts import RunEnd, RunFolder, RunStart


def expires_at(start: RunStart, days: int) -> str:
    """When the files of a run go that are kept for ``days``, in UTC as ISO 8601; empty where its beginning is
    unreadable.
    """
    try:
        return (datetime.fromisoformat(start.created_at) + timedelta(days=days)).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return ""


def remembered(folder: RunFolder) -> RunView:
    """The last snapshot of the run in ``folder``. Raises RunNotFound where the folder holds no run."""
    start, end = folder.start(), folder.end()
    texts = tuple(PageText(page, markdown) for page, markdown in folder.page_texts())
    return _ended(folder, start, end, texts) if end else _interrupted(folder, start, texts)


def _ended(folder: RunFolder, start: RunStart, end: RunEnd, texts: tuple[PageText, ...]) -> RunView:
    exports = tuple(
        ExportFile(entry.format, folder.exports / entry.file_name, entry.size_bytes) for entry in end.exports
    )
    return RunView(
        run_id=folder.run_id,
        record_id=start.record_id,
        version=0,
        name=start.source_name,
        options=start.options,
        status=end.status,
        stage=None,
        queue_position=0,
        page_count=end.page_count,
        pages=end.pages,
        texts=texts,
        elapsed_s=end.elapsed_s,
        remaining_s=None,
        bundle=end.bundle or start.bundle,
        engines=end.engines,
        exports=exports,
        error=end.error,
        ended_at=end.ended_at,
        lane=end.lane,
        gpu=end.gpu,
        fitting_pages=end.fitting_pages,
        pictures=folder.pictures,
    )


def _interrupted(folder: RunFolder, start: RunStart, texts: tuple[PageText, ...]) -> RunView:
    """A run that has no end: what its checkpoints say of it."""
    pages, elapsed_s = _checkpointed(folder, start, {text.page for text in texts})
    done = sum(page.status is not PageStatus.NOT_STARTED for page in pages)
    bundles = dict.fromkeys(page.bundle for page in pages if page.bundle)
    return RunView(
        run_id=folder.run_id,
        record_id=start.record_id,
        version=0,
        name=start.source_name,
        options=start.options,
        status=RunStatus.PARTIAL if texts else RunStatus.ERROR,
        stage=None,
        queue_position=0,
        page_count=start.page_count or len(pages),
        pages=pages,
        texts=texts,
        elapsed_s=elapsed_s,
        remaining_s=None,
        bundle="+".join(bundles) or start.bundle,
        engines=(),
        exports=(),
        error=error_facts(RunInterrupted(done, len(pages))),
        pictures=folder.pictures,
    )


def _checkpointed(folder: RunFolder, start: RunStart, readable: set[int]) -> tuple[tuple[PageOutcome, ...], float]:
    """Every selected page as it stood, and the seconds that the run had worked when its last page ended.

    A page counts as finished once its text is there, which is written last.
    """
    if not start.page_count:  # a run of an older Folio, which kept no checkpoints
        return tuple(PageOutcome(page, PageStatus.OK) for page in sorted(readable)), 0.0
    pages, elapsed_s = [], 0.0
    for page in parse_page_range(start.options.pages, start.page_count):
        checkpoint = folder.checkpoint(page)
        lost = checkpoint is not None and checkpoint.outcome.status is not PageStatus.OK
        if checkpoint is None or not (lost or page in readable):
            pages.append(PageOutcome(page, PageStatus.NOT_STARTED))
            continue
        pages.append(checkpoint.outcome)
        if checkpoint.record_id == start.record_id:  # else the page is of the run that this one continues
            elapsed_s = max(elapsed_s, checkpoint.elapsed_s)
    return tuple(pages), elapsed_s
