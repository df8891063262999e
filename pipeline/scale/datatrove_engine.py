"""datatrove as the engine on this machine: each worker is a process with an executor of its own.

datatrove's pool waits for ever for a process that was killed. So no pool is used: one executor runs one task in one
process, and a process that ends too early is started again. Its blocks that are written are not converted again.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BatchStopped, StorageFailed
from pipeline.process_start import PROJECT_DIR, starting
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, Workers
from pipeline.scale.datatrove_step import DatatroveTask
from pipeline.scale.plain_engine import with_threads
from pipeline.scale.supervisor import producer_here, scratch_dir

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
MOST_STARTS = 4  # of one worker; a document does not end it, only a machine or a hand does


@dataclass(slots=True)
class TaskProcess:
    """The process of one task. ``starts`` counts how often it was started."""

    task: DatatroveTask
    starts: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def said(self) -> Path:
        """What the process says; gone once it has ended well."""
        return scratch_dir() / f"datatrove-{os.getpid()}-{self.task.rank}.log"

    def start(self) -> None:
        """Start the process in a session of its own, so that what it starts goes with it."""
        self.starts += 1
        scratch_dir().mkdir(parents=True, exist_ok=True)
        with self.said.open("ab") as said, starting():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.scale.datatrove_step"],
                cwd=PROJECT_DIR,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        if self.process.stdin is not None:
            with suppress(BrokenPipeError), self.process.stdin as pipe:
                pickle.dump(self.task, pipe)

    def step(self) -> bool:
        """Start the process again where it failed; whether there is still something to wait for."""
        if self.process is None or self.process.poll() is None:
            return self.process is not None
        if self.process.returncode == 0:
            self.said.unlink(missing_ok=True)
            return False
        self.kill()
        log.warning("a datatrove worker ended with %d", self.process.returncode)
        if self.starts >= MOST_STARTS:
            log.error("a datatrove worker is given up; %s says why it ended", self.said)
            return False
        self.start()
        return True

    def kill(self) -> None:
        """End the process and whatever it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(slots=True)
class BlockWatch:
    """Finds blocks that others write to an output."""

    folder: BatchFolder
    wave: str
    seen: set[str]

    def new_ends(self) -> list[ItemEnd]:
        """The ends in blocks that were not there at the last look; none where the output cannot be looked at now.

        Raises BatchStopped where a worker says that none can do any of the wave.
        """
        try:
            why, names = self.folder.why_stopped(self.wave), self.folder.block_names() - self.seen
            ends = self.folder.ends(names)
        except StorageFailed:
            log.warning("the output cannot be read now; it is looked at again")
            return []
        if why:
            raise BatchStopped(why)
        self.seen |= names
        return ends


@dataclass(frozen=True, slots=True)
class DatatroveEngine:
    """Workers on this machine, as processes that datatrove runs."""

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        return producer_here(with_threads(setup, workers))

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        folder = BatchFolder(setup.output)
        written, wave = folder.block_names(), folder.write_wave(blocks)
        watch = BlockWatch(folder, wave, written)
        one = Workers(1, workers.threads, workers.gpu_share)
        size = min(workers.count, len(blocks))
        places = folder.address(f"datatrove/{wave}")
        tasks = [TaskProcess(DatatroveTask(setup, wave, one, rank, size, places, os.getpid())) for rank in range(size)]
        try:
            for task in tasks:
                task.start()
            while [task for task in tasks if task.step()]:
                time.sleep(LOOK_SECONDS)
                yield watch.new_ends()
            yield watch.new_ends()
        finally:
            for task in tasks:
                task.kill()
