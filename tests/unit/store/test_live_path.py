"""The suite for the real Hub, run to its end where nobody has a token: the client is pointed at the stand-in by
HF_ENDPOINT.

What it leaves unproven is the real server's behaviour, not the suite.
"""

import os
import subprocess
import sys

from tests.standins.hub import StandInHub
from tests.unit.store.hubs import PROJECT


def test_the_live_suite_runs_through_and_leaves_nothing_behind() -> None:
    with StandInHub(user="somebody") as hub:
        environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "live_hub", "-p", "no:cacheprovider", "tests/unit/store"]
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
        assert hub.asked("GET", "/api/whoami-v2") >= 5
        assert hub.asked("POST", "/commit/") >= 5
        assert hub.repos == {}
