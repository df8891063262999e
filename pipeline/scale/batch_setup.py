"""The values of a batch job that cross its seams: what is to be done, by what, and how each piece of it ended."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from pipeline.pages import MOST_PAGES
from pipeline.records import ConvertOptions
from pipeline.runs.work_key import Producer
from pipeline.settings import Settings

DOUBLED = ("max_file_mb", "page_seconds", "page_cells", "open_seconds", "child_memory_mb", "run_seconds")
"""The settings that a second attempt doubles, as far as their range allows."""
HIGHEST = {
    "max_file_mb": 2000,
    "page_seconds": 600,
    "page_cells": 1_000_000,
    "open_seconds": 600,
    "child_memory_mb": 65_536,
    "run_seconds": 86_400,
}
LIVE_CONVERTER = "pipeline.scale.live_converter:live_converter"
LIVE_PRODUCER = "pipeline.scale.live_producer:live_producer"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One row that is to be made: a document, or a range of its pages.

    ``key`` is the public key of the work; ``pages`` the range as ``ConvertOptions`` writes it, empty for every page;
    ``page_count`` is of the whole document, ``selected`` how many pages the row is about. ``sha256`` is empty and both
    counts are 0 where the document could not be opened beforehand. ``attempt`` counts from 1.
    """

    key: str
    uri: str
    sha256: str
    size_bytes: int
    page_count: int
    pages: str
    selected: int
    attempt: int = 1


Block = tuple[WorkItem, ...]
"""What a worker takes at once, and writes at once: the unit of loss."""


def block_name(block: Block) -> str:
    """The name of the block's shards: the hash of its keys and attempts, so that the same block has the same name."""
    named = "\n".join(f"{item.key} {item.attempt}" for item in block)
    return hashlib.sha256(named.encode()).hexdigest()[:24]


def encoded_block(block: Block) -> str:
    """A block as JSON, as it travels to a worker."""
    return json.dumps([asdict(item) for item in block])


def decoded_block(text: str) -> Block:
    """The block that ``encoded_block`` wrote."""
    return tuple(WorkItem(**values) for values in json.loads(text))


@dataclass(frozen=True, slots=True)
class ItemEnd:
    """How one item ended, without its content. ``seconds`` are the worker's, with fetching and writing."""

    key: str
    status: str
    code: str
    pages: int
    pages_ok: int
    seconds: float
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class BatchSetup:
    """What is the same for every worker of a batch job.

    ``output`` is the folder or bucket; ``producer`` is what the workers must turn out to be, None where nothing was
    planned yet. ``memory_mb`` is the most resident memory of a converter process. ``converter`` names the function that
    opens the converter, as ``module:function``, and ``producer_function`` the one that tells what it makes.
    ``most_documents`` is how many a converter process converts before it is replaced.
    """

    batch_id: str
    output: str
    settings: Settings
    options: ConvertOptions
    producer: Producer | None = None
    memory_mb: int = 6000
    pictures: bool = False
    converter: str = LIVE_CONVERTER
    producer_function: str = LIVE_PRODUCER
    most_documents: int = 1000

    def with_doubled_limits(self) -> "BatchSetup":
        """The setup of a second attempt."""
        doubled = {name: min(2 * getattr(self.settings, name), HIGHEST[name]) for name in DOUBLED}
        return replace(
            self,
            settings=replace(self.settings, max_pages=MOST_PAGES, **doubled),
            memory_mb=2 * self.memory_mb,
        )


@dataclass(frozen=True, slots=True)
class Workers:
    """How many workers, and what each may take: processor threads, and a share of a GPU (0 for none)."""

    count: int
    threads: int = 1
    gpu_share: float = 0.0
