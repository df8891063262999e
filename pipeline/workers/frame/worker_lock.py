"""One worker of a role at a time over a data folder: a lock on local disk that ends with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import WorkerRunsAlready


@contextmanager
def only_worker(path: Path) -> Iterator[None]:
    """Hold the lock. Raises WorkerRunsAlready where another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkerRunsAlready from None
        yield
