"""A row of a batch job's tables: their columns, and how a conversion becomes a row.

``documents`` holds what was converted. ``dead_letters`` has the same columns, for what was refused, failed or was cut
short by a limit, with what had been read until then. ``pictures`` is written on request.
"""

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pipeline.errors import FolioError
from pipeline.records import CONVERT, BatchFacts, ErrorFacts, InputFacts, IterationRecord, Origin
from pipeline.runs.record import blank_record, read_versions
from pipeline.scale.batch_setup import ItemEnd, WorkItem
from pipeline.store.record_to_row import row_line, to_row

REFUSED = "refused"

ROWS = pa.schema(
    [
        pa.field("key", pa.string(), metadata={"meaning": "public key of the work: content, pages, options, versions"}),
        pa.field("uri", pa.string(), metadata={"meaning": "where the document was found"}),
        pa.field("sha256", pa.string(), metadata={"meaning": "of the document's bytes; empty where it was not read"}),
        pa.field("bytes", pa.int64(), metadata={"meaning": "size of the document"}),
        pa.field("page_count", pa.int32(), metadata={"meaning": "pages of the whole document"}),
        pa.field("range", pa.string(), metadata={"meaning": "pages that the row is about; empty for all"}),
        pa.field("status", pa.string(), metadata={"meaning": "ok, partial, error or refused"}),
        pa.field("code", pa.string(), metadata={"meaning": "error code; empty where there is none"}),
        pa.field("message", pa.string(), metadata={"meaning": "the error in one sentence"}),
        pa.field("retryable", pa.bool_(), metadata={"meaning": "whether the same can succeed later"}),
        pa.field("pages", pa.int32(), metadata={"meaning": "pages that were asked for"}),
        pa.field("pages_ok", pa.int32(), metadata={"meaning": "of these, converted"}),
        pa.field("markdown", pa.large_string(), metadata={"meaning": "the text"}),
        pa.field("page_numbers", pa.list_(pa.int32()), metadata={"meaning": "pages that begin in the Markdown"}),
        pa.field("page_offsets", pa.list_(pa.int64()), metadata={"meaning": "the character at which each begins"}),
        pa.field("docling_json", pa.large_string(), metadata={"meaning": "the DoclingDocument, without pictures"}),
        pa.field("record", pa.large_string(), metadata={"meaning": "the iteration record, as a row of results"}),
        pa.field("seconds", pa.float64(), metadata={"meaning": "that the worker took"}),
        pa.field("worker", pa.string(), metadata={"meaning": "host and process of the worker"}),
        pa.field("attempt", pa.int32(), metadata={"meaning": "1, or 2 for a retry with doubled limits"}),
    ]
)  # fmt: skip
PICTURES = pa.schema(
    [
        pa.field("key", pa.string(), metadata={"meaning": "the document's row"}),
        pa.field("name", pa.string(), metadata={"meaning": "as docling_json refers to it, after pictures/"}),
        pa.field("png", pa.large_binary(), metadata={"meaning": "the picture"}),
    ]
)
END_COLUMNS = ("key", "status", "code", "pages", "pages_ok", "seconds", "attempt", "worker")


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What a converter process made of one item: the columns of ``ROWS`` that the worker does not know itself."""

    status: str
    record: str
    code: str = ""
    message: str = ""
    retryable: bool = False
    pages: int = 0
    pages_ok: int = 0
    markdown: str = ""
    page_starts: tuple[tuple[int, int], ...] = ()
    docling_json: str = ""
    pictures: tuple[tuple[str, bytes], ...] = ()

    @property
    def is_dead_letter(self) -> bool:
        """Whether the document failed, or was cut short; a page that is lost alone does not count."""
        return bool(self.code)


def lost_row(error: FolioError, item: WorkItem, batch: BatchFacts) -> DocumentRow:
    """The row of an item that no converter could answer for."""
    blank = blank_record(
        CONVERT, InputFacts(item.sha256, item.size_bytes, item.page_count, Origin.BATCH), read_versions("")
    )
    facts = ErrorFacts(error.code, error.message, error.retryable)
    return DocumentRow(
        status=blank.status.value,
        record=record_line(replace(blank, error=facts), batch),
        code=facts.code,
        message=facts.message,
        retryable=facts.retryable,
        pages=item.selected,
    )


def record_line(record: IterationRecord, batch: BatchFacts) -> str:
    """The record as one line of the results dataset, without the line's end."""
    return row_line(to_row(replace(record, batch=batch))).decode().rstrip("\n")


def row_values(item: WorkItem, row: DocumentRow, seconds: float, worker: str) -> dict[str, Any]:
    """The values of ``ROWS`` by column."""
    return {
        "key": item.key,
        "uri": item.uri,
        "sha256": item.sha256,
        "bytes": item.size_bytes,
        "page_count": item.page_count,
        "range": item.pages,
        "status": row.status,
        "code": row.code,
        "message": row.message,
        "retryable": row.retryable,
        "pages": row.pages,
        "pages_ok": row.pages_ok,
        "markdown": row.markdown,
        "page_numbers": [page for page, _ in row.page_starts],
        "page_offsets": [offset for _, offset in row.page_starts],
        "docling_json": row.docling_json,
        "record": row.record,
        "seconds": seconds,
        "worker": worker,
        "attempt": item.attempt,
    }


def ends_of(table: pa.Table) -> list[ItemEnd]:
    """The ends in a table that has ``END_COLUMNS``."""
    return [ItemEnd(**values) for values in table.select(list(END_COLUMNS)).to_pylist()]
