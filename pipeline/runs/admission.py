"""From what somebody asks to a run that can be queued: the source is checked, kept in a folder, and gets its job."""

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.errors import NoGpuHere, RunNotFound
from pipeline.intake.planning import parse_page_range
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Bundle, Lanes
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, Origin, Rereading, RunFacts, RunStatus, Stage, Versions
from pipeline.runs.job import Job, not_started
from pipeline.runs.past_runs import expires_at, first_view, remembered
from pipeline.runs.reuse import work_id
from pipeline.runs.state import CheckedSource, RunView, Source, stamp_of
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.runs.work_key import producer_of, work_key
from pipeline.settings import Settings
from pipeline.store.artifacts import ArtifactStore, RunFolder, RunStart, utc_now
from pipeline.store.ids import new_iteration_id


@dataclass(frozen=True, slots=True)
class SecondReading:
    """The ``pages`` of the run in ``folder`` that take the place of the first reading of the same pages."""

    folder: RunFolder
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; ``parent`` is the run to be continued, if any, by at most ``most_pages`` pages (0 for
    all). ``basis`` is another run of the same document whose finished pages are taken over. ``rereads`` is the run of
    which pages are read again, aside from it. With a ``second`` reading the run reads nothing: it is its parent with
    those pages exchanged.
    """

    checked: CheckedSource
    options: ConvertOptions
    origin: Origin
    visitor: Visitor = NOBODY
    parent: RunFolder | None = None
    most_pages: int = 0
    basis: RunFolder | None = None
    rereads: RunFolder | None = None
    second: SecondReading | None = None

    @property
    def earlier(self) -> RunFolder | None:
        """The run whose pages this one has from the start."""
        return self.parent or self.basis


@dataclass(frozen=True, slots=True)
class Work:
    """The pages that are asked for, and the hash of the work (see ``reuse``)."""

    pages: tuple[int, ...]
    id: str


class Admission:
    """Checks what is asked and makes runs of it. ``reader`` opens the sources."""

    def __init__(
        self, settings: Settings, store: ArtifactStore, lanes: Lanes, versions: Versions, reader: PdfReader
    ) -> None:
        self._settings, self._store, self._lanes, self._versions, self._reader = (
            settings,
            store,
            lanes,
            versions,
            reader,
        )

    def check(self, source: Source, *, survey: bool = False) -> CheckedSource:
        """Open the source in the parse child and hash it; with ``survey`` also look which of its pages are scans.

        Raises IntakeError for a source that cannot be converted, and InternalError where no parse child starts.
        """
        began, stamp = time.monotonic(), stamp_of(source.path)
        preflight = self._reader.preflight(source.path, source.password)
        checked = CheckedSource(source, preflight, stamp, time.monotonic() - began)
        if not survey:
            return checked
        found = self._reader.survey(source.path, source.password, preflight.page_count)
        return replace(checked, survey=found)

    def plan(self, asked: Asked) -> Work:
        """What is to be done. Raises NoGpuHere where the GPU alone is asked for and there is none, and IntakeError for
        a page range that cannot be converted.
        """
        options, preflight = asked.options, asked.checked.preflight
        if options.lane is LaneChoice.GPU and self._lanes.gpu is None:
            raise NoGpuHere
        pages = parse_page_range(options.pages, preflight.page_count, self._settings.max_pages)
        producer = producer_of(self._lanes.first(options.lane), self._versions)
        key = work_key(preflight.sha256, pages, options, producer)
        return Work(pages, work_id(asked.visitor, key, options.markdown))

    def admit(self, asked: Asked, work: Work) -> Job:
        """A run with its own copy of the source. Raises StorageFailed; nothing is kept then."""
        checked, bundle = asked.checked, self._lanes.first(asked.options.lane)
        folder = self._folder(asked, work.id, bundle)
        view = self._first_view(work, bundle, folder)
        if asked.earlier:
            view = _continued(view, asked.earlier, folder, asked.second)
        job = Job(
            *(checked.source, checked.preflight, folder, view, asked.origin, asked.visitor),
            asked.most_pages,
            asked.parent,
            reads=asked.second is None,
        )
        job.add_time(Stage.PREFLIGHT, checked.seconds)
        return job

    def _folder(self, asked: Asked, work: str, bundle: Bundle) -> RunFolder:
        """A folder for a new run; a run that continues another starts with what the models said of the other's
        pages.
        """
        before = asked.earlier.start() if asked.earlier else None
        rereads = asked.rereads.run_id if asked.rereads else before.rereads if before else ""
        rereadings = _rereadings(before.rereadings if before else (), asked.second)
        start = RunStart(
            record_id=new_iteration_id(),
            source_name=asked.checked.source.name,
            options=asked.options,
            bundle=bundle.name,
            created_at=utc_now(),
            needs_password=bool(asked.checked.source.password),
            parent_id=before.record_id if before else None,
            work="" if rereadings else work,
            page_count=asked.checked.preflight.page_count,
            parent_run=asked.parent.run_id if asked.parent else "",
            rereads=rereads,
            rereadings=rereadings,
        )
        folder = self._store.create(asked.checked.source.path, start)
        if asked.earlier:
            exchanged = asked.second.pages if asked.second else ()
            asked.earlier.hand_on_predictions(folder, set(range(1, start.page_count + 1)).difference(exchanged))
        if asked.second:
            asked.second.folder.hand_on_predictions(folder, asked.second.pages)
        with suppress(RunNotFound):  # the run of which pages are read again has gone meanwhile
            if rereads:
                self._store.open(rereads).add_rereading(folder.run_id)
        return folder

    def _first_view(self, work: Work, bundle: Bundle, folder: RunFolder) -> RunView:
        start = folder.start()
        facts = RunFacts(
            status=RunStatus.QUEUED,
            page_count=start.page_count,
            pages=not_started(work.pages),
            elapsed_s=0.0,
            bundle=bundle.name,
            engines=bundle.engines,
            lane=bundle.lane,
        )
        return replace(
            first_view(folder, start, facts),
            stage=Stage.PREFLIGHT,
            expires_at=expires_at(start, self._settings.artifact_days),
            cpu_bundle=self._lanes.cpu.name,
        )


def _rereadings(before: tuple[Rereading, ...], second: SecondReading | None) -> tuple[Rereading, ...]:
    """Which pages of a run have been read again by now, each named once, with its last reading."""
    if second is None:
        return before
    start = second.folder.start()
    left = (replace(one, pages=tuple(page for page in one.pages if page not in second.pages)) for one in before)
    return (*(one for one in left if one.pages), Rereading(second.pages, start.options, start.record_id))


def _continued(view: RunView, earlier: RunFolder, folder: RunFolder, second: SecondReading | None) -> RunView:
    """The first snapshot of a run that begins with another's finished pages. One that reads nothing begins with the
    others as they ended, and has the pages of the ``second`` reading in the places of the first.
    """
    before = remembered(earlier)
    if second is None:
        return _with_pages(view, before, [page.page for page in before.finished], earlier, folder)
    reread = remembered(second.folder)
    outcomes = {page.page: page for page in before.pages}
    view = replace(view, pages=tuple(outcomes.get(page.page, page) for page in view.pages))
    first = [page.page for page in before.finished if page.page not in second.pages]
    view = _with_pages(view, before, first, earlier, folder)
    return _with_pages(view, reread, second.pages, second.folder, folder)


def _with_pages(view: RunView, other: RunView, pages: Collection[int], source: RunFolder, folder: RunFolder) -> RunView:
    """The snapshot with these pages of the ``other`` run, whose files lie in ``source``."""
    source.hand_on_pages(folder, pages)
    outcomes = {page.page: page for page in other.pages if page.page in pages}
    texts = [*view.texts, *(text for text in other.texts if text.page in pages)]
    return replace(
        view,
        pages=tuple(outcomes.get(page.page, page) for page in view.pages),
        texts=tuple(sorted(texts, key=lambda text: text.page)),
        gpu_seconds=view.gpu_seconds + other.gpu_seconds,
    )
