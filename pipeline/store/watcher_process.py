"""The server's side of watching datasets: start the process that reads them from the Hub, and tell how that stands."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.settings import Settings
from pipeline.store.codec import Codec
from pipeline.store.hub_process import HubProcess


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """How reading one dataset stands. Times are ISO 8601 in UTC, empty where it never happened.

    ``checked_at`` is the last attempt, ``read_at`` the last that succeeded; ``error`` is a FaultCode's value,
    ``storage_failed`` or empty, and ``files`` how many of its files are here.
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


def read_statuses(settings: Settings) -> tuple[DatasetStatus, ...]:
    """How each watched dataset stands, in the order of the setting; one that was never asked for has no times."""
    known = {status.repo_id: status for status in STATUSES.read(status_path(settings)) or ()}
    return tuple(known.get(repo_id, DatasetStatus(repo_id)) for repo_id in watched(settings))


class WatcherProcess(HubProcess):
    """The watcher of one server; where no dataset is named there is none. Stopping it anywhere is safe."""

    def __init__(self, settings: Settings, token: str) -> None:
        super().__init__("pipeline.store.watcher", settings, token, {"DASHBOARD_DATASETS": settings.dashboard_datasets})

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        """Start the watcher if it is not running. Call it when the dashboard is looked at."""
        if watched(self._settings):
            super().ensure_running(environment)
