"""The examples of docs/workers.md are run: reading the datasets, and a perspective of one's own."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.hub import ResultsRepo
from pipeline.store.iteration_dataset import IterationDataset
from pipeline.store.iteration_log import IterationLog
from pipeline.store.iteration_schema import iteration_kind
from pipeline.worker_iterations import WORKER_ROLES, Role
from pipeline.workers.analysis.perspective import Look, Perspective
from pipeline.workers.analysis.studied_run import study
from pipeline.workers.inbox.document_shards import DOCUMENTS, DocumentShards
from pipeline.workers.test_planning import planning_work
from pipeline.workers.test_planning.case_file import newest_cases, read_cases
from tests.support.inbox_stand import register_over
from tests.support.weeks import week_of_runs
from tests.support.worker_stand import NOON, analysed
from tests.unit.store.hubs import PROJECT, standin_hub
from tests.unit.store.test_iteration_dataset import FULL
from tests.unit.workers.inbox.test_document_shards import finish

PAGE = (PROJECT / "docs" / "workers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def block_with(words: str) -> str:
    (found,) = (block for block in BLOCKS if words in block)
    return str(found)


def test_every_dataset_is_read_as_the_docs_say(settings: Settings, tmp_path: Path) -> None:
    with standin_hub(tmp_path / "home") as hub:
        for role in WORKER_ROLES:
            iterations, kind = IterationLog(settings.data_dir, role), iteration_kind(role)
            iterations.append(replace(FULL, role=role))
            iterations.append(replace(FULL, role=role, iteration=2, summary=f"Newest of {role.value}."))
            repo = ResultsRepo("", private=True, token=hub.token, endpoint=hub.url, kind=kind)
            IterationDataset(repo, iterations, 100).publish()
        register = register_over(settings)
        finish(register, "aa")
        repo = ResultsRepo("", private=True, token=hub.token, endpoint=hub.url, kind=DOCUMENTS)
        assert DocumentShards(repo, register, settings.data_dir / "shards").publish() == ""
        card = DOCUMENTS.text.split("```python\n")[1].split("```")[0].replace("OWNER/NAME", "tester/folio-documents")
        example = block_with("cumulative_insights").replace("OWNER", "tester")
        program = f"{example}\n{card}\nprint(documents[0]['path'], documents[0]['markdown'], len(documents))\n"
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=hub.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for role in WORKER_ROLES:
        assert f"{role.value} 2 Newest of {role.value}." in done.stdout
    assert done.stdout.count("severe Slower.") == len(WORKER_ROLES)
    assert done.stdout.splitlines()[-1] == "aa.pdf # aa 1"


def test_planned_cases_are_fetched_as_the_docs_say(settings: Settings, tmp_path: Path) -> None:
    """The two lines for CI, up to the tests that they run."""
    fetch, join = (line for line in re.findall(r"^- run: (.*)$", PAGE, flags=re.MULTILINE))
    join, _, planned = join.partition(" && ")
    assert planned == "make test-planned PLANNED=planned.jsonl"
    iterations = IterationLog(settings.data_dir, Role.TEST_PLANNING)
    for iteration in analysed(planning_work.build(settings, ""), [NOON] * 3):
        iterations.append(iteration)
    with standin_hub(tmp_path / "home") as hub:
        kind = iteration_kind(Role.TEST_PLANNING)
        repo = ResultsRepo("", private=True, token=hub.token, endpoint=hub.url, kind=kind)
        IterationDataset(repo, iterations, 100).publish()
        environment = hub.environment()
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        lines = f"{fetch.replace('OWNER', 'tester')}\n{join}"
        done = subprocess.run(
            ["sh", "-e", "-c", lines], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr[-2000:]
    cases = read_cases(tmp_path / "planned.jsonl")
    assert {case.perspective for case in cases} == {"encrypted", "corrupt", "huge"}
    assert set(cases) == set(newest_cases(iterations.recent(9)))


def test_the_perspective_in_the_docs_is_one() -> None:
    names: dict[str, object] = {}
    exec(block_with("@perspective"), names)
    (own,) = (item for item in names.values() if isinstance(item, Perspective))
    runs = tuple(study(record) for record in week_of_runs(120, seed=5))
    (candidate,) = own.ask(Look(runs[60:], runs[:60]))
    assert candidate is not None
    assert candidate.finding.kind == "own.characters"
