"""Batch jobs, measured: engines and workers against plain ``convert``, killed workers and jobs, memory, a simulation.

    python -m benchmarks.scale measure --documents 24      convert and workers on the same files, in turns
    python -m benchmarks.scale kill --documents 200        a worker and a job killed at random moments, then resumed
    python -m benchmarks.scale flat --documents 2000       memory of the workers over many documents
    python -m benchmarks.scale simulate                    a million documents on up to a thousand workers

Results go to ``benchmarks/results/scale.json``; further rounds of ``measure`` with as many documents are added to it.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scale_commands import (
    COMMAND,
    CONVERTER,
    MIXED,
    PARSE_CHILD,
    ROOT,
    SMALL,
    Taken,
    adopt_orphans,
    batch_command,
    cores_together,
    descendants,
    make_input,
    on_cores,
    peak_mb,
    reap_orphans,
    resident_mb,
    rows,
    run,
    start,
)
from benchmarks.scale_simulation import report
from tests.support.processes import parent_of

RESULTS = ROOT / "benchmarks" / "results" / "scale.json"
LEAVE_SECONDS = 120.0
LOOK_SECONDS = 1.0
LEAST_LOOKS = 60  # at a process, for its life to be told


def measure(count: int, folder: Path, engines: list[str], small: bool) -> dict[str, Any]:
    """One round: ``convert`` and each engine on the same files in turns, and on a quarter of them, so that a document's
    share and the start can be told apart.

    One worker gets one core, as a plan counts it, and two get two. ``cores_together`` says how many of the two cores
    the machine had to give, before and after. ``small`` documents have one page each.
    """
    documents = make_input(folder / "in", count, kinds=SMALL if small else MIXED)
    few = folder / "few"
    few.mkdir()
    for path in sorted(documents.iterdir())[: count // 4]:
        shutil.copyfile(path, few / path.name)
    together = cores_together()
    with on_cores(1):
        taken = [_convert(few, folder), _convert(documents, folder)]
    found: dict[str, Any] = {}
    for engine in engines:
        outputs = [folder / f"{engine}-{name}" for name in ("few", "1", "2")]
        with on_cores(1):
            of_engine = [
                run(f"{engine}, 1 worker", count // 4, batch_command(engine, 1, few, outputs[0]), folder),
                run(f"{engine}, 1 worker", count, batch_command(engine, 1, documents, outputs[1]), folder),
            ]
        with on_cores(2):
            of_engine.append(
                run(f"{engine}, 2 workers", count, batch_command(engine, 2, documents, outputs[2]), folder)
            )
        taken += of_engine
        found[engine] = _compared(taken[:2], of_engine, outputs[1], outputs[2])
    again = run(
        "nothing left to do", count, batch_command(engines[0], 1, documents, folder / f"{engines[0]}-1"), folder
    )
    every = [asdict(row) for row in (*taken, again)]
    shared = [together, cores_together()]
    return {"documents": count, "cores_together": shared, "engines": found, "taken": every}


def _convert(documents: Path, folder: Path) -> Taken:
    files = sorted(str(path) for path in documents.iterdir())
    return run("convert", len(files), ["convert", *files, "--out", str(folder / "out"), "--formats", "md,json"], folder)


def _compared(plain: list[Taken], of_engine: list[Taken], one: Path, two: Path) -> dict[str, float]:
    """Figures of one engine. ``busy_s`` is a worker's mean time at its documents, without its start."""
    pages = sum(row["pages_ok"] for row in rows(one, "pages_ok"))
    busy = [sum(row["seconds"] for row in rows(out, "seconds")) / workers for workers, out in ((1, one), (2, two))]
    return {
        "pages": pages,
        "pages_per_s": round(pages / busy[0], 2),
        "cpu_s_per_page": round(_share(of_engine[:2]) * of_engine[1].documents / pages, 3),
        "start_cpu_s": round(of_engine[1].cpu_s - _share(of_engine[:2]) * of_engine[1].documents, 1),
        "start_wall_s": round(of_engine[1].wall_s - busy[0], 1),
        "overhead_cpu_ms": round(1000 * (_share(of_engine[:2]) - _share(plain)), 1),
        "busy_s_1": round(busy[0], 2),
        "busy_s_2": round(busy[1], 2),
        "two_to_one": round(busy[0] / busy[1], 2),
        "two_to_one_with_start": round(of_engine[1].wall_s / of_engine[2].wall_s, 2),
        "peak_mb": round(max(peak_mb(row["record"]) for row in rows(two, "record"))),
    }


def _share(taken: list[Taken]) -> float:
    """Processor seconds of one more document, by two commands that differ in their number only."""
    few, many = taken
    return (many.cpu_s - few.cpu_s) / (many.documents - few.documents)


