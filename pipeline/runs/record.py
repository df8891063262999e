"""From a job to its iteration record."""

import os
import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pipeline
from pipeline.pages import PageStatus
from pipeline.records import (
    BENCH,
    CONVERT,
    REUSE,
    SCHEMA_VERSION,
    ConvertOptions,
    InputFacts,
    IterationRecord,
    Origin,
    PageOutcome,
    RecordedFacts,
    RunStatus,
    Versions,
)
from pipeline.runs.job import Job
from pipeline.runs.state import RunView
from pipeline.store.artifacts import utc_now
from pipeline.store.ids import new_iteration_id

KIND = {Origin.BENCH: BENCH}


def build_record(job: Job, view: RunView, versions: Versions) -> IterationRecord:
    """The record of ``job`` as ``view`` shows it: its start while it runs, its end once it has ended."""
    checked, started = job.preflight, job.tally.started
    blank = blank_record(
        KIND.get(job.origin, CONVERT) if job.reads else REUSE,
        InputFacts(checked.sha256, checked.size_bytes, checked.page_count, job.origin),
        versions,
    )
    return replace(
        with_facts(blank, view),
        iteration_id=view.record_id,
        started_at=job.started_at,
        duration_ms=round(view.elapsed_s * 1000),
        queue_ms=round((started - job.tally.queued) * 1000) if started else 0,
        options=view.options,
        stages=job.stage_times(),
        parent_id=job.parent_id,
    )


def blank_record(kind: str, source: InputFacts, versions: Versions) -> IterationRecord:
    """A record with an id of its own, of something that begins and ends now and did no work."""
    return IterationRecord(
        schema_version=SCHEMA_VERSION,
        iteration_id=new_iteration_id(),
        kind=kind,
        status=RunStatus.ERROR,
        started_at=utc_now(),
        duration_ms=0,
        queue_ms=0,
        input=source,
        options=ConvertOptions(),
        versions=versions,
        stages=(),
        pages_ok=0,
        pages_failed=0,
        peak_memory_mb=peak_memory_mb(),
    )


def with_facts(record: IterationRecord, facts: RecordedFacts) -> IterationRecord:
    """The record with every recorded fact of a run, and what follows from them. Pages that have not ended are left
    out.
    """
    pages = tuple(_recorded(page) for page in facts.pages if page.status is not PageStatus.NOT_STARTED)
    done = sum(page.status is PageStatus.OK for page in pages)
    changes = facts.recorded() | {"pages": pages, "pages_ok": done, "pages_failed": len(pages) - done}
    return replace(record, **changes)


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
