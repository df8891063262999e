"""A run's receipt: what was asked, what read it, and what it cost, for whoever keeps the files."""

from dataclasses import asdict
from typing import Any

import orjson

from pipeline.records import StageTime, Versions
from pipeline.runs.state import RunView


def receipt(view: RunView, versions: Versions, stages: tuple[StageTime, ...], sha256: str) -> bytes:
    """The receipt as JSON, indented. ``sha256`` is the source's. Nothing of it leads to the run's link."""
    facts: dict[str, Any] = {
        "record_id": view.record_id,
        "document": {"name": view.name, "sha256": sha256, "pages": view.page_count},
        "options": asdict(view.options),
        "versions": asdict(versions),
        "models": {"bundle": view.bundle, "engines": [asdict(engine) for engine in view.engines]},
        "seconds": {
            "elapsed": round(view.elapsed_s, 2),
            "stages": {row.stage.value: round(row.ms / 1000, 3) for row in stages},
        },
        "gpu": {
            "booked_seconds": view.gpu.booked_seconds,
            "used_seconds": view.gpu.used_seconds,
            "calls": view.gpu.calls,
            "device": view.gpu.device,
        },
        "rereadings": [asdict(one) for one in view.rereadings],
        "pages": [
            {
                "page": page.page,
                "status": page.status,
                "ocr": page.ocr,
                "confidence": page.confidence,
                "code": page.code or None,
            }
            for page in view.pages
        ],
    }
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2)
