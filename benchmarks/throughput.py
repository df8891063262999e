"""Pages per second, seconds to the first page and peak memory, against docling's own pipeline over the same light
models.

    python -m benchmarks.throughput [--pages 1,18,200,1000] [--against 18,200] [--out
    benchmarks/results/throughput.json]

Each figure comes from a process of its own, so that one run's memory does not hide in another's; models are loaded and
warm before the clock starts, as they are in a running Space. Documents are made by repeating the test documents' pages.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("multi_page.pdf", "manual.pdf", "korean_report.pdf", "paper_page.pdf")
FOLDER = ROOT / "tests" / "documents" / "pdf"
WARM_UP = FOLDER / "paper_page.pdf"
SMALL = 50  # pages; the memory goal compares the longest document with this one


@dataclass(frozen=True)
class Figure:
    """One measurement: seconds of wall clock, megabytes (10^6) of resident memory, the parse child's included."""

    who: str
    pages: int
    seconds: float
    first_page_seconds: float | None
    peak_mb: int

    @property
    def pages_per_second(self) -> float:
        return self.pages / self.seconds


def main() -> None:
    """Measure, print a table and write the figures as JSON."""
    chosen = _arguments()
    if chosen.measure:
        print(json.dumps(asdict(_measure(chosen.measure, Path(chosen.file)))))
        return
    figures = _all(_numbers(chosen.pages), _numbers(chosen.against))
    _print(figures)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    chosen.out.write_text(
        json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=1) + "\n"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", default="1,18,50,200,1000", help="pages of the documents that Folio converts")
    parser.add_argument(
        "--against", default="18,200", help="pages of the documents that docling's pipeline converts too"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "throughput.json")
    parser.add_argument("--measure", choices=("folio", "docling"), help=argparse.SUPPRESS)
    parser.add_argument("file", nargs="?", help=argparse.SUPPRESS)
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _all(pages: list[int], against: list[int]) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for count in sorted({*pages, *against}):
            file = _document(Path(folder), count)
            figures += [
                _in_a_process(who, file) for who, counts in (("folio", pages), ("docling", against)) if count in counts
            ]
    return figures


def _document(folder: Path, count: int) -> Path:
    """A PDF of ``count`` pages: the sources' pages in turn."""
    import pypdfium2

    sources = [pypdfium2.PdfDocument(FOLDER / name) for name in SOURCES]
    places = [(source, index) for source in sources for index in range(len(source))]
    made = pypdfium2.PdfDocument.new()
    for number in range(count):
        source, index = places[number % len(places)]
        made.import_pages(source, [index])
    path = folder / f"{count}.pdf"
    made.save(path)
    return path


def _in_a_process(who: str, file: Path) -> Figure:
    command = [sys.executable, "-m", "benchmarks.throughput", "--measure", who, str(file)]
    out = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    figure = Figure(**json.loads(out.splitlines()[-1]))
    print(f"{figure.who} {figure.pages} pages: {figure.seconds:.1f} s, peak {figure.peak_mb} MB", file=sys.stderr)
    return figure


def _measure(who: str, file: Path) -> Figure:
    return _measure_folio(file) if who == "folio" else _measure_docling(file)


def _measure_folio(file: Path) -> Figure:
    from pipeline.models.bundle import Lanes
    from pipeline.models.light_bundle import LightBundle
    from pipeline.records import ConvertOptions, Origin
    from pipeline.runs.runner import Runner
    from pipeline.runs.state import Source
    from pipeline.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        limits = {
            "MAX_PAGES": "10000",
            "MAX_FILE_MB": "2000",
            "DATA_DIR": f"{folder}/data",
            "WORK_DIR": f"{folder}/work",
        }
        settings = read_settings(limits)
        with Runner(settings, Lanes(LightBundle(settings.threads))) as runner:
            list(runner.watch(runner.submit(Source(WARM_UP, "warm-up"), ConvertOptions(), Origin.BENCH)))
            began, first = time.monotonic(), None
            run_id = runner.submit(Source(file, file.name), ConvertOptions(), Origin.BENCH)
            for view in runner.watch(run_id):
                if view.texts and first is None:
                    first = time.monotonic() - began
            seconds = time.monotonic() - began
    return Figure("folio", len(view.pages), round(seconds, 2), round(first or 0.0, 2), _peak_mb())


def _measure_docling(file: Path) -> Figure:
    from benchmarks.baseline import build_converter, convert

    converter = build_converter()
    convert(converter, [WARM_UP])
    run = convert(converter, [file])
    return Figure("docling", run.pages, round(run.seconds, 2), None, _peak_mb())


def _peak_mb() -> int:
    """This process's highest resident memory and that of its largest child (Linux counts ``ru_maxrss`` in
    kilobytes).
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + child) * 1024 // 1_000_000


def _print(figures: list[Figure]) -> None:
    baseline = {figure.pages: figure for figure in figures if figure.who == "docling"}
    small = next((figure for figure in figures if figure.who == "folio" and figure.pages == SMALL), None)
    print(
        "| who | pages | pages/s | × docling | first page | peak memory | × 50 pages |\n|---|---|---|---|---|---|---|"
    )
    for figure in figures:
        against = baseline.get(figure.pages)
        ratio = f"{figure.pages_per_second / against.pages_per_second:.2f}" if against and figure.who == "folio" else ""
        first = f"{figure.first_page_seconds:.1f} s" if figure.first_page_seconds else ""
        memory = f"{figure.peak_mb / small.peak_mb:.2f}" if small and figure.who == "folio" else ""
        print(
            f"| {figure.who} | {figure.pages} | {figure.pages_per_second:.2f} | {ratio} | {first} | "
            f"{figure.peak_mb} MB | {memory} |"
        )


if __name__ == "__main__":
    main()
