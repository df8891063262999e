"""GPU calls through the platform's own client on the device, against the stand-in of its API."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import ROOT, Setting

PROGRAM = "benchmarks/gpu_check/platform_program.py"
ANSWER = "ANSWER "
MEASURED_CALLS = 6  # from five on, bookings follow what was measured


def calls(setting: Setting) -> Iterator[Found]:
    """A call by a fresh worker, some by the same one, one on a device that breaks, one by the worker that comes after.

    Raises AssertionError where a call ended otherwise than it must.
    """
    with TemporaryDirectory() as folder:
        real = ["--real"] if setting.device == "cuda" else []
        count = 2 if setting.small else MEASURED_CALLS
        words = [PROGRAM, folder, setting.device, str(setting.pages), str(count)]
        command = [sys.executable, "-m", "tests.standins.zerogpu", *real, *words]
        environment = os.environ | {"TMPDIR": folder}
        made: dict[str, Found] = {}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            for line in program.stdout:
                if line.startswith(ANSWER):
                    made |= json.loads(line.removeprefix(ANSWER))
                    yield {"calls": made}
                else:
                    print(line, end="")
        assert program.returncode == 0, f"the program ended with {program.returncode}"
    yield from _judged(made)


def _judged(made: dict[str, Found]) -> Iterator[Found]:
    fresh, again, broken, after = made["call 1"], made["call 2"], made["broken"], made["after"]
    used = [made[name]["used"] for name in made if name.startswith("call ")]
    yield {
        "fresh_start": fresh["start"],
        "reused_start": again["start"],
        "used_95th": round(quantiles(used, n=20, method="inclusive")[-1], 3),
        "needed": made["booking"]["needed"],
        "booked": made["booking"]["booked"],
    }
    whole = [name for name in made if name.startswith("call ") or name == "after"]
    assert all(made[name]["pages"] == fresh["wanted"] and not made[name]["failures"] for name in whole), made
    assert again["worker"] == fresh["worker"], "the second call got another worker"
    assert broken["refusal"] == "gpu_worker_lost", f"a broken device ended the call with {broken['refusal'] or 'pages'}"
    assert after["worker"] != fresh["worker"], "the broken worker got the next call"
