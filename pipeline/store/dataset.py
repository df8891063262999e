"""The dataset sink: when records are sealed, when the Hub is asked, how long it is left alone after a refusal.

One call of ``step`` is one turn of the publisher; it never raises for anything the Hub or the disk does, and a kill
between any two of its instructions neither loses nor doubles a record (``spool.py``). A Hub that is down delays the
dataset and nothing else.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pipeline.errors import StorageFailed
from pipeline.store.compaction import DayFiles, days_to_compact, expired_months, merge, parts
from pipeline.store.hub import FaultCode, HubFault, ResultsRepo
from pipeline.store.ledger import LedgerEntry
from pipeline.store.spool import KEEP_LOCAL, Spool
from pipeline.store.status import PublisherStatus, PublishState, iso

log = logging.getLogger(__name__)

SQUASH_ABOVE_COMMITS = 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the Hub is bothered: a commit every ``interval`` seconds or ``rows`` records, ``shards`` files in one
    commit.

    After a refusal the wait doubles from ``first_wait`` up to ``longest_wait`` seconds, with a random third on top, and
    is never shorter than what the Hub asked for.
    """

    interval: float = 300.0
    rows: int = 200
    shards: int = 50
    first_wait: float = 15.0
    longest_wait: float = 1800.0


class Sink:
    """Publishes one spool to one dataset. Not thread-safe: the publisher has one thread."""

    def __init__(
        self,
        spool: Spool,
        repo: ResultsRepo,
        *,
        keep_months: int = 0,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._spool = spool
        self._repo = repo
        self._keep_months = keep_months
        self._pace = pace or Pace()
        self._clock = clock
        self._failures = 0
        self._ask_again = float("-inf")
        self._next_commit = float("-inf")
        self._retry_at = ""
        self._last_commit_at = ""
        self._last_error = ""
        self._maintained: date | None = None

    def step(self) -> None:
        """One turn: seal and commit what is due, or compact once a day when nothing else waits."""
        if time.monotonic() >= self._ask_again:
            self._attempt(self._turn)

    def flush(self) -> None:
        """Publish everything now, runs under way included. The caller bounds the time; stopping anywhere is safe."""
        self._attempt(self._publish_all)

    def status(self) -> PublisherStatus:
        """How publishing stands."""
        failing, pending = bool(self._last_error), self._pending(timedelta(0))
        state = (
            PublishState.WAITING
            if failing
            else PublishState.PUBLISHING
            if self._repo.prepared
            else PublishState.STARTING
        )
        return PublisherStatus(
            state=state,
            repo_id=self._repo.repo_id,
            written_at=iso(self._clock()),
            last_commit_at=self._last_commit_at,
            depth=len(pending) + self._spool.sealed_rows(),
            oldest_at=iso(self._spool.oldest(pending)),
            unreadable=self._spool.unreadable,
            last_error=self._last_error,
            retry_at=self._retry_at if failing else "",
        )

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except HubFault as fault:
            self._wait(fault.code.value, fault.retry_after)
        except (StorageFailed, OSError):
            self._wait(StorageFailed.code)
        except Exception:
            log.exception("publishing failed")
            self._wait(FaultCode.UNEXPECTED.value)
        else:
            self._failures, self._last_error = 0, ""

    def _wait(self, code: str, asked_to_wait: float | None = None) -> None:
        """Leave the Hub alone for a while."""
        self._failures += 1
        wait = min(self._pace.first_wait * 2 ** min(self._failures - 1, 20), self._pace.longest_wait)
        wait = max(wait * random.uniform(1.0, 4 / 3), asked_to_wait or 0.0)  # noqa: S311 - spreads load, guards nothing
        self._ask_again = time.monotonic() + wait
        self._retry_at = iso(self._clock() + timedelta(seconds=wait))
        self._last_error = code
        log.warning("publishing waits %.0f s after %s", wait, code)

    def _turn(self) -> None:
        if not self._repo.prepared:
            self._repo.prepare()
        pending = self._pending(timedelta(seconds=self._pace.interval))
        if self._spool.sealed() or self._is_due(pending):
            self._publish(pending)
        elif not pending and self._maintained != self._clock().date():
            self._maintain()

    def _publish_all(self) -> None:
        # Sealed first: what is in a shard outlives this machine's memory of it even if the Hub is down.
        self._spool.seal(self._pending(timedelta(0)))
        if not self._repo.prepared:
            self._repo.prepare()
        self._publish([])

    def _pending(self, grace: timedelta) -> list[LedgerEntry]:
        return self._spool.pending(self._clock(), grace)

    def _is_due(self, pending: list[LedgerEntry]) -> bool:
        return bool(pending) and (time.monotonic() >= self._next_commit or len(pending) >= self._pace.rows)

    def _publish(self, pending: list[LedgerEntry]) -> None:
        self._spool.seal(pending)
        while shards := self._spool.sealed()[: self._pace.shards]:
            self._repo.add({shard.path_in_repo: shard.path.read_bytes() for shard in shards})
            self._spool.confirm(shards)
            self._last_commit_at = iso(self._clock())
            self._next_commit = time.monotonic() + self._pace.interval

    def _maintain(self) -> None:
        """Once a day, with nothing left to publish: compact, drop old months, join commits and lists, forget old local
        copies.
        """
        today = self._clock().date()
        head, paths = self._repo.files()
        expired = expired_months(paths, today, self._keep_months)
        if expired:
            self._repo.rewrite({}, expired, head, f"Drop records older than {self._keep_months} months")
            head, paths = self._repo.files()
        while days := days_to_compact(paths, today):
            if not self._compact(days[0], head):
                paths = [path for path in paths if path not in days[0].paths]
                continue
            head, paths = self._repo.files()
        if self._repo.commit_count() > SQUASH_ABOVE_COMMITS:
            self._repo.squash()
        self._spool.join_lists()
        self._spool.forget(self._clock() - KEEP_LOCAL)
        self._maintained = today

    def _compact(self, day: DayFiles, head: str) -> bool:
        """Make one file of a day's shards; False where nothing could be done about them."""
        read, lines = merge({path: self._repo.read(path, head) for path in day.paths})
        new = parts(day, lines)
        old = [path for path in read if path not in new]
        if not old or not new:
            return False
        added = {path: body for path, body in new.items() if path not in day.paths}
        self._repo.rewrite(added, old, head, f"Compact {day.month}-{day.day}")
        return True
