"""The runs that wait: bounded as a whole, per visitor and per network address, and fair between visitors.

Visitors stand in a ring. Whoever is first in it has its oldest run taken and goes to the end if it has more; a visitor
who comes new stands at the end. So one who queues ten documents delays another by one, and nobody waits for ever. The
place that a run is told is the one it would be taken in if nobody else came.

Workers differ in how long a run they take, so that a short one does not wait for the end of a long one.

A place is reserved before the source is copied and given back by ``leave``; in between it counts, waiting or
running.
"""

import contextvars
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import AddressBusy, QueueFull, VisitorBusy
from pipeline.pages import MOST_PAGES
from pipeline.runs.job import Job
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings

WORKER_PAGES = (MOST_PAGES, 64, 16)
"""Most pages of a run that each kind of worker takes; there are ``CONCURRENCY`` workers of each kind. Those of the
later kinds work only while longer runs than they take keep as many others busy.
"""


@dataclass(frozen=True, slots=True, eq=False)
class QueueEntry:
    """A run in the queue, and the context it was submitted in (on ZeroGPU it carries the visitor's request)."""

    job: Job
    context: contextvars.Context


class RunQueue:
    """Safe to use from several threads. ``settings`` has the limits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._change = threading.Condition()
        self._ring: OrderedDict[str, deque[QueueEntry]] = OrderedDict()  # by visitor, in the order of their turns
        self._taken: dict[QueueEntry, int] = {}  # the pages of each run that a worker has now
        self._places = 0  # reserved or waiting
        self._unended: Counter[str] = Counter()  # runs per visitor and per address: reserved, waiting or running
        self._closed = False

    def reserve(self, visitor: Visitor) -> None:
        """Take a place, for ``put`` or ``leave``. Raises VisitorBusy, AddressBusy or QueueFull where there is none."""
        with self._change:
            self._refuse_busy(visitor)
            if self._places >= self._settings.queue_size:
                raise QueueFull(self._places)
            self._places += 1
            self._unended.update(_counted(visitor))

    def count(self, visitor: Visitor) -> None:
        """Count a document of the visitor that takes no place here, until ``leave``. Raises VisitorBusy or
        AddressBusy.
        """
        with self._change:
            self._refuse_busy(visitor)
            self._unended.update(_counted(visitor))

    def _refuse_busy(self, visitor: Visitor) -> None:
        if visitor.key and self._unended[visitor.key] >= self._settings.visitor_runs:
            raise VisitorBusy(self._settings.visitor_runs)
        if visitor.address and self._unended[visitor.address] >= self._settings.address_runs:
            raise AddressBusy(self._settings.address_runs)

    def put(self, entry: QueueEntry) -> None:
        """Let the run wait in the place that was reserved for its visitor."""
        with self._change:
            self._ring.setdefault(entry.job.visitor.key, deque()).append(entry)
            self._renumber()
            self._change.notify_all()

    def take(self, most_pages: int = MOST_PAGES) -> QueueEntry | None:
        """The next run of at most so many pages, once there is one; None when the queue is closed."""
        with self._change:
            self._change.wait_for(lambda: self._next(most_pages) or self._closed)
            entry = self._next(most_pages)
            if self._closed or entry is None:
                return None
            self._take_out(entry)
            self._taken[entry] = len(entry.job.selected)
            self._change.notify_all()
            key = entry.job.visitor.key
            if key in self._ring:
                self._ring.move_to_end(key)
            self._renumber()
            return entry

    def done(self, entry: QueueEntry) -> None:
        """The worker that took this run is free again."""
        with self._change:
            self._taken.pop(entry, None)

    def _next(self, most_pages: int) -> QueueEntry | None:
        longer = sum(pages > most_pages for pages in self._taken.values())
        if most_pages < MOST_PAGES and longer < self._settings.concurrency:
            return None
        return next((entry for entry in self._in_order() if len(entry.job.selected) <= most_pages), None)

    def _take_out(self, entry: QueueEntry) -> None:
        key = entry.job.visitor.key
        self._ring[key].remove(entry)
        if not self._ring[key]:
            del self._ring[key]
        self._places -= 1

    def remove(self, job: Job) -> bool:
        """Take this run out of turn; False where it does not wait (any more)."""
        with self._change:
            found = next((entry for entry in self._ring.get(job.visitor.key, ()) if entry.job is job), None)
            if found is None:
                return False
            self._take_out(found)
            self._renumber()
            return True

    def leave(self, visitor: Visitor, *, waiting: bool = False) -> None:
        """A run of ``visitor`` has ended, or what was counted; with ``waiting``, before it was put into the place that
        was reserved for it.
        """
        with self._change:
            self._places -= waiting
            self._unended.subtract(_counted(visitor))
            self._unended = +self._unended

    def close(self) -> None:
        """Let every waiting ``take`` return; what is queued stays where it is."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _in_order(self) -> Iterator[QueueEntry]:
        """Every entry in the order it would be taken if nobody else came."""
        ring = deque(deque(waiting) for waiting in self._ring.values())
        while ring:
            waiting = ring.popleft()
            yield waiting.popleft()
            if waiting:
                ring.append(waiting)

    def _renumber(self) -> None:
        for position, entry in enumerate(self._in_order(), start=1):
            entry.job.move_to(position)


def _counted(visitor: Visitor) -> set[str]:
    return {visitor.key, visitor.address} - {""}
