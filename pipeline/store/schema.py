"""Schema version 1 of the results dataset: one table, from which rows, their validation and the dataset's README all
follow.

A row is the wire format, one JSON object per line, and the one place where a dict is right. Every column must be
declared in the README, or ``datasets.load_dataset`` fails on a shard that has it and one that has not; an undeclared
column fails it outright. So a column can be added (README in the same commit, older shards read as null), and never be
renamed, removed or change its type.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

PAGES_KEPT = 500
"""Most pages listed in one row; the metrics count all of them."""


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
    Column("kind", "string", "`convert`, `reuse` of a result, `bench`, `refusal`; `seed` in a new dataset's first row"),
    Column("status", "string", "`running` in a start record; `ok`, `partial`, `error`, `cancelled` in an end record"),
    Column("started_at", "timestamp[ms, tz=UTC]", "when the work began"),
    Column("duration_ms", "int64", "wall-clock time of the work; null while running", nullable=True),
    Column("queue_ms", "int64", "time waited in the queue", nullable=True),
    Column("gpu_ms", "int64", "time inside GPU calls", nullable=True),
    Column("input", "struct", "the source, without its name", fields=(
        Column("sha256", "string", "of the file's bytes"),
        Column("bytes", "int64", "size of the file"),
        Column("pages", "int32", "pages in the file"),
        Column("origin", "string", "`ui`, `api`, `cli`, `batch`, `bench` or `inbox`"),
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
        Column("confidence", "float32", "how far its text is to be trusted, 0 to 1; null where nothing was read", True),
        Column("source", "string", "`layer`, `ocr`, `ocr:rus`, or two joined by `+`; empty or null where unknown"),
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
    Column("batch", "struct", "the batch job that the run belongs to; null elsewhere", nullable=True, fields=(
        Column("id", "string", "UUIDv7 of the batch job"),
        Column("attempt", "int32", "1, or 2 for a retry with doubled limits"),
    )),
    Column("tags", "list", "free labels", fields=(Column("", "string", "one label"),)),
    Column("extra", "string", "JSON object for what has no column yet", nullable=True),
)  # fmt: skip


# Arrow's types as pydantic checks them. A timestamp is text in the one form that ``datasets`` and the dashboard read.
SCALARS: dict[str, Any] = {
    "string": str,
    "bool": bool,
    "int32": Annotated[int, Field(ge=-(2**31), lt=2**31)],
    "int64": Annotated[int, Field(ge=-(2**63), lt=2**63)],
    "float32": Annotated[float, Field(allow_inf_nan=False)],
    "float64": Annotated[float, Field(allow_inf_nan=False)],
    "timestamp[ms, tz=UTC]": Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")],
}
STRICT = ConfigDict(strict=True, extra="forbid")


def _type_of(column: Column) -> Any:
    if column.type == "struct":
        kind: Any = _model(column.name, column.fields)
    elif column.type == "list":
        item: Any = _model(column.name, column.fields) if column.fields[0].name else SCALARS[column.fields[0].type]
        kind = list.__class_getitem__(item)
    else:
        kind = SCALARS[column.type]
    return kind | None if column.nullable else kind


def _model(name: str, columns: Iterable[Column]) -> type[BaseModel]:
    # A column may be called "json", which is a method of every pydantic model: the alias keeps the two apart.
    fields: dict[str, Any] = {
        f"column_{column.name}": (_type_of(column), Field(alias=column.name)) for column in columns
    }
    return create_model(name, __config__=STRICT, **fields)


_ROW = TypeAdapter(_model("row", COLUMNS))


def validate_row(row: object) -> None:
    """Check a row against the table.

    Raises ValueError naming the first field that is missing, undeclared or of a wrong type.
    """
    try:
        _ROW.validate_python(row)
    except ValidationError as error:
        raise ValueError(_complaint(error)) from None


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    path = [step for step in first["loc"] if isinstance(step, str)]
    where = ".".join(path) or "row"
    match first["type"]:
        case "missing":
            return f"{'.'.join(path[:-1]) or 'row'} lacks {path[-1]}"
        case "extra_forbidden":
            return f"{'.'.join(path[:-1]) or 'row'} has the undeclared {path[-1]}"
        case "model_type" | "model_attributes_type":
            return f"{where} is not an object"
        case "list_type":
            return f"{where} is not a list"
    return f"{where} is not a {_declared(path)}: {str(first['input'])[:60]!r}"


def _declared(path: list[str]) -> str:
    """The Arrow type of the column at ``path``."""
    columns, kind = COLUMNS, ""
    for name in path:
        column = next(column for column in columns if column.name == name)
        kind, columns = column.type, column.fields
    return columns[0].type if kind == "list" else kind


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
