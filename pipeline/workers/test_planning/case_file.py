"""The file of planned cases, which ``make test-planned`` runs, and the file of outcomes that it leaves.

    workers/test-planning/planned-cases.jsonl        one case a line, newest first, each case once
    workers/test-planning/planned-outcomes.jsonl     how each case ended when it was run last

Both are derived: the cases from the worker's iterations, the outcomes from a run of the tests. Losing one costs a run.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from pipeline.store.codec import Codec
from pipeline.store.iteration_log import worker_folder
from pipeline.worker_iterations import PlannedCase, Role, WorkerIteration

CASES_FILE, OUTCOMES_FILE = "planned-cases.jsonl", "planned-outcomes.jsonl"


@dataclass(frozen=True, slots=True)
class PlannedOutcome:
    """How a planned case ended: whether its invariants held, and in words what did not."""

    case_id: str
    perspective: str
    passed: bool
    words: str = ""


CASE = Codec(TypeAdapter(PlannedCase))
PLANNED_OUTCOME = Codec(TypeAdapter(PlannedOutcome))


def cases_file(data_dir: Path) -> Path:
    """Where the worker of this data folder writes its cases."""
    return worker_folder(data_dir, Role.TEST_PLANNING) / CASES_FILE


def outcomes_file(data_dir: Path) -> Path:
    """Where a run of the planned tests writes how they ended."""
    return worker_folder(data_dir, Role.TEST_PLANNING) / OUTCOMES_FILE


def newest_cases(iterations: Iterable[WorkerIteration]) -> tuple[PlannedCase, ...]:
    """Every case of these iterations (newest first) once, the newest plan of each."""
    cases: dict[str, PlannedCase] = {}
    for iteration in iterations:
        for case in iteration.cases:
            cases.setdefault(case.case_id, case)
    return tuple(cases.values())


def write_cases(path: Path, cases: Iterable[PlannedCase]) -> None:
    """Write the file anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(CASE.encode(case) + b"\n" for case in cases))


def write_outcomes(path: Path, outcomes: Iterable[PlannedOutcome]) -> None:
    """Write the file anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(PLANNED_OUTCOME.encode(outcome) + b"\n" for outcome in outcomes))


def read_cases(path: Path) -> tuple[PlannedCase, ...]:
    """The cases in a file: one a line, or rows of the worker's dataset, which hold several. Each case once.

    Raises ValueError for a line that is neither.
    """
    cases: dict[str, PlannedCase] = {}
    for line in path.read_bytes().splitlines():
        value = orjson.loads(line)
        for item in value.get("cases", [value]):
            case = CASE.decode(orjson.dumps(item))
            cases[case.case_id] = case
    return tuple(cases.values())


def read_outcomes(path: Path) -> tuple[PlannedOutcome, ...]:
    """How the cases ended when they were run last; none where they never were or the file is damaged."""
    try:
        return tuple(PLANNED_OUTCOME.decode(line) for line in path.read_bytes().splitlines())
    except (OSError, ValueError):
        return ()
