"""What another worker has found: its newest iteration, from this disk or from its dataset on the Hub."""

import logging
import time
from collections.abc import Callable
from importlib import import_module

from pipeline.settings import Settings
from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import Role, WorkerIteration

log = logging.getLogger(__name__)

READ_SECONDS = 600.0


class Neighbour:
    """Another worker. Its dataset is read where there is a token, and at most every ten minutes."""

    def __init__(self, settings: Settings, role: Role, token: str) -> None:
        self._here = IterationLog(settings.data_dir, role)
        self._copy = IterationLog(settings.data_dir / "neighbours", role)
        self._read = _reader(settings, role, token, self._copy) if token else None
        self._read_at = float("-inf")

    def last(self) -> WorkerIteration | None:
        """Its newest iteration that can be had; None before its first. Never raises for what the Hub does."""
        if self._read is not None and time.monotonic() - self._read_at > READ_SECONDS:
            self._read_at = time.monotonic()
            self._read()
        found = [iteration for source in (self._here, self._copy) if (iteration := source.last())]
        return max(found, key=lambda iteration: (iteration.started_at, iteration.iteration), default=None)


def _reader(settings: Settings, role: Role, token: str, copy: IterationLog) -> Callable[[], None]:
    connection = import_module("pipeline.workers.frame.hub_connection")  # with the Hub's client, only where it is used
    read: Callable[[], None] = connection.reader(settings, role, token, copy)
    return read
