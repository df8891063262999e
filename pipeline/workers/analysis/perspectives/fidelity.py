"""Whether the text is right: confidence, pages without a word, letters that could not be read."""

from collections.abc import Iterator

from pipeline.workers.analysis.comparisons import Candidate, Question, compare_numbers, compare_shares
from pipeline.workers.analysis.perspective import Look, perspective

PER_CENT = "{value:.0%} of documents instead of {baseline:.0%}."


@perspective("fidelity", "Confidence of the text; empty, unsure and garbled pages.")
def fidelity(look: Look) -> Iterator[Candidate | None]:
    for group in look.by_version():
        recent = tuple(run for run in group.recent if run.converted)
        before = tuple(run for run in group.baseline if run.converted)
        yield compare_numbers(
            Question(
                "fidelity.doubt",
                group.subject,
                "1 - confidence",
                "{subject}: the doubt about a page's text is {value:.3f} instead of {baseline:.3f} ({change:+.0f} %).",
            ),
            lambda run: None if run.confidence is None else max(1 - run.confidence, 1e-3),
            recent,
            before,
        )
        yield compare_shares(
            Question("fidelity.empty_pages", group.subject, "share", "{subject}: pages without content in " + PER_CENT),
            lambda run: bool(run.empty_pages),
            recent,
            before,
            pages=lambda run: run.empty_pages,
        )
        yield compare_shares(
            Question("fidelity.unsure_pages", group.subject, "share", "{subject}: pages read unsurely in " + PER_CENT),
            lambda run: bool(run.unsure_pages),
            recent,
            before,
            pages=lambda run: run.unsure_pages,
        )
        yield compare_shares(
            Question("fidelity.garbled", group.subject, "share", "{subject}: letters that are none in " + PER_CENT),
            lambda run: run.markdown is not None and run.markdown.unreadable > 0,
            [run for run in recent if run.markdown],
            [run for run in before if run.markdown],
        )
