"""How long pages take, stage by stage and version by version."""

from collections.abc import Iterator

from pipeline.records import Stage
from pipeline.workers.analysis.comparisons import Candidate, Measure, Question, compare_numbers
from pipeline.workers.analysis.perspective import Look, perspective


@perspective("performance", "Time of each stage per page; regressions between versions.")
def performance(look: Look) -> Iterator[Candidate | None]:
    for group in look.by_version():
        for stage in Stage:
            question = Question(
                f"performance.{stage.value}",
                group.subject,
                "ms per page",
                f"{{subject}}: the stage {stage.value} takes {{value:.0f}} ms a page instead of {{baseline:.0f}} "
                "({change:+.0f} %).",
            )
            yield compare_numbers(question, _time_of(stage), group.recent, group.baseline)


def _time_of(stage: Stage) -> Measure:
    return lambda run: run.stage_ms.get(stage) if run.converted else None
