"""Records as a few busy Spaces leave them: days and nights, scans and contracts, a bad hour, a crash now and then.

The same seed makes the same records. They are ordinary IterationRecords, for the real ledger, spool and schema to
write.
"""

import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pipeline.pages import EngineInfo, OcrMode, PageStatus
from pipeline.records import (
    SCHEMA_VERSION,
    ConvertOptions,
    ErrorFacts,
    GpuUse,
    InputFacts,
    IterationRecord,
    Origin,
    OutputFacts,
    PageOutcome,
    RunStatus,
    Stage,
    StageTime,
    Versions,
)

LIGHT = (
    EngineInfo("layout", "PP-PicoDet CDLA", "onnxruntime"),
    EngineInfo("ocr", "PP-OCRv6 small", "onnxruntime"),
    EngineInfo("tables", "SLANet-plus", "onnxruntime"),
)
ACCURATE = (
    EngineInfo("layout", "docling-layout-heron", "aot"),
    EngineInfo("ocr", "PP-OCRv6 small", "aot"),
    EngineInfo("tables", "TableFormerV2", "torch"),
)
RUN_ERRORS = (
    ErrorFacts(
        "run_timed_out",
        "The run reached its limit of 3,600 s; the finished pages are kept, continue it to convert the rest.",
        False,
    ),
    ErrorFacts(
        "internal",
        "The conversion failed because of a fault in Folio itself; try again, and report the run id if it stays.",
        True,
    ),
    ErrorFacts(
        "storage_failed",
        "The result could not be stored because the Space's disk is full or read-only; try again later.",
        True,
    ),
    ErrorFacts(
        "nothing_converted", "No page could be converted. Page 1: it crashed the PDF reader and was skipped.", False
    ),
)
PAGE_ERRORS = (
    ("page_timed_out", "Page {}: reading it took longer than 20 s and it was skipped."),
    ("page_unreadable", "Page {}: its content is unreadable and was skipped."),
    ("page_crashed", "Page {}: it crashed the PDF reader and was skipped."),
    ("page_too_large", "Page {}: it is too large to render within 24 megapixels and was skipped."),
)


@dataclass(frozen=True)
class Site:
    """One Space: its id, hardware and bundle, and its share of the runs."""

    space: str
    hardware: str
    bundle: str
    share: float


SITES = (
    Site("someone/folio", "NVIDIA H200", "accurate", 0.6),
    Site("someone/folio-light", "x86_64 × 2", "light", 0.3),
    Site("lab/folio-archive", "x86_64 × 16", "light", 0.1),
)


def sample_records(
    count: int, until: datetime | None = None, days: float = 14.0, seed: int = 1, sites: tuple[Site, ...] = SITES
) -> Iterator[IterationRecord]:
    """End records of ``count`` runs, oldest first, spread over ``days`` days before ``until`` with more by day than by
    night.
    """
    random_ = random.Random(seed)
    until = until or datetime.now(UTC)
    for moment in sorted(_moments(random_, count, until, days)):
        site = random_.choices(sites, [site.share for site in sites])[0]
        yield _record(random_, moment, site)


def start_of(record: IterationRecord) -> IterationRecord:
    """The record that the same run left at its start."""
    empty = replace(record, status=RunStatus.RUNNING, duration_ms=0, output=None, gpu=GpuUse(), stages=(), error=None)
    return replace(empty, pages_ok=0, pages_failed=0, pages=(), peak_memory_mb=0)


def iteration_id(random_: random.Random, moment: datetime) -> str:
    """A UUIDv7 of this moment."""
    milliseconds = round(moment.timestamp() * 1000)
    value = (
        (milliseconds << 80) | (0x7 << 76) | (random_.getrandbits(12) << 64) | (0b10 << 62) | random_.getrandbits(62)
    )
    return str(uuid.UUID(int=value))


def _moments(random_: random.Random, count: int, until: datetime, days: float) -> Iterator[datetime]:
    """Whatever the clock says, ``until`` is three in the afternoon, so that the same seed makes the same records at any
    hour.
    """
    made = 0
    while made < count:
        before = random_.random() * days * 24
        busy = 0.55 + 0.45 * math.sin((15 - before - 9) / 24 * 2 * math.pi)
        if random_.random() < busy:
            made += 1
            yield until - timedelta(hours=before)


