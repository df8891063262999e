"""Tells an address of the owner's choice when something needs a person: a failed run, a quota used up, a dataset that
lags behind.

The message is JSON as both Slack (``text``) and Discord (``content``) take it. It holds codes, the error tree's
sentences and public record ids, so nothing of a document. One message per code in ten minutes; the next one says how
many were held back.

Sending happens in a thread that lives only while something waits, so a run never waits for the address, and a process
that forks has no thread of ours to leave behind most of the time. What the address refuses is logged by its status and
dropped.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from pipeline.errors import USED_UP
from pipeline.records import IterationRecord, RunStatus
from pipeline.store.scrub import scrub
from pipeline.store.status import PublisherStatus, PublishState
from pipeline.worker_iterations import Role, Severity, WorkerIteration

log = logging.getLogger(__name__)

QUIET_SECONDS = 600.0
SEND_SECONDS = 10.0
MOST_WAITING = 50
MOST_CHARACTERS = 1900
"""Discord refuses a message of more than 2,000 characters."""

LATE_AFTER = timedelta(minutes=30)
DELAYED = "dataset_delayed"


@dataclass(slots=True)
class Suppressed:
    """When a code was last told of, and how many of it were held back since."""

    told_at: float
    count: int = 0


class Notifier:
    """Sends to ``url``; with an empty one it does nothing. Safe to use from several threads; no method raises or waits.

    ``name`` says in the message which Space it comes from.
    """

    def __init__(
        self,
        url: str,
        name: str = "",
        quiet_seconds: float = QUIET_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._name = url, name or "Folio"
        self._quiet, self._clock = quiet_seconds, clock
        self._lock = threading.Lock()
        self._held: dict[str, Suppressed] = {}
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._sender: threading.Thread | None = None

    def run_ended(self, record: IterationRecord) -> None:
        """Tell of a run that failed, or that a used-up quota cut short or sent to the CPU. Others are no news."""
        error, refusal = record.error, record.gpu.refusal
        if error is not None and error.code in USED_UP:
            self._tell(error.code, f"the GPU quota is used up: {error.message} Run {record.iteration_id}.")
        elif error is not None and record.status is RunStatus.ERROR:
            self._tell(error.code, f"a run failed with {error.code}: {error.message} Run {record.iteration_id}.")
        elif refusal in USED_UP:
            self._tell(refusal, f"the GPU quota is used up ({refusal}); the CPU went on. Run {record.iteration_id}.")

    def published(self, status: PublisherStatus, now: datetime | None = None) -> None:
        """Tell of records that wait for more than half an hour."""
        stuck = status.state in (PublishState.WAITING, PublishState.STOPPED) and status.depth > 0
        if stuck and self._is_late(status, now or datetime.now(UTC)):
            self._tell(
                DELAYED, f"{status.depth:,} records are {status.sentence} ({status.last_error or status.state.value})."
            )

    def iteration_ended(self, iteration: WorkerIteration) -> None:
        """Tell of severe findings that no earlier iteration made, and of an iteration that failed."""
        known = {item.key for item in iteration.cumulative_insights if item.first_iteration < iteration.iteration}
        for finding in iteration.findings:
            if finding.severity is Severity.SEVERE and finding.key not in known:
                self._tell(finding.key, f"{iteration.role.value} {iteration.iteration}: {finding.sentence}")
        if iteration.error:
            self._tell(
                f"{iteration.role.value} {iteration.error}",
                f"the {iteration.role.value} worker failed with {iteration.error}: {iteration.summary}",
            )

    def worker_silent(self, role: Role) -> None:
        """Tell of a worker that has not been heard of."""
        self._tell(f"{role.value} silent", f"the {role.value} worker has gone silent; look whether its process runs.")

    def wait(self, seconds: float) -> bool:
        """Wait until nothing waits to be sent; False where that takes longer. For the end of a process, and for
        tests.
        """
        with self._lock:
            sender = self._sender
        if sender is not None:
            sender.join(seconds)
        return sender is None or not sender.is_alive()

    def _is_late(self, status: PublisherStatus, now: datetime) -> bool:
        return not status.oldest_at or now - datetime.fromisoformat(status.oldest_at) > LATE_AFTER

    def _tell(self, code: str, sentence: str) -> None:
        if not self._url:
            return
        with self._lock:
            held, now = self._held.get(code), self._clock()
            if held is not None and now - held.told_at < self._quiet:
                held.count += 1
                return
            before = (
                f" ({held.count:,} more of this kind since the last message.)"
                if held is not None and held.count
                else ""
            )
            self._held[code] = Suppressed(now)
            self._waiting.append(f"{self._name}: {scrub(sentence, MOST_CHARACTERS - 200)}{before}")
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_all, name="webhook", daemon=True)
                self._sender.start()

    def _send_all(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._sender = None
                    return
                text = self._waiting.popleft()
            self._send(text)

    def _send(self, text: str) -> None:
        try:
            with httpx.Client(timeout=SEND_SECONDS, follow_redirects=False, trust_env=False) as client:
                answer = client.post(self._url, json={"text": _slack(text), "content": text})
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            log.warning("the webhook could not be reached (%s)", type(error).__name__)
            return
        if not answer.is_success:
            log.warning("the webhook answered %d", answer.status_code)


def _slack(text: str) -> str:
    """Slack reads these three as its own marks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
