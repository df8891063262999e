"""What a dashboard sees: the records of this machine and of the watched datasets, brought up to date when somebody
looks.

Nothing runs in the background: the first look after ``FRESH_SECONDS`` reads what is new, everybody else gets the same
look.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.history.batch_totals import BatchTotals, batch_totals
from pipeline.history.health import Surroundings, SystemStatus, system_status
from pipeline.history.overview import Overview, Window, overview
from pipeline.history.worker_overview import (
    TunedChange,
    switch_worker,
    take_back_tuning,
    tuned_changes,
    worker_standings,
)
from pipeline.records import IterationRecord, ServerLoad
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.columns import Records
from pipeline.store.status import PublisherStatus, iso
from pipeline.store.watcher_process import WatcherProcess, read_statuses
from pipeline.worker_iterations import Role

FRESH_SECONDS = 5.0
TIDY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment: every record known then, and what is around them. ``version`` changes with the records."""

    records: Records
    version: int
    now_ms: int
    around: Surroundings


class DashboardData:
    """The records as one dashboard's server knows them. Safe to use from several threads.

    ``publisher`` tells how publishing here stands, None where this server takes no runs.
    """

    def __init__(
        self,
        settings: Settings,
        publisher: Callable[[], PublisherStatus] | None = None,
        watcher: WatcherProcess | None = None,
    ) -> None:
        self._settings, self._publisher, self._watcher = settings, publisher, watcher
        self._archive = Archive(settings.data_dir)
        self._lock = threading.Lock()
        self._look: Snapshot | None = None
        self._looked = self._tidied = float("-inf")
        self._load: Callable[[], ServerLoad] | None = None
        self._overviews: dict[Window, tuple[tuple[int, int], Overview]] = {}

    def observe(self, load: Callable[[], ServerLoad]) -> None:
        """``load`` tells what the server that converts here has to do now."""
        self._load = load

    def look(self) -> Snapshot:
        """The newest look, at most ``FRESH_SECONDS`` old."""
        with self._lock:
            if self._look is None or time.monotonic() - self._looked >= FRESH_SECONDS:
                self._look = self._fresh()
                self._looked = time.monotonic()
            return self._look

    def overview(self, look: Snapshot, window: Window) -> Overview:
        """The look's numbers for a window; computed again when records came or a minute has passed."""
        key = (look.version, look.now_ms // 60_000)
        with self._lock:
            known = self._overviews.get(window)
        if known is not None and known[0] == key:
            return known[1]
        made = overview(look.records, window, look.now_ms)
        with self._lock:
            self._overviews[window] = (key, made)
        return made

    def status(self, look: Snapshot, of: Overview) -> SystemStatus:
        """The one line about the whole system."""
        return system_status(look.records, of.workers, look.around, look.now_ms)

    def switch_worker(self, role: Role, *, paused: bool) -> None:
        """Let the worker beside this server pause, or go on; the next look shows it. Raises StorageFailed."""
        switch_worker(self._settings, role, paused=paused)
        self._looked = float("-inf")

    def tuned(self) -> tuple[TunedChange, ...]:
        """The newest versions of the tuned settings, newest first."""
        return tuned_changes(self._settings)

    def take_back_tuning(self) -> bool:
        """Undo the newest of them; False where there is none. Raises StorageFailed."""
        return take_back_tuning(self._settings, iso(datetime.now(UTC)))

    def find(self, iteration_id: str) -> IterationRecord | None:
        """The whole record of one run, by its public id; None where there is none."""
        return self._archive.find(iteration_id)

    def batch(self, batch_id: str) -> BatchTotals | None:
        """The totals of a batch job, by its public id; None where there is none."""
        look = self.look()
        return batch_totals(look.records, batch_id, look.now_ms)

    def tidy(self) -> None:
        """Pack what is due. Call it when a run has ended; it does something once a minute at most."""
        with self._lock:
            if time.monotonic() - self._tidied < TIDY_SECONDS:
                return
            self._tidied = time.monotonic()
        self._archive.tidy(datetime.now(UTC))

    def _fresh(self) -> Snapshot:
        if self._watcher is not None:
            self._watcher.ensure_running()
        gain = self._archive.refresh()
        version = self._archive.version  # before the records, which then are as new or newer
        around = Surroundings(
            local=self._publisher is not None,
            publisher=self._publisher() if self._publisher else None,
            datasets=read_statuses(self._settings),
            unreadable=gain.unreadable,
            standings=worker_standings(self._settings, datetime.now(UTC)),
            load=self._load() if self._load else None,
        )
        now_ms = round(time.time() * 1000)
        return Snapshot(self._archive.records(), version, now_ms, around)
