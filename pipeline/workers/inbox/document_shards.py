"""Finished documents on their way to the documents' dataset, many to a file, each once.

    workers/inbox/shards/waiting/<hash>.jsonl       a shard that the Hub has not confirmed
    workers/inbox/shards/published/<hash>.json      the documents of a shard that it has confirmed

In the dataset a shard is ``data/<hash>.jsonl``, and ``data/index/<hash>.json`` lists its documents without their
text: from these a worker whose disk is new learns what was converted before. A shard is named by its bytes, so sending
it again changes nothing.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

import pipeline
from pipeline.errors import InboxUnreachable, StorageFailed
from pipeline.settings import Settings
from pipeline.store.card import DatasetKind, canonical_line, empty_row
from pipeline.store.codec import Codec
from pipeline.store.files import discard, is_temporary, remove_temporaries, write_new
from pipeline.store.hub import HubFault, ResultsRepo
from pipeline.store.schema import Column
from pipeline.store.spool import SHARD_BYTES, short_hash
from pipeline.worker_iterations import Role
from pipeline.workers.inbox.document_register import DocumentRegister, DoneDocument

JSON_BYTES = 2_000_000  # a larger document is published without its JSON, which stays on the worker's disk
COLUMNS = (
    Column("sha256", "string", "of the PDF; empty in a new dataset's first row"),
    Column("path", "string", "where it lay in the inbox"),
    Column("status", "string", "`ok`, or `partial` where a page is missing"),
    Column("pages", "int64", "pages of the document"),
    Column("pages_ok", "int64", "pages that were converted"),
    Column("record_id", "string", "`iteration_id` of the run in the results dataset"),
    Column("done_at", "timestamp[ms, tz=UTC]", "when it was converted"),
    Column("seconds", "float64", "how long that took"),
    Column("app", "string", "version of Folio"),
    Column("markdown", "string", "the document"),
    Column("docling_json", "string", "docling's document without pictures; empty where it is very large"),
)
TEXT = """
# Folio documents

The documents that an inbox worker of Folio converted, one row each. The row with an empty `sha256` is none: it makes
the dataset loadable before the first.

```python
from datasets import load_dataset

documents = load_dataset("OWNER/NAME", split="train").filter(lambda row: row["sha256"])
```

| column | type | meaning |
|---|---|---|
"""
DOCUMENTS = DatasetKind(
    "folio-documents", "Folio documents", TEXT, COLUMNS, canonical_line(empty_row(COLUMNS)), "shard"
)
INDEX: Codec[dict[str, DoneDocument]] = Codec(TypeAdapter(dict[str, DoneDocument]))


class DocumentShards:
    """The documents of one register on their way to one dataset. Not thread-safe."""

    def __init__(self, repo: ResultsRepo, register: DocumentRegister, folder: Path) -> None:
        self._repo, self._register = repo, register
        self._waiting, self._published = folder / "waiting", folder / "published"
        self._handled: set[str] = set()
        self._ready = False

    def prepare(self) -> None:
        """Learn what is published, from this disk and from the dataset. Raises InboxUnreachable and StorageFailed."""
        if self._ready:
            return
        for folder in (self._waiting, self._published):
            folder.mkdir(parents=True, exist_ok=True)
            remove_temporaries(folder)
        try:
            self._repo.prepare()
            self._learn_from_dataset()
        except HubFault as fault:
            raise InboxUnreachable from fault
        for path in self._published.glob("*.json"):
            self._handled |= (INDEX.read(path) or {}).keys()
        for path in self._shards():
            if path.stem == short_hash(path.read_bytes()):
                self._handled |= self._documents_of(path).keys()
            else:
                discard(path)
        self._ready = True

    def publish(self) -> str:
        """Send what is new; returns a fault's code where the Hub or the disk refuses, and the next call tries again."""
        try:
            self.prepare()
            self._seal()
            for path in self._shards():
                index = INDEX.encode(self._documents_of(path))
                name = path.stem
                self._repo.add({f"data/{name}.jsonl": path.read_bytes(), f"data/index/{name}.json": index})
                with suppress(FileExistsError):
                    write_new(self._published / f"{name}.json", index)
                discard(path)
        except HubFault as fault:
            return fault.code.value
        except InboxUnreachable:
            return InboxUnreachable.code
        except (StorageFailed, OSError):
            return StorageFailed.code
        return ""

    def _learn_from_dataset(self) -> None:
        """Take the documents that the dataset has and this disk has not as converted."""
        head, paths = self._repo.files()
        here = {path.stem for path in self._published.glob("*.json")}
        for path in paths:
            name = Path(path).stem
            if path.startswith("data/index/") and name not in here:
                index = self._repo.read(path, head)
                with suppress(ValueError):
                    for sha256, document in INDEX.decode(index).items():
                        self._register.finish(sha256, document)
                    with suppress(FileExistsError):
                        write_new(self._published / f"{name}.json", index)

    def _seal(self) -> None:
        lines: dict[str, bytes] = {}
        for sha256 in self._register.all_done():
            document = None if sha256 in self._handled else self._register.done(sha256)
            if document is None:
                continue
            line = self._line(sha256, document)
            if lines and sum(map(len, lines.values())) + len(line) > SHARD_BYTES:
                self._write(lines)
                lines = {}
            lines[sha256] = line
        if lines:
            self._write(lines)

    def _write(self, lines: dict[str, bytes]) -> None:
        body = b"".join(lines.values())
        with suppress(FileExistsError):
            write_new(self._waiting / f"{short_hash(body)}.jsonl", body)
        self._handled |= lines.keys()

    def _line(self, sha256: str, document: DoneDocument) -> bytes:
        files = self._register.files(sha256)
        facts: dict[str, Any] = {name: getattr(document, name) for name in document.__slots__}
        return canonical_line(
            facts
            | {
                "sha256": sha256,
                "app": pipeline.__version__,
                "markdown": _text(files / "document.md"),
                "docling_json": _text(files / "document.json", JSON_BYTES),
            }
        )

    def _documents_of(self, shard: Path) -> dict[str, DoneDocument]:
        """The documents of a shard without their text."""
        hashes = (str(orjson.loads(line)["sha256"]) for line in shard.read_bytes().splitlines())
        return {sha256: document for sha256 in hashes if (document := self._register.done(sha256))}

    def _shards(self) -> Iterator[Path]:
        yield from sorted(path for path in self._waiting.glob("*.jsonl") if not is_temporary(path))


def _text(path: Path, most: int = 2**62) -> str:
    if not path.is_file() or path.stat().st_size > most:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def open_shards(settings: Settings, token: str, register: DocumentRegister) -> DocumentShards:
    """The documents of an inbox worker on their way to DOCUMENTS_DATASET."""
    repo = ResultsRepo(settings.documents_dataset, private=settings.results_private, token=token, kind=DOCUMENTS)
    return DocumentShards(repo, register, settings.data_dir / "workers" / Role.INBOX.value / "shards")
