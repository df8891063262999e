"""Writing a file exactly once, so that a reader sees all of it or nothing, whatever disk it lies on.

Two kinds of disk hold ``/data``:

- A local file system. The bytes go to a temporary name beside the target, are synced, and are linked to the target's
  name; the link refuses an existing name, where a rename would replace it. A crash leaves at most a temporary name.
- A mounted bucket (FUSE). An object appears when its file is closed, so the target's own name is written once and
  closed; there is no append, no reopening for writing and no lock. A crash leaves no object or, at worst, a short one:
  readers validate.

A folder that goes with its process (``goes_with_process``) is the exception: nothing waits for its disk.

Every failure of the disk is StorageFailed; what the system said is logged, since it holds a path.
"""

import errno
import functools
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import StorageFailed

log = logging.getLogger(__name__)

TEMPORARY_PREFIX = ".new-"
NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK)


_passing_folders: set[Path] = set()


def goes_with_process(folder: Path) -> None:
    """Files below ``folder`` are of no use once this process has ended, so none has to survive a loss of power. From
    now on they are written as any other, but not synced: for a document of one page that is 23 waits for the disk.
    """
    _passing_folders.add(folder)


def write_new(path: Path, data: bytes) -> None:
    """Publish ``data`` under a new name; once this returns, it is on disk.

    Raises FileExistsError where the name is taken, StorageFailed where the disk refuses.
    """
    write_stream(path, lambda file: _write_all(file, data))


def write_stream(path: Path, writer: Callable[[BinaryIO], None], *, synced: bool = True) -> None:
    """Publish what ``writer`` puts into a binary file, under a new name; nothing is published where ``writer`` raises.

    What is not ``synced`` may be empty after a loss of power, and costs no wait for the disk.

    Raises FileExistsError where the name is taken, StorageFailed where the disk refuses, and whatever ``writer``
    raises.
    """
    with _storage_errors():
        _make_folder(path.parent)
        if path.exists():
            raise FileExistsError(errno.EEXIST, "this name is already published", path.name)
        if publishes_on_close(path.parent):
            _write_whole(path, writer, synced)
        else:
            _write_beside_and_link(path, writer, synced)


def copy_new(source: Path, target: Path) -> None:
    """Publish a copy of ``source`` under a new name. Raises as ``write_stream`` does."""
    with source.open("rb") as origin:
        write_stream(target, lambda file: shutil.copyfileobj(origin, file))


def link_all(sources: Iterable[Path], folder: Path) -> None:
    """Publish files that are never changed under their own names in ``folder`` too, without copying where the disk can.

    A source that is gone, and a name that is taken, are left out. Raises StorageFailed where the disk refuses.
    """
    with _storage_errors():
        _make_folder(folder)
        for source in sources:
            with suppress(FileNotFoundError, FileExistsError):
                _link_or_copy(source, folder / source.name)
        if not publishes_on_close(folder):
            _sync_folder(folder)


def _is_passing(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _passing_folders)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        copy_new(source, target)


def discard(path: Path) -> None:
    """Remove a file if it is there. Raises StorageFailed where the disk refuses."""
    with _storage_errors():
        path.unlink(missing_ok=True)


def remove_temporaries(root: Path) -> int:
    """Remove what interrupted writes left below ``root`` and return how many. Only safe while nobody writes there."""
    leftovers = list(root.rglob(f"{TEMPORARY_PREFIX}*"))
    for leftover in leftovers:
        discard(leftover)
    return len(leftovers)


def is_temporary(path: Path) -> bool:
    """Whether the name belongs to a write that was interrupted or is under way."""
    return path.name.startswith(TEMPORARY_PREFIX)


def publishes_on_close(folder: Path) -> bool:
    """Whether ``folder`` lies on a FUSE mount, where a rename may be a copy and a new object appears on close."""
    return _file_system_type(folder.resolve()).startswith("fuse")


@functools.lru_cache(maxsize=256)
def _file_system_type(folder: Path) -> str:
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, best_type = -1, ""
    for line in mounts:
        fields, _, rest = line.partition(" - ")
        mount_point = Path(fields.split()[4].replace("\\040", " "))
        if folder.is_relative_to(mount_point) and len(mount_point.parts) >= best:
            best, best_type = len(mount_point.parts), rest.split()[0]
    return best_type


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # a file is in the way, which is not the taken name that callers are told of
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", folder.name) from error


def _write_beside_and_link(path: Path, writer: Callable[[BinaryIO], None], synced: bool) -> None:
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}")
    try:
        _write_whole(temporary, writer, synced)
        _publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    if synced:
        _sync_folder(path.parent)


def _write_whole(path: Path, writer: Callable[[BinaryIO], None], synced: bool) -> None:
    try:
        with path.open("xb") as file:
            writer(file)
            file.flush()
            if synced and not _is_passing(path):
                os.fsync(file.fileno())
    except FileExistsError:
        raise
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _publish(temporary: Path, path: Path) -> None:
    try:
        path.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        temporary.rename(path)  # the name was free a moment ago, and a run's names have one writer


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power loss."""
    if _is_passing(folder):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(file: BinaryIO, data: bytes) -> None:
    file.write(data)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        log.error("storage failed: %s", error)
        raise StorageFailed from error
