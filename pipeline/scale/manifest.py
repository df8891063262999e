"""The manifest: what an input holds, looked at once, and the items that a batch job makes of it.

The look opens each document in a parse child, hashes it and counts its pages. Its answers are kept in the output, so a
job that is started again looks at new documents only. The items follow from the answers alone: content that was found
before is left out, a long document becomes ranges of its pages, and the longest come first.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import local

import pyarrow as pa

from pipeline.errors import FolioError, IntakeError
from pipeline.intake.planning import parse_page_range
from pipeline.intake.reader import PdfReader
from pipeline.pages import format_page_range
from pipeline.records import ConvertOptions
from pipeline.runs.work_key import Producer, work_key
from pipeline.scale.batch_folder import MANIFEST, BatchFolder, parquet_bytes
from pipeline.scale.batch_setup import Block, WorkItem
from pipeline.scale.document_sources import DocumentFetcher, find_documents
from pipeline.settings import Settings

SPLIT_ABOVE = 300
RANGE_PAGES = 200
"""A selection of more than ``SPLIT_ABOVE`` pages becomes ranges of ``RANGE_PAGES``: one worker's work must not outlast
all others'.
"""
BLOCK_ITEMS, BLOCK_PAGES = 64, 640
"""Most items and pages of a block. A killed worker's block is converted again, and a block is a file."""
BLOCKS_A_WORKER = 8
"""Blocks that every worker gets at least, so that all end at about the same time."""
SCANNED_AT_ONCE = 1000

SCANS = pa.schema(
    [("uri", pa.string()), ("sha256", pa.string()), ("size_bytes", pa.int64()), ("page_count", pa.int32())]
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of one document beforehand. Hash and counts are empty where it could not be opened, which its
    conversion then says.
    """

    uri: str
    sha256: str = ""
    size_bytes: int = 0
    page_count: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a batch job, longest first, and how many documents had the content of another."""

    items: tuple[WorkItem, ...]
    documents: int
    duplicates: int


def scan_input(wanted: str, folder: BatchFolder, settings: Settings, readers: int) -> Iterator[Scan]:
    """Every document of the input, in its order. New ones are looked at by so many parse children at once, and kept.

    Raises BatchInputUnreadable and StorageFailed.
    """
    known = {scan["uri"]: Scan(**scan) for scan in folder.scans(SCANS).to_pylist()}
    found = iter(dict.fromkeys(find_documents(wanted)))
    with ThreadPoolExecutor(readers) as threads, Scanner(settings) as scanner:
        while uris := list(islice(found, SCANNED_AT_ONCE)):
            new = list(threads.map(scanner.scan, [uri for uri in uris if uri not in known]))
            if new:
                _keep(folder, new)
            known |= {scan.uri: scan for scan in new}
            yield from (known[uri] for uri in uris)


def _keep(folder: BatchFolder, scans: Sequence[Scan]) -> None:
    name = hashlib.sha256("\n".join(scan.uri for scan in scans).encode()).hexdigest()[:24]
    folder.write(f"{MANIFEST}/scan-{name}.parquet", parquet_bytes([asdict(scan) for scan in scans], SCANS))


class Scanner:
    """Looks at documents. Each thread that calls it gets a parse child of its own. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = local()
        self._readers: list[PdfReader] = []

    def __enter__(self) -> "Scanner":
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.close()

    def scan(self, uri: str) -> Scan:
        """What is known of the document; nothing where it cannot be fetched or opened."""
        try:
            with TemporaryDirectory(prefix="folio-scan-") as folder:
                path = self._fetcher().fetch(uri, Path(folder))
                preflight = self._reader().preflight(path)
        except FolioError:
            return Scan(uri)
        return Scan(uri, preflight.sha256, preflight.size_bytes, preflight.page_count)

    def _fetcher(self) -> DocumentFetcher:
        if not hasattr(self._own, "fetcher"):
            self._own.fetcher = DocumentFetcher()
        fetcher: DocumentFetcher = self._own.fetcher
        return fetcher

    def _reader(self) -> PdfReader:
        if not hasattr(self._own, "reader"):
            self._own.reader = PdfReader(self._settings)
            self._readers.append(self._own.reader)
        reader: PdfReader = self._own.reader
        return reader


def plan_items(scans: Iterable[Scan], options: ConvertOptions, producer: Producer) -> Items:
    """The items of these documents, longest first."""
    items: dict[str, WorkItem] = {}
    documents = duplicates = 0
    for scan in scans:
        documents += 1
        made = list(_items_of(scan, options, producer))
        duplicates += any(item.key in items for item in made)
        for item in made:
            items.setdefault(item.key, item)
    longest_first = sorted(items.values(), key=lambda item: -item.selected)
    return Items(tuple(longest_first), documents, duplicates)


def _items_of(scan: Scan, options: ConvertOptions, producer: Producer) -> Iterator[WorkItem]:
    content = scan.sha256 or f"unread {scan.uri}"
    for pages, selected in _ranges(scan.page_count, options.pages):
        key = work_key(content, selected, options, producer)
        yield WorkItem(key, scan.uri, scan.sha256, scan.size_bytes, scan.page_count, pages, len(selected))


def _ranges(page_count: int, wanted: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The page ranges of a document, as text and as numbers. One that cannot be had is left to the conversion, which
    says why.
    """
    try:
        selected = parse_page_range(wanted, page_count) if page_count else ()
    except IntakeError:
        selected = ()
    if len(selected) <= SPLIT_ABOVE:
        yield wanted, selected
        return
    for first in range(0, len(selected), RANGE_PAGES):
        pages = selected[first : first + RANGE_PAGES]
        yield format_page_range(pages), pages


def plan_blocks(items: Sequence[WorkItem], workers: int) -> list[Block]:
    """Blocks of neighbours, so of items of about the same length; smaller ones where there are few items."""
    most_items = min(max(len(items) // (workers * BLOCKS_A_WORKER), 1), BLOCK_ITEMS)
    blocks: list[Block] = []
    block: list[WorkItem] = []
    for item in items:
        if block and (len(block) >= most_items or sum(one.selected for one in block) + item.selected > BLOCK_PAGES):
            blocks.append(tuple(block))
            block = []
        block.append(item)
    return [*blocks, tuple(block)] if block else blocks
