"""The parent's side of one parse child: starting it, asking it with a deadline, and ending it.

A child is ended by SIGKILL to its process group, which works while it is inside native code, and is then waited for, so
that none is left behind as a zombie. Its stderr is a pipe that never blocks it and is only read to tell why it died.
"""

import logging
import math
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import IO

from pipeline.intake import wire
from pipeline.intake.wire import Answer, ProtocolBroken, Request, Trouble
from pipeline.process_start import PROJECT_DIR, starting

logger = logging.getLogger(__name__)

START_SECONDS = 60.0  # measured 1.5 s; a busy machine with a cold disk takes many times that
ALARM_GRACE_SECONDS = 5  # the child's own alarm rings this long after the parent's deadline
LEAVE_SECONDS = 2.0  # from the end of a child's answers to the end of its process
SAMPLE_MS = 100  # how often a working child's address space is looked at
NEARLY_FULL = 0.8  # of the memory limit: a child that dies beyond it (pdfium aborts without a word) ran out of memory
STDERR_BYTES = 65_536  # what a pipe holds
LOGGED_BYTES = 1000
PASSED_ON = ("PYTHONPATH", "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
OUT_OF_MEMORY_SIGNS = (b"bad_alloc", b"MemoryError", b"out of memory", b"Out of memory", b"Cannot allocate memory")


class ChildEnding(Enum):
    """How a child ended that did not answer."""

    CRASHED = auto()
    TIMED_OUT = auto()
    OUT_OF_MEMORY = auto()


class ChildEnded(Exception):
    """The child gave no usable answer and is gone."""

    def __init__(self, ending: ChildEnding) -> None:
        super().__init__(ending.name)
        self.ending = ending


def child_environment() -> dict[str, str]:
    """What the child may know: where its parent finds packages, and no token, no setting, no home. One thread per
    library keeps its address space small.
    """
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join([str(PROJECT_DIR), *filter(None, [kept.get("PYTHONPATH")])])
    return {**kept, **threads, "PYTHONPATH": path, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}


def alarm_seconds(seconds: float) -> int:
    """When the child's own alarm rings for a request that the parent gives ``seconds``: later, so that the parent comes
    first.
    """
    return math.ceil(seconds) + ALARM_GRACE_SECONDS


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the pipe was asked for")
    return pipe


class ChildProcess:
    """One running child. Not thread-safe: the reader holds a lock around it."""

    def __init__(self, memory_mb: int) -> None:
        """Start the program; ``wait_until_ready`` says when it answers."""
        lifeline, held = os.pipe()  # nothing is ever written to it: the child learns of its end
        self._lifeline = os.fdopen(held, "wb", buffering=0)
        try:
            with starting():
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", "pipeline.intake.child", str(memory_mb), str(lifeline)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                    cwd=PROJECT_DIR,
                    env=child_environment(),
                    start_new_session=True,
                    pass_fds=(lifeline,),
                )
        finally:
            os.close(lifeline)
        self._requests = _opened(self._process.stdin)
        self._answers = _opened(self._process.stdout)
        self._complaints = _opened(self._process.stderr)
        os.set_blocking(self._answers.fileno(), False)
        os.set_blocking(self._complaints.fileno(), False)
        self._memory_mb = memory_mb
        self._largest_mb = 0
        self._unread = b""
        self.ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether the process has ended by itself or by somebody else's hand."""
        return self._process.poll() is not None

    def resident_mb(self) -> int:
        """Memory the child holds now, in megabytes; 0 where the system does not tell."""
        return self._size_mb(1)

    def _size_mb(self, column: int) -> int:
        """Column 0 of ``statm`` is the address space, column 1 what of it is resident (proc(5))."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[column])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20

    def wait_until_ready(self) -> None:
        """Return when the child has loaded its libraries, at once if it has already. Raises ChildEnded."""
        if self.ready:
            return
        if self._read_line(time.monotonic() + START_SECONDS).strip() != wire.READY.encode("ascii"):
            raise self._end(ChildEnding.CRASHED)
        self.ready = True

    def ask(self, request: Request, deadline: float) -> Answer:
        """The checked answer to ``request``, by ``deadline`` on the monotonic clock. Raises ChildEnded, after which it
        is gone.
        """
        self._complaints.read(STDERR_BYTES)  # what it said until now is not about this request
        try:
            self._requests.write(wire.encode(request))
        except OSError:
            raise self._end(self._why_it_died()) from None
        line = self._read_line(deadline)
        try:
            answer = wire.decode_answer(line, request)
        except ProtocolBroken:
            raise self._end(ChildEnding.CRASHED) from None
        if answer is Trouble.MEMORY:  # what is left of its address space may be too little for the next page
            raise self._end(ChildEnding.OUT_OF_MEMORY)
        return answer

    def kill(self) -> None:
        """End the child and whatever it started, and wait for it. Harmless when it is gone already."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()  # also where it has left its group, or else the wait would not end
            self._process.wait()
        for pipe in (self._requests, self._answers, self._complaints, self._lifeline):
            pipe.close()

    def _read_line(self, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        while b"\n" not in self._unread:
            left_ms = (deadline - time.monotonic()) * 1000
            if left_ms <= 0:
                raise self._end(ChildEnding.TIMED_OUT)
            if not poll.poll(min(max(left_ms, 1), SAMPLE_MS)):
                self._largest_mb = max(self._largest_mb, self._size_mb(0))
                # A process forked from this one at the wrong moment can hold the pipe open, so its end is not waited
                # for.
                if self._process.poll() is None:
                    continue
            chunk = self._answers.read(65_536)
            if not chunk:
                raise self._end(self._why_it_died())
            self._unread += chunk
            if len(self._unread) > wire.MAX_ANSWER_BYTES:
                raise self._end(ChildEnding.CRASHED)
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _why_it_died(self) -> ChildEnding:
        try:
            self._process.wait(timeout=LEAVE_SECONDS)
        except subprocess.TimeoutExpired:  # it closed its pipe and stayed
            return ChildEnding.CRASHED
        complaint = self._complaints.read(STDERR_BYTES) or b""
        status = self._process.returncode
        if status in (-signal.SIGALRM, -signal.SIGXCPU):
            return ChildEnding.TIMED_OUT
        if status > 0:  # a Python exception nobody caught: a fault of ours, not of the file
            logger.error(
                "parse child %d failed: %s", self.pid, ascii(complaint[-LOGGED_BYTES:].decode("utf-8", "replace"))
            )
        full = self._largest_mb > NEARLY_FULL * self._memory_mb or any(
            sign in complaint for sign in OUT_OF_MEMORY_SIGNS
        )
        return ChildEnding.OUT_OF_MEMORY if full else ChildEnding.CRASHED

    def _end(self, ending: ChildEnding) -> ChildEnded:
        self.kill()
        logger.warning("parse child %d ended: %s, exit status %s", self.pid, ending.name, self._process.returncode)
        return ChildEnded(ending)
