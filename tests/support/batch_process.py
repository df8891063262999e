"""A batch job in a process of its own, which a test can kill.

``python -m tests.support.batch_process ENGINE INPUT OUTPUT`` prints rows, new rows, failures and missing rows.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.scale.batch_job import run_batch
from pipeline.scale.batch_setup import Workers
from pipeline.scale.datatrove_engine import DatatroveEngine
from pipeline.scale.plain_engine import BatchEngine, PlainEngine
from tests.support.processes import alive, parent_of
from tests.support.scripted_rows import request_for

ROOT = Path(__file__).parents[2]
WORKERS = 2


def start(engine: str, documents: Path, output: Path) -> subprocess.Popen[str]:
    """A job in a session of its own, so that all of it can be killed at once."""
    with (output.parent / "said.txt").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.support.batch_process", engine, str(documents), str(output)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )


def begun(output: Path) -> list[tuple[str, int]]:
    """Each beginning of a document, with the converter process that began it."""
    path = output / "begun.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(name, int(pid)) for name, pid in (line.split() for line in lines)]


def kill_worker(output: Path) -> None:
    """End the worker whose converter process began the last document."""
    os.kill(parent_of(begun(output)[-1][1]), signal.SIGKILL)


def converters(output: Path) -> list[int]:
    """The converter processes of the job that are still there."""
    return sorted({pid for _, pid in begun(output) if alive(pid)})


def rows_by_key(output: Path) -> Counter[str]:
    """How many rows each key has."""
    paths = [path for table in ("documents", "dead_letters") for path in (output / table).glob("*.parquet")]
    return Counter(key for path in paths for key in pq.read_table(path, columns=["key"])["key"].to_pylist())


def _engine(name: str) -> AbstractContextManager[BatchEngine]:
    if name != "ray":
        return nullcontext(DatatroveEngine() if name == "datatrove" else PlainEngine())
    from pipeline.scale.ray_engine import RayEngine, gpu_share

    class WithoutGpu(RayEngine):
        def __enter__(self) -> "WithoutGpu":
            super().__enter__()
            assert gpu_share(WORKERS) == 0.0
            return self

    return WithoutGpu(Workers(WORKERS))


if __name__ == "__main__":
    with _engine(sys.argv[1]) as chosen:
        outcome = run_batch(request_for(Path(sys.argv[2]), Path(sys.argv[3]), WORKERS), chosen, lambda line: None)
    print(outcome.rows, outcome.converted_now, outcome.failed, outcome.missing)
