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
from pipeline.store.metrics import fields_of, values_by_name
from pipeline.store.record_to_row import STAGE_PREFIX

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
    values = values_by_name(row["metrics"])
    numbers = fields_of(values)
    same = ("schema_version", "iteration_id", "kind", "status", "started_at", "input", "output", "parent_id", "pages")
    return {name: row[name] for name in same} | {
        "duration_ms": row["duration_ms"] or 0,
        "queue_ms": row["queue_ms"] or 0,
        "options": config["options"],
        "bundle": config["bundle"],
        "engines": config["engines"],
        "versions": _versions(row["runtime"]),
        "stages": [
            {"stage": name.removeprefix(STAGE_PREFIX), "ms": ms}
            for name, ms in values.items()
            if name.startswith(STAGE_PREFIX)
        ],
        "error": _error(row["error"]),
        "batch": row.get("batch"),
        **numbers,
        "gpu": numbers["gpu"] | _calls(row.get("gpu") or {}),
    }


def _versions(runtime: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in runtime.items() if name != "space_id"} | {"space": runtime["space_id"]}


def _calls(gpu: Mapping[str, Any]) -> dict[str, Any]:
    """What a row's column ``gpu`` says, which is empty in rows of an older Folio."""
    return {
        "refusal": gpu.get("refusal", ""),
        "device": gpu.get("device", ""),
        "made": gpu.get("calls", []),
        "bundle": gpu.get("bundle", ""),
    }


def _error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"code": error["type"], "message": error["message"], "retryable": error["retryable"]}
