"""What a role offers to the loop: one iteration at a time, from values to values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.worker_iterations import Finding, IterationStatus, PlannedCase, Role, WorkerIteration


class Stop(Protocol):
    """Whether the process was asked to end; a long iteration looks at it between its parts."""

    @property
    def asked(self) -> bool: ...

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until asked."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One iteration to be done: its number, the iteration before it (None for the first), when it began (UTC), and the
    wish that the process ends.
    """

    number: int
    before: WorkerIteration | None
    now: datetime
    stop: Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOutcome:
    """What an iteration brought. ``state`` is a JSON object that the next iteration finds in ``before``."""

    summary: str
    status: IterationStatus = IterationStatus.OK
    perspective: str = ""
    stage: str = ""
    source: str = ""
    findings: tuple[Finding, ...] = ()
    cases: tuple[PlannedCase, ...] = ()
    state: str = "{}"


class RoleWork(Protocol):
    """What a role does in one iteration."""

    @property
    def role(self) -> Role: ...

    @property
    def heavy(self) -> bool:
        """Whether it takes much of the machine, and so waits as long as a visitor's document is converted."""
        ...

    def iterate(self, turn: Turn) -> TurnOutcome:
        """Do one iteration. An iteration whose process is killed is done again under the same number, so what it
        changes outside its record must bear being done twice. Raises FolioError where it cannot.
        """
        ...
