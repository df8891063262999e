"""A batch job of a million documents on up to a thousand workers, simulated: its time, and what breaks first.

Documents, seconds for a page and lives of workers are drawn from distributions whose means are measured ones; blocks
are made by the real ``plan_blocks``. Nothing here converts anything.
"""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from pipeline.records import ConvertOptions
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import Block
from pipeline.scale.manifest import Scan, plan_blocks, plan_items
from pipeline.scale.record_collector import SHARDS_A_COMMIT
from pipeline.store.spool import SHARD_BYTES

PRODUCER = Producer("0", "0", "light", "0", ())
START_SECONDS = 10.0  # of a worker, until it takes its first block
DOCUMENT_SECONDS = 0.05  # of a document beside its pages
API_CALLS = {"free": 1000, "PRO": 2500}  # of the Hub in 5 minutes (https://huggingface.co/docs/hub/rate-limits)
FILES_A_FOLDER, FILES_A_REPO = 10_000, 100_000  # of a repository (https://huggingface.co/docs/hub/storage-limits)
FILES_A_BLOCK = 2.2  # tables and the list of ends; few blocks have dead letters
RECORD_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class World:
    """What is drawn. A page takes ``page_seconds`` on average, a worker lives ``worker_hours`` until it is lost."""

    documents: int
    mean_pages: float = 20.0
    page_seconds: float = 0.64
    worker_hours: float = 200.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class SimulatedJob:
    """One simulated job. ``idle`` is the share of the workers' time in which they waited for the last ones, ``again``
    the share of pages that were converted in vain.
    """

    workers: int
    pages: int
    blocks: int
    hours: float
    idle: float
    again: float
    lost_workers: int
    blocks_a_second: float
    fetches_in_5_minutes: float
    files: int
    record_commits: int

    def breaks(self) -> Iterator[str]:
        """The limits that this job would meet."""
        for plan, calls in API_CALLS.items():
            if self.fetches_in_5_minutes > calls:
                yield f"fetching by hf:// exceeds the API calls of a {plan} account"
        if self.files > FILES_A_FOLDER:
            yield "more files in a folder than a repository takes: write to a bucket"
        if self.files > FILES_A_REPO:
            yield "more files than a repository takes"
        if self.idle > 0.1:
            yield "a tenth of the time is spent waiting for the last workers"


def blocks_of(world: World, workers: int) -> list[Block]:
    """The blocks of the documents that are drawn."""
    chance = random.Random(world.seed)
    spread = 1.0  # of the logarithm: the median is 60 % of the mean
    middle = math.log(world.mean_pages) - spread**2 / 2
    counts = (max(1, round(chance.lognormvariate(middle, spread))) for _ in range(world.documents))
    scans = (Scan(str(number), f"{number:x}", 1, min(count, 3000)) for number, count in enumerate(counts))
    return plan_blocks(plan_items(scans, ConvertOptions(), PRODUCER).items, workers)


def simulate(world: World, workers: int, blocks: Sequence[Block]) -> SimulatedJob:
    """Give each free worker the next block until all are done. A worker that is lost loses its block, and begins again
    after a start.
    """
    chance = random.Random(world.seed + workers)
    free = [(START_SECONDS, worker) for worker in range(workers)]
    busy = wasted = 0.0
    lost, end = 0, START_SECONDS
    waiting = list(reversed(blocks))
    while waiting:
        now, worker = heapq.heappop(free)
        block = waiting.pop()
        seconds = _seconds(block, world, chance)
        life = chance.expovariate(1 / (world.worker_hours * 3600))
        if life < seconds:
            lost, wasted, seconds = lost + 1, wasted + life, life + START_SECONDS
            waiting.append(block)
        busy += seconds
        end = max(end, now + seconds)
        heapq.heappush(free, (now + seconds, worker))
    pages = sum(item.selected for block in blocks for item in block)
    items = sum(map(len, blocks))
    files = round(len(blocks) * FILES_A_BLOCK)
    return SimulatedJob(
        workers=workers,
        pages=pages,
        blocks=len(blocks),
        hours=round(end / 3600, 2),
        idle=round(1 - busy / (workers * end), 4),
        again=round(wasted / busy, 5),
        lost_workers=lost,
        blocks_a_second=round(len(blocks) / end, 2),
        fetches_in_5_minutes=round(items / end * 300),
        files=files,
        record_commits=math.ceil(items * RECORD_BYTES / SHARD_BYTES / SHARDS_A_COMMIT),
    )


def _seconds(block: Block, world: World, chance: random.Random) -> float:
    """A document's pages are alike, and one document differs from the next: its pages take about half or twice as
    long.
    """
    spread = 0.6
    return sum(
        DOCUMENT_SECONDS + item.selected * world.page_seconds * chance.lognormvariate(-(spread**2) / 2, spread)
        for item in block
    )


def report(documents: int = 1_000_000) -> dict[str, object]:
    """Every number of workers, with what it meets."""
    rows, world = [], World(documents)
    blocks = blocks_of(world, 1000)
    for workers in (10, 100, 1000):
        job = simulate(world, workers, blocks)
        rows.append(asdict(job) | {"breaks": list(job.breaks())})
    small = World(2000)
    few = simulate(small, 1000, blocks_of(small, 1000))
    return {"documents": documents, "jobs": rows, "few_documents_on_1000_workers": asdict(few)}
