"""Parse children that tests share: a new one takes longer to import its libraries than most tests to run.

``warm_reader`` is handed to ``Runner`` as its ``readers``. Its children are those of production, one for each reader,
with the same limits and the same protocol. Only a reader's end differs: a child that is alive and has answered
everything goes into a pool and is taken from there by the next reader, instead of being killed. A child that crashed,
timed out or ran out of memory is killed as always. Tests that are about the end of children use ``PdfReader`` itself.
"""

import threading

from pipeline.intake.process import ChildProcess
from pipeline.intake.reader import RECYCLE_DOCUMENTS, RECYCLE_RESIDENT_MB, PdfReader
from pipeline.intake.wire import Answer, Request
from pipeline.settings import Settings


class PooledChild(ChildProcess):
    """A parse child that goes back to its pool where it would be killed while nothing is asked of it."""

    def __init__(self, pool: "ChildPool", memory_mb: int) -> None:
        super().__init__(memory_mb)
        self.memory_mb, self.readers = memory_mb, 0
        self._pool, self._is_asked = pool, False

    @property
    def is_worn(self) -> bool:
        """Whether it has had many readers or keeps a lot of memory."""
        return self.readers >= RECYCLE_DOCUMENTS or self.resident_mb() >= RECYCLE_RESIDENT_MB

    def wait_until_ready(self) -> None:
        self._is_asked = True
        super().wait_until_ready()
        self._is_asked = False

    def ask(self, request: Request, deadline: float) -> Answer:
        self._is_asked = True
        answer = super().ask(request, deadline)
        self._is_asked = False
        return answer

    def kill(self) -> None:
        if self._is_asked or self.gone or self.is_worn or not self._pool.take_back(self):
            self.end()

    def end(self) -> None:
        """What ``kill`` does in production."""
        super().kill()


class ChildPool:
    """Idle children by their limit of memory. Thread-safe."""

    def __init__(self) -> None:
        self._idle: list[PooledChild] = []
        self._is_closed = False
        self._change = threading.Lock()

    def take(self, memory_mb: int) -> ChildProcess:
        """An idle child with this limit, or a new one."""
        with self._change:
            fitting = [child for child in self._idle if child.memory_mb == memory_mb and not child.gone]
            child = fitting[-1] if fitting else PooledChild(self, memory_mb)
            if fitting:
                self._idle.remove(child)
        child.readers += 1
        return child

    def take_back(self, child: PooledChild) -> bool:
        """Keep ``child`` for the next reader; False once the pool is closed."""
        with self._change:
            if not self._is_closed:
                self._idle.append(child)
            return not self._is_closed

    def close(self) -> None:
        """End every idle child; those that are still in use end with their readers."""
        with self._change:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()


POOL = ChildPool()


def warm_reader(settings: Settings) -> PdfReader:
    """A reader with a child of the pool."""
    return PdfReader(settings, POOL.take)
