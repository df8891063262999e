"""Schema version 1 of the results dataset: one table, from which rows, their validation and the dataset's README all
follow.

A row is the wire format, one JSON object per line, and the one place where a dict is right. Every column must be
declared in the README, or ``datasets.load_dataset`` fails on a shard that has it and one that has not; an undeclared
column fails it outright. So a column can be added (README in the same commit, older shards read as null), and never be
renamed, removed or change its type.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.records import SCHEMA_VERSION, ConvertOptions, GpuUse, IterationRecord, PageOutcome
from pipeline.store.scrub import scrub

PAGES_KEPT = 500
"""Most pages listed in one row; the metrics count all of them."""

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SEED_ID = "00000000-0000-7000-8000-000000000000"
INTEGER_BITS = {"int32": 32, "int64": 64}


@dataclass(frozen=True, slots=True)
class Column:
    """One column or one field of a struct: its Arrow type (``struct`` and ``list`` have ``fields``), and what it
    means.
    """

    name: str
    type: str
    meaning: str
    nullable: bool = False
    fields: tuple["Column", ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column("schema_version", "int32", "1"),
    Column("iteration_id", "string", "UUIDv7 of the run; public, unrelated to its secret link"),
    Column("parent_id", "string", "the run that this one continues, or whose result it reuses", nullable=True),
    Column("kind", "string", "`convert`, `reuse` of an earlier result, `bench`; `seed` in a new dataset's first row"),
    Column("status", "string", "`running` in a start record; `ok`, `partial`, `error`, `cancelled` in an end record"),
    Column("started_at", "timestamp[ms, tz=UTC]", "when the work began"),
    Column("duration_ms", "int64", "wall-clock time of the work; null while running", nullable=True),
    Column("queue_ms", "int64", "time waited in the queue", nullable=True),
    Column("gpu_ms", "int64", "time inside GPU calls", nullable=True),
    Column("input", "struct", "the source, without its name", fields=(
        Column("sha256", "string", "of the file's bytes"),
        Column("bytes", "int64", "size of the file"),
        Column("pages", "int32", "pages in the file"),
        Column("origin", "string", "`ui`, `api`, `cli` or `bench`"),
    )),
    Column("output", "struct", "the result, without its text; null where there is none", nullable=True, fields=(
        Column("sha256", "string", "of the Markdown"),
        Column("chars", "int64", "characters of the Markdown"),
        Column("tables", "int32", "tables found"),
        Column("figures", "int32", "pictures found"),
    )),
    Column("config", "struct", "what was chosen", fields=(
        Column("id", "string", "the first 16 digits of the SHA-256 of `json`: equal for equal choices"),
        Column("json", "string", "options, bundle and engines as canonical JSON"),
    )),
    Column("runtime", "struct", "what it ran on", fields=(
        Column("app", "string", "version of Folio"),
        Column("space_id", "string", "the Space; empty elsewhere"),
        Column("hardware", "string", "GPU or machine architecture"),
        Column("python", "string", "version of Python"),
        Column("docling", "string", "version of docling"),
        Column("torch", "string", "version of PyTorch"),
        Column("onnxruntime", "string", "version of ONNX Runtime"),
    )),
    Column("pages", "list", f"one entry per selected page, at most {PAGES_KEPT}", fields=(
        Column("page", "int32", "number in the file, from 1"),
        Column("ms", "float32", "cost of the page"),
        Column("blocks", "int32", "document items on the page"),
        Column("ocr", "bool", "whether its text was read from the image"),
        Column("status", "string", "`ok`, `failed`, `timed_out` or `not_started`"),
        Column("code", "string", "error code of a failed page, else empty"),
        Column("reason", "string", "why it failed, else empty"),
        Column("bundle", "string", "models that read it; empty where none did, null in older rows"),
    )),
    Column("gpu", "struct", "the calls to the GPU; null where there was none", nullable=True, fields=(
        Column("bundle", "string", "models that the calls were for"),
        Column("device", "string", "name of the GPU; empty where no call began"),
        Column("refusal", "string", "error code of the last call that was refused or lost, else empty"),
        Column("calls", "list", "one entry per call; what came after its first result is told apart by kind", fields=(
            Column("pages", "int32", "pages that it answered"),
            Column("booked_seconds", "float64", "booked, as the platform counts"),
            Column("used_seconds", "float64", "for which the GPU was held"),
            Column("ended", "string", "`done`, `stopped`, `lost` or `refused`"),
            Column("start_seconds", "float64", "until the first result"),
            Column("later_pages", "int32", "pages after the first result"),
            Column("later_table_pages", "int32", "of these, with tables recognised"),
            Column("later_ocr_pages", "int32", "of these, with text read from the image"),
            Column("page_seconds", "float64", "seconds of the later pages, without the next two"),
            Column("table_seconds", "float64", "seconds for their tables"),
            Column("ocr_seconds", "float64", "seconds for their text"),
        )),
    )),
    Column("metrics", "list", "further numbers", fields=(
        Column("name", "string", "such as `stage.render` or `peak_memory`"),
        Column("value", "float64", "the number"),
        Column("unit", "string", "its unit"),
    )),
    Column("error", "struct", "why it did not end well; null where it did", nullable=True, fields=(
        Column("type", "string", "error code"),
        Column("message", "string", "sentence for the visitor, at most 2 kB"),
        Column("retryable", "bool", "whether the same request can succeed later"),
    )),
    Column("tags", "list", "free labels", fields=(Column("", "string", "one label"),)),
    Column("extra", "string", "JSON object for what has no column yet", nullable=True),
)  # fmt: skip


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
        "metrics": list(_metrics(record)),
        "error": _error(record),
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
    return chosen


def seed_row() -> dict[str, Any]:
    """The row of kind ``seed`` that a new dataset begins with: ``datasets`` refuses to load one without any row."""
    empty: dict[str, Any] = {column.name: _empty(column) for column in COLUMNS}
    seed = empty | {"schema_version": SCHEMA_VERSION, "iteration_id": SEED_ID, "kind": "seed", "status": "ok"}
    validate_row(seed)
    return seed


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces, so that equal values have equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def row_line(row: Mapping[str, Any]) -> bytes:
    """The row as one line of a JSONL shard, newline included."""
    return canonical_json(row).encode("utf-8", errors="replace") + b"\n"


def validate_row(row: object) -> None:
    """Check a row against the table. Raises ValueError naming the first field that is missing, undeclared or of a wrong
    type.
    """
    _check_struct(row, COLUMNS, "row")


def features_yaml(columns: tuple[Column, ...] = COLUMNS, depth: int = 1) -> str:
    """The ``features`` list of the dataset card's ``dataset_info`` block, indented by ``depth`` levels of two
    spaces.
    """
    lines: list[str] = []
    indent = "  " * depth
    for column in columns:
        lines.append(f"{indent}- name: {column.name}")
        if not column.fields:
            lines.append(f"{indent}  dtype: {column.type}")
        elif column.fields[0].name:
            lines += [f"{indent}  {column.type}:", features_yaml(column.fields, depth + 1)]
        else:
            lines.append(f"{indent}  {column.type}: {column.fields[0].type}")
    return "\n".join(lines)


def _empty(column: Column) -> object:
    if column.nullable:
        return None
    if column.type == "struct":
        return {field.name: _empty(field) for field in column.fields}
    values: Mapping[str, object] = {
        "list": [],
        "string": "",
        "bool": False,
        "timestamp[ms, tz=UTC]": "1970-01-01T00:00:00.000Z",
    }
    return values.get(column.type, 0)


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


def _metrics(record: IterationRecord) -> Iterable[dict[str, Any]]:
    numbers = [(f"stage.{stage.stage.value}", stage.ms, "ms") for stage in record.stages]
    numbers += [
        ("pages_ok", record.pages_ok, "pages"),
        ("pages_failed", record.pages_failed, "pages"),
        ("peak_memory", record.peak_memory_mb, "MB"),
        ("gpu_booked", record.gpu.booked_seconds, "s"),
        ("gpu_used", record.gpu.used_seconds, "s"),
        ("gpu_calls", record.gpu.calls, "calls"),
        ("gpu_saved", record.gpu.saved_seconds, "s"),
        ("gpu_refused", record.gpu.refused, "calls"),
        ("gpu_refused_seconds", record.gpu.refused_seconds, "s"),
    ]
    return ({"name": name, "value": float(value), "unit": unit} for name, value, unit in numbers)


def _check_struct(value: object, columns: tuple[Column, ...], where: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is not an object")
    declared = {column.name for column in columns}
    if missing := declared - value.keys():
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if undeclared := value.keys() - declared:
        raise ValueError(f"{where} has the undeclared {', '.join(sorted(map(str, undeclared)))}")
    for column in columns:
        _check(value[column.name], column, column.name if where == "row" else f"{where}.{column.name}")


def _check(value: object, column: Column, where: str) -> None:
    if value is None and column.nullable:
        return
    if column.type == "struct":
        _check_struct(value, column.fields, where)
    elif column.type == "list":
        _check_list(value, column, where)
    elif not _is_scalar(value, column.type):
        raise ValueError(f"{where} is not a {column.type}: {str(value)[:60]!r}")


def _check_list(value: object, column: Column, where: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{where} is not a list")
    for item in value:
        if column.fields[0].name:
            _check_struct(item, column.fields, where)
        else:
            _check(item, column.fields[0], where)


def _is_scalar(value: object, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind in INTEGER_BITS:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and -(2 ** (INTEGER_BITS[kind] - 1)) <= value < 2 ** (INTEGER_BITS[kind] - 1)
        )
    if kind in ("float32", "float64"):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind.startswith("timestamp"):
        return isinstance(value, str) and TIMESTAMP.fullmatch(value) is not None
    return isinstance(value, str)
