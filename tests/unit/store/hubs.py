"""The Hub that a test runs on: the local stand-in, or the real one with ``-m live_hub`` and HF_TOKEN."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from pipeline.store.hub import ResultsRepo
from tests.standins.hub import StandInHub

PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True)
class HubUnderTest:
    """Where it is, who may write, and the name of a dataset that does not exist yet. ``standin`` is None on the real
    Hub.
    """

    url: str | None
    token: str
    repo_id: str
    home: Path
    standin: StandInHub | None

    def repo(self, token: str | None = None) -> ResultsRepo:
        return ResultsRepo(self.repo_id, private=True, token=token or self.token, endpoint=self.url)

    def load(self) -> dict[str, Any]:
        """The features and rows as ``datasets.load_dataset`` sees them."""
        command = [sys.executable, "-m", "tests.standins.load_rows", self.repo_id]
        done = subprocess.run(command, env=self.environment(), cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        loaded: dict[str, Any] = json.loads(done.stdout)
        return loaded

    def environment(self) -> dict[str, str]:
        """For a process of its own that shall talk to this Hub."""
        hub = {"HF_TOKEN": self.token, "HF_HOME": str(self.home), "HF_HUB_DISABLE_TELEMETRY": "1"}
        return dict(os.environ) | hub | ({"HF_ENDPOINT": self.url} if self.url else {})


@contextmanager
def standin_hub(home: Path) -> Iterator[HubUnderTest]:
    with StandInHub() as hub:
        yield HubUnderTest(hub.url, hub.token, "tester/folio-results", home, hub)


@contextmanager
def live_hub(home: Path) -> Iterator[HubUnderTest]:
    token = os.environ["HF_TOKEN"]
    api = HfApi(token=token)
    repo_id = f"{api.whoami()['name']}/folio-test-{secrets.token_hex(4)}"
    try:
        yield HubUnderTest(None, token, repo_id, home, None)
    finally:
        api.delete_repo(repo_id, repo_type="dataset", missing_ok=True)
