"""The runs that wait: bounded as a whole, per visitor and per network address, and fair between visitors.

Visitors stand in a ring. Whoever is first in it has its oldest run taken and goes to the end if it has more; a visitor
who comes new stands at the end. So one who queues ten documents delays another by one, and nobody waits for ever. The
place that a run is told is the one it would be taken in if nobody else came.

A place is reserved before the source is copied and given back by ``leave``; in between it counts, waiting or
running.
"""

import contextvars
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import AddressBusy, QueueFull, VisitorBusy
from pipeline.runs.job import Job
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings


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
        self._places = 0  # reserved or waiting
        self._unended: Counter[str] = Counter()  # runs per visitor and per address: reserved, waiting or running
        self._closed = False

    def reserve(self, visitor: Visitor) -> None:
        """Take a place, for ``put`` or ``leave``. Raises VisitorBusy, AddressBusy or QueueFull where there is none."""
        with self._change:
            if visitor.key and self._unended[visitor.key] >= self._settings.visitor_runs:
                raise VisitorBusy(self._settings.visitor_runs)
            if visitor.address and self._unended[visitor.address] >= self._settings.address_runs:
                raise AddressBusy(self._settings.address_runs)
            if self._places >= self._settings.queue_size:
                raise QueueFull(self._places)
            self._places += 1
            self._unended.update(_counted(visitor))

    def put(self, entry: QueueEntry) -> None:
        """Let the run wait in the place that was reserved for its visitor."""
        with self._change:
            self._ring.setdefault(entry.job.visitor.key, deque()).append(entry)
            self._renumber()
            self._change.notify()

    def take(self) -> QueueEntry | None:
        """The next run, once there is one; None when the queue is closed."""
        with self._change:
            self._change.wait_for(lambda: self._ring or self._closed)
            if self._closed:
                return None
            key, waiting = self._ring.popitem(last=False)
            entry = waiting.popleft()
            if waiting:
                self._ring[key] = waiting
            self._places -= 1
            self._renumber()
            return entry

    def remove(self, job: Job) -> bool:
        """Take this run out of turn; False where it does not wait (any more)."""
        with self._change:
            found = next((entry for entry in self._ring.get(job.visitor.key, ()) if entry.job is job), None)
            if found is None:
                return False
            self._ring[job.visitor.key].remove(found)
            if not self._ring[job.visitor.key]:
                del self._ring[job.visitor.key]
            self._places -= 1
            self._renumber()
            return True

    def leave(self, visitor: Visitor, *, waiting: bool = False) -> None:
        """A run of ``visitor`` has ended; with ``waiting``, before it was put into the place that was reserved
        for it.
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
