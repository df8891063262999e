"""What every engine hosts: takes a block of documents, and leaves its rows in the output.

A block that is written already is not converted again, so an engine may give it twice.
"""

import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from pipeline.errors import BatchError, DocumentUnreachable, ManifestRowMalformed, WorkerDiffers, WorkerStartFailed
from pipeline.records import BatchFacts
from pipeline.scale.batch_folder import BatchFolder, BlockTables
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, WorkItem
from pipeline.scale.document_row import DocumentRow, lost_row, row_values
from pipeline.scale.document_sources import DocumentFetcher
from pipeline.scale.supervisor import SupervisedConverter, scratch_dir

WORKERS_LOCK = ".workers"


def present(folder: Path | None) -> IO[str] | None:
    """A shared lock on an output of this machine, which says that a worker is at it; None elsewhere.

    An engine's worker may outlive a command that was killed by some seconds, and write a block meanwhile. The next
    command waits for it (``batch_job.alone``).
    """
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / WORKERS_LOCK).open("w")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


class RowConverter(Protocol):
    """What makes the rows of a worker."""

    def prepare(self) -> None:
        """Start what converts, unless it is there. Raises WorkerStartFailed and WorkerDiffers."""

    def row(self, path: Path, item: WorkItem) -> DocumentRow:
        """The row of the document at ``path``. Raises WorkerStartFailed and WorkerDiffers."""

    def close(self) -> None:
        """End what was started."""


class BlockWorker:
    """One worker of a batch job. Not thread-safe; ``close`` ends its process."""

    def __init__(
        self,
        setup: BatchSetup,
        scratch: Path | None = None,
        open_converter: Callable[[BatchSetup, Path], RowConverter] = SupervisedConverter,
    ) -> None:
        self._setup = setup
        self._scratch = scratch or scratch_dir()
        self._folder = BatchFolder(setup.output)
        self._presence = present(self._folder.local_path)
        self._fetcher = DocumentFetcher()
        self._converter = open_converter(setup, self._scratch)
        self.name = f"{socket.gethostname()}-{os.getpid()}"

    def convert(self, block: Block) -> list[ItemEnd]:
        """Convert the block's documents and write their rows; how each ended.

        Raises StorageFailed where the output does not take them, WorkerStartFailed and WorkerDiffers; nothing of the
        block is written then.
        """
        written = self._folder.block_ends(block)
        if written is not None:
            return written
        self._converter.prepare()  # its seconds are none of a document's
        tables = BlockTables([], [], [])
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-fetch-", dir=self._scratch) as folder:
            for item in block:
                self._add(tables, item, Path(folder))
        return self._folder.write_block(block, tables)

    def close(self) -> None:
        """End the converter process."""
        self._converter.close()
        if self._presence is not None:
            self._presence.close()

    def _add(self, tables: BlockTables, item: WorkItem, folder: Path) -> None:
        began = time.monotonic()
        row = self._row(item, folder)
        values = row_values(item, row, round(time.monotonic() - began, 4), self.name)
        (tables.dead_letters if row.is_dead_letter else tables.documents).append(values)
        tables.pictures.extend({"key": item.key, "name": name, "png": png} for name, png in row.pictures)

    def _row(self, item: WorkItem, folder: Path) -> DocumentRow:
        try:
            path = self._fetcher.fetch(item.uri, folder)
            return self._converter.row(path, item)
        except (WorkerDiffers, WorkerStartFailed):
            raise
        except (DocumentUnreachable, ManifestRowMalformed) as error:
            return self._lost(error, item)

    def _lost(self, error: BatchError, item: WorkItem) -> DocumentRow:
        return lost_row(error, item, BatchFacts(self._setup.batch_id, item.attempt))
