"""A watch over one GPU call: ends a worker that is stuck, and tells a worker when nothing more is wanted of it.

ZeroGPU's client waits for its worker without a limit that would help: 20 minutes between two results, and then for ever
for a thread of its own. The platform ends a call that overruns its booking, but knows of a worker only once that has
named itself. What the client is at can be told from outside by the local variables of its generator
(``spaces/zero/wrappers.py``, ``generator_function_wrapper``):

- no ``schedule_response``: a device is asked or waited for. The platform ends that itself, so it may take as long as it
takes.
- ``schedule_response``: a device is lent, and its time runs.
- ``worker``: the process that was forked for it, or an idle one of an earlier call. When it dies, the client tells the
platform and
  raises "GPU task aborted"; so that is how a call ends whose worker is ended here.
- ``f``: the client's thread that hears the worker and answers for it to the platform. It waits for the rest of a result
whose worker
  died while it wrote it, and fails where the platform refuses its answer; in both cases the client would wait on.
"""

import inspect
import logging
import os
import select
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from spaces.zero.types import AbortedResult

_log = logging.getLogger(__name__)

POLL_S = 0.1
WHOLE_WRITE = bytes(select.PIPE_BUF)  # a pipe that can be written to takes as much at once (pipe(7))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a GPU call may say nothing, in seconds on top of what it booked.

    ``start`` counts until its first result, ``margin`` from then on; ``notice`` is how long the client may take to see
    that its worker has died. ``second`` is how long a booked second lasts: tests shorten it.
    """

    start: float = 120.0
    margin: float = 30.0
    notice: float = 10.0
    second: float = 1.0


class CallWatch:
    """Watches ``call``, which is a generator of ZeroGPU's client or, elsewhere, the GPU function itself, while the
    context lasts.

    ``booked_seconds`` are as the platform counts them. ``stop_file`` is written once ``stopping`` says so; the worker
    looks for it between micro-batches. Close ``call`` before the context is left.
    """

    def __init__(
        self,
        call: Generator[Any, None, None],
        booked_seconds: float,
        stopping: Callable[[], bool],
        stop_file: Path,
        patience: Patience,
    ) -> None:
        self._call, self._stopping, self._stop_file, self._patience = call, stopping, stop_file, patience
        self._booked = booked_seconds * patience.second
        self._lent_at = self._heard_at = self._ended_at = 0.0  # on the monotonic clock; 0 for not yet
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="gpu watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._stop_file.unlink(missing_ok=True)

    def heard(self) -> None:
        """The call has said something."""
        self._heard_at = time.monotonic()

    def pass_on_stop(self) -> bool:
        """Let the worker begin nothing more, if that is wanted; False where it is and the worker cannot be told."""
        if self._stopping():
            with suppress(OSError):
                self._stop_file.touch()
            return self._stop_file.exists()
        return True

    def _attend(self) -> None:
        """Watch until the call is over. A watch that fails says so and ends: the call then goes on unwatched."""
        try:
            self._watch()
        except Exception:
            _log.exception("the watch over a GPU call failed; a worker that is stuck is not ended now")

    def _watch(self) -> None:
        while not self._over.wait(POLL_S):
            self.pass_on_stop()
            state = inspect.getgeneratorlocals(self._call)
            if "schedule_response" in state and self._look_at(state):
                return

    def _look_at(self, state: Mapping[str, Any]) -> bool:
        """End a worker that is stuck; True once the client had to be told of an end that it would not notice."""
        now, worker, hearing = time.monotonic(), state.get("worker"), state.get("f")
        self._lent_at = self._lent_at or now
        if worker is None or hearing is None or (hearing.done() and hearing.exception() is None):
            return False
        if not state["yield_queue"].empty():  # the caller is slow, not the worker
            self.heard()
        if not self._ended_at and not worker._sentinel.is_alive():
            self._ended_at = now
        if not self._ended_at and self._is_stuck(now):
            _log.warning(
                "a GPU worker said nothing for too long, %.0f s after it got the device; it is ended",
                now - self._lent_at,
            )
            worker.process.kill()
            self._ended_at = now
        if not self._is_unheard(hearing, now):
            return False
        _log.warning("the client of the GPU did not notice the end of its worker; it is told")
        _tell_end(state)
        return True

    def _is_stuck(self, now: float) -> bool:
        patience = self._patience
        allowed = self._booked + (patience.margin if self._heard_at else patience.start)
        if self._stopping():  # nobody waits for it any more
            allowed = 0.0
        return now - self._lent_at > allowed and now - max(self._heard_at, self._lent_at) > patience.margin

    def _is_unheard(self, hearing: "Future[None]", now: float) -> bool:
        """Whether the client's thread has failed, or should long have seen that the worker has ended."""
        return hearing.done() or bool(self._ended_at and now - self._ended_at > self._patience.notice)


def _tell_end(state: Mapping[str, Any]) -> None:
    """What the client does when its worker dies: the platform gets the device back, and the call raises "GPU task
    aborted".
    """
    worker, hearing = state["worker"], state["f"]
    worker.process.kill()
    state["yield_queue"].put(AbortedResult())
    pipe = worker.res_queue._writer.fileno()
    while not hearing.done():  # fill up the result that it waits for; what is no result ends it
        if select.select([], [pipe], [], POLL_S)[1]:
            os.write(pipe, WHOLE_WRITE)
    with suppress(Exception):  # a platform that refuses this takes the device back when the booking is over
        state["release"](fail=True, allow_404=True)
