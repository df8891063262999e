"""What a run was asked, how it went and the iteration record it leaves: frozen values, no document text among them.

The record's fields follow schema version 1 of the results dataset; ``README`` of the dataset declares the same
features.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from pipeline.formats import AS_USUAL, MarkdownForm
from pipeline.pages import EngineInfo, Lane, LaneChoice, OcrMode, PageStatus

SCHEMA_VERSION = 1
CONVERT, REUSE, BENCH, REFUSAL = "convert", "reuse", "bench", "refusal"  # kinds of iteration records
BATCH = "batch"  # the kind of an entry that stands for all records of a batch job


CODES_JOINED = "+"  # between the codes of several notices on one page
LAYER, IMAGE = "layer", "ocr"  # where the text of a page came from: the file's text layer, the page's image
SOURCES_JOINED, READ_IN, LANGUAGES_JOINED = "+", ":", ","  # layer+ocr, ocr:rus, ocr:rus,ell


class RunStatus(StrEnum):
    """How a run stands. The last four are ends and the only values an end record may have."""

    QUEUED = "queued"
    RUNNING = "running"
    OK = "ok"
    PARTIAL = "partial"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


class Stage(StrEnum):
    """Stages of a run in their order, as shown to people and timed in the record."""

    PREFLIGHT = "preflight"
    RENDER = "render"
    INFER = "infer"
    ASSEMBLE = "assemble"
    EXPORT = "export"


class Origin(StrEnum):
    """Which entry asked for the run."""

    UI = "ui"
    API = "api"
    CLI = "cli"
    BENCH = "bench"
    BATCH = "batch"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What the caller chose. ``pages`` is a range such as ``1-3,7``; empty means every page. ``languages`` are codes of
    the languages of scanned text (``pipeline.languages``); empty leaves them to be found out. ``markdown`` is how the
    Markdown file is written; the models do not ask it.
    """

    pages: str = ""
    ocr: OcrMode = OcrMode.AUTO
    tables: bool = True
    lane: LaneChoice = LaneChoice.GPU_THEN_CPU
    languages: tuple[str, ...] = ()
    markdown: MarkdownForm = AS_USUAL


@dataclass(frozen=True, slots=True)
class Rereading:
    """Pages of a run that were read again by themselves with other ``options``, and took the place of the first
    reading. ``record_id`` is of the run that read them again.
    """

    pages: tuple[int, ...]
    options: ConvertOptions
    record_id: str


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """How one page ended: its status, its reason where it failed, whether its text was read by OCR, and its cost in ms.

    A page that is well has a code and a reason too where its reader should know something of it; several are joined.
    ``bundle`` names the models that read it; empty where none did, or in records of an older Folio. ``confidence`` is
    how far its text is to be trusted, in [0, 1]; None where nothing was read, or in records of an older Folio.
    ``source`` says where its text came from: ``layer`` (the file's text), ``ocr`` (its image), ``ocr:rus`` (its image,
    by Tesseract in Russian), or ``layer`` and one of these joined by ``+``; empty where there was none.
    """

    page: int
    status: PageStatus
    code: str = ""
    reason: str = ""
    ocr: bool = False
    ms: float = 0.0
    blocks: int = 0
    bundle: str = ""
    confidence: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class StageTime:
    """Wall-clock milliseconds spent in one stage, summed over batches; stages overlap, so the sum may exceed the
    run.
    """

    stage: Stage
    ms: float


