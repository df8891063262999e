"""Records for the store's tests: one complete end record, and the start record of the same run."""

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
from pipeline.store.ids import new_iteration_id
from tests.support.sample_records import start_of

VERSIONS = Versions("0.1.0", "3.12.12", "2.143.0", "2.11.0", "1.24.0", "x86_64", "someone/folio")


def end_record(iteration_id: str = "", status: RunStatus = RunStatus.PARTIAL) -> IterationRecord:
    """A run of three pages of which one failed."""
    return IterationRecord(
        schema_version=SCHEMA_VERSION,
        iteration_id=iteration_id or new_iteration_id(),
        kind="convert",
        status=status,
        started_at="2026-08-14T09:30:15.250Z",
        duration_ms=5400,
        queue_ms=120,
        input=InputFacts("ab" * 32, 123_456, 3, Origin.API),
        output=OutputFacts("cd" * 32, 4200, 2, 1),
        options=ConvertOptions("1-3", OcrMode.ALWAYS, tables=False),
        bundle="light",
        engines=(EngineInfo("layout", "PP-PicoDet", "onnxruntime"),),
        versions=VERSIONS,
        gpu=GpuUse(30.0, 2.25, 1),
        stages=(StageTime(Stage.RENDER, 310.5), StageTime(Stage.INFER, 4000.0)),
        pages_ok=2,
        pages_failed=1,
        pages=(
            PageOutcome(1, PageStatus.OK, ocr=True, ms=1200.5, blocks=14, confidence=0.875),
            PageOutcome(2, PageStatus.FAILED, "page_unreadable", "Page 2: its content is unreadable and was skipped."),
            PageOutcome(3, PageStatus.OK, ms=800.0, blocks=9),
        ),
        peak_memory_mb=2048,
        error=ErrorFacts("nothing_converted", "No page could be converted.", retryable=False),
    )


def start_record(iteration_id: str = "") -> IterationRecord:
    """The start of the same run."""
    return start_of(end_record(iteration_id))
