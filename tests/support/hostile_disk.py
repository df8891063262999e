"""A disk that can be filled and made read-only while something writes to it.

Where mounting is allowed it is a small tmpfs, which answers as a full or read-only disk does (ENOSPC, EROFS). Elsewhere
the process limits the size of its own files (RLIMIT_FSIZE, EFBIG), which fails the same writes; the limit can be lifted
again.
"""

import contextlib
import ctypes
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

MEGABYTE = 1 << 20
MS_RDONLY, MS_REMOUNT, MNT_DETACH = 1, 32, 2  # sys/mount.h
_libc = ctypes.CDLL(None, use_errno=True)


class Disk(Protocol):
    """``root`` lies on it."""

    root: Path

    def fill(self, left_kb: int = 0) -> None:
        """Leave at most this much room."""

    def lock(self) -> None:
        """Allow reading only."""

    def restore(self) -> None:
        """Undo both."""


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 8) -> Iterator[Disk]:
    """A disk of this size, mounted on ``folder`` while the block runs, or its substitute."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _mount(folder, 0, f"size={megabytes}m"):
        limited = LimitedFiles(folder)
        try:
            yield limited
        finally:
            limited.restore()
        return
    try:
        yield SmallMount(folder, megabytes)
    finally:
        _libc.umount2(str(folder).encode(), MNT_DETACH)


def _mount(folder: Path, flags: int, options: str) -> bool:
    return not _libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", ctypes.c_ulong(flags), options.encode())


class SmallMount:
    """A tmpfs."""

    def __init__(self, root: Path, megabytes: int) -> None:
        self.root, self._options = root, f"size={megabytes}m"
        self._filler = root / "filler"

    def fill(self, left_kb: int = 0) -> None:
        free = os.statvfs(self.root)
        with self._filler.open("wb", buffering=0) as file:
            file.write(b"\0" * (free.f_bavail * free.f_frsize - left_kb * 1024))

    def lock(self) -> None:
        if not _mount(self.root, MS_REMOUNT | MS_RDONLY, self._options):
            raise OSError(ctypes.get_errno(), "the disk cannot be made read-only; is a file open for writing?")

    def restore(self) -> None:
        if not _mount(self.root, MS_REMOUNT, self._options):
            raise OSError(ctypes.get_errno(), "the disk cannot be made writable")
        self._filler.unlink(missing_ok=True)


class LimitedFiles:
    """Not a disk of its own: no file of this process may become larger than what is left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, left_kb: int = 0) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (left_kb * 1024 // 6, self._before[1]))

    def lock(self) -> None:
        self.fill(0)

    def restore(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
