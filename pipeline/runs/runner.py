"""Runs, from submission to end: a queue, a few workers, and snapshots for whoever watches.

``submit`` refuses bad input and a full queue at once. Each worker is one thread with its own parse child and docling
pipeline; the number of workers is the number of documents in memory at the same time. A run does not depend on whoever
asked for it: a browser that leaves only stops watching. On ZeroGPU the visitor's request travels in the context that
``submit`` was called in, so the work runs in a copy of it.
"""

import contextvars
import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Self

from pipeline.errors import FolioError, InternalError, RunNotFound, RunStillGoing, SourceExpired, StorageFailed
from pipeline.gpu.calibration import Calibration, estimate
from pipeline.gpu.worker import install
from pipeline.intake.planning import parse_page_range, plan_batches
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import GpuEstimate, LaneChoice, Preflight
from pipeline.records import ConvertOptions, IterationRecord, Origin, RunStatus
from pipeline.runs.admission import Admission, Asked
from pipeline.runs.conversion import Conversion, RunEnding, Tools
from pipeline.runs.disk_space import refuse_without_room
from pipeline.runs.job import Job, error_facts
from pipeline.runs.past_runs import INTERRUPTED, expires_at, remembered
from pipeline.runs.process_lock import ProcessLock
from pipeline.runs.queue import QueueEntry, RunQueue
from pipeline.runs.record import build_record, read_versions
from pipeline.runs.reuse import Reuse, reuse_record
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings
from pipeline.stages.assemble import Pipeline, build_pipeline
from pipeline.store.artifacts import ArtifactStore, ExportEntry, RunEnd, utc_now
from pipeline.store.ledger import Ledger
from pipeline.store.packs import Packs
from pipeline.store.retention import Keep, expire

_log = logging.getLogger(__name__)

RecordListener = Callable[[IterationRecord], None]
KEEP_IN_MEMORY = 20  # ended runs whose page texts stay in memory


def ignore(_: IterationRecord) -> None:
    """For a runner that nobody else wants to hear of."""


