"""Runs of the past, read back from their folders: what a link shows after the run left memory or the app restarted."""

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.errors import RunInterrupted
from pipeline.intake.planning import parse_page_range
from pipeline.pages import PageStatus
from pipeline.records import PageOutcome, RunFacts, RunStatus
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


def first_view(folder: RunFolder, start: RunStart, facts: RunFacts) -> RunView:
    """A snapshot of the run in ``folder``, which was asked ``start``: the one place where one is built."""
    return RunView(
        run_id=folder.run_id,
        record_id=start.record_id,
        name=start.source_name,
        options=start.options,
        pictures=folder.pictures,
        reading_id=start.reading_id,
        rereadings=start.rereadings,
        **facts.facts(),
    )


def remembered(folder: RunFolder) -> RunView:
    """The last snapshot of the run in ``folder``. Raises RunNotFound where the folder holds no run."""
    start, end = folder.start(), folder.end()
    texts = tuple(PageText(page, markdown) for page, markdown in folder.page_texts())
    if end is None:
        return replace(first_view(folder, start, _interrupted(folder, start, texts)), texts=texts)
    view = first_view(folder, start, end)
    return replace(view, bundle=end.bundle or start.bundle, texts=texts, exports=export_files(folder, end))


def outlined(folder: RunFolder) -> RunView:
    """The last snapshot of the run in ``folder`` without its texts, which is cheap for a run that has ended. Raises
    RunNotFound where the folder holds no run.
    """
    start, end = folder.start(), folder.end()
    return replace(remembered(folder), texts=()) if end is None else first_view(folder, start, end)


def export_files(folder: RunFolder, end: RunEnd) -> tuple[ExportFile, ...]:
    """The exports of a run's ``end``, below the ``folder`` that holds them."""
    return tuple(ExportFile(entry.format, folder.exports / entry.file_name, entry.size_bytes) for entry in end.exports)


def _interrupted(folder: RunFolder, start: RunStart, texts: tuple[PageText, ...]) -> RunFacts:
    """A run that has no end: what its checkpoints say of it."""
    pages, elapsed_s = _checkpointed(folder, start, {text.page for text in texts})
    done = sum(page.status is not PageStatus.NOT_STARTED for page in pages)
    bundles = dict.fromkeys(page.bundle for page in pages if page.bundle)
    return RunFacts(
        status=RunStatus.PARTIAL if texts else RunStatus.ERROR,
        page_count=start.page_count or len(pages),
        pages=pages,
        elapsed_s=elapsed_s,
        bundle="+".join(bundles) or start.bundle,
        error=error_facts(RunInterrupted(done, len(pages))),
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
