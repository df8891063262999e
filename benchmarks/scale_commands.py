"""Batch jobs as commands: their input, their seconds, their processes, and the rows that they left.

Processor seconds are those of every process that a command starts, orphans included: this process adopts them
(PR_SET_CHILD_SUBREAPER, prctl(2)).
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.support.processes import SUBREAPER, alive, parent_of

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "tests" / "documents" / "pdf"
MIXED = (
    *("letter", "paper_page", "german", "multi_page", "references"),
    *("tables", "contents", "greek", "slides", "report"),
)
SMALL = ("letter", "german", "contents", "greek", "references")
"""Documents of one page."""

ENCRYPTED = "encrypted"
CONVERTER, PARSE_CHILD, COMMAND = "pipeline.scale.converter_process", "pipeline.intake.child", "pipeline.cli"


def adopt_orphans() -> None:
    """Let every orphan of this process's commands become a child of it."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def make_input(folder: Path, count: int, bad: int = 0, kinds: tuple[str, ...] = MIXED) -> Path:
    """``count`` documents of these kinds, each with its own bytes, of which the first ``bad`` cannot be converted."""
    folder.mkdir(parents=True)
    for number in range(count):
        name = ENCRYPTED if number < bad else kinds[number % len(kinds)]
        data = (DOCUMENTS / f"{name}.pdf").read_bytes() + b"\n%% copy %d\n" % number  # changes the hash alone
        if number < bad:
            broken = (data, data[: len(data) // 3], b"", b"%PDF-1.7\nbroken", b"<html>no PDF</html>", data[200:])
            data = broken[number % len(broken)]
        (folder / f"d{number:04}.pdf").write_bytes(data)
    return folder


@dataclass(frozen=True, slots=True)
class Taken:
    """One command: wall-clock and processor seconds; ``load`` is the machine's load average when it began, and
    ``others`` how many cores all other processes kept busy meanwhile.
    """

    name: str
    documents: int
    wall_s: float
    cpu_s: float
    load: float
    others: float


def batch_command(engine: str, workers: int, documents: Path, output: Path) -> list[str]:
    return ["batch", str(documents), str(output), "--engine", engine, "--workers", str(workers)]


def start(command: list[str], folder: Path) -> "subprocess.Popen[str]":
    """The command in a session of its own, with one thread for each worker."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "pipeline.cli", *command],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work"), "THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "said.txt").open("a"),
        text=True,
        start_new_session=True,
    )


def run(name: str, documents: int, command: list[str], folder: Path) -> Taken:
    """Run a command to its end. Raises SystemExit where it does not do its work."""
    load, before, busy, began = os.getloadavg()[0], _children_seconds(), _busy_seconds(), time.monotonic()
    code = start(command, folder).wait()
    wall = time.monotonic() - began
    if code not in (0, 1):
        raise SystemExit((folder / "said.txt").read_text()[-2000:])
    reap_orphans()
    taken = _children_seconds() - before
    others = max(_busy_seconds() - busy - taken, 0.0) / (time.monotonic() - began)
    return Taken(name, documents, round(wall, 2), round(taken, 2), round(load, 1), round(others, 2))


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Commands that are started meanwhile share the first ``count`` cores that this process may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


COUNT_LOOPS = """
import time
import numpy as np
a, done, end = np.ones((200, 200), np.float32), 0, time.monotonic() + 3
while time.monotonic() < end:
    a @ a
    done += len([str(number) for number in range(500)])
print(done)
"""


def cores_together() -> float:
    """How many times as much two processes compute side by side as one alone: 2 on two free cores."""
    return round(sum(_loops(2)) / _loops(1)[0], 2)


def _loops(processes: int) -> list[int]:
    command, single = [sys.executable, "-c", COUNT_LOOPS], {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, env=single) for _ in range(processes)]
    return [int(process.communicate()[0]) for process in started]


def rows(output: Path, *columns: str) -> list[dict[str, Any]]:
    """Rows of the documents and of the dead letters."""
    paths = [path for table in ("documents", "dead_letters") for path in sorted((output / table).glob("*.parquet"))]
    return [row for path in paths for row in pq.read_table(path, columns=list(columns)).to_pylist()]


def peak_mb(record: str) -> float:
    """The most memory that the converter process had held by the end of this document."""
    metrics = {entry["name"]: entry["value"] for entry in json.loads(record)["metrics"]}
    return float(metrics.get("peak_memory", 0))


def descendants(*modules: str) -> list[int]:
    """Processes below this one that run one of the modules."""
    return [pid for pid in _below(os.getpid()) if any(module in _command_of(pid) for module in modules)]


def resident_mb(pid: int) -> float:
    """Memory that a process holds now; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def reap_orphans(seconds: float = 20.0) -> None:
    """Wait for what a command left, so that its processor seconds count."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.1)
        except ChildProcessError:
            return


def _below(root: int) -> Iterator[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and alive(int(entry.name)):
            try:
                parents[int(entry.name)] = parent_of(int(entry.name))
            except OSError:
                continue
    for pid in parents:
        above = pid
        while above in parents and above != root:
            above = parents[above]
        if above == root and pid != root:
            yield pid


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _busy_seconds() -> float:
    """Processor seconds of the whole machine since it started, without waiting (``cpu`` of proc(5), ``stat``)."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
