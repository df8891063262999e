"""Runs of the past, read back from their folders: what a link shows after the run left memory or the app restarted."""

from datetime import datetime, timedelta

from pipeline.pages import PageStatus
from pipeline.records import ErrorFacts, PageOutcome, RunStatus
from pipeline.runs.state import ExportFile, PageText, RunView
from pipeline.store.artifacts import RunEnd, RunFolder, RunStart

INTERRUPTED = ErrorFacts(
    "interrupted",
    "The run was interrupted because the Space restarted; its finished pages are below, continue it to convert the "
    "rest.",
    True,
)


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
    pages = tuple(PageOutcome(text.page, PageStatus.OK) for text in texts)
    return RunView(
        run_id=folder.run_id,
        record_id=start.record_id,
        version=0,
        name=start.source_name,
        options=start.options,
        status=RunStatus.PARTIAL if texts else RunStatus.ERROR,
        stage=None,
        queue_position=0,
        page_count=len(pages),
        pages=pages,
        texts=texts,
        elapsed_s=0.0,
        remaining_s=None,
        bundle=start.bundle,
        engines=(),
        exports=(),
        error=INTERRUPTED,
        pictures=folder.pictures,
    )