class Runner:
    """Owns every run of this process. Use it as a context manager: leaving it ends the workers and their children."""

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        space: str = "",
        on_end: RecordListener = ignore,
        readers: Callable[[Settings], PdfReader] = PdfReader,
    ) -> None:
        """``space`` is the Space's id for the records; ``on_end`` is called with each end record once it is durable.

        ``readers`` makes one PDF reader for admission and one for each worker; the runner closes them.
        """
        self.settings = settings
        self._readers = readers
        self._on_end = on_end
        self.lanes = lanes
        self._store = ArtifactStore(settings.data_dir)
        self._ledger = Ledger(settings.data_dir)
        self._versions = read_versions(space)
        self._doorman = readers(settings)
        self._admission = Admission(settings, self._store, lanes, self._versions, self._doorman)
        self._jobs: dict[str, Job] = {}
        self._queue = RunQueue(settings)
        self._reuse = Reuse(self._store)
        self._change = threading.Lock()  # around what ``_jobs`` holds
        self._resuming = threading.RLock()
        self._settling = threading.Lock()
        self._calibration = Calibration()
        self._owed: list[tuple[Job, RunView]] = []  # ends that the disk would not take yet
        self._workers: list[threading.Thread] = []
        self._tenancy = ProcessLock(settings)

    def __enter__(self) -> Self:
        install(self.lanes)
        self._tenancy.__enter__()
        if self._tenancy.sole:
            self._clean_up()
            self._expire()
        self._reuse.load()
        if self.lanes.gpu is not None:
            self._calibration.read(self._ledger, self.lanes.gpu.name)
        lines = [build_pipeline() for _ in range(self.settings.concurrency)]
        _settle_memory()
        self._workers = [
            threading.Thread(target=self._work, args=(line,), name="worker", daemon=True) for line in lines
        ]
        self._doorman.start()
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _clean_up(self) -> None:
        """Put away what a killed process left: half-written files, and runs whose record has no end."""
        self._store.recover()
        packs = Packs(self._ledger)
        packs.recover()
        self._ledger.recover(packs.names())
        for record in self._ledger.unfinished():
            self._ledger.finished(replace(record, status=RunStatus.ERROR, error=INTERRUPTED))

    def close(self) -> None:
        """Stop taking runs, stop the current ones at their next micro-batch, and end every child."""
        with self._change:
            jobs = list(self._jobs.values())
        self._queue.close()
        for job in jobs:
            job.cancel()
        for worker in self._workers:
            worker.join(timeout=30)
        self._settle()
        self._doorman.close()
        self._tenancy.__exit__()

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU lane to choose."""
        return self.lanes.gpu is not None

    def estimate(self, page_count: int, options: ConvertOptions) -> GpuEstimate:
        """What a run of a document of so many ordinary pages would book on the GPU.

        Raises what ``submit`` raises for a page range that cannot be converted.
        """
        pages = parse_page_range(options.pages, page_count, self.settings.max_pages)
        batches = plan_batches(pages, self.settings.batch_pages)
        return estimate(tuple(map(len, batches)), options, self._calibration.rates())

    # -- entries -----------------------------------------------------------------------------------------------------

    def preflight(self, source: Source) -> Preflight:
        """Open the source in the parse child and count its pages. Raises IntakeError."""
        return self._doorman.preflight(source.path, source.password)

    def submit(self, source: Source, options: ConvertOptions, origin: Origin, visitor: Visitor = NOBODY) -> str:
        """Check the source, put it into the queue and return the run's secret id.

        Raises IntakeError for a source or page range that cannot be converted, QueueFull, VisitorBusy or AddressBusy
        when no place is left, DiskNearlyFull when the disk is, and StorageFailed when the source or its record cannot
        be kept; nothing is queued then.
        """
        return self._submit(Asked(source, options, origin, visitor))

    def reuse(self, source: Source, options: ConvertOptions, origin: Origin, visitor: Visitor) -> str | None:
        """The run that did this very work for this visitor before, with a record of the answer; None where there is
        none.

        Raises IntakeError as ``submit`` does.
        """
        began = time.monotonic()
        if not visitor.owner:
            return None
        checked = self._admission.check(Asked(source, options, origin, visitor))
        folder = self._reuse.find(checked.work)
        if folder is None:
            return None
        try:
            self._keep(reuse_record(folder, checked.preflight, origin, self._versions, began))
        except RunNotFound:  # deleted this moment
            return None
        except StorageFailed:
            _log.warning("an answer from run %s is not recorded", folder.start().record_id)
        return folder.run_id

    def resume(
        self,
        run_id: str,
        password: str = "",
        origin: Origin = Origin.UI,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        most_pages: int = 0,
    ) -> str:
        """Continue a run that ended with gaps, as a new run that repeats no finished page; returns the new run's id.

        ``lane`` replaces the run's own choice; ``most_pages`` is how many further pages may be converted, 0 for all. A
        run that still goes on, is complete or is continued already answers with the run that stands for it now. Raises
        RunNotFound, SourceExpired, and what ``submit`` raises.
        """
        with self._resuming:
            status = self.view(run_id).status
            if not status.ended or status is RunStatus.OK:
                return run_id
            parent = self._store.open(run_id)
            if (successor := parent.successor()) is not None:
                return self.resume(successor, password, origin, visitor, lane, most_pages)
            if not parent.source.is_file():
                raise SourceExpired
            start = parent.start()
            source = Source(parent.source, start.source_name, password)
            options = replace(start.options, lane=lane or start.options.lane)
            run_id = self._submit(Asked(source, options, origin, visitor, parent, most_pages))
            parent.write_successor(run_id)
            return run_id

    def _submit(self, asked: Asked) -> str:
        refuse_without_room(self.settings)
        self._queue.reserve(asked.visitor)
        try:
            job = self._admit(asked)
        except BaseException:
            self._queue.leave(asked.visitor, waiting=True)
            raise
        with self._change:
            self._jobs[job.folder.run_id] = job
        self._queue.put(QueueEntry(job, contextvars.copy_context()))
        return job.folder.run_id

    def _admit(self, asked: Asked) -> Job:
        """A run whose start is recorded, so that one killed while it waits is found as interrupted."""
        job = self._admission.admit(asked)
        try:
            self._ledger.started(self._record(job, replace(job.view(), status=RunStatus.RUNNING)))
        except BaseException:
            job.folder.delete()
            raise
        return job

    def watch(self, run_id: str) -> Iterator[RunView]:
        """Snapshots of the run until it has ended. Closing the iterator does not stop the run. Raises RunNotFound."""
        job = self._jobs.get(run_id)
        return job.watch() if job else iter((self._remembered(run_id),))

    def view(self, run_id: str) -> RunView:
        """The run's newest snapshot. Raises RunNotFound."""
        job = self._jobs.get(run_id)
        return job.view() if job else self._remembered(run_id)

    def cancel(self, run_id: str) -> None:
        """Stop the run at its next micro-batch; finished pages are kept and exported. Raises RunNotFound."""
        job = self._jobs.get(run_id)
        if job is None:
            self._remembered(run_id)
            return
        job.cancel()
        if self._queue.remove(job):
            self._end(job, RunEnding(RunStatus.CANCELLED))

    def delete(self, run_id: str) -> None:
        """Delete everything of the run, and of the runs it continues, but their records.

        Raises RunNotFound, and RunStillGoing for a run under way.
        """
        folder = self._store.open(run_id)
        with self._change:
            job = self._jobs.get(run_id)
            if job is not None and not job.view().status.ended:
                raise RunStillGoing
            self._jobs.pop(run_id, None)
        for earlier in [other.run_id for other in self._store.runs() if other.successor() == run_id]:
            self.delete(earlier)
        folder.delete()
        self._reuse.forget(run_id)

    # -- work --------------------------------------------------------------------------------------------------------

    def _work(self, docling: Pipeline) -> None:
        with self._readers(self.settings) as reader:
            reader.start()
            tools = Tools(self.settings, self.lanes, self._calibration.rates, reader, docling)
            while (entry := self._queue.take()) is not None:
                try:
                    entry.context.run(self._convert, entry.job, tools)
                except Exception:  # a worker that dies leaves every later run in the queue
                    _log.exception("the worker survived what run %s left", entry.job.view().record_id)

    def _convert(self, job: Job, tools: Tools) -> None:
        job.start()
        try:
            ending = Conversion(job, tools, self._tenancy.scratch).run()
        except FolioError as error:
            ending = RunEnding(RunStatus.ERROR, error_facts(error))
        except Exception:
            _log.exception("run %s failed", job.view().record_id)
            ending = RunEnding(RunStatus.ERROR, error_facts(InternalError()))
        self._end(job, ending)

    def _end(self, job: Job, ending: RunEnding) -> None:
        """Write the end down, then show it: whoever sees an ended run finds its files and its record."""
        view = replace(
            job.view(), status=ending.status, stage=None, remaining_s=None, queue_position=0, error=ending.error
        )
        view = replace(view, ended_at=utc_now())
        with self._settling:
            self._owed.append((job, view))
        self._settle()
        self._queue.leave(job.visitor)
        job.update(lambda _: view)
        self._forget_old()
        self._expire()

    def _settle(self) -> None:
        """Store every end that is owed; what a full disk refuses is owed until the next run ends or the runner
        closes.
        """
        with self._settling:
            self._owed = [owed for owed in self._owed if not self._stored(*owed)]

    def _stored(self, job: Job, view: RunView) -> bool:
        try:
            with suppress(FileExistsError, RunNotFound):  # stored by an earlier attempt, or deleted since
                self._store.open(job.folder.run_id).write_end(_run_end(job, view))
                self._reuse.add(job.folder)
            self._keep(self._record(job, view))
        except Exception as error:
            _log.exception("the end of run %s could not be stored or told", view.record_id)
            return not isinstance(error, StorageFailed)
        return True

    def _keep(self, record: IterationRecord) -> None:
        self._ledger.finished(record)
        self._calibration.learn(record)
        self._on_end(record)

    def _expire(self) -> None:
        with self._change:
            in_use = {run_id for run_id, job in self._jobs.items() if not job.view().status.ended}
        keep = Keep(timedelta(days=self.settings.artifact_days), self.settings.artifact_gb * 1_000_000_000)
        for run_id in expire(self._store, keep, in_use):
            self._jobs.pop(run_id, None)
            self._reuse.forget(run_id)

    def _forget_old(self) -> None:
        """Ended runs leave memory, oldest first, and are read from disk from then on."""
        with self._change:
            ended = [run_id for run_id, job in self._jobs.items() if job.view().status.ended]
            for run_id in ended[:-KEEP_IN_MEMORY]:
                del self._jobs[run_id]

    def _record(self, job: Job, view: RunView) -> IterationRecord:
        return build_record(job, view, self._versions)

    def _remembered(self, run_id: str) -> RunView:
        folder = self._store.open(run_id)
        expires = expires_at(folder.start(), self.settings.artifact_days)
        return replace(remembered(folder), expires_at=expires, cpu_bundle=self.lanes.cpu.name)


def _run_end(job: Job, view: RunView) -> RunEnd:
    return RunEnd(
        status=view.status,
        ended_at=view.ended_at,
        elapsed_s=view.elapsed_s,
        page_count=view.page_count,
        pages=view.pages,
        engines=view.engines,
        exports=tuple(ExportEntry(file.format, file.path.name, file.size_bytes) for file in view.exports),
        error=view.error,
        gpu_seconds=round(job.tally.gpu_seconds_before + view.gpu.used_seconds, 3),
        output=job.tally.output,
        lane=view.lane,
        gpu=view.gpu,
        fitting_pages=view.fitting_pages,
        bundle=view.bundle,
        as_asked=job.tally.as_asked,
    )


def _settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    docling and torch keep about a million objects for good; walking them again and again cost a third of the time that
    assembling a page takes, and on ZeroGPU it would copy their memory in every fork.
    """
    gc.collect()
    gc.freeze()
