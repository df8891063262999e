"""The loop of every worker: one iteration at a time, each of them one record.

An iteration's number is settled by its record alone (``pipeline/store/iteration_log.py``). Killed before the record is
written, the iteration is done again under its number; killed afterwards, it is done. So the loop keeps nothing in
memory that matters: what the next iteration needs stands in the record before it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pipeline
from pipeline.errors import FolioError, InternalError, IterationGivenUp, StorageFailed
from pipeline.store.iteration_log import IterationLog
from pipeline.store.status import iso
from pipeline.worker_iterations import IterationStatus, WorkerIteration, WorkerState
from pipeline.workers.frame.insights import with_findings
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_protocol import RoleWork, Stop, Turn, TurnOutcome

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""An iteration that took its process with it this often is given up."""
LONGEST_BACK_OFF = 3600.0
MOST_DOUBLINGS = 10
"""After this many failures the shortest interval has grown to the longest wait; no float holds 2 to the power of weeks
of failures.
"""
LIGHT_PATIENCE = timedelta(minutes=10)
"""How long a light worker stands back for visitors before it goes on beside them."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Surround:
    """What the loop needs around it; every part can be replaced by a test.

    ``busy`` tells whether a visitor's document is converted; ``publish`` sends iterations to the Hub (with True at
    once); ``ended`` hears of each iteration once it is durable.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    busy: Callable[[datetime], bool] = lambda now: False
    publish: Callable[[bool], str] = lambda at_once: ""
    ended: Callable[[WorkerIteration], None] = lambda iteration: None


class WorkerLoop:
    """Runs one worker. Not thread-safe: its thread is the only one that appends to ``iterations``."""

    def __init__(
        self,
        work: RoleWork,
        iterations: IterationLog,
        pulse: Pulse,
        interval_seconds: int,
        around: Surround | None = None,
    ) -> None:
        self._work, self._log, self._pulse = work, iterations, pulse
        self._interval, self._around = interval_seconds, around or Surround()
        self._failures = 0
        self._waiting_since: datetime | None = None

    def run(self, stop: Stop) -> None:
        """Iterate until asked to stop, then publish what is left."""
        while not stop.asked:
            if self._held_back(stop):
                continue
            self.turn(stop)
            self._rest(stop)
        self._around.publish(True)

    def turn(self, stop: Stop) -> WorkerIteration | None:
        """One iteration, now. None where its record could not be written: it is done again under its number."""
        self._pulse.show(state=WorkerState.WORKING, next_at="")
        try:
            iteration = self._iterate(stop)
        except (StorageFailed, OSError):
            log.exception("an iteration could not be recorded")
            self._failures += 1
            self._pulse.show(error=StorageFailed.code)
            return None
        self._failures = self._failures + 1 if iteration.status is IterationStatus.ERROR else 0
        self._around.ended(iteration)
        error = self._around.publish(False)
        self._pulse.show(iteration=iteration.iteration, source=iteration.source, error=iteration.error or error)
        return iteration

    def _iterate(self, stop: Stop) -> WorkerIteration:
        began, number, before = self._around.now(), self._log.next_number(), self._log.last()
        attempt = self._log.begin(number)
        error = ""
        try:
            if attempt > MOST_ATTEMPTS:
                raise IterationGivenUp(attempt - 1)
            outcome = self._work.iterate(Turn(number, before, began, stop))
        except (StorageFailed, OSError):
            raise
        except FolioError as failure:
            outcome, error = _failed(failure, before), failure.code
        except Exception:
            log.exception("iteration %d of %s failed", number, self._work.role)
            outcome, error = _failed(InternalError(), before), InternalError.code
        iteration = self._record(number, before, began, outcome, error)
        self._log.append(iteration)
        return iteration

    def _record(
        self, number: int, before: WorkerIteration | None, began: datetime, outcome: TurnOutcome, error: str
    ) -> WorkerIteration:
        insights = before.cumulative_insights if before else ()
        return WorkerIteration(
            role=self._work.role,
            iteration=number,
            started_at=iso(began),
            duration_ms=round((self._around.now() - began).total_seconds() * 1000),
            status=IterationStatus.ERROR if error else outcome.status,
            summary=outcome.summary,
            perspective=outcome.perspective,
            stage=outcome.stage,
            source=outcome.source,
            app=pipeline.__version__,
            findings=outcome.findings,
            cumulative_insights=with_findings(insights, outcome.findings, number),
            cases=outcome.cases,
            state=outcome.state,
            error=error,
        )

    def _held_back(self, stop: Stop) -> bool:
        """Wait a moment where the worker is paused, or where a visitor's document comes first."""
        now = self._around.now()
        if self._log.paused:
            self._pulse.show(state=WorkerState.PAUSED, next_at="")
        elif self._around.busy(now) and not self._impatient(now):
            self._pulse.show(state=WorkerState.STANDING_BACK, next_at="")
        else:
            self._waiting_since = None
            return False
        stop.wait(LOOK_SECONDS)
        return True

    def _impatient(self, now: datetime) -> bool:
        if self._waiting_since is None:
            self._waiting_since = now
        return not self._work.heavy and now - self._waiting_since > LIGHT_PATIENCE

    def _rest(self, stop: Stop) -> None:
        """Wait for the next iteration; after failures twice as long each time. A pause is seen at once."""
        doubled = self._interval * 2.0 ** min(self._failures, MOST_DOUBLINGS)
        seconds = min(doubled, max(LONGEST_BACK_OFF, self._interval))
        until = self._around.now() + timedelta(seconds=seconds)
        state = WorkerState.BACKING_OFF if self._failures else WorkerState.WAITING
        self._pulse.show(state=state, next_at=iso(until))
        while not stop.asked and not self._log.paused and (left := (until - self._around.now()).total_seconds()) > 0:
            stop.wait(min(left, LOOK_SECONDS))


def _failed(error: FolioError, before: WorkerIteration | None) -> TurnOutcome:
    """The outcome of an iteration that failed: the worker's state is what it was."""
    return TurnOutcome(summary=error.message, status=IterationStatus.ERROR, state=before.state if before else "{}")
