"""Turns at the models: runs that go on side by side take them page batch by page batch.

So a document of two pages ends soon although one of 300 pages is being converted: it waits for one batch of that one at
most, and the longer run for its batches.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 0.2  # how often a waiting run looks whether it is still wanted


class ModelTurns:
    """At most ``places`` runs at once, in the order in which they ask. Safe to use from several threads."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, stopping: Callable[[], bool]) -> Iterator[None]:
        """Wait for a turn and have it until the context is left; a run that is ``stopping`` meanwhile goes on without
        one, since it asks the models nothing more.
        """
        held = self._wait(stopping)
        try:
            yield
        finally:
            if held:
                with self._changed:
                    self._free += 1
                    self._changed.notify_all()

    def _wait(self, stopping: Callable[[], bool]) -> bool:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            while not (self._free and self._waiting[0] is ticket) and not stopping():
                self._changed.wait(LOOK_SECONDS)
            held = bool(self._free) and self._waiting[0] is ticket
            self._waiting.remove(ticket)
            self._free -= held
            self._changed.notify_all()
            return held
