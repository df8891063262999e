"""A run as the API answers with it. The keys are documented in the README and stable."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from pipeline.records import PageOutcome
from pipeline.runs.state import RunView
from pipeline.ui.words import page_ranges

# Fields of RunView that are shown under their own names; a frozen dataclass becomes an object with all of its fields.
SHOWN = (
    "run_id",
    "record_id",
    "reading_id",
    "read_only",
    "status",
    "stage",
    "queue_position",
    "name",
    "page_count",
    "pages_done",
    "options",
    "rereadings",
    "bundle",
    "lane",
    "fitting_pages",
    "engines",
    "error",
)
SHOWN_OF_GPU = ("booked_seconds", "used_seconds", "calls", "refused", "refused_seconds")
SHOWN_OF_SKIPPED = ("page", "code", "reason")
SHOWN_OF_READ = ("page", "confidence", "ocr", "source")
PLAIN: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def summary(view: RunView, reused: bool = False) -> dict[str, Any]:
    """The run as plain JSON values. ``reused``: an earlier run answers."""
    shown: dict[str, Any] = PLAIN.dump_python(_named(view, SHOWN), mode="json")
    return shown | {
        "pages_selected": len(view.pages),
        "pages_skipped": _pages(view.failures, SHOWN_OF_SKIPPED),
        "pages_noted": _pages(view.noted, SHOWN_OF_SKIPPED),
        "pages_confidence": _pages((page for page in view.pages if page.confidence is not None), SHOWN_OF_READ),
        "expires_at": view.expires_at or None,
        "converted_before": view.ended_at if reused else None,
        "elapsed_seconds": round(view.elapsed_s, 2),
        "wait_seconds": view.wait_s,
        "remaining_seconds": None if view.remaining_s is None else round(view.remaining_s, 1),
        "bundles": {name: page_ranges(list(pages)) for name, pages in view.pages_by_bundle.items()},
        "gpu": _named(view.gpu, SHOWN_OF_GPU) | {"refusal": view.gpu.refusal or None},
        "on_cpu": _on_cpu(view),
    }


def _named(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _pages(pages: Iterable[PageOutcome], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_named(page, names) for page in pages]


def _on_cpu(view: RunView) -> dict[str, Any] | None:
    """What /resume with the CPU lane would do: the pages that stay, those that are converted, and by which models."""
    if not view.resumable:
        return None
    staying = len(view.finished)
    return {"pages_kept": staying, "pages_left": len(view.pages) - staying, "bundle": view.cpu_bundle}
