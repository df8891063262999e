"""Serves the page over scripted runs, as ``app.py`` serves it over real ones: ``python -m
tests.support.serve_scripted``.
"""

import os

from pipeline.settings import read_settings
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.scripted_runs import ScriptedRuns

if __name__ == "__main__":
    settings = read_settings({"MAX_PAGES": "1000", **os.environ})  # "long" has as many
    runs = ScriptedRuns(
        settings.data_dir, page_seconds=float(os.environ.get("PAGE_SECONDS", "0.1")), places=settings.queue_size
    )
    serve(build(runs, settings), settings, runs=runs)
