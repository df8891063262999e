"""Runs, from submission to end: a queue, a few workers, and snapshots for whoever watches.

``check`` refuses bad input and ``convert`` a full queue at once. Each worker is one thread with its own parse child and
docling pipeline, and takes documents up to a length of its own (``WORKER_PAGES``); the number of workers is the number
of documents in memory at the same time. A run does not depend on whoever asked for it: a browser that leaves only stops
watching. On ZeroGPU the visitor's request travels in the context that ``convert`` was called in, so the work runs in a
copy of it.
"""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Self

from pipeline.errors import FolioError, InternalError, RunStillGoing
from pipeline.gpu.calibration import Calibration
from pipeline.gpu.own_card import seats
from pipeline.gpu.worker import install
from pipeline.intake.reader import PdfReader
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.models.bundle import Lanes
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, Origin, RunStatus, ServerLoad
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.admission import Admission, Asked, Work
from pipeline.runs.after_crash import recover
from pipeline.runs.conversion import Conversion, RunEnding
from pipeline.runs.disk_space import refuse_without_room
from pipeline.runs.endings import Endings, RecordListener, ignore, inherit_exports
from pipeline.runs.estimates import Estimates
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.fetched_sources import FetchedSources
from pipeline.runs.job import Job, error_facts
from pipeline.runs.process_lock import ProcessLock
from pipeline.runs.queue import WORKER_PAGES, QueueEntry, RunQueue
from pipeline.runs.record import build_record, read_versions
from pipeline.runs.refusal_records import RefusalRecords
from pipeline.runs.reuse import Reuse
from pipeline.runs.run_pace import RunPace
from pipeline.runs.run_tools import Tools
from pipeline.runs.server_load import server_load
from pipeline.runs.settled_memory import settle_memory
from pipeline.runs.state import Accepted, CheckedSource, RunView, Source
from pipeline.runs.stored_runs import StoredRuns
from pipeline.runs.successors import Successors
from pipeline.runs.turns import ModelTurns
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings, Tuned, as_they_are
from pipeline.stages.assemble import Pipeline, build_pipeline
from pipeline.stages.export import FORMATS, ExportFormat
from pipeline.store.artifacts import ArtifactStore, utc_now
from pipeline.store.ledger import Ledger
from pipeline.store.packs import newest_records
from pipeline.store.retention import Keep, KeptRuns

_log = logging.getLogger(__name__)

RECORDS_READ = 200  # at start-up, newest first
KEEP_IN_MEMORY = 20  # ended runs whose page texts stay in memory


