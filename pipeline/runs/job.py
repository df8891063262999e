"""One run in motion: the only mutable object of a run, guarded by one condition, read by everybody as ``RunView``.

A finished page costs one entry in a table. The tuples of a snapshot are made when somebody looks, at most once per
change, so that a run of many pages does not copy all of them for each.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

from pipeline.errors import FolioError
from pipeline.pages import PageStatus, Preflight
from pipeline.records import (
    CallEnd,
    ConvertOptions,
    ErrorFacts,
    GpuCall,
    GpuUse,
    Origin,
    PageOutcome,
    RunStatus,
    Stage,
    StageTime,
)
from pipeline.runs.state import PageText, RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.store.artifacts import RunFolder

WATCH_INTERVAL_S = 0.25  # at most four snapshots a second reach a browser
HEARTBEAT_S = 1.0  # elapsed and remaining time move even while no page finishes


@dataclass(slots=True)
class Tally:
    """What the run's threads add up for its record; each field has one writing thread."""

    started: float = 0.0
    queued: float = 0.0
    calls: list[GpuCall] = field(default_factory=list)
    refusal: str = ""
    device: str = ""
    gpu_bundle: str = ""

    def gpu(self) -> GpuUse:
        refused = [call for call in self.calls if call.ended is CallEnd.REFUSED]
        begun = [call for call in self.calls if call.ended is not CallEnd.REFUSED]
        return GpuUse(
            booked_seconds=round(sum(call.booked_seconds for call in begun), 3),
            used_seconds=round(sum(call.used_seconds for call in begun), 3),
            calls=len(begun),
            refused=len(refused),
            refused_seconds=round(sum(call.booked_seconds for call in refused), 3),
            refusal=self.refusal,
            device=self.device,
            made=tuple(self.calls),
            bundle=self.gpu_bundle,
        )


