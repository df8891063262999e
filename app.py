"""Folio's entry point: settings, models, runner, page, queue, launch."""

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
from datetime import UTC, datetime

from pipeline.check_lines import CheckLine
from pipeline.doctor.examination import examine_server, log_what_lacks
from pipeline.errors import SettingsError
from pipeline.gpu.compile_at_start import compile_at_start, fetch_at_start
from pipeline.gpu.device import has_gpu
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.history.dashboard_data import DashboardData
from pipeline.models.lanes import open_lanes
from pipeline.records import IterationRecord
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import Settings, read_settings
from pipeline.space_roles import APP, DASHBOARD
from pipeline.store.publisher_process import PublisherProcess
from pipeline.store.scrub import TokenlessFormatter
from pipeline.store.tuned_settings import TunedSettings
from pipeline.store.watcher_process import WatcherProcess
from pipeline.store.webhook import Notifier
from pipeline.ui.convert.convert_page import build
from pipeline.ui.dashboard.dashboard_page import build_dashboard
from pipeline.ui.serve import serve
from pipeline.ui.workers.worker_page import build_worker_page
from pipeline.worker_iterations import Role
from pipeline.workers.frame.company import silent_workers
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
    try:
        if settings.space_role == APP.name:
            serve_app(settings, publisher, DashboardData(settings, publisher.status, watcher), workers)
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


def serve_app(
    settings: Settings, publisher: PublisherProcess, dashboard_data: DashboardData, workers: WorkerProcesses
) -> None:
    """Serve the page that converts, with the dashboard beside it."""
    space = os.environ.get("SPACE_ID", "")
    notifier = Notifier(settings.webhook_url, space)

    def checks() -> tuple[CheckLine, ...]:
        return examine_server(settings, publisher.status())

    def tell(record: IterationRecord) -> None:
        publisher.ensure_running()
        notifier.run_ended(record)
        notifier.published(publisher.status())
        for role in silent_workers(settings, datetime.now(UTC)):
            notifier.worker_silent(role)
        dashboard_data.tidy()

    if has_gpu():
        fetch_at_start(settings)
    if settings.compile_at_start:
        compile_at_start(settings)
    publisher.ensure_running()
    tuned = TunedSettings(settings.data_dir).apply
    lanes = open_lanes(settings, has_gpu(), on_zerogpu())
    with Runner(settings, lanes, space, on_end=tell, tuned=tuned) as runner, workers:
        log_what_lacks(checks())
        serve(build(RunLinks(runner), settings, dashboard_data, checks), settings)


if __name__ == "__main__":
    main()
