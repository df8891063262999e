"""How close Folio's Markdown comes to reference Markdown, document by document.

    python -m benchmarks.accuracy [--out DIR]

Converts the test documents that have a reference in ``tests/data/reference`` and prints four figures in [0, 1]:

- nid: normalised indel similarity of the whole text, which is hurt by missing, invented and misplaced text alike
- nid_s: the same with tables taken out
- heading: F1 of headings, matched in order where their texts are at least 80 % similar; levels do not count
- teds: tree edit distance similarity of tables (Zhong et al. 2020); a missing or invented table counts as 0

A document without headings (tables) on both sides has no heading (teds) figure and is left out of that mean.
"""

import argparse
import html
import re
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from docling_metrics_table import TableMetric, TableMetricHTMLInputSample
from docling_metrics_table.docling_metrics_table import TableMetricKind
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
REFERENCE = DATA / "reference"

ROW = re.compile(r"\s*\|.*\|\s*")
RULE = re.compile(r":?-+:?")
HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SAME_HEADING = 80  # per cent of similarity
SAME_TABLE = 40  # per cent of shared words from which two tables are compared at all

Table = list[list[str]]


@dataclass(frozen=True)
class Score:
    """The figures of one document; None where a figure does not apply."""

    nid: float
    nid_s: float
    heading: float | None
    teds: float | None


def score(predicted: str, reference: str) -> Score:
    """Compare two Markdown texts."""
    predicted_text, predicted_tables = split_tables(predicted)
    reference_text, reference_tables = split_tables(reference)
    return Score(
        nid=Indel.normalized_similarity(plain(predicted), plain(reference)),
        nid_s=Indel.normalized_similarity(plain(predicted_text), plain(reference_text)),
        heading=heading_f1(headings(predicted), headings(reference)),
        teds=table_similarity(predicted_tables, reference_tables),
    )


def mean(scores: Iterable[Score]) -> Score:
    """The mean of each figure over the documents that have it."""
    rows = list(scores)
    applicable = [
        [value for row in rows if (value := getattr(row, name)) is not None]
        for name in ("nid", "nid_s", "heading", "teds")
    ]
    return Score(*(statistics.mean(values) for values in applicable))


def split_tables(markdown: str) -> tuple[str, list[Table]]:
    """The text without its pipe tables, and the tables as rows of cell texts."""
    text: list[str] = []
    tables: list[Table] = []
    rows: Table = []
    for line in [*markdown.splitlines(), ""]:
        if ROW.fullmatch(line):
            cells = [html.unescape(cell.strip()) for cell in line.strip().strip("|").split("|")]
            rows += [] if all(RULE.fullmatch(cell) for cell in cells) else [cells]
        else:
            tables += [rows] if rows else []
            rows = []
            text.append(line)
    return "\n".join(text), tables


def plain(markdown: str) -> str:
    """The words alone: no markup, comments, picture links or escapes, white space collapsed."""
    text = re.sub(r"<!--.*?-->", " ", markdown, flags=re.DOTALL)
    text = html.unescape(re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text))
    text = re.sub(r"\\([_*#\\`\[\]<>$])", r"\1", text)
    text = re.sub(r"-{3,}", " ", re.sub(r"[*_`#>|]", " ", text))
    return " ".join(text.split())


def headings(markdown: str) -> list[str]:
    return [plain(found) for found in HEADING.findall(markdown)]


def heading_f1(predicted: Sequence[str], reference: Sequence[str]) -> float | None:
    """F1 over the longest common subsequence of headings."""
    if not predicted and not reference:
        return None
    best = [[0] * (len(reference) + 1) for _ in range(len(predicted) + 1)]
    for i, one in enumerate(predicted):
        for j, other in enumerate(reference):
            same = fuzz.ratio(one.lower(), other.lower()) >= SAME_HEADING
            best[i + 1][j + 1] = max(best[i][j] + same, best[i][j + 1], best[i + 1][j])
    return 2 * best[-1][-1] / (len(predicted) + len(reference))


def table_similarity(predicted: Sequence[Table], reference: Sequence[Table]) -> float | None:
    """Mean TEDS over tables paired by shared words; tables without a partner count as 0."""
    if not predicted and not reference:
        return None
    free, total = list(predicted), 0.0
    for table in reference:
        partner = max(free, key=lambda other: fuzz.token_set_ratio(_words(other), _words(table)), default=None)
        if partner is not None and fuzz.token_set_ratio(_words(partner), _words(table)) >= SAME_TABLE:
            free.remove(partner)
            total += _teds(table, partner)
    return total / max(len(predicted), len(reference))


def _teds(one: Table, other: Table) -> float:
    sample = TableMetricHTMLInputSample(id="table", html_a=_html(one), html_b=_html(other), structure_only=False)
    return float(TableMetric([TableMetricKind.TEDS]).evaluate_sample(sample).teds.teds)


def _words(table: Table) -> str:
    return " ".join(cell for row in table for cell in row)


def _html(table: Table) -> str:
    rows = ("".join(f"<td>{html.escape(CONTROL.sub(' ', cell))}</td>" for cell in row) for row in table)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def score_folder(folder: Path) -> dict[str, Score]:
    """Scores by document name of the Markdown files in ``folder``; a missing file scores as empty."""
    texts = {path: folder / path.name for path in sorted(REFERENCE.glob("*.md"))}
    read = {path.stem: (found.read_text() if found.exists() else "", path.read_text()) for path, found in texts.items()}
    return {name: score(predicted, reference) for name, (predicted, reference) in read.items()}


def main() -> None:
    """Convert, score and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help="keep the Markdown files here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.out or Path(temporary)
        convert(folder)
        scores = score_folder(folder)
    print("| document | nid | nid_s | heading | teds |\n|---|---|---|---|---|")
    for name, row in {**scores, "**mean**": mean(scores.values())}.items():
        values = (f"{value:.3f}" if value is not None else "" for value in (row.nid, row.nid_s, row.heading, row.teds))
        print(f"| {name} | {' | '.join(values)} |")


def convert(folder: Path) -> None:
    """Convert every document that has a reference, with Folio's command line."""
    from pipeline.cli.__main__ import main as folio

    files = [str(DATA / f"{path.stem}.pdf") for path in sorted(REFERENCE.glob("*.md"))]
    folio(["convert", *files, "--out", str(folder), "--formats", "md"])


if __name__ == "__main__":
    main()
