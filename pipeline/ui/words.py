"""Names of states, stages and choices, and numbers as people read them. The names are of the language in force (see
``catalogue``); what only the dashboard and the workers' pages say is English and stands here.
"""

from collections.abc import Sequence
from datetime import datetime

from pipeline.languages import BY_CODE
from pipeline.pages import LaneChoice, OcrMode, format_page_range
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
from pipeline.ui.catalogue import Names, month, number, text

STATUS_NAMES = Names("status", {status: status.value for status in RunStatus})
STAGE_NAMES = Names("stage", {stage: stage.value for stage in Stage})
TASK_NAMES = Names("task", {task: task for task in ("layout", "detection", "recognition", "tables", "ocr")})
LANE_NAMES = Names("lane", {lane: lane.value for lane in LaneChoice})
OCR_NAMES = Names("report", {mode.value: f"ocr_{mode.value}" for mode in OcrMode})
LANGUAGE_NAMES = Names("language", {code: code for code in BY_CODE})
TABLE_NAMES = Names("report", {True: "tables_yes", False: "tables_no"})

ORIGIN_NAMES = {
    Origin.UI: "browser",
    Origin.API: "API",
    Origin.CLI: "command line",
    Origin.BENCH: "benchmark",
    Origin.BATCH: "batch job",
    Origin.INBOX: "inbox",
}

UNKNOWN = "–"
SOURCE_NAMES = Names("source", {LAYER: "layer", IMAGE: "ocr"})


def text_source(source: str) -> str:
    """A page's source as ``PageOutcome`` has it, in words: "Read from the page's image in Russian"."""
    names = []
    for part in source.split(SOURCES_JOINED):
        kind, _, codes = part.partition(READ_IN)
        languages = [LANGUAGE_NAMES[code] for code in codes.split(LANGUAGES_JOINED) if code in BY_CODE]
        name = SOURCE_NAMES.get(kind, "")
        spoken = text("source.and").join(languages)
        names.append(text("source.in", source=name, languages=spoken) if languages else name)
    joined = text("source.also").join(filter(None, names))
    return joined[:1].upper() + joined[1:]


def date_of(moment: datetime, with_year: bool = True) -> str:
    """``26 Nov 2026``."""
    key = "time.date_year" if with_year else "time.date"
    return text(key, day=moment.day, month=month(moment.month), year=moment.year)


def count(value: int, noun: str) -> str:
    """``1 page``, ``2,000 pages``."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def size(size_bytes: int) -> str:
    """A file's size in decimal units, as file managers and the limits show them."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    if size_bytes < 1_000_000_000:
        return f"{number(size_bytes / 1_000_000, 1)} MB"
    return f"{number(size_bytes / 1_000_000_000, 1)} GB"


def clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from an hour on."""
    whole = max(int(seconds), 0)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def remaining(seconds: float | None) -> str:
    """An estimate, no more exact than it is; None is "estimating"."""
    if seconds is None:
        return text("time.estimating")
    if seconds < 10:
        return text("time.few_seconds")
    if seconds < 90:
        return text("time.seconds", n=round(seconds / 10) * 10)
    return text("time.minutes", n=round(seconds / 60))


def page_ranges(pages: Sequence[int]) -> str:
    """``[1, 2, 3, 7]`` as ``1-3, 7``, which the page range field accepts."""
    return format_page_range(pages).replace(",", ", ")


def pages_named(pages: Sequence[int]) -> str:
    """``page 4``, or ``pages 1-3, 7``."""
    return text("pages.one" if len(pages) == 1 else "pages.several", pages=page_ranges(pages))


def reread_pages(rereading: Rereading) -> str:
    """``page 4: OCR every page, tables recognised``."""
    options = rereading.options
    ocr, tables = OCR_NAMES[options.ocr.value], TABLE_NAMES[options.tables]
    return text("report.reread", pages=pages_named(rereading.pages), ocr=ocr, tables=tables)


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
        share = 0.999
    return "100 %" if share == 1 else f"{number(share * 100, 1)} %"


def megabytes(value: float | None) -> str:
    """Memory: ``820 MB``, ``1.20 GB``."""
    if value is None:
        return UNKNOWN
    return f"{value / 1000:.2f} GB" if value >= 1000 else f"{value:.0f} MB"
