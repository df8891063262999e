"""Runs a program as on a ZeroGPU Space: ``python -m tests.standins.zerogpu [OPTIONS] app.py``.

The device API lives in a process of its own, which ends with the program. Where SPACES_ZERO_DEVICE_API_URL names one
already, that one is used and the options count for nothing.
"""

import argparse
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.standins.zerogpu.device_api import URL_VARIABLE, DeviceApi
from tests.standins.zerogpu.emulation import MODEL_VARIABLE, REAL_VARIABLE, patch_when_imported
from tests.standins.zerogpu.scheduler import Limits

BLACKWELL = "NVIDIA RTX PRO 6000 Blackwell Server Edition"
H200 = "NVIDIA H200"
API_OPTION = "--device-api"
PARENT_POLL_S = 0.2


def environment(folder: Path, url: str, model: str = BLACKWELL, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """``base`` with what puts ``spaces`` and gradio into ZeroGPU mode against ``url``. ``folder`` takes the packed
    weights.
    """
    cgroup = folder / "cgroup"
    cgroup.write_text("0::/standin\n", encoding="ascii")
    local = ",".join(filter(None, (base.get("NO_PROXY", ""), "127.0.0.1,localhost")))
    return {
        **base,
        "SPACES_ZERO_GPU": "true",  # gradio takes this word and no other
        URL_VARIABLE: url,
        "ZEROGPU_PROC_SELF_CGROUP_PATH": str(cgroup),
        "ZEROGPU_OFFLOAD_DIR": str(folder / "tensors"),
        "TORCHINDUCTOR_CACHE_DIR": os.environ.get("TORCHINDUCTOR_CACHE_DIR", str(folder / "inductor")),
        MODEL_VARIABLE: model,
        "NO_PROXY": local,
        "no_proxy": local,
    }


def main() -> None:
    options = _options()
    if options.device_api:
        _serve(
            Limits(
                devices=options.devices,
                longest=options.longest,
                quota_s=options.quota,
                runs=options.runs,
                real=options.real,
            )
        )
    elif URL_VARIABLE not in os.environ:
        url, folder = _start_api()
        mode = {REAL_VARIABLE: "true"} if options.real else {}
        os.execve(sys.executable, sys.orig_argv, environment(Path(folder), url, options.model) | mode)
    else:
        patch_when_imported()
        sys.argv = [options.program, *options.arguments]
        runpy.run_path(options.program, run_name="__main__")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.standins.zerogpu", description="Runs a program as on a ZeroGPU Space."
    )
    parser.add_argument("program", nargs="?", default="app.py", help="the program to run")
    parser.add_argument("arguments", nargs="*", help="its arguments")
    parser.add_argument("--devices", type=int, default=1, help="GPU calls at the same time")
    parser.add_argument("--quota", type=float, default=300, help="seconds a visitor has, 300 for a free account")
    parser.add_argument("--runs", type=int, default=8, help="GPU calls a visitor has")
    parser.add_argument("--longest", type=int, default=300, help="longest booking in seconds")
    parser.add_argument("--model", default=BLACKWELL, help="the device's name; bookings on a Blackwell count 1.5 times")
    parser.add_argument("--real", action="store_true", help="workers compute on this machine's own CUDA devices")
    parser.add_argument(API_OPTION, action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _start_api() -> tuple[str, str]:
    """Start the device API beside this process; returns its address and a folder that lasts as long as it does."""
    command = [sys.executable, "-m", "tests.standins.zerogpu", *sys.argv[1:], API_OPTION]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert process.stdout is not None
    url, _, folder = process.stdout.readline().strip().partition(" ")
    return url, folder


def _serve(limits: Limits) -> None:
    """Be the device API until the program that started it is gone."""
    parent = os.getppid()
    with tempfile.TemporaryDirectory(prefix="zerogpu-standin-") as folder, DeviceApi(limits) as api:
        print(api.url, folder, flush=True)
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_S)


if __name__ == "__main__":
    main()
