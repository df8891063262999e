"""Documents that visitors name by their address on the web, instead of uploading them."""

import threading
from pathlib import Path

from pipeline.errors import FetchesBusy, FetchingOff
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.records import Origin
from pipeline.runs.disk_space import refuse_without_room
from pipeline.runs.queue import RunQueue
from pipeline.runs.refusal_records import RefusalRecords
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings

FETCHES_AT_ONCE = 8  # of all visitors: each holds one of the server's threads, of which pages and status calls live


class FetchedSources:
    """Fetches for visitors, each within their own limit of documents at once. Safe to use from several threads."""

    def __init__(
        self, settings: Settings, queue: RunQueue, refusals: RefusalRecords, web: WebFetch | None = None
    ) -> None:
        self._settings, self._queue, self._refusals = settings, queue, refusals
        self._web = web or WebFetch(settings.max_file_mb)
        self._places = threading.BoundedSemaphore(FETCHES_AT_ONCE)

    def fetch(self, url: str, folder: Path, origin: Origin, visitor: Visitor) -> Path:
        """The PDF at ``url`` as a file in ``folder``, which is made for it. A refusal leaves a record without the url.

        Raises FetchError, IntakeError, VisitorBusy, AddressBusy, DiskNearlyFull or StorageFailed; nothing is kept then.
        """
        with self._refusals.recording(folder, origin):
            if not self._settings.fetch_urls:
                raise FetchingOff
            refuse_without_room(self._settings)
            self._queue.count(visitor)
            try:
                return self._fetch(url, folder)
            finally:
                self._queue.leave(visitor)

    def _fetch(self, url: str, folder: Path) -> Path:
        if not self._places.acquire(blocking=False):
            raise FetchesBusy(FETCHES_AT_ONCE)
        try:
            return self._web.fetch(url, folder)
        finally:
            self._places.release()
