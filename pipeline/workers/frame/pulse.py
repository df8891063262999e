"""A worker's heartbeat: what it does now, written to local disk on every change and every few seconds between."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pipeline.store.heartbeats import BEAT_SECONDS, HEARTBEAT
from pipeline.store.status import iso
from pipeline.worker_iterations import Heartbeat, Role, WorkerState


class Pulse:
    """Writes the heartbeat to ``path``. Use it as a context manager: leaving it writes that the worker has stopped."""

    def __init__(
        self,
        path: Path,
        role: Role,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ending: Callable[[], bool] = lambda: False,
    ) -> None:
        """``ending`` tells whether the process was asked to end: it may be ended for good before it comes to say so."""
        self._path, self._now, self._ending = path, now, ending
        self._beat = Heartbeat(role, WorkerState.STARTING, iso(now()))
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self.show()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(1)
        self.show(state=WorkerState.STOPPED, next_at="")

    def show(self, **changes: Any) -> None:
        """Write the heartbeat with these fields changed."""
        with self._lock:
            self._beat = replace(self._beat, written_at=iso(self._now()), **changes)
            HEARTBEAT.replace(self._path, self._beat)

    def _repeat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self.show(**({"state": WorkerState.STOPPED} if self._ending() else {}))
