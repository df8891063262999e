"""Many clients at once against the app over loopback: small documents, larger ones, hostile ones, callers that stop or
leave.

    python -m benchmarks.load [--clients 50] [--seconds 600] [--out benchmarks/results/load.json]

The app runs in a process of its own over fresh folders, with its own default settings and the real models. The exit
status is 1 where a promise was broken: a health check failed, an accepted run has no end or no record, a document's
text reached another caller, or a caller got two turns while another one waited for one.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.load_clients import Client, Tally
from benchmarks.load_server import SAMPLE_SECONDS, Samples, sampling, served, spread
from pipeline.pages import PageStatus
from pipeline.records import IterationRecord, RunStatus
from pipeline.store.artifacts import ArtifactStore
from pipeline.store.ledger import Ledger
from tests.support.hostile import CASES

ROOT = Path(__file__).parent.parent
MOMENT = 1.0
"""Seconds by which a run's place in the queue may be fixed after its ``started_at``: its upload is copied in between.
"""


@dataclass(frozen=True)
class Report:
    """The figures of one run of this benchmark. Four numbers are: at the start, half-way, at the end, at most.
    Megabytes are 10^6.

    ``most_turns_of_another`` is how often one caller's runs began at most while another caller's next run waited; fair
    is once. ``memory_slope`` is the server's, over the second half.
    """

    machine: str
    clients: int
    seconds: int
    calls: int
    accepted: int
    outcomes: dict[str, int]
    runs: dict[str, int]
    pages_converted: int
    without_end: int
    without_record: int
    unfinished_records: int
    mixed_up: int
    most_turns_of_another: int
    queue_s_median_max: tuple[float, float]
    health_checks: int
    health_failures: int
    health_s_median_max: tuple[float, float]
    server_mb: tuple[int, int, int, int]
    memory_slope_mb_per_minute: float
    memory_slope_mb_per_run: float
    children_mb: tuple[int, int, int, int]
    open_files: tuple[int, int, int, int]
    threads: tuple[int, int, int, int]
    processes: tuple[int, int, int, int]
    files_on_disk: tuple[int, int, int, int]

    @property
    def broken(self) -> bool:
        lost = self.without_end or self.without_record or self.unfinished_records
        return bool(lost or self.mixed_up or self.health_failures or self.most_turns_of_another > 1)


def main() -> None:
    """Load the app, print the report, write it as JSON; exit with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "load.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = load(Path(folder), chosen.clients, chosen.seconds)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(asdict(report), indent=1) + "\n")
    print(json.dumps(asdict(report), indent=1))
    sys.exit(1 if report.broken else 0)


def load(folder: Path, clients: int, seconds: int) -> Report:
    """Serve, load for ``seconds``, let what was accepted end, and look at what is left."""
    hostile = _hostile_files(folder / "hostile")
    tally, samples = Tally(), Samples()
    with served(folder) as (url, pid), sampling(url, pid, folder, samples):
        deadline = time.monotonic() + seconds
        with ThreadPoolExecutor(clients) as pool:
            for number in range(clients):
                pool.submit(Client(url, number, folder, hostile, tally).work, deadline)
        _await_ends(folder / "data", tally.accepted)
        time.sleep(5 * SAMPLE_SECONDS)
    return _report(folder / "data", clients, seconds, tally, samples)


def _hostile_files(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    paths = [folder / f"{case.name.replace(' ', '-')}.pdf" for case in CASES]
    for case, path in zip(CASES, paths, strict=True):
        case.write(path)
    return paths


def _await_ends(data_dir: Path, run_ids: Iterable[str], seconds: float = 300) -> None:
    """Wait for the runs whose callers left."""
    deadline = time.monotonic() + seconds
    store = ArtifactStore(data_dir)
    while time.monotonic() < deadline and any(store.open(run_id).end() is None for run_id in run_ids):
        time.sleep(1)


def _report(data_dir: Path, clients: int, seconds: int, tally: Tally, samples: Samples) -> Report:
    folders = list(ArtifactStore(data_dir).runs())
    records = {record.iteration_id: record for record in Ledger(data_dir).records()}
    known = {folder.run_id: folder.start().record_id for folder in folders}
    of_client = {known[run_id]: client for run_id, client in tally.accepted.items() if run_id in known}
    waits = [record.queue_ms / 1000 for record in records.values()] or [0.0]
    slope = samples.slope_mb_per_minute()
    return Report(
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        clients=clients,
        seconds=seconds,
        calls=sum(tally.outcomes.values()),
        accepted=len(folders),
        outcomes=dict(tally.outcomes.most_common()),
        runs=dict(Counter(record.status.value for record in records.values())),
        pages_converted=sum(page.status is PageStatus.OK for record in records.values() for page in record.pages),
        without_end=sum(folder.end() is None for folder in folders) + len(tally.accepted.keys() - known.keys()),
        without_record=len(set(known.values()) - records.keys()),
        unfinished_records=sum(not record.status.ended for record in records.values()),
        mixed_up=len(tally.mixed_up),
        most_turns_of_another=most_turns_of_another(records, of_client),
        queue_s_median_max=_median_max(waits),
        health_checks=len(samples.health_seconds),
        health_failures=samples.health_failures,
        health_s_median_max=_median_max(samples.health_seconds),
        server_mb=spread(samples.server_mb),
        memory_slope_mb_per_minute=round(slope, 2),
        memory_slope_mb_per_run=round(slope / max(len(records) / (seconds / 60), 1), 3),
        children_mb=spread(samples.children_mb),
        open_files=spread(samples.open_files),
        threads=spread(samples.threads),
        processes=spread(samples.processes),
        files_on_disk=spread(samples.files_on_disk),
    )


def _median_max(values: list[float]) -> tuple[float, float]:
    return round(statistics.median(values), 3), round(max(values), 3)


def most_turns_of_another(records: Mapping[str, IterationRecord], of_client: Mapping[str, int]) -> int:
    """How many runs of one caller at most began while another caller's next run waited.

    A caller's next run is the oldest one that has not begun; it waits from the moment it came, or its caller's run
    before it began. Runs that were stopped in the queue never began.
    """
    turns: dict[int, list[tuple[float, float]]] = defaultdict(list)  # by client: when each run came and began
    for record_id, client in of_client.items():
        record = records.get(record_id)
        if record is not None and (record.status is not RunStatus.CANCELLED or record.pages):
            came = datetime.fromisoformat(record.started_at).timestamp()
            turns[client].append((came, came + record.queue_ms / 1000))
    begun = {client: sorted(began for _, began in runs) for client, runs in turns.items()}
    most = 0
    for client, runs in turns.items():
        before = 0.0
        for came, began in sorted(runs, key=lambda run: run[1]):
            since = max(came, before) + MOMENT
            others = (moments for other, moments in begun.items() if other != client)
            most = max([most, *(bisect_left(moments, began) - bisect_right(moments, since) for moments in others)])
            before = began
    return most


if __name__ == "__main__":
    main()
