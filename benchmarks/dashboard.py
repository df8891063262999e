"""How fast the dashboard reads its records: ``python -m benchmarks.dashboard [--records 100000] [--folder DIR]``.

Half of the records lie as a watched dataset's compacted days, half as this Space's own packs, and a thousand as loose
files, each written by the code that writes them in earnest. Measured in a fresh process: the first look (read
everything, add it up, show the first rows) and a look after 200 more runs. What it should hold: 3 s and 0.3 s on 2
cores.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path

from pipeline.history.overview import Window, overview
from pipeline.history.selection import Filter, select
from pipeline.records import IterationRecord
from pipeline.store.archive import Archive
from pipeline.store.compaction import DayFiles, parts
from pipeline.store.files import write_new
from pipeline.store.ledger import Ledger
from pipeline.store.packs import Packs
from pipeline.store.record_to_row import row_line, to_row
from tests.support.sample_records import sample_records, start_of

LOOSE = 1000
FRESH = 200
DAYS = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the records are made, and found again by a second call")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.folder or Path(made)
        if chosen.measure:
            measure(folder)
            return
        if not (folder / "ledger").is_dir():
            make(folder, chosen.records)
        subprocess.run([sys.executable, "-m", "benchmarks.dashboard", "--measure", "--folder", str(folder)], check=True)


def make(folder: Path, count: int) -> None:
    """Write the records. Takes about a millisecond each, most of it in checking the dataset's rows."""
    began = time.perf_counter()
    records = sample_records(count - LOOSE, datetime.now(UTC) - timedelta(hours=1), DAYS)
    make_mirror(folder, islice(records, count // 2))
    make_packs(folder, records)
    ledger = Ledger(folder)
    for record in sample_records(LOOSE, datetime.now(UTC), 1.0, seed=2):
        ledger.started(start_of(record))
        ledger.finished(record)
    print(f"made {count:,} records in {time.perf_counter() - began:.0f} s")


def make_mirror(folder: Path, records: Iterator[IterationRecord]) -> None:
    """Compacted days of one dataset."""
    for day, of_day in groupby(records, key=lambda record: record.started_at[:10]):
        files = parts(DayFiles(day[:7], day[8:], ()), (row_line(to_row(record)).rstrip(b"\n") for record in of_day))
        for path, body in files.items():
            write_new(folder / "mirror" / "someone--folio-results" / f"{Path(path).stem}.jsonl", body)


def make_packs(folder: Path, records: Iterator[IterationRecord]) -> None:
    """This Space's packs, made of loose files that go again."""
    ledger = Ledger(folder)
    while some := list(islice(records, 1000)):
        for record in some:
            ledger.finished(record)
        Packs(ledger, size=len(some)).tidy(datetime.now(UTC))
        for entry in ledger.entries():
            ledger.remove(entry)


def measure(folder: Path) -> None:
    archive = Archive(folder)
    report("first look", archive)
    ledger = Ledger(folder)
    for record in sample_records(FRESH, datetime.now(UTC), 0.01, seed=time.time_ns()):
        ledger.started(start_of(record))
        ledger.finished(record)
    report(f"a look after {FRESH} more runs", archive)
    report("a look without news", archive)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


def report(name: str, archive: Archive) -> None:
    began, used = time.perf_counter(), time.process_time()
    gain = archive.refresh()
    records = archive.records()
    of = overview(records, Window.DAY, round(time.time() * 1000))
    shown = select(records, Filter())
    seconds, used = time.perf_counter() - began, time.process_time() - used
    assert shown.matches == len(records)
    print(
        f"{name}: {seconds:.2f} s ({used:.2f} s of CPU), {gain.records:,} new, {len(records):,} known, "
        f"{of.totals.runs:,} in a day"
    )


if __name__ == "__main__":
    main()
