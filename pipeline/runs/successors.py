"""Runs that are made of earlier ones: a run that is continued, pages that are read again aside from their run, and the
run in which second readings take the place of first ones.

Nothing of an earlier run is changed. Its link leads to the run that stands for it now: to the one that continues it at
once, to the one with second readings only when that is complete.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from pipeline.errors import (
    NoPageToReread,
    NoRereading,
    PageNotReread,
    PageNotSelected,
    RunNotEnded,
    RunNotFound,
)
from pipeline.intake.planning import parse_page_range
from pipeline.pages import LaneChoice, PageStatus, format_page_range
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.admission import Admission, Asked, SecondReading, Work
from pipeline.runs.job import Job
from pipeline.runs.page_outcome import UNSURE
from pipeline.runs.refusal_records import RefusalRecords
from pipeline.runs.state import RunView
from pipeline.runs.stored_runs import StoredRuns, stored_source
from pipeline.runs.visitors import Visitor
from pipeline.store.artifacts import ArtifactStore, RunFolder

Submit = Callable[[Asked, Work], str]
FindView = Callable[[str], RunView]


def doubtful_pages(view: RunView) -> tuple[int, ...]:
    """The pages of a run that failed, or whose text is not to be trusted much."""
    return tuple(page.page for page in view.pages if _doubtful(page.status, page.confidence))


def _doubtful(status: PageStatus, confidence: float | None) -> bool:
    lost = status in (PageStatus.FAILED, PageStatus.TIMED_OUT)
    return lost or (confidence is not None and confidence < UNSURE)


class Successors:
    """Makes runs of earlier ones. Safe to use from several threads."""

    def __init__(
        self,
        store: ArtifactStore,
        stored: StoredRuns,
        admission: Admission,
        refusals: RefusalRecords,
        submit: Submit,
        view: FindView,
    ) -> None:
        """``submit`` queues a run and returns its id; ``view`` finds a run's newest snapshot."""
        self._store, self._stored, self._admission, self._refusals = store, stored, admission, refusals
        self._submit, self._view = submit, view
        self._change = threading.RLock()

    def resume(
        self,
        run_id: str,
        password: str,
        origin: Origin,
        visitor: Visitor,
        lane: LaneChoice | None = None,
        most_pages: int = 0,
    ) -> str:
        """See ``Runner.resume``."""
        with self._change:
            status = self._view(run_id).status
            if not status.ended or status is RunStatus.OK:
                return run_id
            parent = self._store.open(run_id)
            if (successor := parent.successor()) is not None:
                return self.resume(successor, password, origin, visitor, lane, most_pages)
            start = parent.start()
            options = replace(start.options, lane=lane or start.options.lane)
            with self._refusals.recording(parent.source, origin):
                checked = self._admission.check(stored_source(parent, password))
                run_id = self._queue(Asked(checked, options, origin, visitor, parent, most_pages))
            parent.write_successor(run_id)
            return run_id

    def reread(self, run_id: str, options: ConvertOptions, password: str, origin: Origin, visitor: Visitor) -> str:
        """See ``Runner.reread``."""
        first = self._ended(self._stored.newest(run_id))
        folder = self._store.open(first.run_id)
        with self._refusals.recording(folder.source, origin):
            checked = self._admission.check(stored_source(folder, password))
            pages = _pages(options.pages, first, checked.preflight.page_count)
            options = replace(options, pages=format_page_range(pages), markdown=first.options.markdown)
            return self._queue(Asked(checked, options, origin, visitor, rereads=folder))

    def accept(self, run_id: str, pages: str, password: str, origin: Origin, visitor: Visitor) -> str:
        """See ``Runner.accept``."""
        second = self._ended(self._stored.newest(run_id))
        folder = self._store.open(second.run_id)
        if not (rereads := folder.start().rereads):
            raise NoRereading
        first = self._ended(self._stored.newest(rereads))
        parent = self._store.open(first.run_id)
        with self._refusals.recording(parent.source, origin):
            reading = SecondReading(folder, _well_read(pages, second))
            checked = self._admission.check(stored_source(parent, password))
            return self._queue(Asked(checked, first.options, origin, visitor, parent, second=reading))

    def rereading(self, run_id: str) -> str:
        """The newest run that reads pages of this one again; empty where there is none. Raises RunNotFound."""
        found = []
        for other in self._store.open(run_id).rereadings():
            with suppress(RunNotFound):
                found.append((self._store.open(other).start().created_at, other))
        return max(found)[1] if found else ""

    def settle(self, job: Job, view: RunView) -> None:
        """A run has ended: one with second readings stands for its parent from now on, if it is whole."""
        parent = job.parent
        if job.reads or parent is None or not view.exports or view.status not in (RunStatus.OK, RunStatus.PARTIAL):
            return
        with self._change, suppress(RunNotFound, FileExistsError):  # deleted, or continued otherwise meanwhile
            self._store.open(parent.run_id).write_successor(view.run_id)

    def family(self, folder: RunFolder) -> tuple[RunFolder, ...]:
        """The run in ``folder``, then the runs that go where it goes: the one that it continues, those that read its
        pages again, and theirs. Raises RunNotFound where the folder holds no run.
        """
        found = {folder.run_id: folder}
        waiting = list(self._related(folder))
        while waiting:
            with suppress(RunNotFound):  # expired already
                other = self._store.open(waiting.pop())
                if other.run_id not in found:
                    waiting += self._related(other)
                    found[other.run_id] = other
        return tuple(found.values())

    def _related(self, folder: RunFolder) -> tuple[str, ...]:
        earlier = self._stored.continued_by(folder)
        return (*folder.rereadings(), *((earlier,) if earlier else ()))

    def _ended(self, run_id: str) -> RunView:
        view = self._view(run_id)
        if not view.status.ended:
            raise RunNotEnded
        return view

    def _queue(self, asked: Asked) -> str:
        return self._submit(asked, self._admission.plan(asked))


def _well_read(text: str, view: RunView) -> tuple[int, ...]:
    """The pages of the range, else all, of those that were read again. Raises PageNotReread, and IntakeError for a
    range that is none.
    """
    well = [page.page for page in view.finished]
    wanted = parse_page_range(text, view.page_count) if text.strip() else tuple(well)
    missing = [page for page in wanted if page not in well]
    if missing or not wanted:
        raise PageNotReread(missing[0] if missing else view.pages[0].page)
    return wanted


def _pages(text: str, view: RunView, page_count: int) -> tuple[int, ...]:
    """The pages to be read again: those of the range, else the doubtful ones of the run."""
    pages = parse_page_range(text, page_count) if text.strip() else doubtful_pages(view)
    if not pages:
        raise NoPageToReread
    selected = {page.page for page in view.pages}
    for page in pages:
        if page not in selected:
            raise PageNotSelected(page)
    return pages
