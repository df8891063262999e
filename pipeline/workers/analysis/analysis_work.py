"""One iteration of the analysis worker: the next perspective looks at what came since its last look."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from pipeline.settings import Settings
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.watcher_process import watched
from pipeline.worker_iterations import IterationStatus, Role
from pipeline.workers.analysis.comparisons import confirmed, once_each
from pipeline.workers.analysis.perspective import Look, Perspective, all_perspectives
from pipeline.workers.analysis.studied_run import StudiedRun
from pipeline.workers.analysis.studied_runs import StudiedRuns
from pipeline.workers.frame.worker_protocol import Turn, TurnOutcome

LEAST_NEW = 40
"""Documents that a look needs."""

RunsUntil = Callable[[datetime], tuple[StudiedRun, ...]]


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
        recent = tuple(run for run in runs if run.started_ms > seen.get(chosen.name, 0))
        documents = len(once_each(recent))
        if documents < LEAST_NEW:
            summary = f"{documents} new documents; a look needs {LEAST_NEW}."
            return self._outcome(chosen, summary, seen, status=IterationStatus.IDLE)
        look = Look(recent, tuple(run for run in runs if run.started_ms <= seen.get(chosen.name, 0)))
        findings = confirmed(candidate for candidate in chosen.ask(look) if candidate is not None)
        seen[chosen.name] = recent[-1].started_ms
        sentences = " ".join(finding.sentence for finding in findings[:3])
        summary = sentences or f"{documents} new documents, nothing that differs from those before."
        return self._outcome(chosen, summary, seen, findings=findings)

    def _outcome(self, chosen: Perspective, summary: str, seen: dict[str, int], **more: Any) -> TurnOutcome:
        state = json.dumps({"seen_ms": seen}, sort_keys=True)
        return TurnOutcome(summary=summary, perspective=chosen.name, source=self._source, state=state, **more)


def build(settings: Settings, token: str) -> AnalysisWork:
    """The worker over the records of this machine and of the watched datasets."""
    return AnalysisWork(runs_of(settings, token), records_source(settings, token))


def runs_of(settings: Settings, token: str) -> RunsUntil:
    """The runs of this machine and of the watched datasets, which a server beside the worker copies to this disk. A
    worker without one, such as in a Job, copies them itself before each look.
    """
    runs = StudiedRuns(settings.data_dir)
    named = dict.fromkeys((*watched(settings), settings.results_dataset if token else ""))
    datasets = tuple(name for name in named if name)
    if not datasets or PARENT_VARIABLE in os.environ:
        return runs.until
    connection = import_module("pipeline.workers.frame.hub_connection")  # with the Hub's client, only where it is used
    read: Callable[[], None] = connection.records_reader(settings, datasets, token)

    def until(now: datetime) -> tuple[StudiedRun, ...]:
        read()
        return runs.until(now)

    return until


def records_source(settings: Settings, token: str) -> str:
    """Where the records come from, for people."""
    if settings.dashboard_datasets:
        return f"local records and {settings.dashboard_datasets}"
    return "local records" if token else "local records, no token"
