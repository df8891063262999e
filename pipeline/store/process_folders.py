"""Folders on local disk that belong to one process each, so that those of a process which was killed can be told."""

import os
import secrets
import shutil
from pathlib import Path


def own_folder(place: Path) -> Path:
    """A new name below ``place`` for a folder of this process; nothing is made there."""
    return place / f"{os.getpid()}-{secrets.token_hex(4)}"


def remove_abandoned(place: Path) -> None:
    """Remove the folders below ``place`` that processes had which are gone. Other files and folders stay."""
    for folder in place.glob("*-*") if place.is_dir() else ():
        process = folder.name.partition("-")[0]
        if process.isdecimal() and not Path(f"/proc/{process}").exists():
            shutil.rmtree(folder, ignore_errors=True)
