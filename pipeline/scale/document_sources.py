"""Where a batch job's documents come from: finding them, and fetching one to local disk.

An input is a folder, a glob, a Parquet file, or a folder of Parquet files; local, or behind any address that fsspec
opens, such as ``hf://datasets/OWNER/NAME`` or ``hf://buckets/OWNER/NAME/folder``. A document is named by its address.
One that lies in a Parquet row is named by the file's address, ``#`` and the row's number from 0.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
from fsspec.core import url_to_fs

from pipeline.errors import BatchInputUnreadable, DocumentUnreachable, ManifestRowMalformed

PDF, PARQUET = ".pdf", ".parquet"
BYTES_COLUMNS = ("pdf", "bytes", "content")  # the first is what the ``Pdf`` feature of ``datasets`` is usually called
URI_COLUMNS = ("uri", "url", "path")
ROWS_AT_ONCE = 64
READ_AT_ONCE = 1 << 20


def find_documents(wanted: str) -> Iterator[str]:
    """The addresses of every document of an input, in a stable order; rows of a manifest in its own.

    A manifest's row without an address, or with one of another type, is named by its place, so that fetching it says
    what is wrong. Raises BatchInputUnreadable.
    """
    try:
        yield from _find(wanted)
    except (OSError, ValueError) as error:  # fsspec raises ValueError for a protocol that it does not know
        raise BatchInputUnreadable from error


def _find(wanted: str) -> Iterator[str]:
    files, root = url_to_fs(wanted)
    if any(sign in root for sign in "*?["):
        paths = sorted(str(path) for path in files.glob(root))
    elif files.isfile(root):
        paths = [root]
    else:
        paths = sorted(files.find(root))
    documents = [path for path in paths if path.lower().endswith(PDF)]
    if documents or not any(path.endswith(PARQUET) for path in paths):
        yield from (address(files, path) for path in documents)
        return
    for path in paths:
        if path.endswith(PARQUET):
            yield from _manifest_rows(files, path)


def address(files: fsspec.AbstractFileSystem, path: str) -> str:
    """The address of ``path``, plain for a local one. What is not Unicode in a name becomes question marks."""
    full = path if "file" in _protocols(files) else str(files.unstrip_protocol(path))
    return full.encode("utf-8", "replace").decode()


def _protocols(files: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def _manifest_rows(files: fsspec.AbstractFileSystem, path: str) -> Iterator[str]:
    """A row's own address where it has one, else the row's place."""
    here = address(files, path)
    with files.open(path, "rb") as file:
        parquet = pq.ParquetFile(file)
        column = next((name for name in URI_COLUMNS if name in parquet.schema_arrow.names), None)
        if column is None:
            yield from (f"{here}#{row}" for row in range(parquet.metadata.num_rows))
            return
        row = 0
        for batch in parquet.iter_batches(batch_size=10_000, columns=[column]):
            for value in batch.column(0).to_pylist():
                yield value if isinstance(value, str) and value.strip() else f"{here}#{row}"
                row += 1


@dataclass(slots=True)
class RowWindow:
    """The rows of a Parquet file that were read last, since neighbours are asked for one after the other."""

    place: str = ""
    first: int = 0
    rows: tuple[Mapping[str, Any], ...] = ()


class DocumentFetcher:
    """Brings documents to local disk. Not thread-safe."""

    def __init__(self) -> None:
        self._window = RowWindow()

    def fetch(self, uri: str, folder: Path) -> Path:
        """The document as a file: the very one where it is local, else a copy in ``folder``.

        Raises DocumentUnreachable, and ManifestRowMalformed for a row that names no document.
        """
        place, _, row = uri.rpartition("#")
        try:
            if place.endswith(PARQUET) and row.isdecimal():
                return self._fetch_row(place, int(row), folder)
            files, path = url_to_fs(uri)
            if "file" in _protocols(files):
                return Path(path)
            target = folder / "document.pdf"
            with files.open(path, "rb") as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, READ_AT_ONCE)
        except (OSError, ValueError) as error:
            raise DocumentUnreachable from error
        return target

    def _fetch_row(self, place: str, row: int, folder: Path) -> Path:
        values = self._row(place, row)
        data = next((found for name in BYTES_COLUMNS if (found := _bytes_of(values.get(name)))), None)
        if data is None:
            raise ManifestRowMalformed
        target = folder / "document.pdf"
        target.write_bytes(data)
        return target

    def _row(self, place: str, row: int) -> Mapping[str, Any]:
        window = self._window
        if place != window.place or not window.first <= row < window.first + len(window.rows):
            window = self._window = _read_window(place, row)
        if not window.first <= row < window.first + len(window.rows):
            raise DocumentUnreachable
        return window.rows[row - window.first]


def _read_window(place: str, row: int) -> RowWindow:
    """The rows around ``row``, without columns that hold no document."""
    files, path = url_to_fs(place)
    with files.open(path, "rb") as file:
        parquet = pq.ParquetFile(file)
        columns = [name for name in BYTES_COLUMNS if name in parquet.schema_arrow.names]
        if not columns:
            return RowWindow(place, row, ({},) * (row < parquet.metadata.num_rows))
        begun = 0
        for group in range(parquet.metadata.num_row_groups):
            count = parquet.metadata.row_group(group).num_rows
            if row < begun + count:
                return _window_of_group(parquet, group, columns, RowWindow(place, begun), row)
            begun += count
    return RowWindow(place)


def _window_of_group(parquet: pq.ParquetFile, group: int, columns: list[str], at: RowWindow, row: int) -> RowWindow:
    """The batch of the row group that holds ``row``; ``at`` is the group's beginning."""
    begun = at.first
    for batch in parquet.iter_batches(batch_size=ROWS_AT_ONCE, row_groups=[group], columns=columns):
        if row < begun + batch.num_rows:
            return RowWindow(at.place, begun, tuple(batch.to_pylist()))
        begun += batch.num_rows
    return RowWindow(at.place)


def _bytes_of(value: object) -> bytes | None:
    """The bytes in a column's value: bytes themselves, or the ``{bytes, path}`` of the features of ``datasets``."""
    if isinstance(value, Mapping):
        value = value.get("bytes")
    return value if isinstance(value, bytes) and value else None


def is_local(place: str) -> bool:
    """Whether ``place`` is on this machine's file system."""
    return "file" in _protocols(url_to_fs(place)[0])


def absolute(place: str) -> str:
    """``place`` as every process finds it, whatever its current folder."""
    files, path = url_to_fs(place)
    return os.path.abspath(path) if "file" in _protocols(files) else address(files, path)
