"""Words that several parts of the interface share: names of states, stages and choices, and numbers as people read
them.
"""

from collections.abc import Sequence

from pipeline.languages import BY_CODE
from pipeline.pages import LaneChoice, format_page_range
from pipeline.records import (
    IMAGE,
    LANGUAGES_JOINED,
    LAYER,
    READ_IN,
    SOURCES_JOINED,
    Origin,
    Rereading,
    RunStatus,
    Stage,
)

STATUS_NAMES = {
    RunStatus.QUEUED: "Waiting",
    RunStatus.RUNNING: "Converting",
    RunStatus.OK: "Done",
    RunStatus.PARTIAL: "Done, with gaps",
    RunStatus.ERROR: "Failed",
    RunStatus.CANCELLED: "Stopped",
}

STAGE_NAMES = {
    Stage.PREFLIGHT: "Checking the file",
    Stage.RENDER: "Rendering pages",
    Stage.INFER: "Reading pages",
    Stage.ASSEMBLE: "Assembling the document",
    Stage.EXPORT: "Writing the files",
}

INTERRUPTED = "Interrupted"

TASK_NAMES = {
    "layout": "Layout",
    "detection": "Text detection",
    "recognition": "Text recognition",
    "tables": "Tables",
    "ocr": "Text (OCR)",
}

LANE_NAMES = {
    LaneChoice.GPU_THEN_CPU: "GPU then CPU",
    LaneChoice.GPU: "GPU only",
    LaneChoice.CPU: "CPU",
}

OCR_NAMES = {"auto": "where a page needs it", "always": "every page", "never": "never"}
TABLE_NAMES = {True: "recognised", False: "left as text"}

ORIGIN_NAMES = {
    Origin.UI: "browser",
    Origin.API: "API",
    Origin.CLI: "command line",
    Origin.BENCH: "benchmark",
    Origin.BATCH: "batch job",
    Origin.INBOX: "inbox",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNKNOWN = "–"


SOURCE_NAMES = {LAYER: "the file's own text", IMAGE: "read from the page's image"}


def text_source(source: str) -> str:
    """A page's source as ``PageOutcome`` has it, in words: "Read from the page's image in Russian"."""
    names = []
    for part in source.split(SOURCES_JOINED):
        kind, _, codes = part.partition(READ_IN)
        languages = [BY_CODE[code].name for code in codes.split(LANGUAGES_JOINED) if code in BY_CODE]
        names.append(SOURCE_NAMES.get(kind, "") + (f" in {' and '.join(languages)}" if languages else ""))
    text = ", and ".join(filter(None, names))
    return text[:1].upper() + text[1:]


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}"


def count(value: int, noun: str) -> str:
    """``1 page``, ``2,000 pages``."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def size(size_bytes: int) -> str:
    """A file's size in decimal units, as file managers and the limits show them."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1_000_000:.1f} MB"
    return f"{size_bytes / 1_000_000_000:.1f} GB"


def clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from an hour on."""
    whole = max(int(seconds), 0)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def remaining(seconds: float | None) -> str:
    """An estimate, no more exact than it is; None is "estimating"."""
    if seconds is None:
        return "estimating"
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s"
    return f"about {round(seconds / 60)} min"


def page_ranges(pages: Sequence[int]) -> str:
    """``[1, 2, 3, 7]`` as ``1-3, 7``, which the page range field accepts."""
    return format_page_range(pages).replace(",", ", ")


def pages_named(pages: Sequence[int]) -> str:
    """``page 4``, or ``pages 1-3, 7``."""
    return f"{'page' if len(pages) == 1 else 'pages'} {page_ranges(pages)}"


def reread_pages(rereading: Rereading) -> str:
    """``page 4: OCR every page, tables recognised``."""
    options = rereading.options
    ocr, tables = OCR_NAMES[options.ocr.value], TABLE_NAMES[options.tables]
    return f"{pages_named(rereading.pages)}: OCR {ocr}, tables {tables}"


def short(value: float) -> str:
    """``1,234``, ``12.3k``, ``4.5M``."""
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    return f"{value / 1000:,.1f}k" if abs(value) < 1_000_000 else f"{value / 1_000_000:,.1f}M"


def span(ms: float | None) -> str:
    """A duration in its natural unit: ``340 ms``, ``8.2 s``, ``3 m 05 s``, ``2 h 10 m``."""
    if ms is None:
        return UNKNOWN
    if ms < 1000:
        return f"{ms:.0f} ms"
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes} m {seconds:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} m"


def gpu_seconds(value: float) -> str:
    """GPU time: ``12.3 s``, and ``12.3k s`` where it is much."""
    if not value:
        return "0 s"
    return f"{value:,.1f} s" if value < 1000 else f"{short(value)} s"


def percent(share: float | None) -> str:
    """``98.7 %``; 100 only where nothing is missing."""
    if share is None:
        return UNKNOWN
    if share < 1 and share > 0.999:
        return "99.9 %"
    return "100 %" if share == 1 else f"{share * 100:.1f} %"


def megabytes(value: float | None) -> str:
    """Memory: ``820 MB``, ``1.20 GB``."""
    if value is None:
        return UNKNOWN
    return f"{value / 1000:.2f} GB" if value >= 1000 else f"{value:.0f} MB"
