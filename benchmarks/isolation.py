"""What it costs to read a PDF in the parse child instead of in the own process: the same work, both ways.

    python -m benchmarks.isolation [--pages 20] [--rounds 5] [--convert]

The work is what a run asks of the reader: preflight, then every page drawn at 144 dpi into the pixel file and its text
written as JSON. In the own process the child's own worker does it, without the pipe; in the child it goes through
``PdfReader`` with a child that is warm, as a server's is. The rounds take turns, and the medians are compared, of
wall-clock time and of processor time: the child is a little less urgent than its server (nice 5), so on a busy machine
it also waits. ``--convert`` also times a whole run of the document, of which the overhead is to be a small share.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.intake.child import RequestHandler
from pipeline.intake.reader import PdfReader
from pipeline.intake.rendering import Rendering
from pipeline.intake.wire import Answer, DocumentRequest, PreflightRequest
from pipeline.models.bundle import Lanes
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import RenderedPage
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "tests" / "documents" / "pdf" / "multi_page.pdf"
PASSWORD = ""


def repeated(folder: Path, pages: int) -> Path:
    """The test document's pages, over and over, as a PDF of ``pages`` pages."""
    result = pdfium.PdfDocument.new()
    with pdfium.PdfDocument(DOCUMENT) as origin:
        for first in range(0, pages, len(origin)):
            result.import_pages(origin, list(range(min(len(origin), pages - first))))
    path = folder / "document.pdf"
    result.save(path)
    return path


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall and of processor time, in all processes that took part."""

    wall: float
    processor: float


class Meter:
    """Measures from its making; ``child`` is the id of a process whose processor time counts too."""

    def __init__(self, child: int = 0) -> None:
        self._child = child
        self._wall, self._processor = time.perf_counter(), self._used()

    def cost(self) -> Cost:
        return Cost(time.perf_counter() - self._wall, self._used() - self._processor)

    def _used(self) -> float:
        if not self._child:
            return time.process_time()
        fields = Path(f"/proc/{self._child}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_this_process(settings: Settings, pdf: Path, pages: int, out: Path) -> Cost:
    """The work without a child."""
    worker = RequestHandler()

    def ask(request: DocumentRequest, _: float) -> Answer:
        return worker.answer(request)

    meter = Meter()
    ask(PreflightRequest(str(pdf), PASSWORD, 60), 60)
    rendering = Rendering(ask, settings, pdf, PASSWORD, out)
    done = [rendering.page(page) for page in range(1, pages + 1)]
    cost = meter.cost()
    assert all(isinstance(page, RenderedPage) for page in done)
    return cost


def in_the_child(reader: PdfReader, pdf: Path, pages: int, out: Path) -> Cost:
    """The same work through the child."""
    reader.preflight(pdf, PASSWORD)  # the child is there
    assert reader._child is not None
    meter = Meter(reader._child.pid)
    reader.preflight(pdf, PASSWORD)
    done = list(reader.render(pdf, PASSWORD, range(1, pages + 1), out))
    cost = meter.cost()
    assert all(isinstance(page, RenderedPage) for page in done)
    return cost


def whole_run(settings: Settings, pdf: Path, rounds: int) -> float:
    """Median seconds of a run of the document on the CPU lane, after one to warm up."""
    seconds = []
    with Runner(settings, Lanes(LightBundle(settings.threads))) as runner:
        for _ in range(rounds + 1):
            view = list(runner.watch(runner.submit(Source(pdf, pdf.name), ConvertOptions(), Origin.BENCH)))[-1]
            assert view.status.value == "ok", view.error
            seconds.append(view.elapsed_s)
    return statistics.median(seconds[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--convert", action="store_true", help="also time a whole run")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = replace(read_settings({}), data_dir=folder / "data", work_dir=folder / "work")
        pdf = repeated(folder, chosen.pages)
        own, child = [], []
        with PdfReader(settings) as reader:
            in_the_child(reader, pdf, chosen.pages, _fresh(folder, "warm"))
            for turn in range(chosen.rounds):
                own.append(in_this_process(settings, pdf, chosen.pages, _fresh(folder, f"own-{turn}")))
                child.append(in_the_child(reader, pdf, chosen.pages, _fresh(folder, f"child-{turn}")))
        run = whole_run(settings, pdf, chosen.rounds) if chosen.convert else None
        for kind in ("wall", "processor"):
            report(kind, [getattr(cost, kind) for cost in own], [getattr(cost, kind) for cost in child], run)


def report(kind: str, own: list[float], child: list[float], run: float | None) -> None:
    """Print one line about medians in seconds; ``run`` is how long a whole run takes."""
    extra = statistics.median(child) - statistics.median(own)
    share = f", {100 * extra / run:.1f} % of a whole run of {run:.2f} s" if run else ""
    print(
        f"{kind}: own process {statistics.median(own):.3f} s, child {statistics.median(child):.3f} s, overhead "
        f"{extra * 1000:.0f} ms, "
        f"{100 * extra / statistics.median(own):.1f} % of the reading{share}"
    )


def _fresh(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


if __name__ == "__main__":
    main()