class Runner:
    """Owns every run of this process. Use it as a context manager: leaving it ends the workers and their children."""

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        space: str = "",
        on_end: RecordListener = ignore,
        readers: Callable[[Settings], PdfReader] = PdfReader,
        formats: tuple[ExportFormat, ...] = FORMATS,
        facsimiles: bool = True,
        tuned: Tuned = as_they_are,
        web: WebFetch | None = None,
    ) -> None:
        """``space`` is the Space's id for the records; ``on_end`` is called with each end record once it is durable.

        ``readers`` makes one PDF reader for admission and one per worker, closed here. Runs leave in ``formats``, with
        the image of each page where somebody reads along (``facsimiles``), and begin with the settings that ``tuned``
        gives. ``web`` fetches documents that are named by their address.
        """
        self.settings = settings
        self._readers, self._formats, self._facsimiles, self._tuned = readers, formats, facsimiles, tuned
        self.lanes = lanes
        self._store = ArtifactStore(settings.data_dir)
        self._ledger = Ledger(settings.data_dir)
        self._versions = read_versions(space)
        self._doorman = readers(settings)
        self._admission = Admission(settings, self._store, lanes, self._versions, self._doorman)
        self._jobs: dict[str, Job] = {}
        self._queue = RunQueue(settings)
        self._reuse = Reuse(self._store)
        keep = Keep(timedelta(days=settings.artifact_days), settings.artifact_gb * 1_000_000_000)
        self._kept_runs = KeptRuns(self._store, keep)
        self._change = threading.Lock()  # around what ``_jobs`` holds
        self._pace = RunPace()
        self._calibration = Calibration(lambda: tuned(settings).booking_margin_percent / 100)
        self._stored = StoredRuns(self._store, settings.artifact_days, lanes.cpu.name)
        self._estimates = Estimates(settings, lanes, self._calibration, self._pace, tuned)
        learners = (self._calibration.learn, self._pace.learn, on_end)
        self._endings = Endings(self._store, self._ledger, self._versions, self._reuse, learners)
        self._refusals = RefusalRecords(self._ledger, self._versions)
        self.fetched = FetchedSources(settings, self._queue, self._refusals, web)
        self._successors = Successors(
            self._store, self._stored, self._admission, self._refusals, self._submit, self.view
        )
        self._turns = ModelTurns(settings.concurrency)
        self._workers: list[threading.Thread] = []
        self._tenancy = ProcessLock(settings)

    def __enter__(self) -> Self:
        install(self.lanes, seats(self.settings.concurrency, self.lanes.first(LaneChoice.GPU).name))
        self._tenancy.__enter__()
        if self._tenancy.sole:
            recover(self._store, self._ledger)
        self._kept_runs.load()
        if self._tenancy.sole:
            self._tidy()
        self._reuse.load()
        for record in newest_records(self._ledger, RECORDS_READ):
            self._pace.learn(record)
        if self.lanes.gpu is not None:
            self._calibration.read(self._ledger, self.lanes.gpu.name)
        workers = [(build_pipeline(), most) for most in WORKER_PAGES for _ in range(self.settings.concurrency)]
        settle_memory()
        self._workers = [
            threading.Thread(target=self._work, args=worker, name="worker", daemon=True) for worker in workers
        ]
        self._doorman.start()
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop taking runs, stop the current ones at their next micro-batch, and end every child."""
        with self._change:
            jobs = list(self._jobs.values())
        self._queue.close()
        for job in jobs:
            job.cancel()
        for worker in self._workers:
            worker.join(timeout=30)
        self._endings.settle()
        self._doorman.close()
        self._tenancy.__exit__()

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU lane to choose."""
        return self.lanes.gpu is not None

    @property
    def books_gpu(self) -> bool:
        """Whether its seconds are booked, so that a visitor should know how many."""
        return self.has_gpu and self.lanes.booked

    def estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> GpuEstimate:
        """What a run of a document of so many pages of ordinary size would book on the GPU (see ``Estimates``). Raises
        what ``convert`` raises for a page range that cannot be converted.
        """
        return self._estimates.booked(pages, options, scanned_share)

    def time_estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> TimeEstimate:
        """How long a run of such a document would wait and take now. Raises as ``estimate`` does."""
        return self._estimates.time(pages, options, self._unended(), scanned_share)

    def _unended(self) -> list[RunView]:
        with self._change:
            jobs = list(self._jobs.values())
        return [job.view() for job in jobs if not job.ended]

    def load(self) -> ServerLoad:
        """What waits, runs and is kept here now."""
        return server_load(self._unended(), self._kept_runs, self.settings)

    # -- entries -----------------------------------------------------------------------------------------------------

    def check(self, source: Source, origin: Origin, *, survey: bool = False) -> CheckedSource:
        """Open and hash the source, once on its way in; ``convert`` takes what was learnt. For an estimate, ``survey``
        also looks which of its pages are scans, for a second or two.

        Raises IntakeError for a source that cannot be converted, and InternalError where no parse child starts.
        """
        with self._refusals.recording(source.path, origin):
            return self._admission.check(source, survey=survey)

    def convert(
        self,
        checked: CheckedSource,
        options: ConvertOptions,
        origin: Origin,
        visitor: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        """The run that did this very work for this visitor before, else a new one in the queue; with ``again`` always a
        new one.

        A source that was replaced since it was checked is checked again. Raises IntakeError for a source or page range
        that cannot be converted, NoGpuHere where the GPU alone is asked for and there is none, QueueFull, VisitorBusy
        or AddressBusy when no place is left, DiskNearlyFull when the disk is nearly full, StorageFailed when the source
        or its record cannot be kept, and InternalError where no parse child starts; nothing is queued then.
        """
        with self._refusals.recording(checked.source.path, origin):
            current = checked if checked.is_current else self._admission.check(checked.source)
            asked = Asked(current, options, origin, visitor)
            work = self._admission.plan(asked)
            found = None if again else self._reuse.find(work.id)
            if found is not None and self._endings.answered(found, current, origin):
                return Accepted(found.run_id, reused=True)
            read = None if again else self._reuse.find_reading(work.id)
            return Accepted(self._submit(replace(asked, basis=read), work), reused=False)

    def submit(self, source: Source, options: ConvertOptions, origin: Origin, visitor: Visitor = NOBODY) -> str:
        """Check the source, queue a new run and return its secret id. Raises what ``check`` and ``convert`` raise."""
        return self.convert(self.check(source, origin), options, origin, visitor, again=True).run_id

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
        RunNotFound, SourceExpired, and what ``check`` and ``convert`` raise.
        """
        return self._successors.resume(run_id, password, origin, visitor, lane, most_pages)

    def reread(self, run_id: str, options: ConvertOptions, password: str, origin: Origin, visitor: Visitor) -> str:
        """Read pages of an ended run again, as a new run that changes nothing of it; returns the new run's id.

        ``options.pages`` names the pages; where it is empty, those that failed or are doubtful. Raises RunNotEnded,
        NoPageToReread, PageNotSelected, and what ``resume`` raises.
        """
        return self._successors.reread(run_id, options, password, origin, visitor)

    def accept(self, run_id: str, pages: str, password: str, origin: Origin, visitor: Visitor) -> str:
        """Take ``pages`` (a range; empty for all) that the run read again into the run that it read them of.

        Returns the id of a new run, which reads nothing and writes every file; the run's link leads to it once it is
        complete. Raises NoRereading, PageNotReread, RunNotEnded, and what ``resume`` raises.
        """
        return self._successors.accept(run_id, pages, password, origin, visitor)

    def rereading(self, run_id: str) -> str:
        """The newest run that reads pages of this one again; empty where there is none. Raises RunNotFound."""
        return self._successors.rereading(run_id)

    def _submit(self, asked: Asked, work: Work) -> str:
        refuse_without_room(self.settings)
        self._queue.reserve(asked.visitor)
        try:
            job = self._admit(asked, work)
        except BaseException:
            self._queue.leave(asked.visitor, waiting=True)
            raise
        with self._change:
            self._jobs[job.folder.run_id] = job
        self._queue.put(QueueEntry(job, contextvars.copy_context()))
        return job.folder.run_id

    def _admit(self, asked: Asked, work: Work) -> Job:
        """A run whose start is recorded, so that one killed while it waits is found as interrupted."""
        job = self._admission.admit(asked, work)
        try:
            self._ledger.started(build_record(job, replace(job.view(), status=RunStatus.RUNNING), self._versions))
        except BaseException:
            job.folder.delete()
            raise
        return job

    def watch(self, run_id: str) -> Iterator[RunView]:
        """Snapshots of the run until it has ended. Closing the iterator does not stop the run. Raises RunNotFound."""
        job = self._job(run_id)
        return job.watch() if job else iter((self._stored.view(run_id),))

    def newest(self, run_id: str) -> str:
        """The run that stands for this one now: the last of those that continue it, else itself. Raises RunNotFound."""
        return self._stored.newest(run_id)

    def view(self, run_id: str, texts: bool = True) -> RunView:
        """The run's newest snapshot; texts that lie on disk only are read where ``texts``. Raises RunNotFound."""
        job = self._job(run_id)
        if job is None:
            return self._stored.view(run_id, texts)
        view = job.view()
        if view.status is not RunStatus.QUEUED:
            return view
        return replace(view, wait_s=self._estimates.wait(view, self._unended()))

    def facsimile(self, run_id: str, page: int) -> Facsimile | None:
        """How a finished page looks; None where that is not there. Raises RunNotFound."""
        return self._stored.facsimile(run_id, page)

    def cancel(self, run_id: str) -> None:
        """Stop the run at its next micro-batch; finished pages are kept and exported. Raises RunNotFound."""
        job = self._job(run_id)
        if job is None:
            self._stored.view(run_id)
            return
        job.cancel()
        if self._queue.remove(job):
            if job.reads:
                inherit_exports(job)
            self._end(job, RunEnding(RunStatus.CANCELLED))

    def delete(self, run_id: str) -> None:
        """Delete everything of the run, of the runs it continues and of those that read its pages again, but their
        records.

        Raises RunNotFound, and RunStillGoing where one of them is under way; nothing is deleted then.
        """
        family = self._successors.family(self._store.open(run_id))
        if self._in_use().intersection(folder.run_id for folder in family):
            raise RunStillGoing
        for folder in family:
            folder.delete()
            self._forget(folder.run_id)

    # -- work --------------------------------------------------------------------------------------------------------

    def _work(self, docling: Pipeline, most_pages: int) -> None:
        with self._readers(self.settings) as reader:
            if most_pages == WORKER_PAGES[0]:
                reader.start()
            lent = (reader, docling, self._versions, self._turns, self._formats, self._facsimiles, self._tuned)
            tools = Tools(self.settings, self.lanes, self._calibration.rates, *lent)
            while (entry := self._queue.take(most_pages)) is not None:
                try:
                    entry.context.run(self._convert, entry.job, tools)
                except Exception:  # a worker that dies leaves every later run in the queue
                    _log.exception("the worker survived what run %s left", entry.job.view().record_id)
                finally:
                    self._queue.done(entry)

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
        self._endings.add(job, view)
        self._successors.settle(job, view)
        self._queue.leave(job.visitor)
        job.update(lambda _: view)
        self._forget_old()
        self._kept_runs.add(job.folder)
        self._tidy()

    def _tidy(self) -> None:
        """Let old runs go, at most once a minute."""
        for run_id in self._kept_runs.tidy(self._in_use):
            self._forget(run_id)

    def _in_use(self) -> set[str]:
        with self._change:
            return {run_id for run_id, job in self._jobs.items() if not job.ended}

    def _forget(self, run_id: str) -> None:
        """The run's files are gone."""
        with self._change:
            self._jobs.pop(run_id, None)
        self._reuse.forget(run_id)
        self._kept_runs.forget(run_id)

    def _job(self, run_id: str) -> Job | None:
        """The run while it is in memory."""
        with self._change:
            return self._jobs.get(run_id)

    def _forget_old(self) -> None:
        """Ended runs leave memory, oldest first, and are read from disk from then on."""
        with self._change:
            ended = [run_id for run_id, job in self._jobs.items() if job.ended]
            for run_id in ended[:-KEEP_IN_MEMORY]:
                del self._jobs[run_id]
