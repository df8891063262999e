"""The server that converts for visitors: models, runs, their page, and the dashboard beside it.

Only a Space that converts loads it, since with it come the libraries of the models.
"""

import os
from datetime import UTC, datetime

from pipeline.check_lines import CheckLine
from pipeline.doctor.examination import examine_server, log_what_lacks
from pipeline.gpu.compile_at_start import compile_at_start, fetch_at_start
from pipeline.gpu.device import has_gpu
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.history.dashboard_data import DashboardData
from pipeline.models.lanes import open_lanes
from pipeline.records import IterationRecord
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import Settings
from pipeline.stages import chunks  # noqa: F401  its libraries take seconds, which no visitor should wait for
from pipeline.store.publisher_process import PublisherProcess
from pipeline.store.tuned_settings import TunedSettings
from pipeline.store.webhook import Notifier
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from pipeline.workers.frame.company import silent_workers
from pipeline.workers.worker_process import WorkerProcesses


def serve_converting(
    settings: Settings, publisher: PublisherProcess, dashboard_data: DashboardData, workers: WorkerProcesses
) -> None:
    """Serve the page that converts, with the dashboard beside it, until the process is told to stop."""
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
    lanes = open_lanes(settings, has_gpu(), on_zerogpu(), tuned)
    with Runner(settings, lanes, space, on_end=tell, tuned=tuned) as runner, workers:
        log_what_lacks(checks())
        dashboard_data.observe(runner.load)
        links = RunLinks(runner)
        serve(build(links, settings, dashboard_data, checks), settings, runs=links)
