"""The publisher process, ``python -m pipeline.store.publisher``: the one that sends the records of runs to the Hub.

It drains the ledger to the results dataset, writes a small status file, and ends when the server does. It can be killed
at any instant; the next one goes on. Two at once would seal the same records twice, so each holds a lock on local disk
(never on ``/data``) and a new one waits until the old one, which may still be saying its goodbye to the Hub, is gone.

Threads: the main one publishes; a second one only watches for the server's end, since a call to a slow Hub would not
notice it.
"""

import fcntl
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Settings, read_settings
from pipeline.store.dataset import Sink
from pipeline.store.goodbye import Goodbye, follow_parent
from pipeline.store.hub import ResultsRepo
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.ledger import Ledger
from pipeline.store.publisher_process import lock_path, status_path
from pipeline.store.spool import Spool
from pipeline.store.status import STATUS, PublisherStatus
from pipeline.store.token import take_token

log = logging.getLogger(__name__)

TURN_SECONDS = 5.0


def publish(
    sink: Sink, goodbye: Goodbye, report: Callable[[PublisherStatus], None], turn_seconds: float = TURN_SECONDS
) -> None:
    """Turn after turn until asked to end, then one last flush."""
    while not goodbye.asked:
        sink.step()
        report(sink.status())
        goodbye.wait(turn_seconds)
    sink.flush()
    report(sink.status())


@contextmanager
def only_publisher(path: Path, goodbye: Goodbye) -> Iterator[None]:
    """Hold the lock that only one publisher can have; it ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        while not goodbye.asked:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                goodbye.wait(0.5)
        yield


def main(environment: Mapping[str, str], token: str) -> int:
    """Publish until asked to end. Raises SettingsError for a malformed setting."""
    logging.basicConfig(level=logging.INFO, format="publisher %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = read_settings(environment)
    if not token:
        log.error("HF_TOKEN is not set; nothing is published")
        return 1
    goodbye = Goodbye()
    if parent := environment.get(PARENT_VARIABLE):
        follow_parent(int(parent))
    with only_publisher(lock_path(settings), goodbye):
        if not goodbye.asked:
            sink = _sink(settings, token, environment.get("SPACE_AUTHOR_NAME", ""))
            publish(sink, goodbye, lambda status: STATUS.replace(status_path(settings), status))
    return 0


def _sink(settings: Settings, token: str, owner: str) -> Sink:
    spool = Spool(Ledger(settings.data_dir))
    spool.recover()
    repo_id = settings.results_dataset or (f"{owner}/folio-results" if owner else "")
    return Sink(
        spool, ResultsRepo(repo_id, private=settings.results_private, token=token), keep_months=settings.results_months
    )


if __name__ == "__main__":
    handed = take_token()
    sys.exit(main(os.environ, handed))
