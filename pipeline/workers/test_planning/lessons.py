"""What documents have taught: insights of the analysis worker, and runs that failed or have a notice, by kind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.worker_iterations import Evidence, Finding, Insight, Severity, WorkerIteration
from pipeline.workers.analysis.studied_run import StudiedRun

SHOWN_RUNS = 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing that was seen: a stable name, the trait or code that it is about, a sentence, and runs that show it."""

    key: str
    about: frozenset[str]
    sentence: str
    evidence: tuple[Evidence, ...] = ()


def lessons_of(runs: Iterable[StudiedRun], analysis: WorkerIteration | None) -> tuple[Lesson, ...]:
    """Every lesson, those of the analysis first."""
    return (*_of_analysis(analysis), *_of_runs(runs))


def _of_analysis(analysis: WorkerIteration | None) -> Iterator[Lesson]:
    if analysis is None:
        return
    evidence = {finding.key: finding.evidence for finding in analysis.findings}
    for insight in analysis.cumulative_insights:
        if insight.severity is not Severity.INFO:
            yield Lesson(insight.key, frozenset(words_of(insight)), insight.sentence, evidence.get(insight.key, ()))


def words_of(insight: Insight | Finding) -> Iterator[str]:
    """The traits and codes that an insight's subject names: ``CODE on TRAIT``, or one of them alone."""
    subject = insight.key.partition(" · ")[2]
    yield subject
    yield from subject.split(" on ", 1)


def _of_runs(runs: Iterable[StudiedRun]) -> Iterator[Lesson]:
    """A lesson for each code, over the runs that show it."""
    by_code: dict[str, list[StudiedRun]] = {}
    for run in runs:
        for code in run.codes:
            by_code.setdefault(code, []).append(run)
    for code, shown in sorted(by_code.items()):
        documents = len({run.document for run in shown})
        words = f"{documents} document{'' if documents == 1 else 's'} showed {code}."
        evidence = tuple(Evidence(run.record_id, run.pages_with(code)) for run in shown[-SHOWN_RUNS:])
        yield Lesson(f"seen · {code}", frozenset({code}), words, evidence)
