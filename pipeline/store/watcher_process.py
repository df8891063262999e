"""The server's side of watching datasets: start the process that reads them from the Hub, and tell how that stands.

Imports no Hub client: the server never speaks to the Hub itself.
"""

import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.settings import Settings
from pipeline.store.codec import Codec
from pipeline.store.publisher_process import PARENT_VARIABLE, PROJECT_DIR

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """How reading one dataset stands. Times are ISO 8601 in UTC, empty where it never happened.

    ``checked_at`` is the last attempt, ``read_at`` the last that succeeded; ``error`` is a FaultCode's value, ``storage_failed`` or
    empty, and ``files`` how many of its files are here.
    """

    repo_id: str
    checked_at: str = ""
    read_at: str = ""
    error: str = ""
    files: int = 0


STATUSES: Codec[tuple[DatasetStatus, ...]] = Codec(TypeAdapter(tuple[DatasetStatus, ...]))


def watched(settings: Settings) -> tuple[str, ...]:
    """The datasets that DASHBOARD_DATASETS names, each once."""
    names = (name.strip() for name in settings.dashboard_datasets.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def status_path(settings: Settings) -> Path:
    """Where the watcher writes its status: on local disk, since it is rewritten."""
    return settings.work_dir / "watcher" / "status.json"


def write_statuses(path: Path, statuses: tuple[DatasetStatus, ...]) -> None:
    """Replace the status file. Losing it costs nothing, so a disk that refuses is no error."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(STATUSES.encode(statuses))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)


def read_statuses(settings: Settings) -> tuple[DatasetStatus, ...]:
    """How each watched dataset stands, in the order of the setting; one that was never asked for has no times."""
    known = {status.repo_id: status for status in STATUSES.read(status_path(settings)) or ()}
    return tuple(known.get(repo_id, DatasetStatus(repo_id)) for repo_id in watched(settings))


class WatcherProcess:
    """The watcher of one server; where no dataset is named there is none. Not thread-safe."""

    def __init__(self, settings: Settings, token: str) -> None:
        self._settings = settings
        self._token = token
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        """Start the watcher if it is not running. Cheap otherwise: call it when the dashboard is looked at."""
        if not watched(self._settings) or self.running:
            return
        if self._process is not None:
            log.warning("the watcher ended with %s and is started again", self._process.returncode)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.store.watcher"],
            cwd=PROJECT_DIR,
            env=self._environment(environment),
            stdin=subprocess.PIPE,
            start_new_session=True,  # an interrupt at the terminal is for the server; the watcher ends after it
        )
        if self._process.stdin is not None:  # not by the environment, which other processes of this user can read
            self._process.stdin.write(self._token.encode())
            self._process.stdin.close()

    def stop(self, seconds: float = 5.0) -> None:
        """End the watcher; stopping anywhere is safe."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        settings = self._settings
        return dict(environment) | {
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "DATA_DIR": str(settings.data_dir),
            "WORK_DIR": str(settings.work_dir),
            "DASHBOARD_DATASETS": settings.dashboard_datasets,
            PARENT_VARIABLE: str(os.getpid()),
        }
