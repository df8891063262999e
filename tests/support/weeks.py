"""Weeks of runs as a busy Space leaves them, with troubles planted in them: the same seed makes the same weeks."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge

from pipeline.gpu.booking import Kinds, seconds_for
from pipeline.pages import PageStatus, Rates
from pipeline.records import CallEnd, ErrorFacts, GpuCall, GpuUse, IterationRecord, RunStatus, Stage
from tests.support.real_runs import real_runs
from tests.support.sample_records import sample_records

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SURE_RATES = Rates(start_seconds=6.0, page_seconds=0.5, table_seconds=0.2, ocr_seconds=0.8)
"""What the GPU of these weeks takes at the 95th percentile."""


@dataclass(frozen=True)
class Troubles:
    """What is planted, each from a moment on; None plants nothing.

    ``slower`` is when a new version comes whose models take 1.8 times as long; from ``failing`` on large files fail.
    """

    slower: datetime | None = None
    failing: datetime | None = None


def week_of_runs(
    runs: int,
    begin: datetime = MONDAY,
    days: float = 7.0,
    seed: int = 1,
    troubles: Troubles | None = None,
    margin: float = 1.5,
    real: int = 0,
) -> Iterator[IterationRecord]:
    """End records of ``runs`` invented and ``real`` recorded runs that began in the ``days`` after ``begin``, oldest
    first. GPU calls are booked with ``margin``.
    """
    chance = random.Random(seed)
    samples = sample_records(runs, begin + timedelta(days=days), days, seed)
    invented = (_lived(record, chance, margin) for record in samples)
    for record in merge(invented, real_runs(real, begin, days, seed), key=lambda record: record.started_at):
        yield _troubled(record, troubles or Troubles())


def _lived(record: IterationRecord, chance: random.Random, margin: float) -> IterationRecord:
    """The record with what the samples leave out: confidence, a file's size, and the calls to the GPU."""
    pages = tuple(
        replace(page, confidence=min(1.0, chance.gauss(0.93, 0.03))) if page.status is PageStatus.OK else page
        for page in record.pages
    )
    size = round(record.input.pages * chance.lognormvariate(11.2, 0.6))
    if chance.random() < 0.04:
        size = 25_000_000 + chance.randrange(10_000_000)
    record = replace(record, pages=pages, input=replace(record.input, bytes=size))
    if not record.gpu.calls:
        return record
    ocr = sum(page.ocr for page in pages)
    return replace(record, gpu=gpu_use(Kinds(len(pages), len(pages), ocr), chance, margin))


def gpu_use(kinds: Kinds, chance: random.Random, margin: float) -> GpuUse:
    """One call for these pages as the device answers it, booked with ``margin``."""
    slow = min(chance.lognormvariate(-0.25, 0.15), 1.1)
    later = max(kinds.pages - 4, 0)
    start = SURE_RATES.start_seconds * slow
    page, table, ocr = (
        rate * slow * count
        for rate, count in (
            (SURE_RATES.page_seconds, later),
            (SURE_RATES.table_seconds, min(kinds.table_pages, later)),
            (SURE_RATES.ocr_seconds, min(kinds.ocr_pages, later)),
        )
    )
    used, booked = start + page + table + ocr, seconds_for(kinds, replace(SURE_RATES, margin=margin))
    call = GpuCall(
        kinds.pages, booked, used, CallEnd.DONE, start, later, min(kinds.table_pages, later),
        min(kinds.ocr_pages, later), page, table, ocr,
    )  # fmt: skip
    return GpuUse(booked, used, 1, device="NVIDIA H200", made=(call,), bundle="accurate")


def _troubled(record: IterationRecord, troubles: Troubles) -> IterationRecord:
    began = datetime.fromisoformat(record.started_at)
    if troubles.slower is not None and began >= troubles.slower:
        stages = tuple(replace(time, ms=time.ms * 1.8) if time.stage is Stage.INFER else time for time in record.stages)
        record = replace(record, versions=replace(record.versions, app="0.2.0"), stages=stages)
    if troubles.failing is not None and began >= troubles.failing and record.input.bytes >= 20_000_000:
        error = ErrorFacts("nothing_converted", "No page could be converted.", False)
        failed = tuple(
            replace(page, status=PageStatus.FAILED, code="page_out_of_memory", confidence=None) for page in record.pages
        )
        record = replace(
            record, status=RunStatus.ERROR, error=error, pages=failed, pages_ok=0, pages_failed=len(failed), output=None
        )
    return record
