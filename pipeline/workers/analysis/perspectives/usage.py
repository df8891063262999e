"""What is asked for, and what is abandoned."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import Origin, RunStatus
from pipeline.workers.analysis.comparisons import Candidate, Hit, Question, compare_shares
from pipeline.workers.analysis.perspective import Look, perspective

ASKED: Mapping[str, Hit] = {
    "through the API": lambda run: run.origin is Origin.API,
    "with OCR on every page": lambda run: run.options.ocr is OcrMode.ALWAYS,
    "with a page range": lambda run: bool(run.options.pages),
    "without tables": lambda run: not run.options.tables,
    "on the CPU": lambda run: run.options.lane is LaneChoice.CPU,
}
TRAITS_TESTED = 10


@perspective("usage", "What is asked for, and what is abandoned.")
def usage(look: Look) -> Iterator[Candidate | None]:
    for words, hit in ASKED.items():
        yield compare_shares(
            Question(
                f"usage.{words.replace(' ', '_')}",
                "all requests",
                "share",
                f"{{value:.0%}} of requests came {words} instead of {{baseline:.0%}}.",
            ),
            hit,
            look.recent,
            look.baseline,
            least_difference=0.15,
            higher_is_worse=False,
        )
    yield compare_shares(
        Question(
            "usage.abandoned", "all requests", "share", "{value:.0%} of runs were stopped instead of {baseline:.0%}."
        ),
        lambda run: run.status is RunStatus.CANCELLED,
        look.recent,
        look.baseline,
        least_difference=0.1,
    )
    runs = look.baseline + look.recent
    for trait, _ in Counter(trait for run in look.recent for trait in run.traits).most_common(TRAITS_TESTED):
        yield compare_shares(
            Question(
                "usage.abandoned_with_trait",
                trait,
                "share",
                "{value:.0%} of runs on documents with the trait '{subject}' were stopped, {baseline:.0%} of others.",
            ),
            lambda run: run.status is RunStatus.CANCELLED,
            [run for run in runs if trait in run.traits],
            [run for run in runs if trait not in run.traits],
            least_difference=0.2,
        )
