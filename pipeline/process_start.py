"""Starting a process while another thread may fork this one.

ZeroGPU's client forks the server for a GPU call, and the fork lives on for the next call. Whatever pipe another thread
is just setting up for a process of its own, the fork inherits the end that is meant to be closed in a moment, and keeps
it open: then ``subprocess`` waits for the end of the fork before it believes that its process has started, and a reader
waits for the end of input that has been written long ago. So a fork waits until nobody is starting a process.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]
"""The folder that holds the project's files: the current one of a process that runs a module of Folio."""

_starting = threading.Lock()
os.register_at_fork(before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release)


@contextmanager
def starting() -> Iterator[None]:
    """While this is entered no fork happens, nor another start. Do not fork inside; ``subprocess`` without
    ``preexec_fn`` does not.
    """
    with _starting:
        yield
