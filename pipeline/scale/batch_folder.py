"""What lies in a batch job's output, on local disk or behind any address that fsspec opens.

    batch.json                     what the job is: its id, its options, the producer of its rows
    manifest/scan-<hash>.parquet   what was found of the input: size, hash and page count of each document
    documents/<block>.parquet      rows of converted documents
    dead_letters/<block>.parquet   rows of the same block that failed
    pictures/<block>.parquet       pictures of the same block, where they were asked for
    blocks/<block>.parquet         how the block's items ended; written last, so it says that the block is whole
    records/data/…                 iteration records as sealed shards of the results dataset
    waves/<id>.jsonl               blocks that workers elsewhere read from here
    waves/<id>.stopped             why none of these workers can do any of it, in one sentence
    README.md                      tells ``datasets.load_dataset`` of the tables

Each file is written once, in one step: under a temporary name and linked on local disk, as one object elsewhere. A
block's files have the block's name, so a block that is written again changes nothing. A table's file counts only
where ``blocks`` has one of the same name. A table has no file without rows, which ``datasets`` would not read.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from pydantic import TypeAdapter

from pipeline.errors import StorageFailed
from pipeline.records import ConvertOptions
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import Block, ItemEnd, block_name, decoded_block, encoded_block
from pipeline.scale.document_row import END_COLUMNS, PICTURES, ROWS, ends_of
from pipeline.scale.document_sources import is_local
from pipeline.store.codec import Codec
from pipeline.store.files import remove_temporaries, write_new
from pipeline.store.ids import new_iteration_id

log = logging.getLogger(__name__)

DOCUMENTS, DEAD_LETTERS, PICTURE_TABLE = TABLES = ("documents", "dead_letters", "pictures")
BLOCKS, MANIFEST, RECORDS, WAVES = "blocks", "manifest", "records", "waves"
ENDS = pa.schema([ROWS.field(name) for name in END_COLUMNS])
RECORD = pa.schema([ROWS.field("record")])
READERS = 16  # shards that are looked into at once; each look is a wait for a disk or a network


@dataclass(frozen=True, slots=True)
class BatchIdentity:
    """What a batch job is. ``created_at`` is ISO 8601 in UTC; ``input`` is what it began with."""

    batch_id: str
    created_at: str
    input: str
    options: ConvertOptions
    producer: Producer


IDENTITY = Codec(TypeAdapter(BatchIdentity))


@dataclass(frozen=True, slots=True)
class BlockTables:
    """The rows of one block, by table, as columns of ``ROWS`` and ``PICTURES``."""

    documents: list[dict[str, Any]]
    dead_letters: list[dict[str, Any]]
    pictures: list[dict[str, Any]]


class BatchFolder:
    """One batch job's output. Every failure of the disk or the network is StorageFailed."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._files: fsspec.AbstractFileSystem
        self._files, self._root = url_to_fs(place)
        self._local = is_local(place)

    @property
    def local_path(self) -> Path | None:
        """The folder itself where it is on local disk."""
        return Path(self._root) if self._local else None

    # -- identity ------------------------------------------------------------------------------------------------------

    def identity(self) -> BatchIdentity | None:
        """What the job is; None in an output that nothing was written to."""
        data = self.read("batch.json")
        return IDENTITY.decode(data) if data else None

    def write_identity(self, identity: BatchIdentity) -> None:
        """Say what the job is, for people too. Once: the first stays."""
        self.write("batch.json", json.dumps(asdict(identity), indent=1).encode())

    # -- blocks --------------------------------------------------------------------------------------------------------

    def write_block(self, block: Block, tables: BlockTables) -> list[ItemEnd]:
        """Write the block's rows; once this returns they are there. How its items ended."""
        name = f"{block_name(block)}.parquet"
        rows = ((DOCUMENTS, tables.documents, ROWS), (DEAD_LETTERS, tables.dead_letters, ROWS))
        for table, values, schema in (*rows, (PICTURE_TABLE, tables.pictures, PICTURES)):
            if values:
                self.write(f"{table}/{name}", parquet_bytes(values, schema))
        ends = [{name: row[name] for name in END_COLUMNS} for row in (*tables.documents, *tables.dead_letters)]
        self.write(f"{BLOCKS}/{name}", parquet_bytes(ends, ENDS))
        return [ItemEnd(**end) for end in ends]

    def block_ends(self, block: Block) -> list[ItemEnd] | None:
        """How the block's items ended, where it is written; None else."""
        return self._ends_of(block_name(block)) or None

    def block_names(self) -> set[str]:
        """The names of every whole block."""
        return set(self._names(BLOCKS))

    def ends(self, names: Iterable[str] | None = None) -> list[ItemEnd]:
        """How every item ended that has a row: in the blocks of these names, or in all of them."""
        wanted = self._names(BLOCKS) if names is None else sorted(names)
        with ThreadPoolExecutor(READERS) as threads:
            return [end for ends in threads.map(self._ends_of, wanted) for end in ends]

    def records(self, leave_out: AbstractSet[str] = frozenset()) -> Iterator[tuple[str, list[str]]]:
        """The records of each whole block by its name, as lines of the results dataset."""
        for name in self._names(BLOCKS):
            if name not in leave_out:
                tables = (self._table(f"{table}/{name}.parquet", RECORD) for table in (DOCUMENTS, DEAD_LETTERS))
                yield name, [line for table in tables for line in table["record"].to_pylist()]

    def tidy(self) -> None:
        """Remove what a killed command left: temporary files, and parts of blocks that are not whole. A block whose
        tables are gone is converted again.
        """
        if self._local and Path(self._root).is_dir():
            remove_temporaries(Path(self._root))
        whole = self.block_names()
        for table in TABLES:
            for name in self._names(table):
                if name not in whole:
                    self._remove(f"{table}/{name}.parquet")
        for name in whole - {*self._names(DOCUMENTS), *self._names(DEAD_LETTERS)}:
            self._remove(f"{BLOCKS}/{name}.parquet")

    # -- waves ---------------------------------------------------------------------------------------------------------

    def write_wave(self, blocks: Sequence[Block]) -> str:
        """Write down blocks for workers that read them from the output; the wave's name, which is new each time."""
        name = new_iteration_id()
        self.write(f"{WAVES}/{name}.jsonl", "\n".join(map(encoded_block, blocks)).encode())
        return name

    def wave(self, name: str) -> list[Block]:
        """The blocks of a wave. Raises StorageFailed where it is not there."""
        lines = self.read(f"{WAVES}/{name}.jsonl").decode().splitlines()
        if not lines:
            raise StorageFailed
        return [decoded_block(line) for line in lines]

    def stop_wave(self, name: str, why: str) -> None:
        """Let whoever waits for the wave know that no worker can do any of it; the first reason stays."""
        self.write(f"{WAVES}/{name}.stopped", why.encode())

    def why_stopped(self, name: str) -> str:
        """Why no worker can do any of the wave; empty where none said so."""
        return self.read(f"{WAVES}/{name}.stopped").decode()

    def address(self, path: str) -> str:
        """Where other programs find a path of the output."""
        return f"{self.place.rstrip('/')}/{path}"

    # -- files ---------------------------------------------------------------------------------------------------------

    def write(self, path: str, data: bytes) -> None:
        """Write a file in one step. A file that is there stays: names say what is in them. Raises StorageFailed."""
        if self._local:
            with suppress(FileExistsError):
                write_new(Path(self._path(path)), data)
            return
        with _storage_errors():
            self._files.pipe_file(self._path(path), data)

    def read(self, path: str) -> bytes:
        """The bytes of a file; none where it is missing."""
        with suppress(FileNotFoundError), _storage_errors():
            return bytes(self._files.cat_file(self._path(path)))
        return b""

    def files_below(self, folder: str) -> list[str]:
        """Every file below a folder of the output, by its path there, in order; without what is being written."""
        self._files.invalidate_cache()
        root = self._path("")
        with _storage_errors():
            found = [str(path).partition(root)[2] for path in self._files.find(self._path(folder))]
        return sorted(path for path in found if PurePosixPath(path).name[0] != ".")

    def scans(self, schema: pa.Schema) -> pa.Table:
        """The manifest's rows, which have this schema, in the order of their files."""
        found = [schema.empty_table()]
        for name in self._names(MANIFEST):
            try:
                found.append(self._table(f"{MANIFEST}/{name}.parquet", schema))
            except pa.ArrowInvalid:
                self._remove(f"{MANIFEST}/{name}.parquet")  # looked at again
        return pa.concat_tables(found)

    def _ends_of(self, name: str) -> list[ItemEnd]:
        """The ends of a block; none where it is not whole. A damaged file is removed, and its block converted again."""
        try:
            return ends_of(self._table(f"{BLOCKS}/{name}.parquet", ENDS))
        except pa.ArrowInvalid:
            log.warning("removed the damaged block %s; its documents are converted again", name)
            for table in (*TABLES, BLOCKS):
                self._remove(f"{table}/{name}.parquet")
            return []

    def _table(self, path: str, schema: pa.Schema) -> pa.Table:
        """The file's columns of ``schema``; no row where it is missing. Raises ArrowInvalid where it is damaged."""
        with suppress(FileNotFoundError), _storage_errors(), self._files.open(self._path(path), "rb") as file:
            return pq.read_table(file, columns=schema.names)
        return schema.empty_table()

    def _names(self, folder: str) -> list[str]:
        """The names without suffix of a folder's Parquet files, in order."""
        self._files.invalidate_cache()
        paths: list[str] = []
        with suppress(FileNotFoundError), _storage_errors():
            paths = self._files.ls(self._path(folder), detail=False)
        found = (PurePosixPath(path) for path in paths)
        return sorted(path.stem for path in found if path.suffix == ".parquet" and path.name[0] != ".")

    def _remove(self, path: str) -> None:
        with suppress(FileNotFoundError), _storage_errors():
            self._files.rm_file(self._path(path))

    def _path(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"


@contextmanager
def _storage_errors() -> Iterator[None]:
    """A missing file and a damaged table stay what they are."""
    try:
        yield
    except (FileNotFoundError, pa.ArrowInvalid):
        raise
    except Exception as error:  # each file system has errors of its own
        raise StorageFailed from error


def parquet_bytes(rows: list[dict[str, Any]], schema: pa.Schema) -> bytes:
    """The rows as one Parquet file, compressed with zstd."""
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), buffer, compression="zstd")
    return bytes(buffer.getvalue())
