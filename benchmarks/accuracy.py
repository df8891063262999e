"""How close Folio's Markdown comes to the truth about documents, document by document.

    python -m benchmarks.accuracy [--corpus DIR] [--out DIR] [--predictions DIR] [--json FILE]

Converts every ``NAME.pdf`` of a folder that has a ``NAME.md`` beside it or in the folder ``reference``, and prints
the figures that ``benchmarks/scoring.py`` explains. Without ``--corpus`` the folder is that of the test documents, less
those whose ``NAME.json`` tells of damage or a password. ``--predictions`` scores Markdown that is already there, of
whatever converter, and converts nothing; a missing file scores as empty.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.scoring import FIGURES, Score, mean, score

CORPUS = Path(__file__).parent.parent / "tests" / "documents" / "pdf"


def corpus(folder: Path = CORPUS) -> dict[Path, Path]:
    """The documents of ``folder`` and the Markdown to compare each with."""
    found = {}
    for pdf in sorted(folder.glob("*.pdf")):
        markdown = next((path for path in _places(pdf) if path.exists()), None)
        if markdown and not _is_damaged(pdf.with_suffix(".json")):
            found[pdf] = markdown
    return found


def _places(pdf: Path) -> tuple[Path, Path]:
    return pdf.with_suffix(".md"), pdf.parent / "reference" / f"{pdf.stem}.md"


def _is_damaged(facts: Path) -> bool:
    return facts.exists() and not {"damage", "password"}.isdisjoint(json.loads(facts.read_text(encoding="utf-8")))


def score_folder(predictions: Path, documents: dict[Path, Path]) -> dict[str, Score]:
    """Scores by document name of the Markdown files in ``predictions``."""
    scores = {}
    for pdf, reference in documents.items():
        found = predictions / f"{pdf.stem}.md"
        text = found.read_text(encoding="utf-8", errors="replace") if found.exists() else ""
        scores[pdf.stem] = score(text, reference.read_text(encoding="utf-8"))
    return scores


def table(scores: dict[str, Score]) -> str:
    """The figures as a Markdown table, with their mean."""
    lines = [f"| document | {' | '.join(FIGURES)} |", "|---|" + "---|" * len(FIGURES)]
    for name, row in {**scores, "**mean**": mean(scores.values())}.items():
        values = (f"{value:.3f}" if value is not None else "" for value in asdict(row).values())
        lines.append(f"| {name} | {' | '.join(values)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Convert, score and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder of NAME.pdf with NAME.md")
    add_predictions(parser)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args(arguments)
    documents = corpus(chosen.corpus)
    if not documents:
        parser.error(f"{chosen.corpus} holds no PDF with Markdown beside it")
    with predictions(list(documents), chosen.out, chosen.predictions) as folder:
        scores = score_folder(folder, documents)
    print(table(scores))
    if chosen.json:
        chosen.json.write_text(json.dumps({name: asdict(row) for name, row in scores.items()}, indent=1) + "\n")


def add_predictions(parser: argparse.ArgumentParser) -> None:
    """The two arguments that ``predictions`` takes."""
    parser.add_argument("--out", type=Path, help="keep the Markdown files here")
    parser.add_argument("--predictions", type=Path, help="score these Markdown files instead of converting")


@contextmanager
def predictions(documents: list[Path], out: Path | None, given: Path | None) -> Iterator[Path]:
    """A folder with NAME.md of each document: the one that is ``given``, or one that Folio converts them to, which is
    ``out`` where it shall be kept.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = given or out or Path(temporary)
        if given is None:
            convert(documents, folder)
        yield folder


def convert(documents: list[Path], folder: Path) -> None:
    """Convert the documents with Folio's command line."""
    from pipeline.cli.__main__ import main as folio

    folio(["convert", *map(str, documents), "--out", str(folder), "--formats", "md"])


if __name__ == "__main__":
    main()
