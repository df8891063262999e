"""GPU calls through the real ``spaces`` client, against the stand-in's device API, which lives in the test's own
process.
"""

import contextlib
import json
import os
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from tests.e2e.zerogpu.space import descendants
from tests.standins.zerogpu.__main__ import BLACKWELL, environment
from tests.standins.zerogpu.device_api import DeviceApi
from tests.support import zygote
from tests.support.gpu_bundle import Inference, read_inferences
from tests.support.gpu_console import ANSWER, Order, to_line
from tests.support.zygote import Forked

START_SECONDS = 120
LATE_SECONDS = 60
ANSWER_SECONDS = 180  # leaves room for the watch over calls (gpu.watch.Patience) and a new call


@dataclass(frozen=True)
class Answer:
    """The confidences that arrived, by micro-batch; the error's title (its class where it has none) and message, or
    nothing.
    """

    arrived: list[list[float]]
    error: str
    message: str

    @property
    def scores(self) -> list[float]:
        return [score for micro_batch in self.arrived for score in micro_batch]


class Console:
    """A process in ZeroGPU mode that makes the GPU calls it is told to make."""

    def __init__(self, folder: Path, api: DeviceApi, process: Forked, orders: IO[str], output: IO[str]) -> None:
        self.api, self.process, self._orders, self._output = api, process, orders, output
        self.folder = folder
        self.said = folder / "said"
        self._answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        with self.said.open("w") as said:
            for line in self._output:
                said.write(line)
                said.flush()
                if line.startswith(ANSWER):
                    self._answers.put(line.removeprefix(ANSWER).strip())

    def close(self) -> None:
        """After the process has ended; its workers hold its output open until they have ended too."""
        self._listener.join(10)
        for pipe in (self._orders, self._output):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def wait_until_ready(self) -> None:
        assert self._answers.get(timeout=START_SECONDS) == "ready"

    def tell(self, order: Order) -> None:
        """Give an order and go on."""
        self._orders.write(to_line(order))
        self._orders.flush()

    def answer(self) -> Answer:
        """The next answer, whichever order it is to. Where it is late, the processes print where their threads are."""
        try:
            told = self._answers.get(timeout=LATE_SECONDS)
        except queue.Empty:
            for pid in descendants(self.process.pid):
                os.kill(pid, signal.SIGUSR1)
            told = self._answers.get(timeout=ANSWER_SECONDS)
        return Answer(**json.loads(told))

    def ask(self, order: Order) -> Answer:
        self.tell(order)
        return self.answer()

    @property
    def inferred(self) -> list[Inference]:
        return read_inferences(self.folder / "inferred")


@contextlib.contextmanager
def open_console(folder: Path, api: DeviceApi, model: str = BLACKWELL, page_s: float = 0.0) -> Iterator[Console]:
    """A console whose temporary files lie in ``folder``/tmp."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    command = ["-m", "tests.standins.zerogpu", "tests/support/gpu_console.py", str(folder), str(page_s)]
    variables = environment(folder, api.url, model) | {"TMPDIR": str(temporary), "HOME": str(folder)}
    (its_orders, orders), (output, its_output) = os.pipe(), os.pipe()
    process = zygote.start(command, variables, (its_orders, its_output, 2))
    os.close(its_orders)
    os.close(its_output)
    api.sessions.add(process.pid)
    console = Console(folder, api, process, os.fdopen(orders, "w"), os.fdopen(output))
    try:
        console.wait_until_ready()
        yield console
    finally:
        process.kill()
        process.wait()
        console.close()


@pytest.fixture
def api() -> Iterator[DeviceApi]:
    """A device API without limits."""
    with DeviceApi() as running:
        yield running
