"""Serves the page, as ``app.py`` does, with a small torch bundle on both lanes: run it under
``tests.standins.zerogpu``.

INFERENCES names the file that every predicted page is written to, PAGE_S how long a page takes, in seconds. PATIENCE
has the seconds that a GPU call may say nothing (``gpu_watch.Patience``), and CUT_PAGE a page in whose result the first
worker dies.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.gpu import call
from pipeline.gpu.watch import Patience
from pipeline.models.bundle import Lanes
from pipeline.pages import Lane, PageResult, PageTask
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.gpu_bundle import TorchBundle


class CutBundle(TorchBundle):
    """Its first worker dies while the result that has ``page`` is in the pipe."""

    def __init__(self, page: int, log: Path, page_s: float) -> None:
        super().__init__(log, Lane.GPU, page_s=page_s)
        self._page, self._was_cut = page, log.with_name("cut")

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        if any(task.page.page == self._page for task in tasks) and not self._was_cut.exists():
            self._was_cut.touch()
            Connection._send_bytes = _send_half  # type: ignore[attr-defined]
        return super().predict(tasks, images)


def _send_half(connection: Connection, data: bytes) -> None:
    """The length of ``data`` as the real one writes it, and then only half of it."""
    os.write(connection.fileno(), len(data).to_bytes(4, "big") + data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    settings = read_settings(os.environ)
    log, page_s = Path(os.environ["INFERENCES"]), float(os.environ.get("PAGE_S", "0"))
    if patience := os.environ.get("PATIENCE"):
        call.PATIENCE = Patience(*map(float, patience.split()))
    lanes = Lanes(
        TorchBundle(log, Lane.CPU, page_s=page_s), CutBundle(int(os.environ.get("CUT_PAGE", "0")), log, page_s)
    )
    with Runner(settings, lanes) as runner:
        serve(build(RunLinks(runner), settings), settings)
