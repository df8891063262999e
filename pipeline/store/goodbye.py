"""How a process of ours ends: it is asked to, finishes what it must within seconds, and is gone."""

import os
import signal
import threading
import time
from types import FrameType

GOODBYE_SECONDS = 8
"""How long a process may take to end; the platform kills a stopped container after a grace period of its own."""


class Goodbye:
    """Whether this process was asked to end. Asking sets an alarm that ends it for good if the last flush takes too
    long.
    """

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until asked. An Event would not do: a handler that sets it can meet the lock it
        needs.
        """
        end = time.monotonic() + seconds
        while not self.asked and time.monotonic() < end:
            time.sleep(min(0.2, seconds))

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            signal.alarm(GOODBYE_SECONDS)


def follow_parent(parent: int) -> None:
    """Ask this process to end when the process that started it has gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="follow-parent", daemon=True).start()
