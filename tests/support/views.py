"""Snapshots of runs for tests that only look at them."""

from pathlib import Path

from pipeline.pages import EngineInfo, PageStatus
from pipeline.records import ConvertOptions, ErrorFacts, PageOutcome, RunStatus, Stage
from pipeline.runs.state import ExportFile, PageText, RunView

RUN_ID = "5ecre7" * 4


def outcomes(states: str) -> tuple[PageOutcome, ...]:
    """One page per letter: ``o`` done, ``r`` done by OCR, ``f`` failed, ``t`` timed out, ``.`` not started."""
    return tuple(_outcome(page, state) for page, state in enumerate(states, start=1))


def _outcome(page: int, state: str) -> PageOutcome:
    if state == "f":
        return PageOutcome(
            page, PageStatus.FAILED, "page_unreadable", f"Page {page}: its content is unreadable and was skipped."
        )
    if state == "t":
        return PageOutcome(
            page,
            PageStatus.TIMED_OUT,
            "page_timed_out",
            f"Page {page}: reading it took longer than 20 s and it was skipped.",
        )
    return PageOutcome(page, PageStatus.NOT_STARTED if state == "." else PageStatus.OK, ocr=state == "r")


def a_view(
    states: str = "oo",
    status: RunStatus = RunStatus.RUNNING,
    *,
    name: str = "report.pdf",
    texts: dict[int, str] | None = None,
    error: ErrorFacts | None = None,
    exports: tuple[ExportFile, ...] = (),
    queue_position: int = 0,
    remaining_s: float | None = None,
    expires_at: str = "",
) -> RunView:
    pages = outcomes(states)
    written = (
        {page.page: f"Text of page {page.page}." for page in pages if page.status is PageStatus.OK}
        if texts is None
        else texts
    )
    return RunView(
        run_id=RUN_ID,
        record_id="it-1",
        version=1,
        name=name,
        options=ConvertOptions(),
        status=status,
        stage=Stage.INFER if status is RunStatus.RUNNING else None,
        queue_position=queue_position,
        page_count=len(pages),
        pages=pages,
        texts=tuple(PageText(page, text) for page, text in written.items()),
        elapsed_s=65.4,
        remaining_s=remaining_s,
        bundle="light",
        engines=(EngineInfo("layout", "PP-PicoDet CDLA", "onnxruntime"),),
        exports=exports,
        error=error,
        expires_at=expires_at,
    )


def export_file(folder: Path, format_name: str, content: str) -> ExportFile:
    path = folder / f"document.{format_name}"
    path.write_text(content, encoding="utf-8")
    return ExportFile(format_name, path, path.stat().st_size)
