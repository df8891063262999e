"""``make gpu-check``: steps go on where they stood, each result is on disk at once, nothing outlasts its limit; and
what is carried to a machine without a network.
"""

import ast
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.gpu_check import __main__ as gpu_check
from benchmarks.gpu_check.results import Ended, Found, Outcome, Results
from benchmarks.gpu_check.setting import Setting, setting_of
from benchmarks.gpu_check.steps import LONGEST_S, STEPS, LeftOut, Step, carry_out
from benchmarks.gpu_check.summary import summary
from benchmarks.gpu_check.wheels import BROUGHT, CARRIED, MOST_MB, collect, requirements, unpack

ROOT = Path(__file__).parents[3]
MACHINE = {"device": "a card", "packages": {"torch": "2.11.0"}}


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting("cpu", 2, 2, True, tmp_path / "work", tmp_path / "out")


@pytest.fixture
def results(setting: Setting) -> Results:
    return Results(setting.out)


class Runner:
    """Ends each step as ``ends`` says, done where it says nothing, and notes which were run with how much time."""

    def __init__(self, ends: dict[str, Ended], machine: Found | None = None) -> None:
        self.ends, self.machine = ends, machine or MACHINE
        self.ran: list[str] = []

    def __call__(
        self, step: Step, setting: Setting, results: Results, variables: dict[str, str], limit_s: float
    ) -> Outcome:
        self.ran.append(step.name)
        found = self.machine if step.name == "machine" else {"seen": limit_s}
        outcome = Outcome(step.name, self.ends.get(step.name, Ended.DONE), found)
        results.put(outcome)
        return outcome


def step(name: str) -> Step:
    return Step(name, "", 100, "nowhere:nothing")


MACHINE_STEP = step("machine")
THREE = (MACHINE_STEP, step("a"), step("b"), step("c"))


def run(setting: Setting, results: Results, runner: Runner, again: Sequence[str] = (), seconds: float = 1e9) -> bool:
    return gpu_check.run_all(THREE, setting, results, again, seconds, runner)


def test_what_is_done_is_not_repeated_and_what_failed_is(setting: Setting, results: Results) -> None:
    first, second, third = Runner({"a": Ended.FAILED, "b": Ended.LEFT_OUT}), Runner({}), Runner({})
    assert run(setting, results, first)
    assert run(setting, results, second)
    assert run(setting, results, third, again=["c"])
    assert first.ran == ["machine", "a", "b", "c"]
    assert second.ran == ["machine", "a"]
    assert third.ran == ["machine", "c"]


