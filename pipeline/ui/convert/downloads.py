"""Finished files on their way to the browser: copies in gradio's cache, and nothing else of the data directory.

gradio serves its cache folder and nothing else here. The copy's folder is named by a hash of the run's reading id,
which whoever has either link may know, so that its address can be neither guessed nor turned back into a link. gradio
deletes copies an hour after they were made.
"""

import hashlib
import os
import re
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from gradio.utils import get_upload_folder

from pipeline.records import Origin
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.state import ExportFile, PageText, RunView
from pipeline.runs.visitors import Visitor
from pipeline.ui.plain_text import file_name
from pipeline.ui.ports import Runs
from pipeline.ui.swept_files import sweep_later

PICTURE = re.compile(r"\]\(pictures/([\w-]{1,40}\.png)\)")
REMEMBERED_UPLOADS = 1000  # runs; gradio deletes uploads after an hour anyway


@dataclass(frozen=True, slots=True)
class _Upload:
    """A file as it lay at ``path`` when its run was made."""

    path: Path
    written_ns: int

    @property
    def untouched(self) -> bool:
        """Nobody has uploaded the same again since, which puts a new file in its place."""
        try:
            return self.path.stat().st_mtime_ns == self.written_ns
        except OSError:
            return False


class Uploads:
    """Where gradio put the upload of each recent run, so that deleting the run deletes that too. Safe to use from
    several threads.

    gradio names the place by the content, so that the same file of two visitors lies there once. A file that was
    uploaded again after its run was made belongs to whoever did that, and stays; what is forgotten here, or stays, goes
    with gradio's own sweep.
    """

    def __init__(self) -> None:
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()
        self._lock = threading.Lock()

    def fetch(self, runs: Runs, url: str, origin: Origin, visitor: Visitor) -> Path:
        """The PDF at this address on the web, in a folder of gradio's cache whose name nobody can guess. Raises what
        ``Runs.fetch`` raises.
        """
        path = runs.fetch(url, Path(get_upload_folder()) / secrets.token_hex(16), origin, visitor)
        sweep_later(path)
        return path

    def remember(self, run_id: str, path: Path | None) -> None:
        """The run was made from this upload, if any."""
        if path is not None:
            with suppress(FileNotFoundError):
                self._keep(run_id, _Upload(path, path.stat().st_mtime_ns))

    def pass_on(self, run_id: str, successor: str) -> None:
        """The other run continues this one."""
        with self._lock:
            upload = self._uploads.get(run_id)
        if upload is not None:
            self._keep(successor, upload)

    def remove(self, run_id: str) -> None:
        """Delete the run's upload, unless it lies elsewhere (the example, which everybody shares) or was uploaded
        again.
        """
        with self._lock:
            upload = self._uploads.pop(run_id, None)
        if upload is None or not upload.untouched:
            return
        folder = upload.path.parent
        if folder.parent == Path(get_upload_folder()) and folder != _folder(f"example/{upload.path.name}"):
            with suppress(OSError):  # the same content may lie there under another name, too
                upload.path.unlink()
                folder.rmdir()

    def _keep(self, run_id: str, upload: _Upload) -> None:
        with self._lock:
            self._uploads[run_id] = upload
            while len(self._uploads) > REMEMBERED_UPLOADS:
                self._uploads.popitem(last=False)


def served_copy(view: RunView, export: ExportFile) -> Path:
    """A copy of ``export`` in gradio's cache, named after the upload. Raises OSError where it cannot be made."""
    return _copy(export.path, _key(view, export), f"{file_stem(view.name)}{export.path.suffix}")


def address_of(copy: Path) -> str:
    """Where the browser finds a copy, relative to the page."""
    return f"gradio_api/file={quote(str(copy))}"


def picture_addresses(view: RunView, texts: Iterable[PageText]) -> dict[str, str]:
    """The address of each picture to which these texts of the run refer, by the reference (``pictures/NAME.png``).

    Each picture is copied into gradio's cache; a picture without a file has no address.
    """
    if view.pictures is None:
        return {}
    names = {name for text in texts for name in PICTURE.findall(text.markdown)}
    addresses = {}
    for name in sorted(names):
        with suppress(OSError):
            copy = _copy(view.pictures / name, _pictures_key(view), name)
            addresses[f"pictures/{name}"] = address_of(copy)
    return addresses


def facsimile_address(view: RunView, facsimile: Facsimile) -> str:
    """Where the browser finds a page's image, which is copied into gradio's cache. Raises OSError."""
    return address_of(_copy(facsimile.image, _facsimiles_key(view), facsimile.image.name))


def remove_copies(view: RunView) -> None:
    """Delete the copies of a run's files. What the disk refuses to delete goes with gradio's own sweep."""
    for key in (_pictures_key(view), _facsimiles_key(view), *(_key(view, export) for export in view.exports)):
        shutil.rmtree(_folder(key), ignore_errors=True)


def delete_with_copies(runs: Runs, uploads: Uploads, link: str) -> RunView:
    """Delete a run with every copy of its files, and return its last snapshot. Raises RunNotFound, and what
    ``Runs.delete`` raises.
    """
    view = runs.view(link)
    runs.delete(link)
    remove_copies(view)
    uploads.remove(link)
    return view


def served_example(path: Path) -> Path:
    """A copy of a file that ships with the page. Raises OSError where it cannot be made."""
    return _copy(path, f"example/{path.name}", path.name)


def _key(view: RunView, export: ExportFile) -> str:
    return f"{_secret(view)}/{export.format}"


def _pictures_key(view: RunView) -> str:
    return f"{_secret(view)}/pictures"


def _facsimiles_key(view: RunView) -> str:
    return f"{_secret(view)}/facsimiles"


def _secret(view: RunView) -> str:
    return view.reading_id or view.run_id


def _folder(key: str) -> Path:
    return Path(get_upload_folder()) / hashlib.sha256(key.encode()).hexdigest()[:32]


def _copy(path: Path, key: str, name: str) -> Path:
    target = _folder(key) / name
    sweep_later(target)
    if target.exists():
        os.utime(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{secrets.token_hex(8)}")
    shutil.copyfile(path, partial)
    partial.replace(target)
    return target


def file_stem(name: str) -> str:
    """The upload's name without its suffix, of characters that every file system and HTTP header takes."""
    stem = Path(file_name(name, limit=80)).stem
    safe = "".join(letter if letter.isalnum() or letter in " -_.()" else "_" for letter in stem).strip(" .")
    return safe or "document"