class Job:
    """A run between its submission and its end.

    The runner's threads change it; watchers wait on it. ``cancelled`` is asked between micro-batches.
    """

    def __init__(
        self,
        source: Source,
        preflight: Preflight,
        folder: RunFolder,
        view: RunView,
        origin: Origin,
        visitor: Visitor = NOBODY,
        most_pages: int = 0,
        parent: RunFolder | None = None,
        reads: bool = True,
    ) -> None:
        """``most_pages`` is how many pages may be converted that were not before, 0 for all; ``parent`` the run that
        this one continues, whose finished pages ``view`` has already. One that does not read (``reads``) leaves the
        others as they are.
        """
        self.source, self.preflight, self.folder, self.origin, self.visitor = source, preflight, folder, origin, visitor
        start = folder.start()
        self.most_pages, self.parent, self.reads = most_pages, parent, reads
        self.started_at, self.record_id, self.parent_id = start.created_at, start.record_id, start.parent_id
        self.tally = Tally(queued=time.monotonic())
        self.selected = tuple(page.page for page in view.pages)
        self.options = view.options
        self._reread = {page: one.options for one in start.rereadings for page in one.pages}
        finished = {page.page for page in view.finished}
        self.left = frozenset() if reads else frozenset(self.selected) - finished  # pages that stay as they are
        self._cancel = threading.Event()
        self._changed = threading.Condition()
        self._view = view  # ``pages`` and ``texts`` may be older than the two tables: see ``_fresh``
        self._outcomes = {page.page: page for page in view.pages}
        self._texts = {text.page: text for text in view.texts}
        self._pages_changed = False
        self._inherited = view.pages_done  # pages that cost this run no time
        self._stage_ms: dict[Stage, float] = dict.fromkeys(Stage, 0.0)

    def options_of(self, page: int) -> ConvertOptions:
        """What a page is read with: the run's options, or those of its second reading."""
        return self._reread.get(page, self.options)

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        self._cancel.set()

    def view(self) -> RunView:
        """The newest snapshot, with its times as of now."""
        with self._changed:
            view = self._fresh()
        return view if view.status.ended else replace(view, elapsed_s=self.elapsed_s, remaining_s=self._remaining(view))

    @property
    def ended(self) -> bool:
        """Whether the newest snapshot is the last one."""
        with self._changed:
            return self._view.status.ended

    def _fresh(self) -> RunView:
        """The snapshot with every page of the tables in it. Called with ``_changed`` held."""
        if self._pages_changed:
            texts = tuple(self._texts[page] for page in sorted(self._texts))
            self._view = replace(self._view, pages=tuple(self._outcomes.values()), texts=texts)
            self._pages_changed = False
        return self._view

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began, 0 while queued."""
        return time.monotonic() - self.tally.started if self.tally.started else 0.0

    def _remaining(self, view: RunView) -> float | None:
        done = view.pages_done - self._inherited
        if done <= 0 or not self.tally.started:
            return None
        return self.elapsed_s / done * (len(view.pages) - view.pages_done)

    def update(self, change: Callable[[RunView], RunView]) -> None:
        """Replace the snapshot by ``change`` of it and wake every watcher. Pages change by ``add_page`` only."""
        with self._changed:
            self._view = replace(change(self._view), version=self._view.version + 1)
            self._changed.notify_all()

    def move_to(self, position: int) -> None:
        """The run's place in the queue, from 1."""
        self.update(lambda view: replace(view, queue_position=position))

    def start(self) -> None:
        """Leave the queue: the run's clock starts."""
        self.tally.started = time.monotonic()
        self.update(lambda view: replace(view, status=RunStatus.RUNNING, stage=Stage.RENDER, queue_position=0))

    def enter(self, stage: Stage) -> None:
        """Show the furthest stage reached; stages overlap, so an earlier one never replaces a later one."""
        order = tuple(Stage)
        self.update(
            lambda view: (
                view if view.stage and order.index(view.stage) >= order.index(stage) else replace(view, stage=stage)
            )
        )

    def add_page(self, outcome: PageOutcome, text: PageText | None) -> None:
        """A page has ended, well with its text or badly without."""
        with self._changed:
            self._outcomes[outcome.page] = outcome
            if text is not None:
                self._texts[text.page] = text
            else:
                self._texts.pop(outcome.page, None)
            self._pages_changed = True
            self._view = replace(self._view, version=self._view.version + 1)
            self._changed.notify_all()

    def reopen(self, pages: Collection[int]) -> None:
        """These finished pages of an earlier run have to be assembled again; their texts stay readable meanwhile."""
        if pages:
            with self._changed:
                self._outcomes |= {page: PageOutcome(page, PageStatus.NOT_STARTED) for page in pages}
                self._inherited -= len(pages)
                self._pages_changed = True
                self._view = replace(self._view, version=self._view.version + 1)
                self._changed.notify_all()

    def add_call(self, call: GpuCall) -> None:
        """A GPU call has ended, or was refused."""
        self.tally.calls.append(call)
        use = self.tally.gpu()
        self.update(
            lambda view: replace(
                view, gpu=use, gpu_seconds=round(view.gpu_seconds - view.gpu.used_seconds + use.used_seconds, 3)
            )
        )

    def add_time(self, stage: Stage, seconds: float) -> None:
        with self._changed:
            self._stage_ms[stage] += seconds * 1000

    def stage_times(self) -> tuple[StageTime, ...]:
        with self._changed:
            return tuple(StageTime(stage, round(ms, 1)) for stage, ms in self._stage_ms.items())

    def watch(self) -> Iterator[RunView]:
        """Snapshots until the run has ended, the last one included and at once; a slow watcher skips others."""
        seen = -1
        while True:
            self._wait_for_newer(seen)
            view = self.view()
            seen = view.version
            yield view
            if view.status.ended:
                return
            self._rest()

    def _rest(self) -> None:
        """Wait before the next snapshot, unless the run ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._view.status.ended, timeout=WATCH_INTERVAL_S)

    def _wait_for_newer(self, seen: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._view.version != seen, timeout=HEARTBEAT_S)


def error_facts(error: FolioError) -> ErrorFacts:
    """An error of the tree as records and views carry it."""
    return ErrorFacts(error.code, error.message, error.retryable)


def not_started(pages: tuple[int, ...]) -> tuple[PageOutcome, ...]:
    """The outcomes of pages that nothing has happened to."""
    return tuple(PageOutcome(page, PageStatus.NOT_STARTED) for page in pages)
