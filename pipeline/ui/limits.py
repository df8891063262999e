"""What this Space takes and what happens beyond it: one table for the page, the API and the README. Pure functions."""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.pages import MIN_DPI
from pipeline.settings import Settings
from pipeline.ui.convert.page_state import files_at_once
from pipeline.ui.templating import render

METRES_PER_INCH = 0.0254
MB, GB = 1_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """One row. Programs read ``name`` and ``value`` in ``unit``, which are stable; people read ``what`` is limited, its
    ``text`` and what happens ``beyond`` it. ``setting`` is the environment variable that changes the limit.
    """

    name: str
    value: float
    unit: str
    what: str
    text: str
    beyond: str
    setting: str


def limits(settings: Settings) -> tuple[Limit, ...]:
    """Every limit that this Space promises and keeps."""
    return (*_of_files(settings), *_of_pages(settings), *_of_runs(settings), *_of_the_disk(settings))


def _of_files(s: Settings) -> tuple[Limit, ...]:
    files, memory = files_at_once(s), s.child_memory_mb / 1024
    return (
        Limit(
            "file_bytes",
            s.max_file_mb * MB,
            "bytes",
            "size of a file",
            f"{s.max_file_mb:,} MB",
            "refused before it is queued",
            "MAX_FILE_MB",
        ),
        Limit(
            "files",
            files,
            "files",
            "files at once in the browser",
            f"{files}",
            "the others are named; add them afterwards",
            "VISITOR_RUNS",
        ),
        Limit(
            "open_seconds",
            s.open_seconds,
            "s",
            "time to open a file",
            f"{s.open_seconds:,} s",
            "refused",
            "OPEN_SECONDS",
        ),
        Limit(
            "pages",
            s.max_pages,
            "pages",
            "pages in a run",
            f"{s.max_pages:,}",
            "refused; choose a page range",
            "MAX_PAGES",
        ),
        Limit(
            "reader_bytes",
            s.child_memory_mb << 20,
            "bytes",
            "memory of the PDF reader",
            f"{memory:g} GB",
            "the page is skipped, the reader replaced",
            "CHILD_MEMORY_MB",
        ),
    )


def _of_pages(s: Settings) -> tuple[Limit, ...]:
    area = s.max_megapixels * 1_000_000 * (METRES_PER_INCH / MIN_DPI) ** 2
    return (
        Limit(
            "page_pixels",
            s.max_megapixels * 1_000_000,
            "pixels",
            "a page's image",
            f"{s.max_megapixels} megapixels",
            "rendered at fewer than 144 dpi",
            "MAX_MEGAPIXELS",
        ),
        Limit(
            "page_area",
            round(area, 1),
            "m²",
            "a page's area",
            f"{area:.1f} m²",
            f"the page is skipped: it would need fewer than {MIN_DPI} dpi",
            "MAX_MEGAPIXELS",
        ),
        Limit(
            "page_cells",
            s.page_cells,
            "words",
            "words, or pictures, on a page",
            f"{s.page_cells:,}",
            "the page is skipped",
            "PAGE_CELLS",
        ),
        Limit(
            "page_seconds",
            s.page_seconds,
            "s",
            "time to read a page",
            f"{s.page_seconds:,} s",
            "the page is skipped",
            "PAGE_SECONDS",
        ),
    )


def _of_runs(s: Settings) -> tuple[Limit, ...]:
    refused = "the next one is refused at once"
    return (
        Limit(
            "run_seconds",
            s.run_seconds,
            "s",
            "a run",
            _span(s.run_seconds),
            "ends with the pages it has",
            "RUN_SECONDS",
        ),
        Limit(
            "runs_at_once",
            s.concurrency,
            "runs",
            "runs at the models at the same time",
            f"{s.concurrency}",
            "the others wait; short ones take turns with long ones",
            "CONCURRENCY",
        ),
        Limit(
            "visitor_runs",
            s.visitor_runs,
            "runs",
            "documents of one visitor, waiting or in work",
            f"{s.visitor_runs:,}",
            refused,
            "VISITOR_RUNS",
        ),
        Limit(
            "address_runs",
            s.address_runs,
            "runs",
            "documents from one network address",
            f"{s.address_runs:,}",
            refused,
            "ADDRESS_RUNS",
        ),
        Limit("queue_runs", s.queue_size, "runs", "documents waiting", f"{s.queue_size:,}", refused, "QUEUE_SIZE"),
    )


def _of_the_disk(s: Settings) -> tuple[Limit, ...]:
    return (
        Limit(
            "free_bytes",
            s.min_free_mb * MB,
            "bytes",
            "disk that stays free",
            f"{s.min_free_mb:,} MB",
            "new documents are refused",
            "MIN_FREE_MB",
        ),
        Limit(
            "kept_days",
            s.artifact_days,
            "days",
            "results are kept",
            f"{s.artifact_days:,} days",
            "deleted",
            "ARTIFACT_DAYS",
        ),
        Limit(
            "kept_bytes",
            s.artifact_gb * GB,
            "bytes",
            "room for all results",
            f"{s.artifact_gb:,} GB",
            "the oldest are deleted",
            "ARTIFACT_GB",
        ),
    )


def _span(seconds: int) -> str:
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds:,} s"


def limit_list(settings: Settings) -> Markup:
    """The limits as people read them on the page."""
    return render("limit_list", limits=limits(settings))


def limits_json(settings: Settings) -> dict[str, object]:
    """The limits as programs read them, by name."""
    return {
        row.name: {
            "value": row.value,
            "unit": row.unit,
            "what": row.what,
            "text": row.text,
            "beyond": row.beyond,
            "setting": row.setting,
        }
        for row in limits(settings)
    }
