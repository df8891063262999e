import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, free_port
from tests.standins.zerogpu.__main__ import environment
from tests.standins.zerogpu.device_api import DeviceApi
from tests.standins.zerogpu.scheduler import Limits
from tests.support.depth import THOROUGH
from tests.support.gpu_console import ANSWER

pytestmark = pytest.mark.serial

# Without FOLIO_DEPTH=thorough fewer workers are forked, and the same is asserted of each.
CALLS, DEVICES = (200 if THOROUGH else 40), 2
SECONDS = 240


def test_a_busy_app_forks_a_worker_for_every_call_and_none_is_stuck(tmp_path: Path) -> None:
    """Every call forks anew, two at a time, while other threads log, serve, convert and start processes."""
    (tmp_path / "tmp").mkdir()
    folders = {"DATA_DIR": "data", "WORK_DIR": "work", "GRADIO_TEMP_DIR": "cache", "TMPDIR": "tmp"}
    command = [
        sys.executable,
        "-m",
        "tests.standins.zerogpu",
        "tests/support/busy_app.py",
        str(tmp_path),
        str(CALLS),
        str(DEVICES),
    ]
    with DeviceApi(Limits(devices=DEVICES, reuse=False)) as api:
        variables = environment(tmp_path, api.url) | {name: str(tmp_path / folder) for name, folder in folders.items()}
        variables["GRADIO_SERVER_PORT"] = str(free_port())
        with (tmp_path / "log").open("w") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=variables,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                timeout=SECONDS,
                check=True,
            )
        assert [grant.killed for grant in api.grants if grant.killed] == []
        assert len({grant.pid for grant in api.grants}) == len(api.grants) == CALLS
    answer = json.loads(next(line for line in done.stdout.splitlines() if line.startswith(ANSWER)).removeprefix(ANSWER))
    assert answer["ends"] == {"ok": CALLS}
    assert answer["business"]["log"] > CALLS
    assert answer["business"]["start_process"] > CALLS
    assert answer["business"]["runs ok"] >= 1
    assert set(answer["business"]) == {"log", "start_process", "convert", "runs ok"}
    assert [name for name in os.listdir(tmp_path / "tmp") if not name.startswith(".")] == []
