"""Folio beside other converters, by one measure on the same documents.

    python -m benchmarks.quality [--seeds 1000-1004] [--kinds report,paper] [--renderers typst,untagged]
        [--finishes plain,scan] [--corpus DIR] [--peers PYTHON] [--out DIR] [--json FILE]

Documents are generated with their truth, by default from seeds that nobody tunes Folio on, or taken from ``--corpus``,
a folder of ``NAME.pdf`` with ``NAME.md``. ``--peers`` names the Python of an environment with other converters
(``benchmarks/peers.py``). The table has one row for each converter: the mean of every figure of
``benchmarks/scoring.py``, with the standard error of the mean, and pages per second with the start of the process. The
three documents that Folio does worst on follow.
"""

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdfium2

from benchmarks import accuracy, chosen_documents, peers
from benchmarks.scoring import FIGURES, Score

FOLIO = "folio"
SEEDS = "1000-1004"
WORST = 3


@dataclass(frozen=True)
class Contender:
    """A converter with its scores by document and the seconds that it took."""

    name: str
    scores: dict[str, Score]
    seconds: float


def compare(documents: dict[Path, Path], folder: Path, python: Path | None) -> list[Contender]:
    """Folio, and every converter that the environment of ``python`` has, on the documents and their truth."""
    names = [FOLIO, *(peer for peer in peers.PROGRAMS if python is not None and peers.has(python, peer))]
    found = []
    for name in names:
        out = folder / name
        out.mkdir(parents=True, exist_ok=True)
        if name == FOLIO or python is None:
            began = time.monotonic()
            accuracy.convert(list(documents), out)
            seconds = time.monotonic() - began
        else:
            seconds = peers.convert(python, name, list(documents), out)
        found.append(Contender(name, accuracy.score_folder(out, documents), seconds))
    return found


def table(contenders: Sequence[Contender], pages: int) -> str:
    """One row for each converter."""
    lines = [f"| converter | {' | '.join(FIGURES)} | pages/s |", "|---|" + "---|" * (len(FIGURES) + 1)]
    for contender in contenders:
        values = [spread([getattr(score, name) for score in contender.scores.values()]) for name in FIGURES]
        lines.append(f"| {contender.name} | {' | '.join(values)} | {pages / contender.seconds:.2f} |")
    return "\n".join(lines)


def spread(values: Sequence[float | None]) -> str:
    """The mean of the values that there are, and its standard error."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    error = statistics.stdev(known) / math.sqrt(len(known)) if len(known) > 1 else 0.0
    return f"{statistics.mean(known):.3f} ± {error:.3f}"


def worst(scores: dict[str, Score], count: int = WORST) -> list[str]:
    """The names of the documents with the lowest mean of their figures, the worst first."""
    means = {
        name: statistics.mean(value for value in asdict(score).values() if value is not None)
        for name, score in scores.items()
    }
    return sorted(means, key=lambda name: means[name])[:count]


def _pages(documents: Sequence[Path]) -> int:
    total = 0
    for path in documents:
        with pypdfium2.PdfDocument(path) as pdf:
            total += len(pdf)
    return total


def main(arguments: list[str] | None = None) -> None:
    """Make or find the documents, convert them, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    chosen_documents.add_options(parser, seeds=SEEDS)
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="the Python of an environment with the others")
    parser.add_argument("--out", type=Path, help="keep the documents and the Markdown files here")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.out or Path(temporary)
        documents = chosen_documents.documents(parser, chosen, folder / "documents")
        pages = _pages(list(documents))
        contenders = compare(documents, folder, chosen.peers)
    print(f"{len(documents)} documents, {pages} pages\n")
    print(table(contenders, pages))
    print("Worst of Folio: " + ", ".join(worst(contenders[0].scores)))
    if chosen.json:
        rows = {each.name: {name: asdict(score) for name, score in each.scores.items()} for each in contenders}
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
