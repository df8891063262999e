"""Work that is not paid for twice: which finished run answers the same request of the same visitor.

What was asked is one hash, over the visitor too, so a stranger's request finds nothing and looks nowhere. The hash is
kept in the run's own folder and goes with it; the index of them lives in memory and is read back when the app starts.
"""

import hashlib
import json
import logging
import threading
import time
from dataclasses import replace

from pipeline.errors import RunNotFound
from pipeline.formats import AS_USUAL, MarkdownForm
from pipeline.pages import Preflight
from pipeline.records import (
    REUSE,
    GpuUse,
    InputFacts,
    IterationRecord,
    Origin,
    RunStatus,
    Versions,
)
from pipeline.runs.record import blank_record, with_facts
from pipeline.runs.visitors import Visitor
from pipeline.store.artifacts import ArtifactStore, RunEnd, RunFolder, RunStart

_log = logging.getLogger(__name__)


def work_id(visitor: Visitor, key: str, form: MarkdownForm = AS_USUAL) -> str:
    """One hash of the work that ``key`` names and of whose it is, and the ``form`` in which its Markdown is written;
    empty for a visitor who cannot be known again.
    """
    if not visitor.owner:
        return ""
    reading = hashlib.sha256(json.dumps([visitor.owner, key]).encode()).hexdigest()
    return reading if form == AS_USUAL else f"{reading}-{form.spans}-{form.pictures}-{form.page_markers:d}"


def reading_of(work: str) -> str:
    """The part of the hash that tells how the pages are read, whatever form the Markdown has."""
    return work.partition("-")[0]


def _work_done(start: RunStart, end: RunEnd | None) -> str:
    """The work that the run was asked for, and did; empty where a page is missing, or other models read one, as when
    the GPU refused.
    """
    return start.work if end is not None and end.status is RunStatus.OK and end.as_asked else ""


class Reuse:
    """The runs that can answer again. Safe to use from several threads."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._runs: dict[str, str] = {}  # work → run
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read back what was kept; of several runs that did the same work the newest counts."""
        for work, _, run_id in sorted(self._kept()):
            self._runs[work] = run_id

    def _kept(self) -> list[tuple[str, str, str]]:
        found = []
        for folder in self._store.runs():
            try:
                start = folder.start()
            except RunNotFound:
                continue
            if work := _work_done(start, folder.end()):
                found.append((work, start.created_at, folder.run_id))
        return found

    def add(self, folder: RunFolder) -> None:
        """A run has ended; if every page is well, it answers from now on."""
        if work := _work_done(folder.start(), folder.end()):
            with self._lock:
                self._runs[work] = folder.run_id

    def find_reading(self, work: str) -> RunFolder | None:
        """A run that read the same pages in the same way, so that nothing of them has to be read again; None where
        there is none.
        """
        with self._lock:
            works = [kept for kept in self._runs if work and reading_of(kept) == reading_of(work)]
        return next((folder for kept in works if (folder := self.find(kept)) is not None), None)

    def forget(self, run_id: str) -> None:
        """The run is gone."""
        with self._lock:
            self._runs = {work: kept for work, kept in self._runs.items() if kept != run_id}

    def find(self, work: str) -> RunFolder | None:
        """The run that did this work, with all of its files; None where there is none (any more)."""
        with self._lock:
            run_id = self._runs.get(work) if work else None
        if run_id is None:
            return None
        try:
            folder = self._store.open(run_id)
            end = folder.end()
            if end is not None and _whole(folder, end):
                return folder
        except (RunNotFound, OSError):
            _log.info("a finished run cannot answer again, its files are incomplete")
        self.forget(run_id)
        return None


def _whole(folder: RunFolder, end: RunEnd) -> bool:
    files = [(folder.exports / export.file_name, export.size_bytes) for export in end.exports]
    return bool(files) and all(path.stat().st_size == size for path, size in files)


def reuse_record(
    folder: RunFolder, preflight: Preflight, origin: Origin, versions: Versions, began: float
) -> IterationRecord:
    """The record of an answer from ``folder``: it cost no GPU seconds and saved those of the run that it names as
    parent.

    ``began`` is when it was asked for, on the monotonic clock. Raises RunNotFound where the run has gone meanwhile.
    """
    start, end = folder.start(), folder.end()
    if end is None:
        raise RunNotFound
    source = InputFacts(preflight.sha256, preflight.size_bytes, preflight.page_count, origin)
    return replace(
        with_facts(blank_record(REUSE, source, versions), end),
        duration_ms=round((time.monotonic() - began) * 1000),
        options=start.options,
        bundle=start.bundle,
        gpu=GpuUse(saved_seconds=end.gpu_seconds),
        parent_id=start.record_id,
    )
