"""From what somebody asks to a run that can be queued: the source is checked, kept in a folder, and gets its job."""

import time
from dataclasses import dataclass

from pipeline.errors import NoGpuHere
from pipeline.intake.planning import parse_page_range
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Bundle, Lanes
from pipeline.pages import LaneChoice, Preflight
from pipeline.records import ConvertOptions, Origin, RunStatus, Stage, Versions
from pipeline.runs.job import Job, not_started
from pipeline.runs.past_runs import expires_at
from pipeline.runs.reuse import work_id
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings
from pipeline.store.artifacts import ArtifactStore, RunFolder, RunStart, utc_now
from pipeline.store.ids import new_iteration_id


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; ``parent`` is the run to be continued, if any, by at most ``most_pages`` pages (0 for
    all).
    """

    source: Source
    options: ConvertOptions
    origin: Origin
    visitor: Visitor = NOBODY
    parent: RunFolder | None = None
    most_pages: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A source that can be converted: what it is, the pages chosen of it, and the hash of the work (see ``reuse``)."""

    preflight: Preflight
    pages: tuple[int, ...]
    work: str


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

    def check(self, asked: Asked) -> Checked:
        """Open the source in the parse child. Raises IntakeError for a source or page range that cannot be
        converted.
        """
        if asked.options.lane is LaneChoice.GPU and self._lanes.gpu is None:
            raise NoGpuHere
        preflight = self._reader.preflight(asked.source.path, asked.source.password)
        pages = parse_page_range(asked.options.pages, preflight.page_count, self._settings.max_pages)
        bundle = self._lanes.first(asked.options.lane)
        return Checked(
            preflight, pages, work_id(asked.visitor, preflight, pages, asked.options, bundle, self._versions)
        )

    def admit(self, asked: Asked) -> Job:
        """A run with its own copy of the source. Raises IntakeError and StorageFailed; nothing is kept then."""
        began = time.monotonic()
        checked = self.check(asked)
        bundle = self._lanes.first(asked.options.lane)
        folder = self._folder(asked, checked.work, bundle)
        view = self._first_view(asked, checked, bundle, folder)
        job = Job(asked.source, checked.preflight, folder, view, asked.origin, asked.visitor, asked.most_pages)
        before = asked.parent.end() if asked.parent else None
        job.tally.gpu_seconds_before = before.gpu_seconds if before else 0.0
        job.add_time(Stage.PREFLIGHT, time.monotonic() - began)
        return job

    def _folder(self, asked: Asked, work: str, bundle: Bundle) -> RunFolder:
        """A folder for a new run; a run that continues another starts with what the models said of the other's
        pages.
        """
        before = asked.parent.start() if asked.parent else None
        start = RunStart(
            record_id=new_iteration_id(),
            source_name=asked.source.name,
            options=asked.options,
            bundle=bundle.name,
            created_at=utc_now(),
            needs_password=bool(asked.source.password),
            parent_id=before.record_id if before else None,
            work=work,
        )
        folder = self._store.create(asked.source.path, start)
        if asked.parent:
            asked.parent.hand_on_predictions(folder)
        return folder

    def _first_view(self, asked: Asked, checked: Checked, bundle: Bundle, folder: RunFolder) -> RunView:
        start = folder.start()
        return RunView(
            run_id=folder.run_id,
            record_id=start.record_id,
            version=0,
            name=asked.source.name,
            options=asked.options,
            status=RunStatus.QUEUED,
            stage=Stage.PREFLIGHT,
            queue_position=0,
            page_count=checked.preflight.page_count,
            pages=not_started(checked.pages),
            texts=(),
            elapsed_s=0.0,
            remaining_s=None,
            bundle=bundle.name,
            engines=bundle.engines,
            exports=(),
            error=None,
            expires_at=expires_at(start, self._settings.artifact_days),
            lane=bundle.lane,
            cpu_bundle=self._lanes.cpu.name,
            pictures=folder.pictures,
        )
