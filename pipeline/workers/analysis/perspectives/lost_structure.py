"""Whether structure is lost: headings, lists, tables and pictures, also of documents that were converted before."""

from collections.abc import Iterator, Mapping

from pipeline.workers.analysis.comparisons import (
    Candidate,
    Measure,
    Question,
    compare_numbers,
    compare_pairs,
)
from pipeline.workers.analysis.perspective import ComparedGroup, Look, perspective
from pipeline.workers.analysis.studied_run import StudiedRun

SENTENCE = "{{subject}}: {{value:.1f}} {what} a document instead of {{baseline:.1f}} ({{change:+.0f}} %){where}."


def _kept(count: str) -> Measure:
    def measure(run: StudiedRun) -> float | None:
        return float(getattr(run.markdown, count)) if run.converted and run.markdown else None

    return measure


MEASURES: Mapping[str, Measure] = {
    "tables": lambda run: float(run.tables) if run.converted and run.options.tables else None,
    "pictures": lambda run: float(run.figures) if run.converted else None,
    "characters": lambda run: float(run.characters) if run.converted else None,
    "headings": _kept("headings"),
    "list items": _kept("list_items"),
    "table rows": _kept("table_rows"),
}


@perspective("structure", "Headings, lists, tables, pictures and text that are lost or gained.")
def structure(look: Look) -> Iterator[Candidate | None]:
    for group in look.by_version():
        for what, measure in MEASURES.items():
            yield from _compared(group, what, measure)


def _compared(group: ComparedGroup, what: str, measure: Measure) -> Iterator[Candidate | None]:
    question = Question(
        f"structure.{what.replace(' ', '_')}", group.subject, what, SENTENCE.format(what=what, where="")
    )
    pairs = Question(
        f"structure.{what.replace(' ', '_')}_of_same_document",
        group.subject,
        what,
        SENTENCE.format(what=what, where=" where the same documents were converted before"),
    )
    per_page: Measure = lambda run: None if (found := measure(run)) is None else found / run.pages_ok  # noqa: E731
    yield compare_numbers(question, per_page, group.recent, group.baseline, least_ratio=1.4, higher_is_worse=False)
    yield compare_pairs(pairs, measure, group.recent, group.baseline)
