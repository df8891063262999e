"""Batch jobs, measured: engines and workers against plain ``convert``, killed workers and jobs, and a simulation.

    python -m benchmarks.scale measure --documents 24      engines on the same files, in one run
    python -m benchmarks.scale kill --documents 24         a worker and a job killed at random moments, then resumed
    python -m benchmarks.scale simulate                    a million documents on up to a thousand workers

Results go to ``benchmarks/results/scale.json``. Processor seconds are those of every process that a command starts,
orphans included: this process adopts them (PR_SET_CHILD_SUBREAPER, prctl(2)).
"""

import argparse
import ctypes
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.scale_simulation import report

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "tests" / "documents" / "pdf"
RESULTS = ROOT / "benchmarks" / "results" / "scale.json"
LIGHT = (
    "letter",
    "paper_page",
    "german",
    "multi_page",
    "references",
    "tables",
    "contents",
    "greek",
    "slides",
    "report",
)
BAD = (b"<html>not a pdf</html>", b"%PDF-1.7\nbroken", b"")
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


@dataclass(frozen=True, slots=True)
class Taken:
    """One command: its wall-clock and processor seconds, and what its tables say."""

    name: str
    wall_s: float
    cpu_s: float
    documents: int
    pages: int
    pages_per_s: float
    cpu_s_per_page: float
    overhead_ms: float
    peak_mb: int


def make_input(folder: Path, count: int, bad: int) -> Path:
    """``count`` documents of a few kinds, each with bytes of its own, of which ``bad`` cannot be converted."""
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"d{number:04}.pdf"
        if number < bad:
            path.write_bytes(BAD[number % len(BAD)])
        else:
            data = (DOCUMENTS / f"{LIGHT[number % len(LIGHT)]}.pdf").read_bytes()
            path.write_bytes(data + b"\n%% copy %d\n" % number)  # what stands after the end of a PDF changes its hash
    return folder


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall-clock and processor seconds of a command with all that it starts."""
    before, began = _children_seconds(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pipeline.cli", *command],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work"), "THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    wall = time.monotonic() - began
    if done.returncode not in (0, 1) or " rows, " not in done.stderr + " rows, " * (command[0] == "convert"):
        raise SystemExit(done.stderr[-2000:])
    _reap_orphans()
    return wall, _children_seconds() - before


def batch_command(engine: str, workers: int, documents: Path, output: Path) -> list[str]:
    return ["batch", str(documents), str(output), "--engine", engine, "--workers", str(workers)]


def measure(count: int, folder: Path, engines: list[str]) -> list[Taken]:
    """Plain ``convert``, then each engine with one and two workers, on the same files."""
    documents = make_input(folder / "in", count, bad=0)
    files = [str(path) for path in sorted(documents.iterdir())]
    wall, cpu = run(["convert", *files, "--out", str(folder / "convert"), "--formats", "md,json"], folder)
    taken: list[Taken] = []
    for engine, workers in ((engine, workers) for engine in engines for workers in (1, 2)):
        output = folder / f"{engine}-{workers}"
        taken.append(
            _taken(
                f"{engine}, {workers} workers", *run(batch_command(engine, workers, documents, output), folder), output
            )
        )
    again = run(batch_command("plain", 1, documents, folder / "plain-1"), folder)
    pages = taken[0].pages
    first = Taken("convert", wall, cpu, count, pages, pages / wall, cpu / pages, 0.0, 0)
    nothing = Taken("plain, nothing to do", *again, 0, 0, 0.0, 0.0, 0.0, 0)
    return [first, *taken, nothing]


def _taken(name: str, wall: float, cpu: float, output: Path) -> Taken:
    rows = [row for path in (output / "documents").glob("*.parquet") for row in pq.read_table(path).to_pylist()]
    records = [json.loads(row["record"]) for row in rows]
    pages = sum(row["pages_ok"] for row in rows)
    beside = [row["seconds"] - record["duration_ms"] / 1000 for row, record in zip(rows, records, strict=True)]
    peaks = [entry["value"] for record in records for entry in record["metrics"] if entry["name"] == "peak_memory"]
    overhead = 1000 * sorted(beside)[len(beside) // 2]
    return Taken(
        name, round(wall, 1), round(cpu, 1), len(rows), pages, round(pages / wall, 2), round(cpu / pages, 2),
        round(overhead, 1), round(max(peaks)),
    )  # fmt: skip


def kill(count: int, bad: int, engine: str, folder: Path, seed: int) -> dict[str, Any]:
    """A worker killed at a random moment, the whole job at another, then the same command again to its end."""
    chance = random.Random(seed)
    documents, output = make_input(folder / "kill-in", count, bad), folder / f"kill-{engine}"
    command = [sys.executable, "-W", "ignore", "-m", "pipeline.cli", *batch_command(engine, 2, documents, output)]
    job = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    _await_rows(output, job, chance.randint(1, count // 3))
    victim = _worker_of(job.pid)
    if victim:
        os.kill(victim, signal.SIGKILL)
    _await_rows(output, job, chance.randint(count // 3 + 1, 2 * count // 3))
    at_kill = sum(_rows(output).values())
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    time.sleep(3)
    _reap_orphans()
    left = _processes("pipeline.scale.converter_process")
    run(batch_command(engine, 2, documents, output), folder)
    keys = _rows(output)
    return {
        "engine": engine, "documents": count, "bad": bad, "worker_killed": bool(victim), "rows_at_the_kill": at_kill,
        "rows": len(keys), "lost": count - len(keys), "twice": sum(number > 1 for number in keys.values()),
        "processes_left": len(left),
    }  # fmt: skip


def _rows(output: Path) -> Counter[str]:
    paths = [path for table in ("documents", "dead_letters") for path in (output / table).glob("*.parquet")]
    return Counter(key for path in paths for key in pq.read_table(path, columns=["key"])["key"].to_pylist())


def _await_rows(output: Path, job: "subprocess.Popen[bytes]", count: int) -> None:
    while job.poll() is None and sum(_rows(output).values()) < count:
        time.sleep(0.3)


def _worker_of(job: int) -> int:
    """The process of one of the job's workers: the parent of a converter process; 0 where that is the job itself."""
    parents = {_parent(pid) for pid in _processes("pipeline.scale.converter_process")} - {job}
    return max(parents, default=0)


def _processes(module: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if module in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap_orphans(seconds: float = 20.0) -> None:
    """Wait for what a command left, so that its processor seconds count."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.1)
        except ChildProcessError:
            return


def main() -> None:
    """Run one part and write its results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["measure", "kill", "simulate"])
    parser.add_argument("--documents", type=int, default=24)
    parser.add_argument("--bad", type=int, default=6)
    parser.add_argument("--engine", default="ray", choices=["ray", "datatrove"])
    parser.add_argument("--engines", nargs="+", default=["plain", "ray", "datatrove"], help="those to measure")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    folder = Path(tempfile.mkdtemp(prefix="folio-scale-"))
    found: dict[str, Any]
    if chosen.part == "measure":
        found = {
            "load": os.getloadavg()[0],
            "taken": [asdict(row) for row in measure(chosen.documents, folder, chosen.engines)],
        }
    elif chosen.part == "kill":
        found = {chosen.engine: kill(chosen.documents, chosen.bad, chosen.engine, folder, chosen.seed)}
    else:
        found = report()
    shutil.rmtree(folder, ignore_errors=True)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[chosen.part] = {**kept.get(chosen.part, {}), **found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