def kill(count: int, bad: int, engine: str, folder: Path, seed: int) -> dict[str, Any]:
    """A worker killed at a random moment, the whole job at another, then the same command again to its end."""
    chance, began = random.Random(seed), time.monotonic()
    documents, output = make_input(folder / "in", count, bad, SMALL), folder / engine
    command = batch_command(engine, 2, documents, output)
    job = start(command, folder)
    at_worker = _await_rows(output, job, chance.randint(1, count // 3))
    time.sleep(chance.random())
    victim = _worker_of(job.pid)
    if victim:
        os.kill(victim, signal.SIGKILL)
    at_job = _await_rows(output, job, chance.randint(count // 3 + 1, 2 * count // 3))
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    dead = time.monotonic()
    while (left := descendants(CONVERTER, PARSE_CHILD)) and time.monotonic() - dead < LEAVE_SECONDS:
        time.sleep(0.2)
    gone = round(time.monotonic() - dead, 1)
    resumed = run("resumed", count, command, folder)
    keys = Counter(row["key"] for row in rows(output, "key"))
    codes = Counter(row["code"] for row in rows(output, "code") if row["code"])
    return {
        "engine": engine, "documents": count, "bad": bad, "worker_killed": bool(victim), "rows_then": at_worker,
        "rows_when_the_job_was_killed": at_job, "processes_left": len(left), "gone_after_s": gone, "rows": len(keys),
        "lost": count - len(keys), "twice": sum(number > 1 for number in keys.values()), "codes": dict(codes),
        "resumed_wall_s": resumed.wall_s, "wall_s": round(time.monotonic() - began), "load": resumed.load, "seed": seed,
    }  # fmt: skip


def _await_rows(output: Path, job: "subprocess.Popen[str]", count: int) -> int:
    while job.poll() is None and len(rows(output, "key")) < count:
        time.sleep(0.3)
    return len(rows(output, "key"))


def _worker_of(job: int) -> int:
    """One of the job's workers: the parent of a converter process; 0 where that is the job itself."""
    return max({parent_of(pid) for pid in descendants(CONVERTER)} - {job}, default=0)


def flat(count: int, folder: Path) -> dict[str, Any]:
    """Memory of one plain worker and of its command over so many documents of one page, looked at every second."""
    documents, output = make_input(folder / "in", count, kinds=SMALL[:1]), folder / "out"
    began, load = time.monotonic(), os.getloadavg()[0]
    job = start(batch_command("plain", 1, documents, output), folder)
    seen: dict[tuple[str, int], list[float]] = defaultdict(list)
    together: list[float] = []
    while job.poll() is None:
        now = {
            (module.rpartition(".")[2], pid): resident_mb(pid)
            for module in (COMMAND, CONVERTER, PARSE_CHILD)
            for pid in descendants(module)
        }
        for process, held in now.items():
            seen[process].append(held)
        together.append(sum(now.values()))
        time.sleep(LOOK_SECONDS)
    wall = time.monotonic() - began
    reap_orphans()
    lives = [_life(name, values) for (name, _), values in seen.items() if len(values) > LEAST_LOOKS]
    return {
        "documents": count, "rows": len(rows(output, "key")), "wall_s": round(wall), "load": load,
        "together": _life("all together", together), "lives": lives,
    }  # fmt: skip


def _life(name: str, values: list[float]) -> dict[str, Any]:
    """A process's memory in MB: the middle of each tenth of its life, and what it held at most."""
    tenths = [values[len(values) * part // 10 : len(values) * (part + 1) // 10] for part in range(10)]
    return {"process": name, "looks": len(values), "tenths_mb": [round(median(t)) for t in tenths if t],
            "most_mb": round(max(values))}  # fmt: skip


def main() -> None:
    """Run one part and write its results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["measure", "kill", "flat", "simulate"])
    parser.add_argument("--documents", type=int, default=24)
    parser.add_argument("--small", action="store_true", help="measure documents of one page each")
    parser.add_argument("--bad", type=int, default=6)
    parser.add_argument("--engine", default="ray", choices=["plain", "ray", "datatrove"], help="the one to kill")
    parser.add_argument("--engines", nargs="+", default=["plain", "ray", "datatrove"], help="those to measure")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    adopt_orphans()
    part = chosen.part
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory(prefix="folio-scale-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if part == "measure":
            part = "measure_small" if chosen.small else part
            rounds = [one for one in kept.get(part, []) if one["documents"] == chosen.documents]
            found: Any = [*rounds, measure(chosen.documents, folder, chosen.engines, chosen.small)]
        elif part == "kill":
            one = kill(chosen.documents, chosen.bad, chosen.engine, folder, chosen.seed)
            found = {**kept.get("kill", {}), chosen.engine: one}
        else:
            found = flat(chosen.documents, folder) if part == "flat" else report()
    RESULTS.write_text(json.dumps({**kept, part: found}, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
