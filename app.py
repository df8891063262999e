"""Folio's entry point: secrets, settings, the processes beside the server, and the server that SPACE_ROLE asks for."""

# Secrets leave first, since with one in the environment the program starts again without it.
from pipeline.store.token import Secrets, take_secrets

SECRETS = take_secrets() if __name__ == "__main__" else Secrets()

# isort: split
import os

# ZeroGPU's client deletes cached weights once it has packed them for the device. The next start in this container must
# find them, so its pattern is made to match nothing (spaces/zero/torch/patching.py).
os.environ.setdefault("ZEROGPU_MMAP_AUTOPRUNE_PATTERN", "/nonexistent/*")

# isort: split
import spaces  # noqa: F401  before anything that imports torch, which it patches on ZeroGPU

# isort: split
import logging
from importlib import import_module

from pipeline.errors import SettingsError
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.history.dashboard_data import DashboardData
from pipeline.settings import Settings, read_settings
from pipeline.space_roles import APP, DASHBOARD
from pipeline.store.publisher_process import PublisherProcess
from pipeline.store.scrub import TokenlessFormatter
from pipeline.store.watcher_process import WatcherProcess
from pipeline.ui.dashboard.dashboard_page import build_dashboard
from pipeline.ui.serve import serve
from pipeline.ui.workers.worker_page import build_worker_page
from pipeline.worker_iterations import Role
from pipeline.workers.worker_process import WorkerProcesses, server_processes


def main() -> None:
    """Serve what SPACE_ROLE asks for, until the process is told to stop."""
    handler = logging.StreamHandler()
    handler.setFormatter(TokenlessFormatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        settings = read_settings({**os.environ, **SECRETS.settings})
    except SettingsError as error:
        raise SystemExit(f"Folio cannot start: {error.message}") from None
    publisher, watcher = PublisherProcess(settings, SECRETS.token), WatcherProcess(settings, SECRETS.token)
    workers = server_processes(settings, SECRETS.token, watcher)
    converts = settings.space_role == APP.name
    # ZeroGPU refuses a Space without a function for the GPU, also one that converts nothing for visitors. Elsewhere
    # such a Space does without the libraries of the models, which take 0.75 GB.
    converting = import_module("pipeline.converting_server") if converts or on_zerogpu() else None
    try:
        if converting is not None and converts:
            data = DashboardData(settings, publisher.status, watcher)
            converting.serve_converting(settings, publisher, data, workers)
        else:
            serve_beside(settings, publisher, DashboardData(settings, watcher=watcher), workers)
    finally:
        publisher.stop()
        watcher.stop()


def serve_beside(
    settings: Settings, publisher: PublisherProcess, dashboard_data: DashboardData, workers: WorkerProcesses
) -> None:
    """Serve the dashboard, or the page of a worker; this server converts nothing for visitors."""
    if settings.space_role == DASHBOARD.name:
        page = build_dashboard(dashboard_data)
    else:
        publisher.ensure_running()  # an inbox worker leaves records of runs
        page = build_worker_page(dashboard_data, Role(settings.space_role))
    with workers:
        serve(page, settings)


if __name__ == "__main__":
    main()
