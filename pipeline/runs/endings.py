"""How a run's end becomes durable: its files, its record, and what is learnt from it.

What a full disk does not take is owed, and tried again when the next run ends and when the runner closes.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from pipeline.errors import RunNotFound, StorageFailed
from pipeline.records import IterationRecord, Origin, Versions
from pipeline.runs.job import Job
from pipeline.runs.past_runs import export_files
from pipeline.runs.record import build_record
from pipeline.runs.reuse import Reuse, reuse_record
from pipeline.runs.state import CheckedSource, RunView
from pipeline.store.artifacts import ArtifactStore, ExportEntry, RunEnd, RunFolder
from pipeline.store.ledger import Ledger

_log = logging.getLogger(__name__)

RecordListener = Callable[[IterationRecord], None]


def ignore(_: IterationRecord) -> None:
    """For a runner that nobody else wants to hear of."""


class Endings:
    """Writes ends down. Safe to use from several threads."""

    def __init__(
        self,
        store: ArtifactStore,
        ledger: Ledger,
        versions: Versions,
        reuse: Reuse,
        listeners: Sequence[RecordListener],
    ) -> None:
        """``listeners`` are called with each end record once it is durable."""
        self._store, self._ledger, self._versions = store, ledger, versions
        self._reuse, self._listeners = reuse, tuple(listeners)
        self._owed: list[tuple[Job, RunView]] = []
        self._lock = threading.Lock()

    def add(self, job: Job, view: RunView) -> None:
        """The run has ended as ``view`` shows it. Where the disk takes it, its files and record are there on return."""
        with self._lock:
            self._owed.append((job, view))
        self.settle()

    def settle(self) -> None:
        """Store every end that is owed; what the disk refuses stays owed."""
        with self._lock:
            self._owed = [owed for owed in self._owed if not self._stored(*owed)]

    def record(self, record: IterationRecord) -> None:
        """Keep an end record and tell whoever listens. Raises StorageFailed."""
        self._ledger.finished(record)
        for listener in self._listeners:
            listener(record)

    def answered(self, folder: RunFolder, checked: CheckedSource, origin: Origin) -> bool:
        """The run in ``folder`` answers a request again, which leaves a record; False where it is deleted this
        moment.
        """
        began = time.monotonic() - checked.seconds
        try:
            self.record(reuse_record(folder, checked.preflight, origin, self._versions, began))
        except RunNotFound:
            return False
        except StorageFailed:
            _log.warning("an answer from run %s is not recorded", folder.start().record_id)
        return True

    def _stored(self, job: Job, view: RunView) -> bool:
        try:
            with suppress(FileExistsError, RunNotFound):  # stored by an earlier attempt, or deleted since
                self._store.open(job.folder.run_id).write_end(run_end(view))
                self._reuse.add(job.folder)
            self.record(build_record(job, view, self._versions))
        except Exception as error:
            _log.exception("the end of run %s could not be stored or told", view.record_id)
            return not isinstance(error, StorageFailed)
        return True


def inherit_exports(job: Job) -> None:
    """A run that is stopped before its turn has the files of the run that it continues, which has the same pages."""
    end = job.parent.end() if job.parent else None
    if job.parent is None or end is None:
        return
    job.parent.hand_on_exports(job.folder, end)
    exports = tuple(file for file in export_files(job.folder, end) if file.path.is_file())
    job.update(lambda view: replace(view, exports=exports))


def run_end(view: RunView) -> RunEnd:
    """The end of the run as its folder has it: the facts of ``view``, and its exports by their files' names."""
    exports = tuple(ExportEntry(file.format, file.path.name, file.size_bytes) for file in view.exports)
    return RunEnd(exports=exports, **view.facts())
