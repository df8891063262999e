"""What this Space takes and what happens beyond it: one table for the page, the API and the README. Pure functions."""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.pages import MIN_DPI
from pipeline.settings import Settings
from pipeline.ui import catalogue
from pipeline.ui.catalogue import counted, number
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
    text: str
    setting: str

    @property
    def what(self) -> str:
        return catalogue.text(f"limit.what.{self.name}")

    @property
    def beyond(self) -> str:
        return catalogue.text(f"limit.beyond.{self.name}", dpi=MIN_DPI)


def limits(settings: Settings) -> tuple[Limit, ...]:
    """Every limit that this Space promises and keeps, in the language in force."""
    return (*_of_files(settings), *_of_pages(settings), *_of_runs(settings), *_of_the_disk(settings))


def _of_files(s: Settings) -> tuple[Limit, ...]:
    files, memory = files_at_once(s), s.child_memory_mb / 1024
    return (
        Limit("file_bytes", s.max_file_mb * MB, "bytes", f"{number(s.max_file_mb)} MB", "MAX_FILE_MB"),
        Limit("files", files, "files", f"{files}", "VISITOR_RUNS"),
        Limit("open_seconds", s.open_seconds, "s", f"{number(s.open_seconds)} s", "OPEN_SECONDS"),
        Limit("pages", s.max_pages, "pages", number(s.max_pages), "MAX_PAGES"),
        Limit("reader_bytes", s.child_memory_mb << 20, "bytes", f"{memory:g} GB", "CHILD_MEMORY_MB"),
    )


def _of_pages(s: Settings) -> tuple[Limit, ...]:
    area = s.max_megapixels * 1_000_000 * (METRES_PER_INCH / MIN_DPI) ** 2
    pixels = catalogue.text("limit.megapixels", n=s.max_megapixels)
    return (
        Limit("page_pixels", s.max_megapixels * 1_000_000, "pixels", pixels, "MAX_MEGAPIXELS"),
        Limit("page_area", round(area, 1), "m²", f"{number(area, 1)} m²", "MAX_MEGAPIXELS"),
        Limit("page_cells", s.page_cells, "words", number(s.page_cells), "PAGE_CELLS"),
        Limit("page_seconds", s.page_seconds, "s", f"{number(s.page_seconds)} s", "PAGE_SECONDS"),
    )


def _of_runs(s: Settings) -> tuple[Limit, ...]:
    return (
        Limit("run_seconds", s.run_seconds, "s", _span(s.run_seconds), "RUN_SECONDS"),
        Limit("runs_at_once", s.concurrency, "runs", f"{s.concurrency}", "CONCURRENCY"),
        Limit("visitor_runs", s.visitor_runs, "runs", number(s.visitor_runs), "VISITOR_RUNS"),
        Limit("address_runs", s.address_runs, "runs", number(s.address_runs), "ADDRESS_RUNS"),
        Limit("queue_runs", s.queue_size, "runs", number(s.queue_size), "QUEUE_SIZE"),
    )


def _of_the_disk(s: Settings) -> tuple[Limit, ...]:
    return (
        Limit("free_bytes", s.min_free_mb * MB, "bytes", f"{number(s.min_free_mb)} MB", "MIN_FREE_MB"),
        Limit("kept_days", s.artifact_days, "days", counted("count.day", s.artifact_days), "ARTIFACT_DAYS"),
        Limit("kept_bytes", s.artifact_gb * GB, "bytes", f"{number(s.artifact_gb)} GB", "ARTIFACT_GB"),
    )


def _span(seconds: int) -> str:
    for size, key in ((3600, "count.hour"), (60, "count.minute")):
        if seconds % size == 0:
            return counted(key, seconds // size)
    return f"{number(seconds)} s"


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
