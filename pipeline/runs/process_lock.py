"""Which process may clean up: locks and scratch folders on local disk, so that a second process harms nobody's run.

The server and the command line may share a data folder. The first of them owns it and clears what a crash left; a later
one leaves everything alone, since half-written files may be the first one's work in progress.
"""

import fcntl
import hashlib
import os
import shutil
from typing import Self

from pipeline.settings import Settings
from pipeline.store.process_folders import own_folder, remove_abandoned


class ProcessLock:
    """This process's place on local disk. Use it as a context manager.

    ``sole`` says whether nobody else works in the data folder; ``scratch`` is this process's own folder for page
    images. The lock is a ``flock``, which the system releases when the process dies, however it dies.
    """

    def __init__(self, settings: Settings) -> None:
        self.scratch = own_folder(settings.work_dir / "pages")
        name = hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]
        self._lock_path = settings.work_dir / "locks" / name
        self._lock = -1
        self.sole = False

    def __enter__(self) -> Self:
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.sole = _try_lock(self._lock)
        self.scratch.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.scratch.parent)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.close(self._lock)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
