"""The table of runs: which rows a search and its filters leave, newest first.

A batch job is one row. Pure functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from pipeline.history.batch_totals import BatchTotals, batch_totals, entries
from pipeline.records import BATCH, Origin, RunStatus
from pipeline.store.columns import NO_TIME, STATUSES, Records

ROWS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader chose; empty chooses everything. ``day`` is a UTC day as ISO 8601 writes it.

    Each word of ``search`` has to be part of the row's id, status, bundle, Space, hardware, entry or error code.
    """

    search: str = ""
    status: str = ""
    bundle: str = ""
    space: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the table. Times as in Records; ``duration_ms`` is None while the run goes on.

    Of a batch job (kind ``batch``) the id is the job's and the numbers are its totals over ``documents`` records.
    """

    iteration_id: str
    status: RunStatus
    started_ms: int
    duration_ms: int | None
    queue_ms: int
    pages_ok: int
    pages_failed: int
    gpu_used: float
    kind: str
    bundle: str
    space: str
    origin: str
    code: str
    documents: int = 1


@dataclass(frozen=True, slots=True)
class Selection:
    """One page of the table: its rows, the position of the first among all that match, and how many match."""

    rows: tuple[RunRow, ...]
    first: int
    matches: int


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """What the filters offer, from the records themselves; days newest first."""

    bundles: tuple[str, ...]
    spaces: tuple[str, ...]
    days: tuple[str, ...]


def select(records: Records, chosen: Filter, first: int = 0, count: int = ROWS_AT_ONCE) -> Selection:
    """``count`` matching rows from the ``first`` newest on; none past the end."""
    rows = np.flatnonzero(entries(records, _matching(records, chosen)))[::-1]
    start = max(first, 0)
    return Selection(tuple(row_of(records, int(row)) for row in rows[start : start + count]), start, len(rows))


def page_at(records: Records, chosen: Filter, first: int) -> Selection:
    """As ``select``, for a reader who turns pages: past the end, the last page there is."""
    selection = select(records, chosen, first)
    if selection.rows or not selection.matches:
        return selection
    return select(records, chosen, (selection.matches - 1) // ROWS_AT_ONCE * ROWS_AT_ONCE)


def space_name(space: str) -> str:
    """How a Space is called; a record from elsewhere names none."""
    return space or "local"


def row_of(records: Records, row: int) -> RunRow:
    """One record as a line of the table, or the batch job that it belongs to."""
    if batch := batch_totals(records, records.name("batch", row), int(records.started_ms[row])):
        return _batch_row(batch, space_name(records.name("space", row)))
    duration = int(records.duration_ms[row])
    return RunRow(
        iteration_id=str(records.ids[row]),
        status=RunStatus(STATUSES[int(records.status[row])]),
        started_ms=int(records.started_ms[row]),
        duration_ms=None if duration == NO_TIME else duration,
        queue_ms=int(records.queue_ms[row]),
        pages_ok=int(records.pages_ok[row]),
        pages_failed=int(records.pages_failed[row]),
        gpu_used=float(records.gpu_used[row]),
        kind=records.name("kind", row),
        bundle=records.name("bundle", row),
        space=space_name(records.name("space", row)),
        origin=records.name("origin", row),
        code=records.name("code", row),
    )


def _batch_row(batch: BatchTotals, space: str) -> RunRow:
    return RunRow(
        iteration_id=batch.batch_id,
        status=batch.status,
        started_ms=batch.started_ms,
        duration_ms=batch.duration_ms,
        queue_ms=0,
        pages_ok=batch.totals.pages,
        pages_failed=batch.pages_failed,
        gpu_used=batch.totals.gpu_used,
        kind=BATCH,
        bundle=batch.bundle,
        space=space,
        origin=Origin.BATCH.value,
        code=batch.failures[0].code if batch.failures else "",
        documents=batch.totals.runs,
    )


def choices(records: Records) -> FilterOptions:
    """The bundles, Spaces and days that occur."""
    days = np.unique(records.started_ms // 86_400_000)[::-1]
    return FilterOptions(
        bundles=tuple(sorted(records.names["bundle"])),
        spaces=tuple(sorted(map(space_name, records.names["space"]))),
        days=tuple(f"{date(1970, 1, 1) + timedelta(days=int(day)):%Y-%m-%d}" for day in days),
    )


def _matching(records: Records, chosen: Filter) -> npt.NDArray[np.bool_]:
    rows = np.ones(len(records), dtype=np.bool_)
    if chosen.status:
        rows &= records.status == (STATUSES.index(chosen.status) if chosen.status in STATUSES else -1)
    if chosen.bundle:
        rows &= _named(records, "bundle", chosen.bundle.__eq__)
    if chosen.space:
        rows &= _named(records, "space", lambda name: space_name(name) == chosen.space)
    if chosen.day:
        rows &= _of_day(records, chosen.day)
    for word in chosen.search.lower().split():
        rows &= _found(records, word)
    return rows


def _named(records: Records, column: str, fits: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
    codes = [position for position, name in enumerate(records.names[column]) if fits(name)]
    return np.isin(getattr(records, column), codes)


def _of_day(records: Records, day: str) -> npt.NDArray[np.bool_]:
    try:
        start = round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return np.zeros(len(records), dtype=np.bool_)
    return (records.started_ms >= start) & (records.started_ms < start + 86_400_000)


def _found(records: Records, word: str) -> npt.NDArray[np.bool_]:
    found = np.isin(records.status, [code for code, status in enumerate(STATUSES) if word in status])
    for column in ("bundle", "space", "hardware", "origin", "code", "kind", "batch"):
        found |= _named(records, column, lambda name: word in name.lower())
    if set(word) <= set("0123456789abcdef-"):
        found |= np.fromiter((word in iteration_id for iteration_id in records.ids), np.bool_, len(records))
    return found
