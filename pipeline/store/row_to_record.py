"""From a line back to its iteration record, for looking at one run: the inverse of ``record_to_row.to_row``.

What the row does not hold comes back empty (pages past the first 500). Rows of other datasets are checked like any
input.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from pipeline.records import IterationRecord
from pipeline.store.codec import Codec

RECORD = Codec(TypeAdapter(IterationRecord))


def read_line(line: bytes) -> IterationRecord:
    """The record in a line of the ledger or of the results dataset. Raises ValueError where it is neither."""
    try:
        value = json.loads(line)
        plain = _record(value) if "runtime" in value else value
        return RECORD.decode(json.dumps(plain).encode())
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("the line is no iteration record") from error


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    config = json.loads(row["config"]["json"])
    metrics = {metric["name"]: metric["value"] for metric in row["metrics"]}
    kept = ("schema_version", "iteration_id", "kind", "status", "started_at", "input", "output", "parent_id")
    return {name: row[name] for name in kept} | {
        "duration_ms": row["duration_ms"] or 0,
        "queue_ms": row["queue_ms"] or 0,
        "options": config["options"],
        "bundle": config["bundle"],
        "engines": config["engines"],
        "versions": _versions(row["runtime"]),
        "gpu": _gpu(metrics, row.get("gpu") or {}),
        "stages": [
            {"stage": name.removeprefix("stage."), "ms": ms}
            for name, ms in metrics.items()
            if name.startswith("stage.")
        ],
        "pages_ok": int(metrics.get("pages_ok", 0)),
        "pages_failed": int(metrics.get("pages_failed", 0)),
        "pages": row["pages"],
        "peak_memory_mb": int(metrics.get("peak_memory", 0)),
        "error": _error(row["error"]),
    }


def _versions(runtime: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in runtime.items() if name != "space_id"} | {"space": runtime["space_id"]}


def _gpu(metrics: Mapping[str, Any], calls: Mapping[str, Any]) -> dict[str, Any]:
    """``calls`` is the row's column ``gpu``, empty in rows of an older Folio."""
    return {
        "booked_seconds": metrics.get("gpu_booked", 0.0),
        "used_seconds": metrics.get("gpu_used", 0.0),
        "calls": int(metrics.get("gpu_calls", 0)),
        "saved_seconds": metrics.get("gpu_saved", 0.0),
        "refused": int(metrics.get("gpu_refused", 0)),
        "refused_seconds": metrics.get("gpu_refused_seconds", 0.0),
        "refusal": calls.get("refusal", ""),
        "device": calls.get("device", ""),
        "made": calls.get("calls", []),
        "bundle": calls.get("bundle", ""),
    }


def _error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"code": error["type"], "message": error["message"], "retryable": error["retryable"]}
