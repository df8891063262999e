"""A worker's side of its converter process: starts it, gives it documents, and outlives it.

A document can crash the process, hang it or eat its memory. The supervisor notices, ends the process with its parse
child, and writes the loss down as a row. So an engine loses a worker only when its machine or somebody's hand ends it.
"""

import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.errors import BatchError, WorkerDiffers, WorkerLost, WorkerOutOfMemory, WorkerStartFailed, WorkerTimedOut
from pipeline.process_start import PROJECT_DIR, starting
from pipeline.records import BatchFacts
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup, WorkItem
from pipeline.scale.converter_messages import ConverterStart, Ready, Task
from pipeline.scale.document_row import DocumentRow, lost_row
from pipeline.store.process_folders import own_folder, remove_abandoned

log = logging.getLogger(__name__)

START_SECONDS = 600.0  # measured 10 s; a cold disk that many workers share takes many times that
LOOK_SECONDS = 0.2  # between two looks at the process while it works
GRACE_SECONDS = 300  # beyond the run's own limit, for what that does not count: opening, assembling and writing
LEAVE_SECONDS = 40.0
TRIES = 2  # a process that ends may have been somebody else's victim


def scratch_dir() -> Path:
    """Where workers of this machine keep their folders, on local disk."""
    return Path(tempfile.gettempdir()) / "folio-batch"


class ConverterProcess:
    """One running converter process; its folder goes with it."""

    def __init__(self, setup: BatchSetup, scratch: Path, *, documents: bool = True) -> None:
        """Start the program; ``wait_until_ready`` says when it answers. ``documents`` as in ``ConverterStart``."""
        self._folder = own_folder(scratch)
        self._folder.mkdir(mode=0o700, parents=True)
        ours, theirs = socket.socketpair()
        with theirs, starting():
            self._process = subprocess.Popen(  # noqa: S603  a module of ours
                [sys.executable, "-m", "pipeline.scale.converter_process", str(theirs.fileno()), str(os.getpid())],
                cwd=PROJECT_DIR,
                stdin=subprocess.DEVNULL,
                stdout=2,  # what a library says goes where errors go
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # an interrupt at the terminal is for the command, which ends this process
            )
        self._connection = Connection(ours.detach())
        self._connection.send(ConverterStart(setup, self._folder, documents))
        self.documents = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> bool:
        return self._process.poll() is not None

    def wait_until_ready(self) -> Producer:
        """What the process makes. Raises WorkerStartFailed."""
        try:
            if self._connection.poll(START_SECONDS):
                ready = self._connection.recv()
                if isinstance(ready, Ready):
                    return ready.producer
        except (EOFError, OSError):
            pass
        raise WorkerStartFailed

    def ask(self, task: Task, seconds: float, memory_mb: int) -> DocumentRow:
        """The row of a document.

        Raises WorkerLost where the process is gone, WorkerTimedOut after so many seconds, and WorkerOutOfMemory where
        it holds more than ``memory_mb``; the process must be ended then.
        """
        self.documents += 1
        deadline = time.monotonic() + seconds
        try:
            self._connection.send(task)
            while not self._connection.poll(LOOK_SECONDS):
                if time.monotonic() > deadline:
                    raise WorkerTimedOut(round(seconds))
                if self.resident_mb() > memory_mb:
                    raise WorkerOutOfMemory(memory_mb)
            row: DocumentRow = self._connection.recv()
        except (EOFError, OSError):
            raise WorkerLost from None
        return row

    def resident_mb(self) -> int:
        """Memory that the process holds now, in megabytes; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000

    def close(self) -> None:
        """Ask the process to end, wait for it, and remove its folder."""
        self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process at once. Its parse child ends with it, since their pipe closes."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def producer_here(setup: BatchSetup, scratch: Path | None = None) -> Producer:
    """What a converter process on this machine would make, told by a process that loads nothing that converts.

    Raises WorkerStartFailed.
    """
    process = ConverterProcess(setup, scratch or scratch_dir(), documents=False)
    try:
        return process.wait_until_ready()
    finally:
        process.close()


class SupervisedConverter:
    """Converts documents through a converter process, which it replaces when it is gone or worn. Not thread-safe."""

    def __init__(self, setup: BatchSetup, scratch: Path | None = None) -> None:
        self._setup, self._scratch = setup, scratch or scratch_dir()
        self._process: ConverterProcess | None = None
        remove_abandoned(self._scratch)

    def start(self) -> Producer:
        """Start a process in place of the last and wait for it; what it makes.

        Raises WorkerStartFailed, and WorkerDiffers where it makes something else than was planned.
        """
        self.close()
        process = ConverterProcess(self._setup, self._scratch)
        planned = self._setup.producer
        try:
            producer = process.wait_until_ready()
            if planned is not None and producer != planned:
                raise WorkerDiffers(_in_words(producer), _in_words(planned))
        except BaseException:
            process.kill()
            raise
        self._process = process
        return producer

    def prepare(self) -> None:
        """Start a process, unless there is one that can take a document. Raises what ``start`` raises."""
        if self._process is None or self._process.gone or self._process.documents >= self._setup.most_documents:
            self.start()

    def row(self, path: Path, item: WorkItem) -> DocumentRow:
        """The row of the document at ``path``, whatever it does to the process.

        Raises WorkerStartFailed and WorkerDiffers, which are no fault of the document.
        """
        for _ in range(TRIES):
            try:
                return self._ask(Task(path, item))
            except WorkerLost:
                log.warning("a converter process ended in the middle of a document")
            except (WorkerTimedOut, WorkerOutOfMemory) as error:
                return self._lost(error, item)
        return self._lost(WorkerLost(), item)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _ask(self, task: Task) -> DocumentRow:
        self.prepare()
        setup, process = self._setup, self._process
        if process is None:
            raise WorkerStartFailed
        try:
            return process.ask(task, setup.settings.run_seconds + GRACE_SECONDS, setup.memory_mb)
        except BatchError:
            self._process = None
            process.kill()
            raise

    def _lost(self, error: BatchError, item: WorkItem) -> DocumentRow:
        return lost_row(error, item, BatchFacts(self._setup.batch_id, item.attempt))


def _in_words(producer: Producer) -> str:
    return f"Folio {producer.app} with the {producer.bundle} models {producer.revision} and docling {producer.docling}"
