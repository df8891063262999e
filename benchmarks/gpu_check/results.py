"""The results of the check's steps: one JSON file each, replaced whole, so that a kill leaves the last one readable."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

Found = dict[str, Any]


class Ended(StrEnum):
    """How a step ended. ``UNFINISHED`` stands in the file while the step goes on."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    LEFT_OUT = "left out"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step has found so far. ``reason`` says why it failed or was left out, in one line."""

    step: str
    ended: Ended
    found: Found = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether the step need not be run again."""
        return self.ended in {Ended.DONE, Ended.LEFT_OUT}


class Results:
    """The files ``STEP.json`` in ``folder``, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def log(self, step: str) -> Path:
        """The file of what the step printed."""
        return self.folder / f"{step}.log"

    def put(self, outcome: Outcome) -> None:
        """Write the outcome in the place of an earlier one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f".{outcome.step}.new"
        new.write_text(json.dumps(asdict(outcome), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(new, self.folder / f"{outcome.step}.json")

    def get(self, step: str) -> Outcome | None:
        """The step's outcome, None where it has none that can be read."""
        try:
            raw = json.loads((self.folder / f"{step}.json").read_text(encoding="utf-8"))
            return replace(Outcome(**raw), ended=Ended(raw["ended"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def found(self, step: str) -> Found:
        """What the step has found, empty where it has found nothing or is not done."""
        outcome = self.get(step)
        return outcome.found if outcome is not None and outcome.ended is Ended.DONE else {}

    def all(self, steps: Iterable[str]) -> list[Outcome]:
        """The outcomes that there are, in the order of ``steps``."""
        return [outcome for step in steps if (outcome := self.get(step)) is not None]
