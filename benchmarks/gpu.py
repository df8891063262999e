"""GPU-seconds per page: docling's pipeline inside one GPU call, against Folio's model passes alone, eager and compiled.

    python -m benchmarks.gpu [--device cuda] [--precision bfloat16] [--pages 128] [--scanned 128] [--who docling …]
    [--add] [--keep DIR]

A GPU call costs what it holds the GPU for, busy or not, so the figure is wall clock from its first page to its last:

- docling: the whole conversion of a PDF (parsing, rendering, docling-layout-heron, TableFormerV2, RapidOCR on scans,
assembly)
- accurate: the same networks over the same checkpoints as Folio's GPU call runs them, over rendered pages, a
micro-batch at a time
- light: the light bundle in their place, whose tables are left to the CPU after the call
- eager: nothing compiled; aot: packages by AOTInductor, which are made first where they are missing

The weights of heron and TableFormerV2 are random, of the real size and in the real format: speed does not depend on
them. What would depend on them is settled for both sides alike: where tables are, as the light layout network sees it,
and the length of each, 10 rows of 3 columns or 41 tokens, the third quartile of the test documents' tables. docling
computes in float32, as it does by default (on a GPU with convolutions rounded to TF32, which Folio's are not).

Plain pages need no OCR; scanned ones are images of the same pages, all of whose text is read. Each figure comes from a
process of its own, warm before the clock starts. ``--device cpu`` gives the same ratios for a CPU, for which fewer
pages do: of processor time, with one thread per network.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu_clock import Clock, Contender, Reading, device_name, read
from benchmarks.gpu_pages import Corpus, Kind, corpus
from benchmarks.throughput import ROOT
from pipeline.models.aot.spec import Precision

OUT = ROOT / "benchmarks" / "results" / "gpu.json"
WEIGHTS = "weights"  # in the kept folder
EXAMPLES = 2  # pages on which packages are compared with eager modules
SECONDS_AT_MOST = 3000


class Who(StrEnum):
    """The contenders."""

    DOCLING = "docling"
    ACCURATE_EAGER = "accurate eager"
    ACCURATE_AOT = "accurate aot"
    LIGHT_EAGER = "light eager"
    LIGHT_AOT = "light aot"

    @property
    def accurate(self) -> bool:
        """Whether it runs heron and TableFormerV2."""
        return self not in {Who.LIGHT_EAGER, Who.LIGHT_AOT}

    @property
    def compiled(self) -> bool:
        return self in {Who.ACCURATE_AOT, Who.LIGHT_AOT}

    @property
    def eager(self) -> "Who":
        """The same bundle, not compiled."""
        return {Who.ACCURATE_AOT: Who.ACCURATE_EAGER, Who.LIGHT_AOT: Who.LIGHT_EAGER}.get(self, self)


@dataclass(frozen=True, slots=True)
class Figure:
    """One contender over ``pages`` pages of one kind."""

    who: str
    kind: str
    pages: int
    engines: dict[str, str]
    reading: Reading

    @property
    def per_page(self) -> float:
        return self.reading.seconds / self.pages


def main() -> None:
    """Measure, print a table and write the figures as JSON."""
    chosen = arguments()
    if chosen.measure:
        who, kind = chosen.measure
        print(json.dumps(asdict(measure(chosen, Who(who), Kind(kind)))))
        return
    if chosen.prepare:
        prepare(chosen)
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen.keep = chosen.keep or Path(folder)
        in_a_process(chosen, "--prepare")
        figures = [figure(chosen, who, kind) for who, kind in contenders(chosen)]
    figures = [*others(chosen, figures), *figures]
    same_tables(figures)
    write(chosen, figures)
    show(figures)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--precision", choices=[precision.value for precision in Precision], default=Precision.FLOAT32.value
    )
    parser.add_argument("--pages", type=int, default=128, help="plain pages")
    parser.add_argument("--scanned", type=int, default=128, help="pages whose text is read from the image")
    parser.add_argument("--who", type=Who, nargs="+", choices=list(Who), default=list(Who), help="whom to measure")
    parser.add_argument(
        "--keep", type=Path, help="folder of weights and compiled packages, filled; without it they are thrown away"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--add", action="store_true", help="keep what the file has of others, measured on the same device"
    )
    parser.add_argument("--note", default="", help="circumstances, kept with the figures")
    parser.add_argument("--measure", nargs=2, metavar=("WHO", "KIND"), help=argparse.SUPPRESS)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def contenders(chosen: argparse.Namespace) -> Iterator[tuple[Who, Kind]]:
    """Who is measured on what."""
    for kind in Kind:
        if count(chosen, kind):
            yield from ((who, kind) for who in chosen.who)


def count(chosen: argparse.Namespace, kind: Kind) -> int:
    pages: int = chosen.pages if kind is Kind.PLAIN else chosen.scanned
    return pages


def figure(chosen: argparse.Namespace, who: Who, kind: Kind) -> Figure:
    """Measured in a process of its own."""
    made = figure_of(json.loads(in_a_process(chosen, "--measure", who, kind).splitlines()[-1]))
    print(f"{who}, {made.pages} {kind} pages: {made.per_page:.4f} s per page", file=sys.stderr)
    return made


def figure_of(raw: dict[str, Any]) -> Figure:
    """What ``asdict`` made a dictionary of."""
    return Figure(**{**raw, "reading": Reading(**raw["reading"])})


def in_a_process(chosen: argparse.Namespace, *wanted: str) -> str:
    """What it printed."""
    names = ("device", "precision", "pages", "scanned", "keep")
    options = [part for name in names for part in (f"--{name}", str(getattr(chosen, name)))]
    command = [sys.executable, "-m", "benchmarks.gpu", *options, "--who", *chosen.who, *wanted]
    alone = {"OMP_NUM_THREADS": "1"} if chosen.device == "cpu" else {}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | alone,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS_AT_MOST,
    )
    return done.stdout


def prepare(chosen: argparse.Namespace) -> None:
    """Make weights and packages, and tell what cannot be compiled: those networks run eager, as the figures then
    say.
    """
    from benchmarks.gpu_networks import Made, compile_packages
    from pipeline.gpu.compile_call import outcome_line
    from pipeline.models.aot.compiler import Target

    made, target = Made(chosen.keep, chosen.keep / WEIGHTS), Target(chosen.device, Precision(chosen.precision))
    pages = corpus(Kind.PLAIN, EXAMPLES).images
    if any(who.accurate for who in chosen.who):
        made.weights(pages)
    for who in chosen.who:
        for outcome in compile_packages(made, target, pages, who.accurate) if who.compiled else ():
            print(outcome_line(outcome), file=sys.stderr)


def measure(chosen: argparse.Namespace, who: Who, kind: Kind) -> Figure:
    """In this process, which should not have computed anything before."""
    pages = corpus(kind, count(chosen, kind))
    with tempfile.TemporaryDirectory() as folder:
        contender = contender_for(chosen, who, pages, Path(folder))
        reading = read(contender, len(pages), len(set(pages.places)))
    return Figure(who, kind, len(pages), contender.engines, reading)


def contender_for(chosen: argparse.Namespace, who: Who, pages: Corpus, folder: Path) -> Contender:
    """``folder`` is for its files. What one contender imports should not weigh on another."""
    clock = Clock(chosen.device)
    if who is Who.DOCLING:
        from benchmarks.gpu_docling import Docling

        return Docling(chosen.keep / WEIGHTS, pages, clock, folder)
    from benchmarks.gpu_networks import Made, folio

    return folio(
        Made(chosen.keep, chosen.keep / WEIGHTS), pages, clock, Precision(chosen.precision), who.accurate, who.compiled
    )


def same_tables(figures: Sequence[Figure]) -> None:
    """Raises AssertionError unless all who decode tables decoded as many."""
    for kind in Kind:
        tables = {made.who: made.reading.tables for made in figures if made.kind == kind and Who(made.who).accurate}
        assert len(set(tables.values())) <= 1, f"unlike numbers of tables on {kind} pages: {tables}"


def others(chosen: argparse.Namespace, figures: Sequence[Figure]) -> list[Figure]:
    """With ``--add``, what the file has of those who were not measured now. Raises AssertionError unless it was
    measured likewise.
    """
    if not chosen.add or not chosen.out.exists():
        return []
    raw = json.loads(chosen.out.read_text())
    here = setting(chosen)
    assert {name: raw[name] for name in here} == here, f"{chosen.out} was measured otherwise"
    measured = {(made.who, made.kind) for made in figures}
    return [made for made in map(figure_of, raw["figures"]) if (made.who, made.kind) not in measured]


def setting(chosen: argparse.Namespace) -> dict[str, str | int | None]:
    """What figures of one file have in common."""
    device = device_name(chosen.device)
    return {"device": device, "cores": os.cpu_count(), "precision": chosen.precision, "torch": torch.__version__}


def write(chosen: argparse.Namespace, figures: Sequence[Figure]) -> None:
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    kept = {**setting(chosen), "note": chosen.note, "figures": [asdict(made) for made in figures]}
    chosen.out.write_text(json.dumps(kept, indent=1) + "\n")


def show(figures: Sequence[Figure]) -> None:
    """A Markdown table: each contender, how many times less than docling and than its eager self it takes, and its
    networks.
    """
    by = {(made.who, made.kind): made for made in figures}
    print(
        "| who | pages | tables | s per page | busy | docling ÷ | eager ÷ | first page | fresh | peak "
        "|\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for made in figures:
        reading, who = made.reading, Who(made.who)
        docling, eager = by.get((Who.DOCLING, made.kind)), by.get((who.eager, made.kind))
        against = f"{docling.per_page / made.per_page:.1f}" if docling and who is not Who.DOCLING else ""
        own = f"{eager.per_page / made.per_page:.2f}" if eager and who.compiled else ""
        fresh = f"{reading.fresh_seconds / reading.fresh_pages:.4f}" if reading.fresh_pages else ""
        print(
            f"| {made.who} | {made.pages} {made.kind} | {reading.tables} | {made.per_page:.4f} | "
            f"{reading.busy_share:.0%} | {against} "
            f"| {own} | {reading.first_seconds:.1f} s | {fresh} | {reading.peak_mb} MB |"
        )
        for name, seconds in reading.networks.items():
            print(f"| - {name} | | | {seconds / made.pages:.4f} | | | | | | |")


if __name__ == "__main__":
    main()
