"""The server's part of the fuzz: keeps records and, after each call that returned, writes the acknowledgement to
stdout.

usage: python -m tests.unit.store.fuzz.writer DATA_DIR FLAW
"""

import os
import random
import sys
import time
from pathlib import Path

from pipeline.records import IterationRecord, RunStatus
from pipeline.store import ids
from pipeline.store.ledger import Ledger
from tests.unit.store.records_for_tests import end_record, start_record

DAYS = 4
NANOSECONDS_PER_DAY = 86_400 * 10**9


def acknowledge(record: IterationRecord) -> None:
    """One write of a short line, which a kill cannot cut in two."""
    os.write(1, f"{record.iteration_id} {record.status.value}\n".encode())


def id_of_some_day() -> str:
    """An id of one of the last days, so that shards, compaction and unfinished runs of several days meet."""
    real = time.time_ns
    time.time_ns = lambda: real() - random.randrange(DAYS) * NANOSECONDS_PER_DAY
    try:
        return ids.new_iteration_id()
    finally:
        time.time_ns = real


def main(root: Path, flaw: str) -> None:
    ledger = Ledger(root)
    ledger.recover()
    for record in list(ledger.unfinished()):
        if random.random() < 0.8:
            end(ledger, end_record(record.iteration_id, RunStatus.ERROR), "")
    while True:
        start = start_record(id_of_some_day())
        ledger.started(start)
        acknowledge(start)
        if random.random() < 0.9:
            end(ledger, end_record(start.iteration_id, random.choice([RunStatus.OK, RunStatus.PARTIAL])), flaw)
        time.sleep(random.choice([0.0, 0.02, 0.1, 0.4]))


def end(ledger: Ledger, record: IterationRecord, flaw: str) -> None:
    if flaw == "acknowledge-early":
        acknowledge(record)
        time.sleep(0.4)
    ledger.finished(record)
    acknowledge(record)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
