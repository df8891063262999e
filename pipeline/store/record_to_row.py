"""From an iteration record to its row of the results dataset, validated and with its free text scrubbed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pipeline.records import SCHEMA_VERSION, ConvertOptions, GpuUse, IterationRecord, PageOutcome
from pipeline.store.card import RESULTS_TEXT, DatasetKind, canonical_json, canonical_line, empty_row
from pipeline.store.metrics import metrics_of
from pipeline.store.schema import COLUMNS, PAGES_KEPT, validate_row
from pipeline.store.scrub import scrub

STAGE_PREFIX = "stage."  # before the name of a stage whose time is a metric
SEED_ID = "00000000-0000-7000-8000-000000000000"


def to_row(record: IterationRecord) -> dict[str, Any]:
    """The record as a row of the dataset, validated, with its free text scrubbed."""
    config = canonical_json(
        {"bundle": record.bundle, "engines": [asdict(e) for e in record.engines], "options": _options(record.options)}
    )
    row: dict[str, Any] = {
        "schema_version": record.schema_version,
        "iteration_id": record.iteration_id,
        "parent_id": record.parent_id,
        "kind": record.kind,
        "status": record.status.value,
        "started_at": record.started_at,
        "duration_ms": record.duration_ms if record.status.ended else None,
        "queue_ms": record.queue_ms,
        "gpu_ms": round(record.gpu.used_seconds * 1000),
        "input": asdict(record.input) | {"origin": record.input.origin.value},
        "output": asdict(record.output) if record.output else None,
        "config": {"id": hashlib.sha256(config.encode()).hexdigest()[:16], "json": config},
        "runtime": _runtime(record),
        "pages": [_page(page) for page in record.pages[:PAGES_KEPT]],
        "gpu": _gpu(record.gpu),
        "metrics": [*_stage_times(record), *metrics_of(record)],
        "error": _error(record),
        "batch": asdict(record.batch) if record.batch else None,
        "tags": [],
        "extra": None,
    }
    validate_row(row)
    return row


def _options(options: ConvertOptions) -> dict[str, Any]:
    """An option that is younger than the schema is left out at its default, so that equal choices keep an equal
    ``config.id``.
    """
    chosen = asdict(options)
    if options.lane is ConvertOptions().lane:
        del chosen["lane"]
    if not options.languages:
        del chosen["languages"]
    if options.markdown == ConvertOptions().markdown:
        del chosen["markdown"]
    return chosen


def seed_row() -> dict[str, Any]:
    """The row of kind ``seed`` that a new dataset begins with: ``datasets`` refuses to load one without any row."""
    seed = empty_row(COLUMNS) | {
        "schema_version": SCHEMA_VERSION,
        "iteration_id": SEED_ID,
        "kind": "seed",
        "status": "ok",
    }
    validate_row(seed)
    return seed


def row_line(row: Mapping[str, Any]) -> bytes:
    """The row as one line of a JSONL shard, newline included."""
    return canonical_line(row)


RESULTS = DatasetKind("folio-results", "Folio results", RESULTS_TEXT, COLUMNS, row_line(seed_row()), "shard")


def _runtime(record: IterationRecord) -> dict[str, str]:
    versions = asdict(record.versions)
    versions["space_id"] = versions.pop("space")
    return versions


def _page(page: PageOutcome) -> dict[str, Any]:
    return asdict(page) | {"status": page.status.value, "reason": scrub(page.reason)}


def _gpu(use: GpuUse) -> dict[str, Any] | None:
    if not use.made:
        return None
    calls = [asdict(call) | {"ended": call.ended.value} for call in use.made]
    return {"bundle": use.bundle, "device": use.device, "refusal": use.refusal, "calls": calls}


def _error(record: IterationRecord) -> dict[str, Any] | None:
    if record.error is None:
        return None
    return {"type": record.error.code, "message": scrub(record.error.message), "retryable": record.error.retryable}


def _stage_times(record: IterationRecord) -> Iterable[dict[str, Any]]:
    return ({"name": f"{STAGE_PREFIX}{stage.stage.value}", "value": stage.ms, "unit": "ms"} for stage in record.stages)
