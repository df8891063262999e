"""Serves the dashboard alone over the records in DATA_DIR: ``python -m tests.support.serve_dashboard``.

PUBLISHER=no_token makes it the dashboard of a server that takes runs and has no token.
"""

import os

from pipeline.history.dashboard_data import DashboardData
from pipeline.settings import read_settings
from pipeline.store.publisher_process import PublisherProcess
from pipeline.ui import serve as serving
from pipeline.ui.dashboard.dashboard_page import build_dashboard

if __name__ == "__main__":
    settings = read_settings(os.environ)
    publisher = PublisherProcess(settings, "").status if os.environ.get("PUBLISHER") else None
    serving.serve(build_dashboard(DashboardData(settings, publisher)), settings)
