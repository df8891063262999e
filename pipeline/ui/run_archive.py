"""One ZIP with the files of several runs, made while it is sent: nothing of it is kept on disk or whole in memory."""

import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from pipeline.runs.state import RunView
from pipeline.ui.convert.downloads import file_stem

PIECE_BYTES = 1 << 16
LEVEL = 1  # zlib level: somebody waits, and the server has other work
LARGE_BYTES = 1 << 30  # a file from here on may need the fields of a large archive, which not every program reads


class _Outlet:
    """A file that cannot be read or sought: what is written waits until it is taken."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to be given back."""

    def taken(self) -> bytes:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        return waiting


def archive_pieces(views: Sequence[RunView]) -> Iterator[bytes]:
    """The ZIP piece by piece: one folder for each run that has files, named after its document.

    A folder has what the run's own ZIP has, or its single files where that could not be written. A file that goes
    meanwhile ends the archive early, so that nobody takes it for whole.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for folder, view in zip(folder_names(views), views, strict=True):
            for name, size, content in _entries(view):
                with content, archive.open(f"{folder}/{name}", "w", force_zip64=size > LARGE_BYTES) as target:
                    while piece := content.read(PIECE_BYTES):
                        target.write(piece)
                        yield outlet.taken()
    yield outlet.taken()


def folder_names(views: Sequence[RunView]) -> list[str]:
    """A folder name for each run, of its document's name; no two differ by case only."""
    names: list[str] = []
    used: set[str] = set()
    for view in views:
        stem = file_stem(view.name)
        name, number = stem, 1
        while name.casefold() in used:
            number += 1
            name = f"{stem} ({number})"
        used.add(name.casefold())
        names.append(name)
    return names


def _entries(view: RunView) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size in bytes and content of each file of a run."""
    whole = view.export("zip")
    if whole is None:
        for export in view.exports:
            yield f"{file_stem(view.name)}{export.path.suffix}", export.size_bytes, export.path.open("rb")
        return
    with zipfile.ZipFile(whole.path) as kept:
        for item in kept.infolist():
            yield item.filename, item.file_size, kept.open(item)
