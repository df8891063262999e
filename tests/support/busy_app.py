"""An app that is busy in every way while it makes GPU calls: run it under ``tests.standins.zerogpu``.

    python -m tests.standins.zerogpu tests/support/busy_app.py FOLDER CALLS THREADS

Serves the page, converts documents on the CPU lane, logs and starts processes, each in threads of their own; meanwhile
THREADS threads make CALLS GPU calls in all. Prints one line that tells how they ended.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.gpu.call import gpu_call
from pipeline.models.bundle import Lanes
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import LaneChoice, PageBatch, PagePrediction
from pipeline.process_start import starting
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import read_settings
from pipeline.store.scrub import TokenlessFormatter
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.gpu_bundle import TorchBundle
from tests.support.gpu_console import ANSWER, Order, write_batch

PDF = Path(__file__).parents[1] / "documents" / "pdf" / "report_untagged.pdf"  # goes through the networks
PAGES = 3


class Business:
    """What else happens; ``counts`` how often each kind did."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._stop = threading.Event()
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        work = (self._log, self._log, self._convert, self._start_process)
        self._threads = [threading.Thread(target=self._repeat, args=(kind,), daemon=True) for kind in work]
        for thread in self._threads:
            thread.start()

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            work()
            self.counts[work.__name__.strip("_")] += 1

    def stop(self) -> None:
        """Begin nothing more, and let what is under way end: a run that forks held up, above all."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=120)

    def _log(self) -> None:
        logging.getLogger("pipeline.busy").warning("a line of the log, number %d", self.counts["log"])
        time.sleep(0.001)

    def _convert(self) -> None:
        run_id = self._runner.submit(Source(PDF, PDF.name), ConvertOptions(lane=LaneChoice.CPU), Origin.API)
        *_, last = self._runner.watch(run_id)
        self.counts[f"runs {last.status.value}"] += 1

    def _start_process(self) -> None:
        with starting():
            process = subprocess.Popen(["/bin/true"])
        process.wait()
        time.sleep(0.01)


def call_once(batch: PageBatch) -> str:
    """How one GPU call ended: ``ok``, or what was wrong."""
    try:
        results = [result for said in gpu_call(batch, lambda: False) for result in said.results]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "ok" if sum(isinstance(result, PagePrediction) for result in results) == PAGES else "pages are missing"


def main() -> None:
    folder, calls, threads = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    handler = logging.StreamHandler()
    handler.setFormatter(TokenlessFormatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    settings = read_settings(os.environ)
    lanes = Lanes(LightBundle(settings.threads), TorchBundle(folder / "inferred"))
    with Runner(settings, lanes) as runner:
        serve(build(RunLinks(runner), settings), settings, block=False)
        business = Business(runner)
        business.start()
        began = time.monotonic()
        batch = write_batch(folder, Order(PAGES))
        with ThreadPoolExecutor(threads) as pool:
            ends = Counter(pool.map(call_once, [batch] * calls))
        business.stop()
        print(
            ANSWER
            + json.dumps({"ends": ends, "business": business.counts, "seconds": round(time.monotonic() - began, 1)}),
            flush=True,
        )


if __name__ == "__main__":
    main()
