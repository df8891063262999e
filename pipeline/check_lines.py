"""One line of a check: what was looked at, how it stands, and what to do. The doctor and the verification give them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class CheckOutcome(StrEnum):
    """How a check ended. A warning leaves Folio working with less; a fault keeps something from working."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line. ``name`` is what was looked at, ``remedy`` what to do, empty where all is well.

    ``lack`` marks what a new Space still has to be given, such as a bucket or a token.
    """

    name: str
    outcome: CheckOutcome
    sentence: str
    remedy: str = ""
    lack: bool = False

    def text(self) -> str:
        """The line as a terminal shows it."""
        to_do = f" To do: {self.remedy}" if self.remedy else ""
        return f"[{self.outcome.value:<7}] {self.name}: {self.sentence}{to_do}"


def well(name: str, sentence: str) -> CheckLine:
    """A line about something that is as it should be."""
    return CheckLine(name, CheckOutcome.OK, sentence)


def warning(name: str, sentence: str, remedy: str, lack: bool = False) -> CheckLine:
    """A line about something that Folio works without."""
    return CheckLine(name, CheckOutcome.WARNING, sentence, remedy, lack)


def fault(name: str, sentence: str, remedy: str, lack: bool = False) -> CheckLine:
    """A line about something that does not work."""
    return CheckLine(name, CheckOutcome.FAULT, sentence, remedy, lack)


def any_fault(lines: Iterable[CheckLine]) -> bool:
    """Whether one of the lines is a fault."""
    return any(line.outcome is CheckOutcome.FAULT for line in lines)
