"""A run in a process of its own, to be killed in the middle: ``python -m tests.support.slow_run FILE RUN_ID_FILE``.

Settings come from the environment. After its second page the run waits for ever.
"""

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.models.bundle import Lanes
from pipeline.pages import PageResult, PageTask
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import read_settings
from tests.support.bundles import WholePageBundle


class StuckBundle(WholePageBundle):
    """Predicts two pages and then never returns."""

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        if len(self.seen) == 2:
            threading.Event().wait()
        return super().predict(tasks, images)


def main() -> None:
    pdf, note = Path(sys.argv[1]), Path(sys.argv[2])
    runner = Runner(read_settings(os.environ), Lanes(StuckBundle())).__enter__()
    run_id = runner.submit(Source(pdf, pdf.name), ConvertOptions(), Origin.API)
    while len(runner.view(run_id).texts) < 2:
        time.sleep(0.05)
    note.write_text(run_id)
    threading.Event().wait()


if __name__ == "__main__":
    main()
