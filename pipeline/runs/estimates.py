"""What a run would book and how long it would take, before anybody asks for it."""

from collections.abc import Iterable

from pipeline.gpu.calibration import Calibration, estimate
from pipeline.intake.planning import parse_page_range, plan_batches
from pipeline.models.bundle import Lanes
from pipeline.pages import Lane, LaneChoice
from pipeline.records import ConvertOptions, RunStatus
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.queue import WORKER_PAGES
from pipeline.runs.run_pace import RunPace
from pipeline.runs.state import RunView
from pipeline.settings import Settings, Tuned, as_they_are


class Estimates:
    """Estimates from what earlier runs have taught. Safe to use from several threads.

    ``scanned_share`` is the share of scans among a document's pages, in [0, 1], None where that is unknown. The share
    of the whole document serves for a page range, too, and its scans count as spread evenly over the batches.
    """

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        calibration: Calibration,
        pace: RunPace,
        tuned: Tuned = as_they_are,
    ) -> None:
        """``tuned`` gives the settings that a run begins with."""
        self._settings, self._lanes, self._calibration, self._pace = settings, lanes, calibration, pace
        self._tuned = tuned

    def booked(self, page_count: int, options: ConvertOptions, scanned_share: float | None = None) -> GpuEstimate:
        """What a document of so many pages would book on the GPU. Raises IntakeError for its page range."""
        batches = plan_batches(self._pages(page_count, options), self._tuned(self._settings).batch_pages)
        reads_formulas = self._lanes.first(LaneChoice.GPU).reads_formulas
        rates = self._calibration.rates()
        return estimate(tuple(map(len, batches)), options, rates, scanned_share, formulas=reads_formulas)

    def time(
        self,
        page_count: int,
        options: ConvertOptions,
        unended: Iterable[RunView],
        scanned_share: float | None = None,
    ) -> TimeEstimate:
        """How long a run would take, and wait for the runs in ``unended``. Raises IntakeError for its page range."""
        pages = len(self._pages(page_count, options))
        seconds, scanned = self._pace.run_seconds(pages, options.ocr, scanned_share)
        if self._lanes.first(options.lane).lane is Lane.GPU:
            booked = self.booked(page_count, options, scanned_share)
            seconds, scanned = float(booked.seconds), float(booked.scanned_seconds)
        return TimeEstimate(pages, round(seconds, 1), round(scanned, 1), self._wait(pages, unended))

    def wait(self, view: RunView, unended: Iterable[RunView]) -> float:
        """About how many seconds the queued run of ``view`` still waits for its turn."""
        place = view.queue_position
        ahead = [other for other in unended if other.status is RunStatus.RUNNING or other.queue_position < place]
        return self._wait(len(view.pages), ahead)

    def _wait(self, pages: int, ahead: Iterable[RunView]) -> float:
        """Seconds of the runs ahead that a run of so many pages waits for: longer ones take turns with it."""
        most = min(limit for limit in WORKER_PAGES if pages <= limit)
        waited = [view for view in ahead if len(view.pages) <= most]
        return round(sum(self._pace.seconds_left(view) for view in waited) / self._settings.concurrency, 1)

    def _pages(self, page_count: int, options: ConvertOptions) -> tuple[int, ...]:
        return parse_page_range(options.pages, page_count, self._settings.max_pages)
