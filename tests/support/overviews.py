"""Records at chosen moments, and the table that the dashboard reads them from."""

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.records import IterationRecord
from pipeline.store.columns import Records, Table, skim_line
from pipeline.store.ids import new_iteration_id
from pipeline.store.row_to_record import RECORD
from tests.support.sample_records import sample_records

NOON = datetime(2026, 8, 14, 12, tzinfo=UTC)
NOW = round(NOON.timestamp() * 1000)
MADE = list(sample_records(1500, NOON, 20.0, seed=8))


def table_of(records: list[IterationRecord]) -> Records:
    table = Table()
    briefs = [brief for record in records if (brief := skim_line(RECORD.encode(record)))]
    table.add(briefs, range(len(briefs)))
    return table.snapshot()


def at(moment: datetime, record: IterationRecord = MADE[0], **changes: object) -> IterationRecord:
    started = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return replace(record, iteration_id=new_iteration_id(), started_at=started, **changes)  # type: ignore[arg-type]
