"""Many clients at once against the app over loopback: small documents, larger ones, hostile ones, callers that stop or leave.

    python -m benchmarks.load [--clients 50] [--seconds 600] [--out benchmarks/results/load.json]

The app runs in a process of its own over fresh folders, with its own default settings and the real models. Clients speak plain
HTTP, so that one can hang up in the middle. The exit status is 1 where a promise was broken: a health check failed, an accepted
run has no end or no record, a document's text reached another caller, or a run was overtaken by a later one.
"""

import argparse
import json
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from pipeline.pages import PageStatus
from pipeline.records import IterationRecord, RunStatus
from pipeline.store.artifacts import ArtifactStore
from pipeline.store.ledger import Ledger
from tests.support.hostile import CASES
from tests.unit.intake.pdf_files import Page, PdfFile, text

ROOT = Path(__file__).parent.parent
LARGE = ROOT / "tests" / "data" / "multi_page.pdf"
MIX = {"small": 60, "large": 5, "hostile": 20, "stopped": 8, "left": 7}  # per cent of the calls
START_SECONDS = 180
SAMPLE_SECONDS = 1.0
HEALTH_SECONDS = 10.0  # a page that takes longer to come counts as a failed health check
BACK_OFF_SECONDS = 2.0
RUN_ID = re.compile(r'"run_id": ?"([0-9a-f]{32})"')
CODE = re.compile(r"\(([a-z_]+)\)")


@dataclass
class Tally:
    """What the clients saw. ``outcomes`` counts ends by name: ``ok``, ``refused: not_a_pdf``, ``failed: internal``, …"""

    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    mixed_up: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, outcome: str) -> None:
        with self.lock:
            self.outcomes[outcome] += 1

    def accept(self, run_id: str) -> None:
        with self.lock:
            self.accepted.add(run_id)


@dataclass
class Samples:
    """The server over time, once a second: resident megabytes (10^6), its children's, open files, and the page's answers."""

    server_mb: list[int] = field(default_factory=list)
    children_mb: list[int] = field(default_factory=list)
    open_files: list[int] = field(default_factory=list)
    health_seconds: list[float] = field(default_factory=list)
    health_failures: int = 0


@dataclass(frozen=True)
class Report:
    """The figures of one run of this benchmark."""

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
    most_overtaken: int
    health_checks: int
    health_failures: int
    health_median_s: float
    health_max_s: float
    server_mb_start_half_end_max: tuple[int, int, int, int]
    children_mb_max: int
    open_files_start_max_end: tuple[int, int, int]

    @property
    def broken(self) -> bool:
        return any(
            (self.without_end, self.without_record, self.unfinished_records, self.mixed_up, self.most_overtaken, self.health_failures)
        )


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
    with _server(folder) as (url, pid), _sampling(url, pid, samples):
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


# -- the server --------------------------------------------------------------------------------------------------------


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, int]]:
    """The app's address and process id while it runs; its log lies in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {"DATA_DIR": folder / "data", "WORK_DIR": folder / "work", "GRADIO_TEMP_DIR": folder / "cache"}
    environment = os.environ | {name: str(path) for name, path in places.items()}
    environment |= {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    environment |= {"ADDRESS_RUNS": "1000"}  # every client calls from this machine
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}/"
            _await_page(url, process)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(60)


def _await_page(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the app did not start")


@contextmanager
def _sampling(url: str, pid: int, samples: Samples) -> Iterator[None]:
    done = threading.Event()
    threads = [threading.Thread(target=work, args=(done, samples)) for work in (_Health(url).watch, _Process(pid).watch)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


class _Health:
    """Asks for the page once a second."""

    def __init__(self, url: str) -> None:
        self._url = url

    def watch(self, done: threading.Event, samples: Samples) -> None:
        while not done.wait(SAMPLE_SECONDS):
            began = time.monotonic()
            try:
                httpx.get(self._url, timeout=HEALTH_SECONDS).raise_for_status()
            except httpx.HTTPError:
                samples.health_failures += 1
            samples.health_seconds.append(time.monotonic() - began)


class _Process:
    """Measures the server through proc(5)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def watch(self, done: threading.Event, samples: Samples) -> None:
        while not done.wait(SAMPLE_SECONDS):
            samples.server_mb.append(_resident_mb(self._pid))
            samples.children_mb.append(sum(_resident_mb(child) for child in _children(self._pid)))
            samples.open_files.append(len(os.listdir(f"/proc/{self._pid}/fd")))


