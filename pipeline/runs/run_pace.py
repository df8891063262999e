"""How long runs take on the CPU lane: seconds per page, learnt from the newest records.

A run's pages per second depend on the machine and on how many pages are read from their images; pages are told apart by
that alone. The numbers are for people who wait, not for bookings, so the median serves.
"""

import threading
from collections import deque
from statistics import median

from pipeline.pages import OcrMode
from pipeline.records import CONVERT, IterationRecord
from pipeline.runs.state import RunView
from pipeline.survey import ocr_shares

NEWEST_RUNS = 20
SHORTEST_RUN = 2  # pages; a single page is mostly the start and the export
PAGE_SECONDS, SCANNED_PAGE_SECONDS = 0.9, 3.5  # before anything is learnt; two x86-64 cores
START_SECONDS = 1.5  # from the turn to the first page, and the exports


class RunPace:
    """Seconds per page on the CPU lane. Safe to use from several threads."""

    def __init__(self) -> None:
        self._plain: deque[float] = deque(maxlen=NEWEST_RUNS)
        self._scanned: deque[float] = deque(maxlen=NEWEST_RUNS)
        self._lock = threading.Lock()

    def learn(self, record: IterationRecord) -> None:
        """Take in a run that has ended; runs with GPU calls, continued runs and very short ones teach nothing."""
        pages = record.pages_ok
        if record.kind != CONVERT or record.gpu.calls or record.parent_id or pages < SHORTEST_RUN:
            return
        seconds = max(record.duration_ms / 1000 - START_SECONDS, 0.0) / pages
        read = sum(page.ocr for page in record.pages)
        with self._lock:
            if read == 0:
                self._plain.append(seconds)
            elif read == pages:
                self._scanned.append(seconds)

    @property
    def page_seconds(self) -> float:
        """Seconds for a page with text of its own."""
        return self._rate(self._plain, PAGE_SECONDS)

    @property
    def scanned_seconds(self) -> float:
        """Seconds for a page that is read from its image; at least those of any other page."""
        return max(self._rate(self._scanned, SCANNED_PAGE_SECONDS), self.page_seconds)

    def run_seconds(self, pages: int, ocr: OcrMode, scanned_share: float | None = None) -> tuple[float, float]:
        """Seconds of a run of so many pages, ``scanned_share`` of which are scans. Where that is unknown: at least,
        and where all of them are.
        """
        plain, more = pages * self.page_seconds, pages * (self.scanned_seconds - self.page_seconds)
        least, most = ocr_shares(ocr, scanned_share)
        return START_SECONDS + plain + least * more, START_SECONDS + plain + most * more

    def seconds_left(self, view: RunView) -> float:
        """Seconds until the run ends, from its own pace where it has one by now."""
        if view.remaining_s is not None:
            return view.remaining_s
        return self.run_seconds(len(view.pages) - view.pages_done, view.options.ocr)[0]

    def _rate(self, seen: deque[float], default: float) -> float:
        with self._lock:
            return median(seen) if seen else default