def _record(random_: random.Random, moment: datetime, site: Site) -> IterationRecord:
    count = min(300, max(1, round(random_.lognormvariate(2.0, 1.0))))
    status = random_.choices(
        [RunStatus.OK, RunStatus.PARTIAL, RunStatus.ERROR, RunStatus.CANCELLED], [0.91, 0.045, 0.025, 0.02]
    )[0]
    scanned = random_.random() < 0.3
    error = random_.choice(RUN_ERRORS) if status is RunStatus.ERROR else None
    done = (
        count
        if status in (RunStatus.OK, RunStatus.PARTIAL)
        else (0 if error and error.code == "nothing_converted" else count // 3)
    )
    gpu = "NVIDIA" in site.hardware
    pages = _pages(random_, done, status, scanned, (60.0 if gpu else 900.0) * (2.5 if scanned else 1.0))
    failed = sum(page.status is not PageStatus.OK for page in pages)
    infer = sum(page.ms for page in pages)
    stages = _stages(random_, done, infer)
    used = infer / 1000 if gpu else 0.0
    return IterationRecord(
        schema_version=SCHEMA_VERSION,
        iteration_id=iteration_id(random_, moment),
        kind="convert",
        status=status,
        started_at=moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        duration_ms=round(sum(stage.ms for stage in stages) * 0.8 + 300),
        queue_ms=round(random_.lognormvariate(5.0, 1.8)),
        input=InputFacts(
            f"{random_.getrandbits(256):064x}",
            count * 80_000,
            count,
            random_.choice([Origin.UI, Origin.UI, Origin.API]),
        ),
        output=OutputFacts(f"{random_.getrandbits(256):064x}", done * 2400, done // 4, done // 3) if done else None,
        options=ConvertOptions(ocr=OcrMode.ALWAYS if scanned else OcrMode.AUTO, tables=random_.random() < 0.9),
        bundle=site.bundle,
        engines=ACCURATE if site.bundle == "accurate" else LIGHT,
        versions=Versions("0.1.0", "3.12.12", "2.143.0", "2.11.0", "1.31.1", site.hardware, site.space),
        gpu=GpuUse(round(used * 1.6 + 5, 1), round(used, 3), 1) if gpu and done else GpuUse(),
        stages=stages,
        pages_ok=len(pages) - failed,
        pages_failed=failed,
        pages=pages,
        peak_memory_mb=round(random_.gauss(2300, 250)),
        error=error,
    )


def _pages(random_: random.Random, done: int, status: RunStatus, scanned: bool, ms: float) -> tuple[PageOutcome, ...]:
    bad = {random_.randint(1, done) for _ in range(random_.choice([1, 1, 2]))} if status is RunStatus.PARTIAL else set()
    outcomes = []
    for page in range(1, done + 1):
        if page in bad:
            code, reason = random_.choice(PAGE_ERRORS)
            timed_out = code == "page_timed_out"
            outcomes.append(
                PageOutcome(page, PageStatus.TIMED_OUT if timed_out else PageStatus.FAILED, code, reason.format(page))
            )
        else:
            cost = round(ms * random_.lognormvariate(0, 0.3), 1)
            outcomes.append(PageOutcome(page, PageStatus.OK, ocr=scanned, ms=cost, blocks=random_.randint(3, 30)))
    return tuple(outcomes)


def _stages(random_: random.Random, done: int, infer: float) -> tuple[StageTime, ...]:
    per_page = {Stage.RENDER: 35.0, Stage.ASSEMBLE: 22.0, Stage.EXPORT: 4.0}
    times = {Stage.PREFLIGHT: 40.0} | {stage: ms * done for stage, ms in per_page.items()} | {Stage.INFER: infer}
    return tuple(
        StageTime(stage, round(times[stage] * random_.uniform(0.8, 1.2), 1)) for stage in Stage if stage in times
    )