class CallEnd(StrEnum):
    """How a GPU call ended: ``LOST`` began and died, ``REFUSED`` never began."""

    DONE = "done"
    STOPPED = "stopped"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GpuCall:
    """One GPU call: what it booked and used, and what its later pages took, from which the next bookings are computed.

    ``start_seconds`` is the time until the first micro-batch was answered. What came after is told apart by kind:
    ``later_pages``, of which ``later_table_pages`` had their tables recognised and ``later_ocr_pages`` their text read,
    with the seconds of each kind.
    """

    pages: int
    booked_seconds: float
    used_seconds: float
    ended: CallEnd
    start_seconds: float = 0.0
    later_pages: int = 0
    later_table_pages: int = 0
    later_ocr_pages: int = 0
    page_seconds: float = 0.0
    table_seconds: float = 0.0
    ocr_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GpuUse:
    """Seconds booked and used on the GPU, and the calls that got one; all zero on the CPU lane.

    Booked is what the platform counts (on Blackwell 1.5 times what was asked for), used is the time the device was
    held. ``refused`` calls never began: ``refused_seconds`` were asked for in vain, ``refusal`` is the error code of
    the last. ``device`` is the GPU's name, ``bundle`` the models' that the calls were made for; ``made`` has every
    call. ``saved_seconds`` are those that an earlier run of the same work used, whose result answered instead.
    """

    booked_seconds: float = 0.0
    used_seconds: float = 0.0
    calls: int = 0
    saved_seconds: float = 0.0
    refused: int = 0
    refused_seconds: float = 0.0
    refusal: str = ""
    device: str = ""
    made: tuple[GpuCall, ...] = ()
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """What produced the run; ``app`` is Folio's version, ``hardware`` the machine's architecture or GPU name."""

    app: str
    python: str
    docling: str
    torch: str
    onnxruntime: str
    hardware: str
    space: str


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """The batch job that a run belongs to: its public id, and which attempt at the document the run was, from 1."""

    id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class InputFacts:
    """The source: SHA-256 in hexadecimal, size, its page count, and which entry it came by. No name, no content."""

    sha256: str
    bytes: int
    pages: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """The result: SHA-256 of the Markdown, its characters, and the number of tables and figures."""

    sha256: str
    chars: int
    tables: int
    figures: int


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """Why a run did not end well: the error tree's code and sentence."""

    code: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """What a server that converts has to do and keeps now: runs that wait and run, how many may wait, runs on its disk
    with their bytes and the most bytes that they may take, and the bytes that are free, None where the disk does not
    tell.
    """

    waiting: int
    running: int
    most_waiting: int
    kept_runs: int
    kept_bytes: int
    most_bytes: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFacts:
    """How a run stands or ended, as far as its record has it. ``RunFacts`` and ``IterationRecord`` both have these
    fields, so a field that is added here goes on its own from the run into its files and its record.

    ``bundle`` names the models that read the pages; several have a plus sign between them, and an older Folio named
    none. ``output`` and ``error`` are None where there is none.
    """

    status: RunStatus
    bundle: str = ""
    engines: tuple[EngineInfo, ...] = ()
    pages: tuple[PageOutcome, ...] = ()
    gpu: GpuUse = field(default_factory=GpuUse)
    output: OutputFacts | None = None
    error: ErrorFacts | None = None

    def recorded(self) -> dict[str, Any]:
        """These fields alone by name, without those of a class that adds to them."""
        return {item.name: getattr(self, item.name) for item in fields(RecordedFacts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts(RecordedFacts):
    """How a run stands or ended. A snapshot of the run and the file that its end leaves both have these fields.

    ``elapsed_s`` counts from the start of the work; ``ended_at`` is in UTC as ISO 8601, empty while the run goes on.
    ``page_count`` is of the whole document. ``gpu_seconds`` are those used by the run and by the runs that it
    continues. ``lane`` is where the models run now, or ran last. ``fitting_pages`` is how many of the pages not
    converted yet the visitor's GPU quota would have admitted when it refused the run; 0 where none or unknown.
    ``as_asked`` says that no page was read by other models than those that the run began with.
    """

    elapsed_s: float
    page_count: int
    ended_at: str = ""
    gpu_seconds: float = 0.0
    lane: Lane = Lane.CPU
    fitting_pages: int = 0
    as_asked: bool = True

    def facts(self) -> dict[str, Any]:
        """These fields alone by name, without those of a class that adds to them."""
        return {item.name: getattr(self, item.name) for item in fields(RunFacts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationRecord(RecordedFacts):
    """One line of the results dataset. A run writes two with the same ``iteration_id``: at its start and at its end.

    ``iteration_id`` is public and unrelated to the run's secret id. Times are ISO 8601 in UTC with milliseconds.
    ``parent_id`` is the record of the run that this one continues. ``batch`` is None outside batch jobs.
    """

    schema_version: int
    iteration_id: str
    kind: str
    started_at: str
    duration_ms: int
    queue_ms: int
    input: InputFacts
    options: ConvertOptions
    versions: Versions
    stages: tuple[StageTime, ...]
    pages_ok: int
    pages_failed: int
    peak_memory_mb: int
    parent_id: str | None = None
    batch: BatchFacts | None = None
