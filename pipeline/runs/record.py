"""From a job to its iteration record."""

import os
import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pipeline
from pipeline.pages import PageStatus
from pipeline.records import BENCH, CONVERT, SCHEMA_VERSION, InputFacts, IterationRecord, Origin, PageOutcome, Versions
from pipeline.runs.job import Job
from pipeline.runs.state import RunView

KIND = {Origin.BENCH: BENCH}


def build_record(job: Job, view: RunView, versions: Versions) -> IterationRecord:
    """The record of ``job`` as ``view`` shows it: its start while it runs, its end once it has ended."""
    started = job.tally.started
    return IterationRecord(
        schema_version=SCHEMA_VERSION,
        iteration_id=view.record_id,
        kind=KIND.get(job.origin, CONVERT),
        status=view.status,
        started_at=job.started_at,
        duration_ms=round(view.elapsed_s * 1000),
        queue_ms=round((started - job.tally.queued) * 1000) if started else 0,
        input=InputFacts(job.preflight.sha256, job.preflight.size_bytes, job.preflight.page_count, job.origin),
        output=job.tally.output,
        options=view.options,
        bundle=view.bundle,
        engines=view.engines,
        versions=versions,
        gpu=job.tally.gpu(),
        stages=job.stage_times(),
        pages_ok=sum(page.status is PageStatus.OK for page in view.pages),
        pages_failed=len(view.failures),
        pages=recorded_pages(view),
        peak_memory_mb=peak_memory_mb(),
        error=view.error,
        parent_id=job.parent_id,
    )


def recorded_pages(view: RunView) -> tuple[PageOutcome, ...]:
    """The pages that have ended, as the record has them."""
    return tuple(_recorded(page) for page in view.pages if page.status is not PageStatus.NOT_STARTED)


def _recorded(page: PageOutcome) -> PageOutcome:
    """The outcome without a notice's sentence, which may name what is in the file; its code says enough."""
    return replace(page, reason="") if page.status is PageStatus.OK else page


def read_versions(space: str) -> Versions:
    """What is installed here; ``space`` is the Space's id, empty elsewhere."""
    return Versions(
        app=pipeline.__version__,
        python=platform.python_version(),
        docling=_installed("docling"),
        torch=_installed("torch"),
        onnxruntime=_installed("onnxruntime"),
        hardware=f"{platform.machine()} × {os.cpu_count()}",
        space=space,
    )


def peak_memory_mb() -> int:
    """Highest resident memory of this process since it started (``VmHWM`` of proc(5)), in megabytes; 0 where
    unknown.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
    return kilobytes * 1024 // 1_000_000


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
