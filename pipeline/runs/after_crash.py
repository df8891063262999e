"""What a killed process left, put in order before the first run: half-written files, and records without an end."""

from dataclasses import replace

from pipeline.errors import RunInterrupted, RunNotFound
from pipeline.records import IterationRecord, RunStatus
from pipeline.runs.job import error_facts
from pipeline.runs.past_runs import remembered
from pipeline.runs.record import with_facts
from pipeline.store.artifacts import ArtifactStore, RunFolder
from pipeline.store.ledger import Ledger
from pipeline.store.packs import Packs


def recover(store: ArtifactStore, ledger: Ledger) -> None:
    """Remove half-written files, and give every run that was interrupted the end of its record."""
    store.recover()
    packs = Packs(ledger)
    packs.recover()
    ledger.recover(packs.names())
    unfinished = list(ledger.unfinished())
    folders = _by_record(store) if unfinished else {}
    for record in unfinished:
        ledger.finished(_end_of(record, folders.get(record.iteration_id)))


def _by_record(store: ArtifactStore) -> dict[str, RunFolder]:
    found = {}
    for folder in store.runs():
        try:
            found[folder.start().record_id] = folder
        except RunNotFound:
            continue
    return found


def _end_of(record: IterationRecord, folder: RunFolder | None) -> IterationRecord:
    """The end of a record as the run's folder shows it: with the pages that were done and the time that they took.

    A run that had written its end down, but not its record, gets that end.
    """
    if folder is None:
        error = error_facts(RunInterrupted(0, record.input.pages))
        return replace(record, status=RunStatus.ERROR, error=error)
    view, end = remembered(folder), folder.end()
    ended = replace(with_facts(record, view), duration_ms=round(view.elapsed_s * 1000))
    return ended if end is not None else replace(ended, status=RunStatus.ERROR, engines=record.engines)
