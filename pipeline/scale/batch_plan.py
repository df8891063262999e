"""What a batch job will take: documents, pages, processor time, cost by kind of machine, and disk.

The figures are measured ones (``docs/scale.md`` says how), rounded up; prices are those of Hugging Face Jobs in
November 2025. Pure functions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.scale.batch_setup import WorkItem

CORE_SECONDS = {"light": 1.0, "accurate": 4.6}
"""Processor seconds for a page, one scan in ten, with the start of the workers."""
PAGE_BYTES, DOCUMENT_BYTES, PICTURES_BYTES = 4_000, 3_000, 46_000
"""Compressed: a page's Markdown and JSON; a row's other columns; the pictures of a page."""
WORKER_MB = 2_500
"""Resident memory of a worker with the light models: converter process, parse child and the engine's own."""


@dataclass(frozen=True, slots=True)
class Flavor:
    """A kind of machine of Hugging Face Jobs: its virtual cores, its memory in GB, its price in dollars an hour."""

    name: str
    cores: int
    memory_gb: int
    price: float

    @property
    def workers(self) -> int:
        """Single-threaded workers that it holds."""
        return max(min(self.cores, self.memory_gb * 1000 // WORKER_MB), 1)


FLAVORS = (
    Flavor("cpu-basic", 2, 16, 0.01),
    Flavor("cpu-upgrade", 8, 32, 0.03),
    Flavor("cpu-xl", 16, 124, 1.00),
    Flavor("cpu-performance", 32, 256, 1.90),
)
"""Those without a GPU (https://huggingface.co/docs/hub/jobs-pricing)."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """The numbers of a batch job before it starts. ``items`` and ``pages`` are those still to be done."""

    documents: int
    duplicates: int
    rows: int
    items: int
    pages: int
    blocks: int
    core_seconds: float
    disk_bytes: int


def plan(documents: int, duplicates: int, rows: int, todo: Sequence[WorkItem], blocks: int, bundle: str) -> BatchPlan:
    """The plan of ``todo`` out of ``rows``; without pictures."""
    pages = sum(item.selected for item in todo)
    return BatchPlan(
        documents=documents,
        duplicates=duplicates,
        rows=rows,
        items=len(todo),
        pages=pages,
        blocks=blocks,
        core_seconds=pages * CORE_SECONDS.get(bundle, CORE_SECONDS["light"]),
        disk_bytes=pages * PAGE_BYTES + len(todo) * DOCUMENT_BYTES,
    )


def plan_lines(made: BatchPlan, workers: int, pictures: bool) -> Iterator[str]:
    """The plan as a person reads it."""
    left_out = f", {made.duplicates:,} with the content of another" if made.duplicates else ""
    yield f"{made.documents:,} documents{left_out}; {made.rows:,} rows, {made.rows - made.items:,} of them done"
    yield f"to do: {made.items:,} rows with {made.pages:,} pages, in {made.blocks:,} blocks"
    hours = made.core_seconds / 3600
    yield f"about {hours:,.2f} core-hours; with {workers:,} workers about {duration(made.core_seconds / workers)}"
    yield f"about {workers * WORKER_MB / 1000:,.0f} GB of memory for the workers"
    disk = made.disk_bytes + (made.pages * PICTURES_BYTES if pictures else 0)
    yield f"about {disk / 1e6:,.0f} MB of output"
    costs = (f"{flavor.name} ${hours / flavor.cores * flavor.price:,.2f}" for flavor in FLAVORS)
    yield f"as Hugging Face Jobs: {', '.join(costs)}"


def workers_of(flavor: str) -> int:
    """The workers of a Job on this kind of machine; one where Folio does not know it, as on one with a GPU."""
    return next((known.workers for known in FLAVORS if known.name == flavor), 1)


def duration(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3.4 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"
