"""The server's side of its workers: start them with the server, start one again that died, end them with it."""

import logging
import threading
from collections.abc import Iterable
from typing import Self

from pipeline.settings import Settings
from pipeline.store.hub_process import HubProcess
from pipeline.worker_iterations import WORKER_ROLES, Role

log = logging.getLogger(__name__)

ROLE_VARIABLE = "FOLIO_WORKER"
LOOK_SECONDS = 10.0
STOP_SECONDS = 10.0


class WorkerProcess(HubProcess):
    """The worker of one role beside one server."""

    def __init__(self, settings: Settings, token: str, role: Role) -> None:
        super().__init__("pipeline.workers", settings, token, {ROLE_VARIABLE: role.value})


class WorkerProcesses:
    """The workers of one server. Use it as a context manager: leaving it ends them."""

    def __init__(self, processes: Iterable[HubProcess], look_seconds: float = LOOK_SECONDS) -> None:
        self._processes, self._look_seconds = tuple(processes), look_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="workers", daemon=True)

    def __enter__(self) -> Self:
        if self._processes:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._processes:
            self._thread.join(STOP_SECONDS)
        for process in self._processes:
            process.stop(STOP_SECONDS)

    def _look(self) -> None:
        while not self._over.is_set():
            for process in self._processes:
                try:
                    process.ensure_running()
                except OSError:
                    log.exception("a worker could not be started")
            self._over.wait(self._look_seconds)


def server_processes(settings: Settings, token: str, watcher: HubProcess) -> WorkerProcesses:
    """The workers of a server with these settings, and the watcher that copies records for them while nobody looks at
    the dashboard.
    """
    workers = [WorkerProcess(settings, token, role) for role in workers_of(settings)]
    return WorkerProcesses([watcher, *workers] if workers else [])


def workers_of(settings: Settings) -> tuple[Role, ...]:
    """The workers that a Space with these settings runs: its own role, and those that SPACE_WORKERS names."""
    named = [name.strip() for name in (settings.space_role, *settings.space_workers.split(","))]
    return tuple(role for role in WORKER_ROLES if role.value in named)
