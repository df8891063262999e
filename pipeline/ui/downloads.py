"""Finished files on their way to the browser: copies in gradio's cache, and nothing else of the data directory.

gradio serves its cache folder and nothing else here. The copy's folder is named by a hash of the run's secret id, so that
its address can be neither guessed nor turned back into the run's link. gradio deletes copies an hour after they were made.
"""

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from gradio.utils import get_upload_folder

from pipeline.runs.state import ExportFile, RunView
from pipeline.ui.sanitise import file_name


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: the export's format name and what the button says."""

    format: str
    label: str


OFFERS = (Offer("md", "Markdown"), Offer("json", "JSON"), Offer("html", "HTML"), Offer("zip", "ZIP with pictures"))


def served_copy(view: RunView, export: ExportFile) -> Path:
    """A copy of ``export`` in gradio's cache, named after the upload. Raises OSError where it cannot be made."""
    return _copy(export.path, _key(view, export), f"{_stem(view.name)}{export.path.suffix}")


def remove_copies(view: RunView) -> None:
    """Delete the copies of a run's files. What the disk refuses to delete goes with gradio's own sweep."""
    for export in view.exports:
        shutil.rmtree(_folder(_key(view, export)), ignore_errors=True)


def served_example(path: Path) -> Path:
    """A copy of a file that ships with the page. Raises OSError where it cannot be made."""
    return _copy(path, f"example/{path.name}", path.name)


def _key(view: RunView, export: ExportFile) -> str:
    return f"{view.run_id}/{export.format}"


def _folder(key: str) -> Path:
    return Path(get_upload_folder()) / hashlib.sha256(key.encode()).hexdigest()[:32]


def _copy(path: Path, key: str, name: str) -> Path:
    target = _folder(key) / name
    if target.exists():
        os.utime(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{secrets.token_hex(8)}")
    shutil.copyfile(path, partial)
    partial.replace(target)
    return target


def _stem(name: str) -> str:
    """The upload's name without its suffix, of characters that every file system and HTTP header takes."""
    stem = Path(file_name(name, limit=80)).stem
    safe = "".join(letter if letter.isalnum() or letter in " -_.()" else "_" for letter in stem).strip(" .")
    return safe or "document"
