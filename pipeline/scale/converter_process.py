"""A worker's own process, which holds the models and converts one document after another for its supervisor.

``python -m pipeline.scale.converter_process FD PARENT`` speaks over the socket with this file descriptor, in pickled
values: first it gets a ``ConverterStart`` and answers with ``Ready``, then it answers each ``Task`` with a
``DocumentRow``, or ends where it is to have no documents. Both ends are Folio's own. It ends when its supervisor closes
the socket, and also when that is gone in the middle of a document: its parse child then ends with it.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Protocol

from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup
from pipeline.scale.converter_messages import ConverterStart, Ready, Task
from pipeline.scale.document_row import DocumentRow

LOOK_SECONDS = 0.5  # between two looks at whether the supervisor is there


class RowMaker(Protocol):
    """What a converter process hosts."""

    producer: Producer

    def row(self, task: Task) -> DocumentRow:
        """The row of one document. Raises nothing, whatever the document does."""


OpenRowMaker = Callable[[ConverterStart], AbstractContextManager[RowMaker]]
TellProducer = Callable[[BatchSetup], Producer]


def serve(connection: Connection, start: ConverterStart, open_maker: OpenRowMaker) -> None:
    """Answer tasks until the supervisor closes its end."""
    with open_maker(start) as maker:
        connection.send(Ready(maker.producer))
        while True:
            try:
                task = connection.recv()
            except EOFError:
                return
            connection.send(maker.row(task))


def _answer(connection: Connection, start: ConverterStart) -> None:
    """Do what the supervisor starts this process for."""
    setup = start.setup
    if start.documents:
        open_maker: OpenRowMaker = _named(setup.converter)
        serve(connection, start, open_maker)
    else:
        tell: TellProducer = _named(setup.producer_function)
        connection.send(Ready(tell(setup)))


def _named(name: str) -> Any:
    """The function that ``module:function`` names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def end_with_parent(parent: int, *, group: bool = True) -> None:
    """Watch for the end of ``parent``, which started this process, and end with it. A busy main thread does not matter.

    The number comes from the parent, since it may be gone before this process can ask. With ``group`` this process must
    lead a group, and what it started in the group ends too.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        if group:
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def main(descriptor: int, parent: int) -> None:
    """Serve over the socket with this file descriptor, for the process ``parent``."""
    end_with_parent(parent)
    with Connection(descriptor) as connection:
        try:
            _answer(connection, connection.recv())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            sys.exit(1)  # the supervisor is gone


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
