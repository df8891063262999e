"""One iteration of the analysis worker: the next perspective looks at what came since its last look."""

import json
from collections.abc import Sequence
from typing import Any

from pipeline.settings import Settings
from pipeline.worker_iterations import IterationStatus, Role
from pipeline.workers.analysis.comparisons import DAY_MS, confirmed, once_each
from pipeline.workers.analysis.perspective import Look, Perspective, all_perspectives
from pipeline.workers.analysis.studied_run import StudiedRun
from pipeline.workers.analysis.studied_runs import RunsUntil, records_source, runs_of
from pipeline.workers.frame.worker_protocol import Turn, TurnOutcome

LEAST_NEW = 40
"""Documents that a look needs."""


class AnalysisWork:
    """The analysis worker. ``runs_until`` gives the runs that have ended by a time, oldest first."""

    role = Role.ANALYSIS
    heavy = False

    def __init__(self, runs_until: RunsUntil, source: str, perspectives: tuple[Perspective, ...] = ()) -> None:
        self._runs_until, self._source = runs_until, source
        self._perspectives = perspectives or all_perspectives()

    def iterate(self, turn: Turn) -> TurnOutcome:
        """Look from the perspective whose turn it is. ``state`` holds, by perspective, the start of the last run seen,
        in milliseconds since 1970.
        """
        chosen = self._perspectives[(turn.number - 1) % len(self._perspectives)]
        state: dict[str, Any] = json.loads(turn.before.state) if turn.before else {}
        seen: dict[str, int] = dict(state.get("seen_ms", {}))
        runs = self._runs_until(turn.now)
        until = seen[chosen.name] if chosen.name in seen else first_cut(runs)
        recent = tuple(run for run in runs if run.started_ms > until)
        documents = len(once_each(recent))
        if documents < LEAST_NEW:
            summary = f"{documents} new documents; a look needs {LEAST_NEW}."
            return self._outcome(chosen, summary, seen, status=IterationStatus.IDLE)
        look = Look(recent, tuple(run for run in runs if run.started_ms <= until))
        findings = confirmed(candidate for candidate in chosen.ask(look) if candidate is not None)
        seen[chosen.name] = recent[-1].started_ms
        sentences = " ".join(finding.sentence for finding in findings[:3])
        summary = sentences or f"{documents} new documents, nothing that differs from those before."
        return self._outcome(chosen, summary, seen, findings=findings)

    def _outcome(self, chosen: Perspective, summary: str, seen: dict[str, int], **more: Any) -> TurnOutcome:
        state = json.dumps({"seen_ms": seen}, sort_keys=True)
        return TurnOutcome(summary=summary, perspective=chosen.name, source=self._source, state=state, **more)


def first_cut(runs: Sequence[StudiedRun]) -> int:
    """Where the first look of a perspective cuts the history that it finds, in milliseconds since 1970: the newest day,
    and at least as many documents as a look needs, are compared with what was before. 0 where there is no more.
    """
    documents: set[str] = set()
    for run in reversed(runs):
        if len(documents) >= LEAST_NEW and runs[-1].started_ms - run.started_ms >= DAY_MS:
            return run.started_ms
        documents.add(run.document)
    return 0


def build(settings: Settings, token: str) -> AnalysisWork:
    """The worker over the records of this machine and of the watched datasets."""
    return AnalysisWork(runs_of(settings, token), records_source(settings, token))
