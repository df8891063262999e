"""``make gpu-check``: every step in a process of its own, one after the other, then a table of what they found.

Names the standard library only, since it may have to install what the steps import.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from benchmarks.gpu_check.results import Ended, Outcome, Results
from benchmarks.gpu_check.setting import ROOT, WHEELS, Setting, add_options, setting_of
from benchmarks.gpu_check.steps import LONGEST_S, STEPS, Step, carry_out
from benchmarks.gpu_check.summary import summary
from benchmarks.gpu_check.wheels import unpack

MACHINE = "machine"
RunStep = Callable[[Step, Setting, Results, dict[str, str], float], Outcome]

SHORTEST_S = 20.0  # with less time left no step is begun


def main(words: Sequence[str] | None = None) -> int:
    """Run what is not done yet; 1 where a step failed, 2 where the check cannot begin."""
    chosen = arguments(words)
    setting = setting_of(chosen)
    results = Results(setting.out)
    if chosen.step:
        (step,) = [step for step in STEPS if step.name == chosen.step]
        carry_out(step, setting, results)
        return 0
    wanted = [step for step in STEPS if step.name == MACHINE or not chosen.only or step.name in chosen.only]
    if not run_all(wanted, setting, results, chosen.again, chosen.seconds, run_one):
        return 2
    print(summary(results))
    outcomes = results.all(step.name for step in wanted)
    return int(any(outcome.ended in {Ended.FAILED, Ended.TIMED_OUT} for outcome in outcomes))


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m benchmarks.gpu_check", description="Checks the GPU lane on a GPU."
    )
    names = [step.name for step in STEPS]
    add_options(parser)
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="STEP", help="these steps alone")
    parser.add_argument("--again", nargs="+", choices=names, default=[], metavar="STEP", help="these once more")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin nothing after so many seconds")
    parser.add_argument("--step", choices=names, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def run_all(
    steps: Sequence[Step],
    setting: Setting,
    results: Results,
    again: Sequence[str],
    seconds: float,
    run: RunStep,
) -> bool:
    """Run the steps that are not settled; False where the machine is not fit, or its results are another's."""
    began = monotonic()
    variables = environment(setting)
    for step in steps:
        before = results.get(step.name)
        if before is not None and before.settled and step.name not in {*again, MACHINE}:
            continue
        left = seconds - (monotonic() - began)
        if left < SHORTEST_S:
            print(f"time is up before {step.name}; run it again to go on")
            return True
        outcome = run(step, setting, results, variables, min(step.limit_s, left))
        print(f"{step.name}: {outcome.ended} in {outcome.seconds:.0f} s {outcome.reason}".rstrip(), flush=True)
        if step.name == MACHINE and not _is_fit(before, outcome, results):
            return False
    return True


def _is_fit(before: Outcome | None, outcome: Outcome, results: Results) -> bool:
    if outcome.ended is not Ended.DONE:
        return False
    if before is not None and before.settled and _identity(before) != _identity(outcome):
        results.put(before)
        print(f"{results.folder} holds the results of {_identity(before)}; choose another folder with --out")
        return False
    return True


def _identity(machine: Outcome) -> tuple[str, str]:
    """The device and torch: results of one folder have them in common."""
    return str(machine.found.get("device")), str(machine.found.get("packages", {}).get("torch"))


def environment(setting: Setting) -> dict[str, str]:
    """What steps run in: packages that this machine lacks come from the carried wheels, compiled kernels are kept."""
    site = [str(setting.site)] if unpack(WHEELS, setting.site) else []
    path = os.pathsep.join([*site, str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    cache = str(setting.work / "inductor")
    # The last one: torch takes the processor as it reports itself, instead of half a minute of probes per process.
    usual = {"TORCHINDUCTOR_CACHE_DIR": cache, "TORCHINDUCTOR_VEC_ISA_OK": "1"}
    return usual | os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def run_one(step: Step, setting: Setting, results: Results, variables: dict[str, str], limit_s: float) -> Outcome:
    """The step in a process of its own, ended after ``limit_s`` seconds; what it had found by then stays."""
    setting.out.mkdir(parents=True, exist_ok=True)
    began, log = monotonic(), results.log(step.name)
    results.put(Outcome(step.name, Ended.UNFINISHED))
    command = [sys.executable, "-m", "benchmarks.gpu_check", *setting.options(), "--step", step.name]
    with log.open("wb") as output:
        status = wait_for(command, variables | dict(step.variables), output.fileno(), min(limit_s, LONGEST_S))
    outcome = results.get(step.name) or Outcome(step.name, Ended.UNFINISHED)
    if outcome.ended is Ended.UNFINISHED:
        ended = Ended.TIMED_OUT if status is None else Ended.FAILED
        outcome = replace(outcome, ended=ended, seconds=round(monotonic() - began, 1), reason=last_line(log))
        results.put(outcome)
    return outcome


def wait_for(command: Sequence[str], variables: dict[str, str], output: int, limit_s: float) -> int | None:
    """The exit status, None where the process was ended with all that it had started."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        return None


def last_line(log: Path) -> str:
    """What a step said last, such as the exception that ended it."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"


if __name__ == "__main__":
    sys.exit(main())
