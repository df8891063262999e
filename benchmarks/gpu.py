"""GPU-seconds per page: docling's pipeline inside one GPU call, against Folio's model passes alone, eager and compiled.

    python -m benchmarks.gpu [--device cuda] [--precision bfloat16] [--pages 128] [--scanned 128] [--docling 128] [--packages DIR]

A GPU call costs what it holds the GPU for, busy or not, so the figure is wall clock from its first page to its last:

- docling: the whole conversion of a PDF (parsing, rendering, models one page at a time, assembly), as Spaces do that put
  ``DocumentConverter.convert`` under ``@spaces.GPU``; with the light models of the wheels, on the CPU as the wheels run them
- eager: Folio's light bundle on torch over rendered pages, a micro-batch at a time, nothing compiled
- aot: the same with packages by AOTInductor, which are made first where they are missing

Plain pages need no OCR; the same pages count as scanned when all of their text is read from the image. Each figure comes from a process
of its own, warm before the clock starts. ``--device cpu`` gives the same ratios for a CPU, for which fewer pages do.
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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.throughput import ROOT, SOURCES, WARM_UP, _document
from pipeline.models.aot.compile import Target, compile_networks
from pipeline.models.aot.engine import CompiledNetwork, Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.aot.spec import NetworkSpec, Precision
from pipeline.models.light_torch.bundle import TorchLightBundle
from pipeline.models.light_torch.specs import light_specs
from pipeline.pages import PageFailure, PageTask
from tests.support.render import render, task_for

OUT = ROOT / "benchmarks" / "results" / "gpu.json"
SECONDS_AT_MOST = 3000


@dataclass(frozen=True)
class Figure:
    """One contender over ``pages`` pages of one ``kind``: seconds the call held the device, the share of them in which the networks
    computed, seconds by network (from a second pass, in which each network is waited for), and the peak in megabytes (10^6) of the
    device's memory, on a CPU of resident memory.
    """

    who: str
    kind: str
    pages: int
    seconds: float
    busy_share: float | None
    networks: dict[str, float]
    engines: dict[str, str]
    peak_mb: int

    @property
    def per_page(self) -> float:
        return self.seconds / self.pages


@dataclass
class Clock:
    """Seconds spent in each network, each call waited for."""

    device: str
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class TimedEngines(Engines):
    """Engines whose networks tell a clock how long each call took."""

    clock: Clock

    def network(self, spec: NetworkSpec) -> Any:
        return TimedNetwork(super().network(spec), self.clock)


class TimedNetwork:
    def __init__(self, network: CompiledNetwork, clock: Clock) -> None:
        self.network, self.clock = network, clock

    @property
    def info(self) -> Any:
        return self.network.info

    def __call__(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        wait(self.clock.device)
        began = time.perf_counter()
        outputs = self.network(*inputs)
        wait(self.clock.device)
        self.clock.seconds[self.network.spec.name] += time.perf_counter() - began
        return outputs


def main() -> None:
    """Measure, print a table and write the figures as JSON."""
    chosen = arguments()
    if chosen.measure:
        print(json.dumps(asdict(measure(chosen))))
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen.packages = chosen.packages or Path(folder)
        figures = [in_a_process(chosen, who, kind) for who, kind in contenders(chosen)]
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    setting = {"device": device_name(chosen.device), "precision": chosen.precision, "torch": torch.__version__, "note": chosen.note}
    chosen.out.write_text(json.dumps({**setting, "figures": [asdict(figure) for figure in figures]}, indent=1) + "\n")
    show(figures)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", choices=[precision.value for precision in Precision], default=Precision.FLOAT32.value)
    parser.add_argument("--pages", type=int, default=128, help="plain pages")
    parser.add_argument("--scanned", type=int, default=128, help="pages whose text is read from the image")
    parser.add_argument("--docling", type=int, default=128, help="plain pages that docling converts; 0 leaves it out")
    parser.add_argument("--packages", type=Path, help="folder of compiled packages, kept and filled; without it they are thrown away")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--note", default="", help="circumstances, kept with the figures")
    parser.add_argument("--measure", nargs=2, metavar=("WHO", "KIND"), help=argparse.SUPPRESS)
    return parser.parse_args()


def contenders(chosen: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for kind, pages in (("plain", chosen.pages), ("scanned", chosen.scanned)):
        if kind == "plain" and chosen.docling:
            yield "docling", kind
        if pages:
            yield "eager", kind
            yield "aot", kind


def in_a_process(chosen: argparse.Namespace, who: str, kind: str) -> Figure:
    names = ("device", "precision", "pages", "scanned", "docling", "packages")
    options = [part for name in names for part in (f"--{name}", str(getattr(chosen, name)))]
    command = [sys.executable, "-m", "benchmarks.gpu", *options, "--measure", who, kind]
    out = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=SECONDS_AT_MOST).stdout
    figure = Figure(**json.loads(out.splitlines()[-1]))
    print(f"{who}, {figure.pages} {kind} pages: {figure.per_page:.4f} s per page", file=sys.stderr)
    return figure


def measure(chosen: argparse.Namespace) -> Figure:
    who, kind = chosen.measure
    return measure_docling(chosen.docling) if who == "docling" else measure_folio(chosen, who, kind)


def measure_docling(pages: int) -> Figure:
    from benchmarks.baseline import build_converter, convert

    converter = build_converter()
    convert(converter, [WARM_UP])
    with tempfile.TemporaryDirectory() as folder:
        run = convert(converter, [_document(Path(folder), pages)])
    return Figure("docling", "plain", run.pages, run.seconds, None, {}, {}, peak_mb("cpu"))


def measure_folio(chosen: argparse.Namespace, who: str, kind: str) -> Figure:
    device, precision = chosen.device, Precision(chosen.precision)
    images = corpus(chosen.pages if kind == "plain" else chosen.scanned)
    tasks = [task_for(image, number, ocr=kind == "scanned", tables=False) for number, image in enumerate(images, 1)]
    shelf = PackageShelf(chosen.packages) if who == "aot" else None
    if shelf is not None:
        list(compile_networks(light_specs(), Target(device, precision), shelf, images[:2]))
    engines = TimedEngines(device, precision, shelf)
    engines.clock = Clock(device)
    bundle = TorchLightBundle(engines)
    predict(bundle, tasks[: bundle.micro_batch], images)
    engines.clock.seconds.clear()
    predict(bundle, tasks, images)
    networks = dict(engines.clock.seconds)
    plain = TorchLightBundle(Engines(device, precision, shelf)) if device == "cuda" else bundle
    predict(plain, tasks[: plain.micro_batch], images)
    with busy(device) as kernels:
        began = time.perf_counter()
        predict(plain, tasks, images)
        seconds = time.perf_counter() - began
    share = (sum(kernels) if device == "cuda" else sum(networks.values())) / seconds
    names = {info.task: info.engine for info in bundle.engines if info.task != "tables"}
    return Figure(who, kind, len(images), seconds, min(share, 1.0), networks, names, peak_mb(device))


def corpus(count: int) -> list[NDArray[np.uint8]]:
    """Pages of the test documents at 144 dpi, in turn."""
    import pypdfium2

    places = [
        (ROOT / "tests" / "data" / name, page)
        for name in SOURCES
        for page in range(1, len(pypdfium2.PdfDocument(ROOT / "tests" / "data" / name)) + 1)
    ]
    rendered = {place: render(*place) for place in places[:count]}
    return [rendered[places[number % len(places)]] for number in range(count)]


def predict(bundle: TorchLightBundle, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> None:
    """As one GPU call does it; results come back to main memory, so that nothing is left to wait for."""
    for start in range(0, len(tasks), bundle.micro_batch):
        part = slice(start, start + bundle.micro_batch)
        results = bundle.predict(tasks[part], images[: len(tasks)][part])
        assert not any(isinstance(result, PageFailure) for result in results), results


@contextmanager
def busy(device: str) -> Iterator[list[float]]:
    """Gathers the seconds of every kernel and copy on the GPU; nothing on a CPU."""
    kernels: list[float] = []
    if device != "cuda":
        yield kernels
        return
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        yield kernels
        wait(device)
    kernels += [event.self_device_time_total / 1e6 for event in profile.key_averages()]


def wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def peak_mb(device: str) -> int:
    if device == "cuda":
        return torch.cuda.max_memory_allocated() // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else f"{platform.machine()}, {os.cpu_count()} cores"


def show(figures: Sequence[Figure]) -> None:
    plain = {figure.who: figure for figure in figures if figure.kind == "plain"}
    eager = {figure.kind: figure for figure in figures if figure.who == "eager"}
    print("| who | pages | s per page | busy | docling ÷ | eager ÷ | peak |\n|---|---|---|---|---|---|---|")
    for figure in figures:
        share = "" if figure.busy_share is None else f"{figure.busy_share:.0%}"
        docling = f"{plain['docling'].per_page / figure.per_page:.1f}" if "docling" in plain and figure.kind == "plain" else ""
        own = f"{eager[figure.kind].per_page / figure.per_page:.2f}" if figure.who == "aot" else ""
        print(
            f"| {figure.who} | {figure.pages} {figure.kind} | {figure.per_page:.4f} | {share} | {docling} | {own} | {figure.peak_mb} MB |"
        )
        for name, seconds in figure.networks.items():
            print(f"| - {name} | | {seconds / figure.pages:.4f} | | | | |")


if __name__ == "__main__":
    main()
