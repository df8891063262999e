"""An iteration record as the numbers that perspectives compare. No text, no file name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.pages import PageStatus
from pipeline.records import (
    CODES_JOINED,
    REFUSAL,
    REUSE,
    ConvertOptions,
    GpuCall,
    IterationRecord,
    Origin,
    RunStatus,
    Stage,
)

MANY_PAGES = 100
MOST_SHOWN_PAGES = 20
LARGE_BYTES, TINY_BYTES = 20_000_000, 20_000


@dataclass(frozen=True, slots=True)
class MarkdownCounts:
    """What the kept Markdown of a run holds: headings, list items, table rows, characters, and those of them that stand
    for letters which could not be read.
    """

    headings: int = 0
    list_items: int = 0
    table_rows: int = 0
    characters: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudiedRun:
    """One run that has ended. Times are milliseconds (``started_ms`` since 1970, UTC).

    ``document`` is ``document_of`` the record. ``stage_ms`` is the time of each stage per converted page.
    ``confidence`` is the mean of its pages', None where none was read. ``page_codes`` are (page, code) of pages that
    failed or have a notice. ``traits`` are the document's, as far as the record shows them. ``markdown`` is None where
    no result is kept on this disk.
    """

    record_id: str
    document: str
    started_ms: int
    kind: str
    status: RunStatus
    code: str
    origin: Origin
    app: str
    bundle: str
    hardware: str
    options: ConvertOptions
    pages_ok: int
    stage_ms: Mapping[Stage, float]
    confidence: float | None = None
    unsure_pages: tuple[int, ...] = ()
    empty_pages: tuple[int, ...] = ()
    page_codes: tuple[tuple[int, str], ...] = ()
    characters: int = 0
    tables: int = 0
    figures: int = 0
    calls: tuple[GpuCall, ...] = ()
    refused_calls: int = 0
    traits: frozenset[str] = field(default_factory=frozenset)
    markdown: MarkdownCounts | None = None

    @property
    def converted(self) -> bool:
        """Whether the run did work of its own and has pages."""
        return self.kind not in (REFUSAL, REUSE) and self.pages_ok > 0

    @property
    def codes(self) -> frozenset[str]:
        """The run's own error code and those of its pages."""
        return frozenset(code for code in (self.code, *(code for _, code in self.page_codes)) if code)

    def pages_with(self, code: str) -> tuple[int, ...]:
        """The pages that failed or have a notice with this code, at most ``MOST_SHOWN_PAGES``."""
        return tuple(page for page, found in self.page_codes if found == code)[:MOST_SHOWN_PAGES]

    @property
    def stratum(self) -> tuple[object, ...]:
        """Runs of one stratum take comparable time a page."""
        return (self.bundle, self.hardware, bool(self.calls), "scanned" in self.traits, self.options.tables)


def study(record: IterationRecord, markdown: MarkdownCounts | None = None) -> StudiedRun:
    """The numbers of a record."""
    done = [page for page in record.pages if page.status is PageStatus.OK]
    confidences = [page.confidence for page in done if page.confidence is not None]
    pages = max(len(done), 1)
    output = record.output
    return StudiedRun(
        record_id=record.iteration_id,
        document=document_of(record),
        started_ms=round(datetime.fromisoformat(record.started_at).timestamp() * 1000),
        kind=record.kind,
        status=record.status,
        code=record.error.code if record.error else "",
        origin=record.input.origin,
        app=record.versions.app,
        bundle=record.bundle,
        hardware=record.versions.hardware,
        options=record.options,
        pages_ok=record.pages_ok,
        stage_ms={time.stage: time.ms / pages for time in record.stages},
        confidence=sum(confidences) / len(confidences) if confidences else None,
        unsure_pages=tuple(page.page for page in done if "text_unsure" in page.code.split(CODES_JOINED)),
        empty_pages=tuple(page.page for page in done if page.blocks == 0),
        page_codes=tuple((page.page, code) for page in record.pages for code in page.code.split(CODES_JOINED) if code),
        characters=output.chars if output else 0,
        tables=output.tables if output else 0,
        figures=output.figures if output else 0,
        calls=record.gpu.made,
        refused_calls=record.gpu.refused,
        traits=traits_of(record),
        markdown=markdown,
    )


def document_of(record: IterationRecord) -> str:
    """What stands for the document: its SHA-256. A refused file has none, and is known by its size and the reason.

    So somebody who sends one refused file twenty times has one document and not twenty.
    """
    if record.input.sha256:
        return record.input.sha256
    code = record.error.code if record.error else ""
    return f"{record.input.bytes} bytes, {code}" if record.input.bytes else record.iteration_id


def traits_of(record: IterationRecord) -> frozenset[str]:
    """What kind of document it is, as far as its record shows."""
    pages, size = record.input.pages, record.input.bytes
    read = [page for page in record.pages if page.status is not PageStatus.NOT_STARTED]
    notices = {code for page in record.pages for code in page.code.split(CODES_JOINED)}
    found = {
        "scanned": bool(read) and sum(page.ocr for page in read) * 2 > len(read),
        "many pages": pages >= MANY_PAGES,
        "one page": pages == 1,
        "large file": size >= LARGE_BYTES,
        "tiny file": 0 < size < TINY_BYTES,
        "tables": bool(record.output and record.output.tables),
        "pictures": bool(record.output and record.output.figures),
        "damaged": "file_repaired" in notices or "content_incomplete" in notices,
        "form": "xfa_form" in notices,
        "doubtful font": "doubtful_font" in notices,
        "hidden text": "hidden_text" in notices,
        "named languages": bool(record.options.languages),
    }
    return frozenset(trait for trait, there in found.items() if there)
