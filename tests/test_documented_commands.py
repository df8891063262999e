"""Each command that the README or a page of docs/ tells one to type is run by a test, or its row says what it needs.

A new command without a row fails, as does a row whose test is gone or whose command is nowhere any more.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
PROGRAMS = r"(?:make|python|\.venv/bin/python|\.venv/bin/pip|pip|hf|git|cd|docker|kubectl|export|curl|cat|folio)"
LINE = re.compile(rf"^(?:    |- run: )?((?:[A-Z_]+=\S+ )*{PROGRAMS} .*)$", re.MULTILINE)
INLINE = re.compile(rf"`((?:[A-Z_]+=\S+ )*{PROGRAMS} [^`\n]+)`")
FOLIO = r"(?:python -m pipeline\.cli|folio)"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Commands that fit ``pattern``, and the test that runs them; ``needs`` is what it takes where no test does."""

    pattern: str
    test: str = ""
    needs: str = ""


UNIT, E2E, CLI = "tests/unit", "tests/e2e", "tests/unit/cli"
ROWS = (
    CommandRow(rf"{FOLIO} convert ", f"{E2E}/test_command_line.py::test_the_text_is_the_documents_own"),
    CommandRow(rf"{FOLIO} batch ", f"{CLI}/test_batch.py::test_each_command_of_the_pages_leaves_its_tables"),
    CommandRow(rf"{FOLIO} compile$", f"{E2E}/test_compile.py::test_a_machine_without_a_gpu_has_nothing_to_compile"),
    CommandRow(
        rf"{FOLIO} deploy .*--every",
        f"{CLI}/test_worker_schedule.py::test_a_deploy_schedules_the_jobs_of_workers_with_what_their_spaces_are_set_to",
    ),
    CommandRow(rf"{FOLIO} deploy\b", f"{CLI}/test_deploy.py::test_each_command_of_the_pages_does_what_it_says"),
    CommandRow(rf"{FOLIO} doctor$", f"{CLI}/test_doctor.py::test_a_healthy_machine_ends_well_and_shows_no_token"),
    CommandRow(rf"{FOLIO} verify", f"{E2E}/test_deployed_tree.py::test_it_converts_and_its_record_reaches_the_dataset"),
    CommandRow(rf"{FOLIO} results\b", f"{CLI}/test_results.py::test_each_command_of_the_page_is_done"),
    CommandRow(rf"{FOLIO} settings-page", "tests/test_docs.py::test_the_page_of_settings_is_as_it_is_printed"),
    CommandRow(
        rf"{FOLIO} work .*--(?:every|never)",
        f"{CLI}/test_worker_schedule.py::test_each_command_of_the_page_is_done",
    ),
    CommandRow(rf"{FOLIO} work ", f"{CLI}/test_work.py::test_each_command_of_the_page_works"),
    CommandRow(
        r"python -c 'from datasets",
        f"{CLI}/test_results.py::test_a_cleared_dataset_still_loads_as_the_page_tells_it",
    ),
    CommandRow(
        r"git |cd space$|python -m zipfile",
        f"{CLI}/test_deploy.py::test_the_lines_for_git_push_bring_the_same_files",
    ),
    CommandRow(
        r"hf download|cat planned",
        f"{UNIT}/workers/test_docs_examples.py::test_planned_cases_are_fetched_as_the_docs_say",
    ),
    CommandRow(r"curl ", f"{E2E}/test_client.py::test_plain_http_is_as_the_page_shows_it"),
    CommandRow(
        r"docker ",
        f"{UNIT}/deployment/test_staged_tree.py::test_the_docker_commands_of_the_pages_fit_the_image",
        "a container engine: the test compares their arguments with the Dockerfile",
    ),
    CommandRow(
        r"python -m tests\.documents ",
        f"{UNIT}/documents/test_generator.py::test_the_command_line_writes_what_is_asked_for",
    ),
    CommandRow(
        r"make run-zerogpu|python -m tests\.standins\.zerogpu",
        f"{E2E}/zerogpu/test_app.py::test_the_app_starts_again_without_its_token_and_converts_on_the_gpu",
    ),
    CommandRow(
        r"python -m benchmarks\.gpu_check ",
        "tests/networks/benchmarks/test_gpu_check_rehearsal.py::test_the_machine_is_described_and_fit",
    ),
    CommandRow(
        r"make gpu-check",
        f"{UNIT}/benchmarks/test_gpu_check.py::test_the_setting_reaches_the_steps_process",
        "a CUDA device: the test rehearses it",
    ),
    CommandRow(
        r"make test-planned",
        f"{UNIT}/workers/test_planning/test_planning_work.py::test_a_conversion_is_held_against_the_generators_truth",
        "minutes: as many conversions as cases were planned",
    ),
    CommandRow(r"python -m benchmarks\.", needs="minutes of a quiet machine: it made the figures beside it"),
    CommandRow(r"make (?:test|check|lint)$", needs="itself: the tests run in it"),
    CommandRow(
        r"python -m venv|python app\.py$", needs="a network for the environment; the tests start app.py in theirs"
    ),
    CommandRow(r"make run$", needs="a network: it installs what the tests run with, and then starts app.py as they do"),
    CommandRow(r"(?:\.venv/bin/)?pip install ", needs="a network: the tests run with what it installs"),
    CommandRow(r"hf auth login$", needs="a token of the real Hub"),
    CommandRow(r"kubectl |cd /app$", needs="a cluster"),
    CommandRow(r"export HF_TOKEN=", needs="a token that may start Jobs"),
)


def typed(page: Path) -> list[str]:
    """The commands of a page, without variables before them and comments behind them."""
    text = re.sub(r"```(?:python|json)\n.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    inline = INLINE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    bare = (re.sub(r" {2,}#.*", "", command) for command in (*LINE.findall(text), *inline))
    bare = (re.sub(r"^(?:[A-Z_]+=\S+ )*(?:\.venv/bin/(?=python))?", "", command).rstrip(" \\") for command in bare)
    return [command for command in bare if command != "python -m pipeline.cli"]  # what "folio" stands for


COMMANDS = sorted({command for page in PAGES for command in typed(page)})


def row_of(command: str) -> CommandRow | None:
    return next((row for row in ROWS if re.match(row.pattern, command)), None)


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    assert len(COMMANDS) > 60
    assert [command for command in COMMANDS if row_of(command) is None] == []
    assert [row for row in ROWS if row not in map(row_of, COMMANDS)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.pattern)
def test_the_test_of_a_row_is_there(row: CommandRow) -> None:
    assert row.test or row.needs
    if row.test:
        path, _, name = row.test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
