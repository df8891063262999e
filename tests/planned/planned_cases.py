"""Runs every planned case: its document is generated, converted on the CPU lane, and held against its invariants."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import FolioError
from pipeline.models.lanes import open_lanes
from pipeline.pages import LaneChoice, OcrMode, PageStatus
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import read_settings
from pipeline.worker_iterations import PlannedCase
from pipeline.workers.test_planning.case_file import (
    PlannedOutcome,
    cases_file,
    outcomes_file,
    read_cases,
    write_outcomes,
)
from pipeline.workers.test_planning.planned_case import Recipe, read_invariants, read_recipe
from tests.planned.planned_check import Converted, complaints, write_document

DATA_DIR = read_settings(os.environ).data_dir
FILE = Path(os.environ.get("PLANNED") or cases_file(DATA_DIR))
CASES = read_cases(FILE) if FILE.is_file() else ()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    folder = tmp_path_factory.mktemp("planned")
    settings = read_settings(
        {**os.environ, "DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work"), "SPACE_ROLE": ""}
    )
    with Runner(settings, open_lanes(settings, False)) as made:
        yield made


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, PlannedOutcome]]:
    """What each case came to; left for the worker where the cases are its own."""
    collected: dict[str, PlannedOutcome] = {}
    yield collected
    if cases_file(DATA_DIR) == FILE:
        write_outcomes(outcomes_file(DATA_DIR), collected.values())


def test_there_are_planned_cases() -> None:
    assert CASES, f"there is no planned case in {FILE}; let a test-planning worker plan some, or name a file in PLANNED"


@pytest.mark.parametrize("case", CASES, ids=[f"{case.perspective}-{case.case_id}" for case in CASES])
def test_planned_case(case: PlannedCase, runner: Runner, outcomes: dict[str, PlannedOutcome], tmp_path: Path) -> None:
    recipe = read_recipe(case)
    document = write_document(recipe, tmp_path / "document.pdf")
    wrong = list(complaints(document, read_invariants(case), convert(runner, recipe, tmp_path / "document.pdf")))
    outcomes[case.case_id] = PlannedOutcome(case.case_id, case.perspective, not wrong, "; ".join(wrong))
    assert not wrong, f"{case.why} {'; '.join(wrong)}"


def convert(runner: Runner, recipe: Recipe, path: Path) -> Converted:
    options = ConvertOptions(recipe.pages, OcrMode(recipe.ocr), lane=LaneChoice.CPU)
    try:
        run_id = runner.submit(Source(path, path.name, recipe.password), options, Origin.BENCH)
    except FolioError as error:
        return Converted(refused=error.code)
    view = list(runner.watch(run_id))[-1]
    unended = tuple(page.page for page in view.pages if page.status is PageStatus.NOT_STARTED)
    file = view.export("md")
    return Converted(view.status.value, "", unended, file.path.read_text(encoding="utf-8") if file else "")
