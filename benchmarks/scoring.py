"""How close one Markdown text comes to another, fair to whatever converter wrote it.

``score(predicted, reference)`` gives figures in [0, 1], of which 1 is identical:

- nid: normalised indel similarity of the whole text, which is hurt by missing, invented and misplaced text alike
- nid_s: the same with tables taken out
- heading: F1 of headings, matched in order where their texts are at least 80 % similar
- level: the same, but the levels must be equal too
- teds: tree edit distance similarity of tables (Zhong et al. 2020); a missing or invented table counts as 0. Where one
  table has no cell that spans, as in Markdown's pipe tables, the other's are taken apart, their text repeated or not.
- item: F1 of the entries of lists, matched in order like headings
- depth: the same, but an entry must lie as deep in its list too

A figure is None where neither text has a heading (table, entry of a list).
"""

import html
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from docling_metrics_table import TableMetric, TableMetricHTMLInputSample
from docling_metrics_table.docling_metrics_table import TableMetricKind
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from benchmarks.markdown import Entry, Table, parsed

SAME_TEXT = 80  # per cent of similarity from which two headings or two entries are the same
SAME_TABLE = 40  # per cent of shared words from which two tables are compared at all


@dataclass(frozen=True)
class Score:
    """The figures of one document; None where a figure does not apply."""

    nid: float
    nid_s: float
    heading: float | None
    level: float | None
    teds: float | None
    item: float | None
    depth: float | None


FIGURES = tuple(each.name for each in fields(Score))


def score(predicted: str, reference: str) -> Score:
    """Compare two Markdown texts."""
    one, other = parsed(predicted), parsed(reference)
    return Score(
        nid=Indel.normalized_similarity(one.text, other.text),
        nid_s=Indel.normalized_similarity(one.text_without_tables, other.text_without_tables),
        heading=f1(one.headings, other.headings, alike),
        level=f1(one.headings, other.headings, alike_and_level),
        teds=table_similarity(one.tables, other.tables),
        item=f1(one.items, other.items, alike),
        depth=f1(one.items, other.items, alike_and_level),
    )


def mean(scores: Iterable[Score]) -> Score:
    """The mean of each figure over the documents that have it: 0 for text and None for the rest where none has."""
    rows = list(scores)
    means = {}
    for name in FIGURES:
        values = [value for row in rows if (value := getattr(row, name)) is not None]
        means[name] = statistics.mean(values) if values else 0.0 if name.startswith("nid") else None
    return Score(**means)  # type: ignore[arg-type]


def alike(one: Entry, other: Entry) -> bool:
    """Whether two texts are the same but for case and few letters."""
    return fuzz.ratio(one.text.lower(), other.text.lower()) >= SAME_TEXT


def alike_and_level(one: Entry, other: Entry) -> bool:
    """The same, on the same level."""
    return one.level == other.level and alike(one, other)


def f1(predicted: Sequence[Entry], reference: Sequence[Entry], same: Callable[[Entry, Entry], bool]) -> float | None:
    """F1 over the longest common subsequence."""
    if not predicted and not reference:
        return None
    best = [[0] * (len(reference) + 1) for _ in range(len(predicted) + 1)]
    for i, one in enumerate(predicted):
        for j, other in enumerate(reference):
            match = best[i][j] + 1 if same(one, other) else 0
            best[i + 1][j + 1] = max(match, best[i][j + 1], best[i + 1][j])
    return 2 * best[-1][-1] / (len(predicted) + len(reference))


def table_similarity(predicted: Sequence[Table], reference: Sequence[Table]) -> float | None:
    """Mean TEDS over tables paired by shared words; tables without a partner count as 0."""
    if not predicted and not reference:
        return None
    free, total = list(predicted), 0.0
    for table in reference:
        partner = max(free, key=lambda other: fuzz.token_set_ratio(other.words, table.words), default=None)
        if partner is not None and fuzz.token_set_ratio(partner.words, table.words) >= SAME_TABLE:
            free.remove(partner)
            total += _teds(table, partner)
    return total / max(len(predicted), len(reference))


def _teds(one: Table, other: Table) -> float:
    if one.spans == other.spans:
        return _edit_similarity(one, other)
    spanning, plain = (one, other) if one.spans else (other, one)
    return max(_edit_similarity(spanning.apart(repeat=repeat), plain) for repeat in (True, False))


def _edit_similarity(one: Table, other: Table) -> float:
    """TEDS, or 0 where more edits are needed than the larger table has cells."""
    sample = TableMetricHTMLInputSample(id="table", html_a=_html(one), html_b=_html(other), structure_only=False)
    return max(0.0, float(TableMetric([TableMetricKind.TEDS]).evaluate_sample(sample).teds.teds))


def _html(table: Table) -> str:
    """Rows of plain cells: which cells are heads is not compared, as pipe tables have one row of them and no more."""
    rows = []
    for row in table.rows:
        cells = (f'<td rowspan="{cell.rows}" colspan="{cell.columns}">{html.escape(cell.text)}</td>' for cell in row)
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>".replace(' rowspan="1"', "").replace(' colspan="1"', "")
