"""The watcher process, ``python -m pipeline.store.watcher``: copies the watched datasets' new files to local disk.

Its token comes through a pipe, empty where there is none. It can be killed at any instant and ends when the server
does.
"""

import logging
import os
from collections.abc import Mapping

from pipeline.settings import read_settings
from pipeline.store.goodbye import Goodbye, follow_parent
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.mirror import Mirror, WatchedRepo
from pipeline.store.token import take_token
from pipeline.store.watcher_process import STATUSES, status_path, watched

TURN_SECONDS = 30.0
"""A quiet dataset costs one request a turn; the Hub allows a free account 1,000 in five minutes."""


def main(environment: Mapping[str, str], token: str, turn_seconds: float = TURN_SECONDS) -> None:
    """Watch until asked to end. Raises SettingsError for a malformed setting."""
    logging.basicConfig(level=logging.INFO, format="watcher %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = read_settings(environment)
    goodbye = Goodbye()
    if parent := environment.get(PARENT_VARIABLE):
        follow_parent(int(parent))
    mirror = Mirror(
        settings.data_dir / "mirror", tuple(WatchedRepo(repo_id, token=token) for repo_id in watched(settings))
    )
    mirror.recover()
    while not goodbye.asked:
        mirror.turn(lambda statuses: STATUSES.replace(status_path(settings), statuses))
        goodbye.wait(turn_seconds)


if __name__ == "__main__":
    handed = take_token()
    main(os.environ, handed)