def test_results_of_one_folder_are_of_one_device(
    setting: Setting, results: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(setting, results, Runner({}))
    other = Runner({}, machine={**MACHINE, "device": "another card"})
    assert not run(setting, results, other, again=["a"])
    assert other.ran == ["machine"]
    assert "holds the results of ('a card', '2.11.0')" in capsys.readouterr().out
    assert results.found("machine") == MACHINE


def test_an_unfit_machine_is_not_measured(setting: Setting, results: Results) -> None:
    runner = Runner({"machine": Ended.FAILED})
    assert not run(setting, results, runner)
    assert runner.ran == ["machine"]


def test_no_step_is_begun_when_the_time_is_up(
    setting: Setting, results: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    runner = Runner({})
    assert run(setting, results, runner, seconds=gpu_check.SHORTEST_S - 1)
    assert runner.ran == []
    assert "time is up before machine; run it again to go on" in capsys.readouterr().out
    assert run(setting, results, runner, seconds=50)
    assert 40 < float(results.found("a")["seen"]) <= 50, "a step has what is left, where that is less than its limit"


def test_each_part_of_a_step_is_on_disk_before_the_next_is_begun(
    setting: Setting, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[Outcome | None] = []

    def parts(_: Step, __: Setting) -> Iterator[Found]:
        yield {"one": 1}
        on_disk.append(results.get("a"))
        yield {"two": 2}
        raise AssertionError

    monkeypatch.setattr(Step, "parts", parts)
    with pytest.raises(AssertionError):
        carry_out(THREE[1], setting, results)
    on_disk.append(results.get("a"))
    assert [(seen.ended, seen.found) for seen in on_disk if seen] == [
        (Ended.UNFINISHED, {"one": 1}),
        (Ended.UNFINISHED, {"one": 1, "two": 2}),
    ]


def test_what_cannot_be_done_here_is_left_out_with_its_reason(
    setting: Setting, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parts(_: Step, __: Setting) -> Iterator[Found]:
        raise LeftOut("docling is not installed")

    monkeypatch.setattr(Step, "parts", parts)
    assert carry_out(THREE[1], setting, results).reason == "docling is not installed"


def test_a_process_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time; child = subprocess.Popen(['sleep', '60']); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with (tmp_path / "log").open("wb") as log:
        began = time.monotonic()
        assert gpu_check.wait_for([sys.executable, "-c", program], {}, log.fileno(), 1.0) is None
        assert time.monotonic() - began < 20
    child = int((tmp_path / "log").read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/cmdline").exists() and b"sleep" in Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "what it started goes on"


def test_a_step_that_fails_keeps_what_it_found_and_says_why(
    setting: Setting, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(command: Sequence[str], variables: dict[str, str], output: int, limit_s: float) -> int:
        assert command[-2:] == ["--step", "a"]
        assert limit_s == 100
        results.put(Outcome("a", Ended.UNFINISHED, {"one": 1}))
        results.log("a").write_text("Traceback\nAssertionError: the call was not refused\n")
        return 1

    monkeypatch.setattr(gpu_check, "wait_for", wait)
    outcome = gpu_check.run_one(THREE[1], setting, results, {}, 100)
    assert (outcome.ended, outcome.found) == (Ended.FAILED, {"one": 1})
    assert outcome.reason == "AssertionError: the call was not refused"
    assert results.get("a") == outcome
    monkeypatch.setattr(gpu_check, "wait_for", lambda *_: None)
    assert gpu_check.run_one(THREE[1], setting, results, {}, 100).ended is Ended.TIMED_OUT


def test_no_step_may_take_more_than_ten_minutes() -> None:
    assert max(step.limit_s for step in STEPS) <= LONGEST_S == 600
    assert len({step.name for step in STEPS}) == len(STEPS) > 30


def test_the_setting_reaches_the_steps_process(setting: Setting) -> None:
    chosen = gpu_check.arguments([*setting.options(), "--step", "machine"])
    assert setting_of(chosen) == setting


def test_goals_are_held_against_what_was_measured(results: Results) -> None:
    def speed(per_page: float) -> Found:
        return {
            "pages": 96,
            "per_page": per_page,
            "fresh_per_page": 0.05,
            "first_page": 2.0,
            "busy_share": 0.5,
            "peak_mb": 3000,
        }

    for name, per_page in (("eager-light-plain", 0.02), ("compiled-light-plain", 0.01), ("docling-plain", 0.15)):
        results.put(Outcome(name, Ended.DONE, speed(per_page)))
    results.put(Outcome("poisoned", Ended.FAILED, {}, 1.0, "AssertionError"))
    results.put(Outcome("compile-heron", Ended.DONE, {"seconds": 200.0, "times_as_fast": 1.5}))
    lines = summary(results).splitlines()
    assert "| compiled-light-plain | 96 | 0.0100 | 0.0500 | 2.0 s | 50% | 3000 MB |" in lines
    assert "| seconds per plain page, light | at most 0.015 | 0.01 | reached |" in lines
    assert "| docling's seconds ÷ Folio's, plain | at least 20 | 15 | missed |" in lines
    assert "| eager ÷ compiled, light, plain | at least 1.3 | 2 | reached |" in lines
    assert "| seconds per scanned page, light | at most 0.1 | | open |" in lines
    assert "| poisoned | failed | AssertionError |" in lines
    assert "| compile-heron | done | seconds 200.0, times_as_fast 1.5 |" in lines


# -- wheels ------------------------------------------------------------------------------------------------------------


def test_wheels_are_collected_anew_and_weighed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.whl").write_bytes(b"")

    def download(names: Sequence[str], folder: Path, megabytes: int) -> None:
        assert not list(folder.iterdir())
        (folder / "a.whl").write_bytes(b"")
        with (folder / "b.whl").open("wb") as file:
            file.truncate(megabytes * 1_000_000)

    assert collect(tmp_path, lambda names, folder: download(names, folder, MOST_MB)) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  60.0 MB  b.whl",
        f"  60.0 MB  in {tmp_path}, of at most 60",
    ]
    assert collect(tmp_path, lambda names, folder: download(names, folder, MOST_MB + 1)) == 1


def test_carried_packages_have_the_versions_that_the_tests_ran_with() -> None:
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line]
    named = requirements()
    assert len(named) == len(CARRIED)
    assert {line for line in named if line.split("==")[0] in {pin.split("==")[0] for pin in pins}} <= set(pins)


def test_nothing_is_unpacked_where_everything_is_installed(tmp_path: Path) -> None:
    assert not unpack(tmp_path, tmp_path / "site")
    assert not (tmp_path / "site").exists()


PROGRAMS = (
    "benchmarks/gpu_check/platform_program.py",
    "benchmarks/gpu_networks.py",
    "tests/standins/zerogpu/__main__.py",
)


def test_the_check_imports_nothing_that_is_neither_brought_nor_carried() -> None:
    """No docling, no gradio: a machine without them must be able to run every step but docling's and the server's."""
    waiting = [*(ROOT / "benchmarks" / "gpu_check").glob("*.py"), *(ROOT / name for name in PROGRAMS)]
    seen: set[Path] = set()
    foreign: set[str] = set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for module in module_imports(file):
            local = [path for path in local_files(module) if path.is_file()]
            waiting += local
            if not local:
                foreign.add(module.split(".")[0])
    assert len(seen) > 60
    allowed = {package.module for package in (*BROUGHT, *CARRIED)} | set(sys.stdlib_module_names)
    assert foreign - allowed == set()


def module_imports(file: Path) -> Iterator[str]:
    """Modules that are imported when ``file`` is, with the packages around them."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if local_files(node.module))


def local_files(module: str) -> list[Path]:
    """The project's files that importing ``module`` runs, empty for another project's."""
    parts = module.split(".")
    if parts[0] not in {"benchmarks", "pipeline", "tests"}:
        return []
    packages = [ROOT.joinpath(*parts[:length], "__init__.py") for length in range(1, len(parts) + 1)]
    return [*packages, ROOT.joinpath(*parts[:-1], f"{parts[-1]}.py")]


def test_a_result_that_was_cut_off_is_no_result(results: Results) -> None:
    results.put(Outcome("a", Ended.DONE, {"one": 1}))
    file = results.folder / "a.json"
    assert json.loads(file.read_text())["found"] == {"one": 1}
    file.write_text(file.read_text()[:20])
    assert results.get("a") is None
    assert results.found("a") == {}
