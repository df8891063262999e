"""Serves the page, as ``app.py`` does, with a small torch bundle on both lanes: run it under ``tests.standins.zerogpu``.

INFERENCES names the file that every predicted page is written to, PAGE_S how long a page takes, in seconds.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import os
from pathlib import Path

from pipeline.models.bundle import Lanes
from pipeline.pages import Lane
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.ui.page import build
from pipeline.ui.serve import serve
from tests.support.gpu_bundle import TorchBundle

if __name__ == "__main__":
    settings = read_settings(os.environ)
    log, page_s = Path(os.environ["INFERENCES"]), float(os.environ.get("PAGE_S", "0"))
    lanes = Lanes(TorchBundle(log, Lane.CPU, page_s=page_s), TorchBundle(log, Lane.GPU, page_s=page_s))
    with Runner(settings, lanes) as runner:
        serve(build(runner, settings), settings)
