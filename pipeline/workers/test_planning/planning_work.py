"""One iteration of the test-planning worker: the next perspective turns what is new into cases."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.settings import Settings
from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import Finding, IterationStatus, PlannedCase, Role, Severity, WorkerIteration
from pipeline.workers.analysis.studied_runs import RunsUntil, records_source, runs_of
from pipeline.workers.frame.neighbours import Neighbour
from pipeline.workers.frame.worker_protocol import Turn, TurnOutcome
from pipeline.workers.test_planning.case_file import (
    PlannedOutcome,
    cases_file,
    newest_cases,
    outcomes_file,
    read_outcomes,
    write_cases,
)
from pipeline.workers.test_planning.lessons import Lesson, lessons_of
from pipeline.workers.test_planning.planned_case import planned_case
from pipeline.workers.test_planning.planning_perspectives import PLANNING_PERSPECTIVES, PlanningPerspective

FIRST_SEED, SEEDS = 100, 900
"""Seeds from 1000 on are held back: nothing is planned on them."""
FIRST_ROUND = "No document of this kind has failed yet; the case keeps it that way."


@dataclass(frozen=True, slots=True)
class PlanningSources:
    """What the worker reads: runs that ended by a time, the analysis worker's newest iteration, outcomes of planned
    tests, and where the records come from. ``export`` is told of every iteration's cases.
    """

    runs_until: RunsUntil
    analysis: Callable[[], WorkerIteration | None] = lambda: None
    outcomes: Callable[[], tuple[PlannedOutcome, ...]] = lambda: ()
    export: Callable[[tuple[PlannedCase, ...]], None] = lambda cases: None
    name: str = "local records"


class PlanningWork:
    """The test-planning worker."""

    role = Role.TEST_PLANNING
    heavy = False

    def __init__(self, sources: PlanningSources) -> None:
        self._sources = sources

    def iterate(self, turn: Turn) -> TurnOutcome:
        """Plan from the perspective whose turn it is. ``state`` holds, by perspective, the lessons that were turned
        into cases, and how often it has planned.
        """
        chosen = PLANNING_PERSPECTIVES[(turn.number - 1) % len(PLANNING_PERSPECTIVES)]
        state: dict[str, Any] = json.loads(turn.before.state) if turn.before else {}
        learnt: dict[str, list[str]] = dict(state.get("lessons", {}))
        rounds: dict[str, int] = dict(state.get("rounds", {}))
        lessons = lessons_of(self._sources.runs_until(turn.now), self._sources.analysis())
        planned = set(learnt.get(chosen.name, []))
        new = [lesson for lesson in lessons if concerns(chosen, lesson) and lesson.key not in planned]
        cases = self._plan(chosen, new, rounds.get(chosen.name, 0))
        self._sources.export(cases)
        if cases:
            rounds[chosen.name] = rounds.get(chosen.name, 0) + 1
            learnt[chosen.name] = sorted(planned | {lesson.key for lesson in new})
        return TurnOutcome(
            summary=_summary(chosen, cases, new),
            status=IterationStatus.OK if cases else IterationStatus.IDLE,
            perspective=chosen.name,
            source=self._sources.name,
            findings=tuple(_finding(outcome) for outcome in self._sources.outcomes() if _failed(outcome, chosen)),
            cases=cases,
            state=json.dumps({"lessons": learnt, "rounds": rounds}, sort_keys=True),
        )

    def _plan(self, chosen: PlanningPerspective, lessons: list[Lesson], done: int) -> tuple[PlannedCase, ...]:
        """The first round comes without a reason; each later one has a lesson that is new."""
        if done and not lessons:
            return ()
        seed = FIRST_SEED + done % SEEDS
        why = " ".join(lesson.sentence for lesson in lessons[:3]) or FIRST_ROUND
        traits = tuple(sorted({word for lesson in lessons for word in lesson.about & set(chosen.traits)}))
        evidence = tuple(item for lesson in lessons[:3] for item in lesson.evidence[:3])
        return tuple(
            planned_case(chosen.name, recipe, invariants, why, traits, evidence)
            for recipe, invariants in chosen.drafts(seed)
        )


def concerns(chosen: PlanningPerspective, lesson: Lesson) -> bool:
    """Whether a lesson calls for cases of this perspective."""
    return bool(lesson.about & {*chosen.traits, *chosen.codes})


def _failed(outcome: PlannedOutcome, chosen: PlanningPerspective) -> bool:
    return outcome.perspective == chosen.name and not outcome.passed


def _finding(outcome: PlannedOutcome) -> Finding:
    """A case that fails today. It was run, so nothing about it is chance."""
    words = f"The planned case {outcome.case_id} ({outcome.perspective}) fails: {outcome.words}"
    return Finding("planned.fails", outcome.case_id, words, 1.0, 0.0, "cases", 0.0, Severity.WARNING, 1)


def _summary(chosen: PlanningPerspective, cases: tuple[PlannedCase, ...], lessons: list[Lesson]) -> str:
    if not cases:
        return f"Nothing new calls for more {chosen.name} documents."
    reason = f" {lessons[0].sentence}" if lessons else ""
    cases_planned = f"{len(cases)} case{'' if len(cases) == 1 else 's'} planned"
    return f"{cases_planned} with {chosen.name} documents.{reason}"


def build(settings: Settings, token: str) -> PlanningWork:
    """The worker over the records of this machine and the analysis worker's dataset."""
    iterations = IterationLog(settings.data_dir, Role.TEST_PLANNING)

    def export(cases: tuple[PlannedCase, ...]) -> None:
        before = newest_cases(iterations.recent(settings.worker_iterations))
        write_cases(cases_file(settings.data_dir), {case.case_id: case for case in (*before, *cases)}.values())

    return PlanningWork(
        PlanningSources(
            runs_of(settings, token),
            Neighbour(settings, Role.ANALYSIS, token).last,
            lambda: read_outcomes(outcomes_file(settings.data_dir)),
            export,
            records_source(settings, token),
        )
    )
