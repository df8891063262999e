"""Room on the disk: whether it takes another document, and folders for page images."""

import logging
import shutil
from pathlib import Path

from pipeline.errors import DiskNearlyFull, StorageFailed
from pipeline.settings import Settings

_log = logging.getLogger(__name__)

MEGABYTE = 1_000_000


def refuse_without_room(settings: Settings) -> None:
    """Raises DiskNearlyFull where a folder that Folio writes to has less free than the owner wants to keep free."""
    free = (free_bytes(folder) for folder in (settings.data_dir, settings.work_dir))
    if any(room is not None and room < settings.min_free_mb * MEGABYTE for room in free):
        raise DiskNearlyFull(settings.min_free_mb)


def make_folder(folder: Path) -> None:
    """A new folder for page images. Raises StorageFailed."""
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        _log.error("no folder for page images: %s", error)
        raise StorageFailed from error


def free_bytes(folder: Path) -> int | None:
    """Free room; None where the file system does not tell, as a mounted bucket may not."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    try:
        usage = shutil.disk_usage(there or folder)
    except OSError:
        return None
    return usage.free if usage.total else None
