"""Runs that are no longer in memory, found by their links and read from their folders."""

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace

from pipeline.errors import RunNotFound, SourceExpired
from pipeline.runs.facsimiles import Facsimile, facsimile
from pipeline.runs.past_runs import expires_at, outlined, remembered
from pipeline.runs.state import RunView, Source
from pipeline.store.artifacts import ArtifactStore, RunFolder

KEPT_VIEWS = 8  # a page's text takes a few kilobytes, so 300 pages take about a megabyte


def stored_source(folder: RunFolder, password: str) -> Source:
    """The run's own copy of its source. Raises SourceExpired where that is gone."""
    if not folder.source.is_file():
        raise SourceExpired
    return Source(folder.source, folder.start().source_name, password)


class StoredRuns:
    """The last snapshots of stored runs. Safe to use from several threads."""

    def __init__(self, store: ArtifactStore, days: int, cpu_bundle: str) -> None:
        """``days`` is how long files are kept; ``cpu_bundle`` names the models that would continue a run."""
        self._store, self._days, self._cpu_bundle = store, days, cpu_bundle
        self._recent: OrderedDict[str, RunView] = OrderedDict()  # ended runs, whose files never change
        self._lock = threading.Lock()

    def view(self, run_id: str, texts: bool = True) -> RunView:
        """The run's last snapshot, with its ``texts`` or without. Raises RunNotFound."""
        folder = self._store.open(run_id)
        expires = expires_at(folder.start(), self._days)
        view = self._remembered(folder) if texts else outlined(folder)
        return replace(view, expires_at=expires, cpu_bundle=self._cpu_bundle)

    def _remembered(self, folder: RunFolder) -> RunView:
        """The snapshot; that of an ended run is read once while people turn its pages, since each page is a file."""
        with self._lock:
            if folder.run_id in self._recent:
                self._recent.move_to_end(folder.run_id)
                return self._recent[folder.run_id]
        view = remembered(folder)
        if folder.end() is not None:
            with self._lock:
                self._recent[folder.run_id] = view
                while len(self._recent) > KEPT_VIEWS:
                    self._recent.popitem(last=False)
        return view

    def facsimile(self, run_id: str, page: int) -> Facsimile | None:
        """How a finished page looks; None where that is not there. Raises RunNotFound."""
        return facsimile(self._store.open(run_id), page)

    def continued_by(self, folder: RunFolder) -> str:
        """The run that the one in ``folder`` continues; empty where there is none."""
        start = folder.start()
        if start.parent_run or start.parent_id is None:
            return start.parent_run
        # A run of an older Folio names the record only.
        return next((other.run_id for other in self._store.runs() if other.successor() == folder.run_id), "")

    def newest(self, run_id: str) -> str:
        """The run that stands for this one now: the last of those that continue it, else itself. Raises RunNotFound."""
        folder = self._store.open(run_id)
        with suppress(RunNotFound):  # the successor is deleted
            if (successor := folder.successor()) is not None:
                return self.newest(successor)
        return run_id