def _resident_mb(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    except OSError:
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


# -- the clients -------------------------------------------------------------------------------------------------------


class Client:
    """One caller, who sends one document after another until the time is up."""

    def __init__(self, url: str, number: int, folder: Path, hostile: Sequence[Path], tally: Tally) -> None:
        self._api = f"{url}gradio_api/"
        self._number, self._folder, self._hostile, self._tally = number, folder, hostile, tally
        self._random = random.Random(number)
        self._http = httpx.Client(timeout=httpx.Timeout(60, read=900))

    def work(self, deadline: float) -> None:
        calls = 0
        with self._http:
            while time.monotonic() < deadline:
                calls += 1
                outcome = self._outcome(calls)
                self._tally.count(outcome)
                if outcome.startswith("refused: queue"):
                    time.sleep(BACK_OFF_SECONDS * self._random.uniform(0.5, 1.5))

    def _outcome(self, call: int) -> str:
        kind = self._random.choices(list(MIX), list(MIX.values()))[0]
        mark = f"mark{self._number:03}x{call:05}"
        try:
            return self._convert(kind, mark)
        except httpx.HTTPStatusError as error:
            return "refused: queue of gradio" if error.response.status_code == 503 else f"HTTP {error.response.status_code}"
        except httpx.HTTPError as error:
            return f"connection: {type(error).__name__}"

    def _convert(self, kind: str, mark: str) -> str:
        with self._file(kind, mark).open("rb") as file:
            (path,) = self._http.post(f"{self._api}upload", files={"files": file}).raise_for_status().json()
        visitor = mark.encode().hex().zfill(32)  # a new one each time, so that runs come in the order of their calls
        data = [{"path": path, "meta": {"_type": "gradio.FileData"}}, "", "auto", True, "", "gpu_then_cpu", visitor, False]
        event = self._http.post(f"{self._api}call/convert", json={"data": data}).raise_for_status().json()["event_id"]
        last_event, last_data, run_id = "", "", ""
        with self._http.stream("GET", f"{self._api}call/convert/{event}") as answer:
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                last_event = value if name == "event" else last_event
                last_data = value if name == "data" and value != "null" else last_data
                if not run_id and (found := RUN_ID.search(line)):
                    run_id = found[1]
                    self._tally.accept(run_id)
                    if kind == "left":
                        return "left"
                    if kind == "stopped":
                        self._http.post(f"{self._api}call/cancel", json={"data": [run_id]}).raise_for_status()
        return self._judged(kind, mark, last_event, last_data, "failed" if run_id else "refused")

    def _file(self, kind: str, mark: str) -> Path:
        if kind == "large":
            return LARGE
        if kind == "hostile":
            return self._random.choice(self._hostile)
        pages = [Page(text(f"Report {mark} page {page}.")) for page in range(1, self._random.randint(2, 4))]
        return PdfFile(pages).write(self._folder / f"{self._number}.pdf")

    def _judged(self, kind: str, mark: str, event: str, data: str, otherwise: str) -> str:
        if event != "complete":
            code = CODE.search(data)
            return f"{otherwise}: {code[1]}" if code else f"error without a code: {data[:80]}"
        markdown, status, _ = json.loads(data)
        strangers = set(re.findall(r"mark\d{3}x\d{5}", markdown)) - {mark}
        if strangers or (kind == "small" and mark not in markdown):
            with self._tally.lock:
                self._tally.mixed_up.append(status["run_id"])
        return str(status["status"])


# -- what is left ------------------------------------------------------------------------------------------------------


def _await_ends(data_dir: Path, run_ids: set[str], seconds: float = 300) -> None:
    """Wait for the runs whose callers left."""
    deadline = time.monotonic() + seconds
    store = ArtifactStore(data_dir)
    while time.monotonic() < deadline and any(store.open(run_id).end() is None for run_id in run_ids):
        time.sleep(1)


def _report(data_dir: Path, clients: int, seconds: int, tally: Tally, samples: Samples) -> Report:
    folders = list(ArtifactStore(data_dir).runs())
    records = {record.iteration_id: record for record in Ledger(data_dir).records()}
    known = {folder.run_id for folder in folders}
    server_mb = samples.server_mb
    return Report(
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        clients=clients,
        seconds=seconds,
        calls=sum(tally.outcomes.values()),
        accepted=len(folders),
        outcomes=dict(tally.outcomes.most_common()),
        runs=dict(Counter(record.status.value for record in records.values())),
        pages_converted=sum(page.status is PageStatus.OK for record in records.values() for page in record.pages),
        without_end=sum(folder.end() is None for folder in folders) + len(tally.accepted - known),
        without_record=sum(folder.start().record_id not in records for folder in folders),
        unfinished_records=sum(not record.status.ended for record in records.values()),
        mixed_up=len(tally.mixed_up),
        most_overtaken=most_overtaken(list(records.values())),
        health_checks=len(samples.health_seconds),
        health_failures=samples.health_failures,
        health_median_s=round(statistics.median(samples.health_seconds), 3),
        health_max_s=round(max(samples.health_seconds), 3),
        server_mb_start_half_end_max=(server_mb[0], server_mb[len(server_mb) // 2], server_mb[-1], max(server_mb)),
        children_mb_max=max(samples.children_mb),
        open_files_start_max_end=(samples.open_files[0], max(samples.open_files), samples.open_files[-1]),
    )


def most_overtaken(records: list[IterationRecord]) -> int:
    """How many later runs at most began before an earlier one.

    A run's place is fixed a moment after its ``started_at``, once its upload is copied; runs that came within that moment of
    each other count as simultaneous. Runs that were stopped in the queue never began.
    """
    moment = 1.0
    came = {record.iteration_id: datetime.fromisoformat(record.started_at).timestamp() for record in records}
    ran = [record for record in records if record.status is not RunStatus.CANCELLED or record.pages]
    begun = [(came[record.iteration_id], came[record.iteration_id] + record.queue_ms / 1000) for record in ran]
    return max((sum(came_later > came_ + moment and began < began_ for came_later, began in begun) for came_, began_ in begun), default=0)


if __name__ == "__main__":
    main()
