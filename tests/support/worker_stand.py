"""What tests of workers need: a clock that is set by hand, works that count, and loops over a test's folder."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.settings import Settings
from pipeline.store.heartbeats import heartbeat_path
from pipeline.store.iteration_log import IterationLog
from pipeline.store.status import iso
from pipeline.worker_iterations import Finding, Role, Severity, WorkerIteration
from pipeline.workers.analysis.studied_run import StudiedRun
from pipeline.workers.analysis.studied_runs import WINDOW
from pipeline.workers.frame.insights import with_findings
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_loop import Surround, WorkerLoop
from pipeline.workers.frame.worker_protocol import RoleWork, Turn, TurnOutcome

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that only moves when it is told to; ``stops_after`` is when waiting asks for the end."""

    time: datetime = NOON
    stops_after: datetime | None = None
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    @property
    def asked(self) -> bool:
        return self.stops_after is not None and self.time >= self.stops_after

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)


class CountingWork:
    """Counts iterations in its own state, so that a lost or repeated one shows."""

    role = Role.ANALYSIS
    heavy = False

    def __init__(self, during: Callable[[Turn], None] = lambda turn: None, findings: Iterable[Finding] = ()) -> None:
        self._during, self._findings = during, tuple(findings)

    def iterate(self, turn: Turn) -> TurnOutcome:
        self._during(turn)
        count = json.loads(turn.before.state).get("count", 0) + 1 if turn.before else 1
        return TurnOutcome(summary=f"count {count}", findings=self._findings, state=json.dumps({"count": count}))


def finding(subject: str = "0.2.0", severity: Severity = Severity.WARNING, sentence: str = "Slower.") -> Finding:
    return Finding("performance.infer", subject, sentence, 2.0, 1.0, "s", 0.0001, severity)


def loop_over(settings: Settings, work: RoleWork, clock: HandClock, interval: int = 60, **around: object) -> WorkerLoop:
    """A loop by the hand clock."""
    iterations = IterationLog(settings.data_dir, work.role)
    pulse = Pulse(heartbeat_path(settings, work.role), work.role, clock.now)
    return WorkerLoop(work, iterations, pulse, interval, Surround(now=clock.now, **around))  # type: ignore[arg-type]


def analysed(
    work: RoleWork, moments: Iterable[datetime], before: WorkerIteration | None = None
) -> Iterator[WorkerIteration]:
    """The iterations of ``work`` after ``before``, one at each moment, without a disk."""
    for number, moment in enumerate(moments, before.iteration + 1 if before else 1):
        outcome = work.iterate(Turn(number, before, moment, HandClock()))
        before = WorkerIteration(
            role=work.role,
            iteration=number,
            started_at=iso(moment),
            duration_ms=0,
            status=outcome.status,
            summary=outcome.summary,
            perspective=outcome.perspective,
            stage=outcome.stage,
            findings=outcome.findings,
            cumulative_insights=with_findings(before.cumulative_insights if before else (), outcome.findings, number),
            cases=outcome.cases,
            state=outcome.state,
        )
        yield before


def runs_before(runs: Iterable[StudiedRun], now: datetime) -> tuple[StudiedRun, ...]:
    """Those that ended by ``now`` and began in the five weeks before it."""
    end, start = now.timestamp() * 1000, (now - WINDOW).timestamp() * 1000
    return tuple(run for run in runs if start < run.started_ms <= end)
