"""Processes that tests started and look at from outside, by ``/proc`` (proc(5))."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has waited for yet does not."""
    try:
        return _fields(pid)[0] != "Z"
    except OSError:
        return False


def parent_of(pid: int) -> int:
    """The process that started it. Raises OSError where there is no such process."""
    return int(_fields(pid)[1])


@contextmanager
def adopted_orphans() -> Iterator[None]:
    """Orphans of this process's children become its own meanwhile, as those of a login do under ``systemd --user``
    (prctl(2)). Those that have ended by then are waited for.
    """
    before = set(_children())
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        ctypes.CDLL(None).prctl(SUBREAPER, 0, 0, 0, 0)
        for pid in set(_children()) - before:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _children() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if parent_of(int(entry.name)) == os.getpid():
                yield int(entry.name)


def _fields(pid: int) -> list[str]:
    """What ``stat`` says after the program's name: state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
