"""Records of runs that Folio really made, of the committed test documents on two x86-64 cores without a GPU.

python -m tests.support.real_runs     converts the documents and writes the records anew
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from pipeline.records import IterationRecord
from pipeline.store.ledger import Ledger
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.row_to_record import read_line
from pipeline.store.status import iso
from tests.support.sample_records import iteration_id

RECORDS = Path(__file__).with_suffix(".jsonl")
DOCUMENTS = Path(__file__).parents[1] / "documents" / "pdf"


@cache
def recorded_runs() -> tuple[IterationRecord, ...]:
    """The records as they were made."""
    return tuple(read_line(line) for line in RECORDS.read_bytes().splitlines())


def real_runs(count: int, begin: datetime, days: float, seed: int) -> Iterator[IterationRecord]:
    """So many of the recorded runs, chosen by chance and begun in the ``days`` after ``begin``, oldest first."""
    chance = random.Random(seed)
    for moment in sorted(begin + timedelta(days=chance.random() * days) for _ in range(count)):
        run = chance.choice(recorded_runs())
        yield replace(run, iteration_id=iteration_id(chance, moment), started_at=iso(moment))


def main() -> None:
    """Convert every document by one command and keep the records."""
    files = sorted(map(str, DOCUMENTS.glob("*.pdf")))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATA_DIR": f"{folder}/data", "WORK_DIR": f"{folder}/work", "BUNDLE": "light"}
        command = [sys.executable, "-m", "pipeline.cli", "convert", *files, "--out", f"{folder}/out", "--formats", "md"]
        subprocess.run(command, env=environment, check=False)  # its exit code tells that some are refused
        records = [record for record in Ledger(Path(folder) / "data").records() if record.status.ended]
    RECORDS.write_bytes(b"".join(row_line(to_row(record)) for record in records))
    print(f"{len(records)} records, {RECORDS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
