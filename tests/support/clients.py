"""Programs that use a site."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from gradio_client import Client

from tests.e2e.conftest import Site


@contextlib.contextmanager
def connect(site: Site, folder: Path) -> Iterator[Client]:
    client = Client(site.url, download_files=str(folder / "downloads"), verbose=False)
    try:
        yield client
    finally:
        leave(client)


def leave(client: Client) -> None:
    """Close it without its second of waiting: the heartbeat ends by itself when its thread next looks."""
    client._kill_heartbeat.set()
