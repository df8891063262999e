"""Fifteen perspectives turn lessons into cases that the generator can make."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store.iteration_log import ITERATION, IterationLog
from pipeline.worker_iterations import (
    Evidence,
    Finding,
    Insight,
    IterationStatus,
    PlannedCase,
    Role,
    Severity,
    WorkerIteration,
)
from pipeline.workers.analysis.studied_run import study
from pipeline.workers.frame.worker_protocol import Turn
from pipeline.workers.test_planning.case_file import (
    PlannedOutcome,
    cases_file,
    newest_cases,
    read_cases,
    read_outcomes,
    write_cases,
    write_outcomes,
)
from pipeline.workers.test_planning.planned_case import Invariants, Recipe, read_invariants, read_recipe
from pipeline.workers.test_planning.planning_perspectives import LANGUAGES, PLANNING_PERSPECTIVES
from pipeline.workers.test_planning.planning_work import PlanningSources, PlanningWork, build
from tests.documents.finishes import FINISHES, PASSWORD
from tests.documents.kinds import KINDS
from tests.documents.languages import LANGUAGES as GENERATED_LANGUAGES
from tests.documents.renderers import SHAPED
from tests.documents.truth import markdown
from tests.planned.planned_check import PRINTERS, Converted, complaints, document_of, write_document
from tests.support.weeks import MONDAY, Troubles, week_of_runs
from tests.support.worker_stand import NOON, HandClock, analysed

RUNS = tuple(study(record) for record in week_of_runs(60, seed=21, troubles=Troubles(failing=MONDAY)))
CLUSTER = Finding(
    "failures.trait",
    "nothing_converted on large file",
    "All large files fail.",
    1.0,
    0.0,
    "share",
    1e-9,
    Severity.SEVERE,
    9,
    evidence=(Evidence("record-1"),),
)
ANALYSIS = WorkerIteration(
    role=Role.ANALYSIS,
    iteration=3,
    started_at="2026-03-02T12:00:00.000Z",
    duration_ms=1,
    status=IterationStatus.OK,
    summary="",
    findings=(CLUSTER,),
    cumulative_insights=(Insight(CLUSTER.key, CLUSTER.sentence, Severity.SEVERE, 3, 3),),
)
ALL_DRAFTS = [draft for row in PLANNING_PERSPECTIVES for seed in (100, 101) for draft in row.drafts(seed)]


def test_there_are_fifteen() -> None:
    assert len({row.name for row in PLANNING_PERSPECTIVES}) == 15


@pytest.mark.parametrize("recipe", [recipe for recipe, _ in ALL_DRAFTS], ids=str)
def test_every_recipe_names_what_the_generator_has(recipe: Recipe) -> None:
    assert recipe.kind in {*KINDS, "note"}
    assert recipe.finish in FINISHES
    assert recipe.renderer in PRINTERS
    language = document_of(recipe).language
    assert recipe.renderer != "reportlab" or language not in SHAPED
    assert recipe.seed < 1000 or recipe.kind == "foreign"


def test_languages_and_the_password_are_the_generators_own() -> None:
    assert tuple(GENERATED_LANGUAGES) == LANGUAGES
    assert PASSWORD in {recipe.password for recipe, _ in ALL_DRAFTS}
    drafts = next(row for row in PLANNING_PERSPECTIVES if row.name == "right-to-left").drafts(7)
    assert [document_of(recipe).language for recipe, _ in drafts] == ["ar", "he"]


def test_the_first_round_plans_every_kind_and_the_second_only_what_has_a_reason() -> None:
    work = PlanningWork(PlanningSources(lambda now: (), lambda: None))
    iterations = list(analysed(work, [NOON] * 30))
    assert [bool(iteration.cases) for iteration in iterations] == [True] * 15 + [False] * 15
    assert iterations[15].status is IterationStatus.IDLE


def test_a_failing_trait_calls_for_cases_of_its_kind_once() -> None:
    told: list[WorkerIteration | None] = [None]
    work = PlanningWork(PlanningSources(lambda now: (), lambda: told[0]))
    first = list(analysed(work, [NOON] * 15))
    told[0] = ANALYSIS
    turns, before = [], first[-1]
    for number in range(16, 46):
        outcome = work.iterate(Turn(number, before, NOON, HandClock()))
        before = replace(before, iteration=number, state=outcome.state)
        turns.append(outcome)
    planned = [outcome for outcome in turns if outcome.cases]
    assert [outcome.perspective for outcome in planned] == ["huge"]
    case = planned[0].cases[0]
    assert (case.why, case.traits, case.evidence) == ("All large files fail.", ("large file",), (Evidence("record-1"),))
    assert {read_recipe(item).seed for item in planned[0].cases} == {101}


def test_codes_of_runs_are_lessons_with_their_pages() -> None:
    work = PlanningWork(PlanningSources(lambda now: RUNS))
    huge = next(item for item in analysed(work, [MONDAY + timedelta(days=7)] * 3) if item.perspective == "huge")
    assert "page_out_of_memory" in huge.cases[0].why
    assert any(evidence.pages for evidence in huge.cases[0].evidence)


def test_a_case_that_fails_today_is_a_finding_of_its_perspective() -> None:
    outcomes = (PlannedOutcome("c1", "corrupt", False, "it ended with error"), PlannedOutcome("c2", "corrupt", True))
    work = PlanningWork(PlanningSources(lambda now: (), outcomes=lambda: outcomes))
    found = {item.perspective: [finding.subject for finding in item.findings] for item in analysed(work, [NOON] * 15)}
    assert found.pop("corrupt") == ["c1"]
    assert set(map(tuple, found.values())) == {()}


def test_the_file_of_cases_grows_and_has_each_case_once(settings: Settings) -> None:
    iterations, path = IterationLog(settings.data_dir, Role.TEST_PLANNING), cases_file(settings.data_dir)
    for iteration in analysed(build(settings, ""), [NOON] * 2):
        iterations.append(iteration)
    list(analysed(build(settings, ""), [NOON]))  # plans once more what is planned
    assert [case.perspective for case in read_cases(path)] == ["corrupt"] * 3 + ["encrypted"] * 3


def test_rows_of_the_dataset_are_a_file_of_cases_too(tmp_path: Path) -> None:
    (case,) = (item for item in _cases()[:1])
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(ITERATION.encode(replace(ANALYSIS, cases=(case, case))) + b"\n")
    plain = tmp_path / "plain.jsonl"
    write_cases(plain, [case])
    assert read_cases(rows) == read_cases(plain) == (case,)
    assert newest_cases([replace(ANALYSIS, cases=(case,))] * 2) == (case,)


def _cases() -> tuple[PlannedCase, ...]:
    return next(iter(analysed(PlanningWork(PlanningSources(lambda now: ())), [NOON]))).cases


def test_recipes_and_invariants_come_back_as_they_were() -> None:
    drafts = next(row for row in PLANNING_PERSPECTIVES if row.name == "encrypted").drafts(100)
    assert [(read_recipe(case), read_invariants(case)) for case in _cases()] == list(drafts)
    with pytest.raises(TypeError):
        read_recipe(replace(_cases()[0], recipe=json.dumps({"unknown": 1})))


def test_outcomes_that_are_not_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    assert read_outcomes(path) == ()
    write_outcomes(path, [PlannedOutcome("c1", "corrupt", True)])
    assert read_outcomes(path) == (PlannedOutcome("c1", "corrupt", True),)
    path.write_text("{")
    assert read_outcomes(path) == ()


# -- what make test-planned asks ---------------------------------------------------------------------------------------


def test_a_conversion_is_held_against_the_generators_truth(tmp_path: Path) -> None:
    recipe = Recipe("report", 100, finish="mixed_sizes")
    document = write_document(recipe, tmp_path / "document.pdf")
    asked = Invariants(("ok",), words=0.9, headings=0.9, tables=1.0, list_items=0.9, order=0.8)
    good = Converted("ok", markdown=markdown(document))
    assert list(complaints(document, asked, good)) == []
    lost = good.markdown.replace("#", "").replace("|", " ") + "\ufffd"
    bad = Converted("partial", "", (3,), lost)
    told = " ".join(complaints(document, asked, bad))
    for words in ("partial instead of ok", "[3] did not end", "letters that are none", "headings", "tables"):
        assert words in told
    assert list(complaints(document, Invariants(refused="password_needed"), Converted("ok"))) == [
        "it should be refused with password_needed, and was with nothing"
    ]
