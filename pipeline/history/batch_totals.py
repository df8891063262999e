"""A batch job as one entry: what the records of its documents add up to. Pure functions of columns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.history.overview import Failure, Mask, Totals, failures, totals
from pipeline.records import RunStatus
from pipeline.store.columns import Records


@dataclass(frozen=True, slots=True)
class BatchTotals:
    """One batch job. Times as in Records: ``duration_ms`` runs from its first record to the end of its last.

    ``failures`` has the codes of its documents and of their pages. Bundle, hardware and version are the newest
    record's. A retry of a document counts as a record of its own.
    """

    batch_id: str
    status: RunStatus
    started_ms: int
    duration_ms: int
    totals: Totals
    pages_failed: int
    failures: tuple[Failure, ...]
    bundle: str
    hardware: str
    app: str

    @property
    def pages_per_second(self) -> float:
        """Over the whole time, waits between two commands included."""
        return self.totals.pages / max(self.duration_ms / 1000, 0.001)


def batch_totals(records: Records, batch_id: str, now_ms: int) -> BatchTotals | None:
    """The batch job with this id; None where there is none."""
    if not batch_id or batch_id not in records.names["batch"]:
        return None
    rows = records.batch == records.names["batch"].index(batch_id)
    summed, newest = totals(records, rows, now_ms), int(np.flatnonzero(rows)[-1])
    started = int(records.started_ms[rows].min())
    ended = records.started_ms[rows] + np.maximum(records.duration_ms[rows], 0)
    return BatchTotals(
        batch_id=batch_id,
        status=_status(summed),
        started_ms=started,
        duration_ms=int(ended.max()) - started,
        totals=summed,
        pages_failed=int(records.pages_failed[rows].sum()),
        failures=failures(records, rows),
        bundle=records.name("bundle", newest),
        hardware=records.name("hardware", newest),
        app=records.name("app", newest),
    )


def entries(records: Records, rows: Mask) -> Mask:
    """Of these rows, those that stand for an entry of the table: the newest of each batch job, and all outside one."""
    names = records.names["batch"]
    in_batch = rows & (records.batch != (names.index("") if "" in names else -1))
    found: npt.NDArray[np.intp] = np.flatnonzero(in_batch)[::-1]
    _, first = np.unique(records.batch[found], return_index=True)
    kept: Mask = rows & ~in_batch
    kept[found[first]] = True
    return kept


def _status(summed: Totals) -> RunStatus:
    """Done where every record is well, failed where none brought a page."""
    if summed.by_status[RunStatus.OK] == summed.runs:
        return RunStatus.OK
    return RunStatus.PARTIAL if summed.pages else RunStatus.ERROR
