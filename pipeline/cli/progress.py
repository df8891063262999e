"""What the command line shows while it works: one line that is written over on a terminal, whole lines elsewhere.

A log record or a finished line first clears the line of progress, and the progress is written again after it, so that
nothing runs into anything else.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

CLEAR_LINE = "\r\x1b[K"  # back to the first column, then erase to the end of the line (ECMA-48, EL)


class Progress:
    """Writes to ``stream``, usually standard error. Safe to use from several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._shown = ""
        self._lock = threading.Lock()

    def show(self, text: str) -> None:
        """The state of the work, in place of the state before. Nothing is written where that cannot be replaced."""
        if not self._terminal:
            return
        with self._lock:
            self._shown = text
            self._write(CLEAR_LINE + text)

    def line(self, text: str) -> None:
        """A whole line, which stays."""
        with self._lock:
            before, after = (CLEAR_LINE, self._shown) if self._shown else ("", "")
            self._write(f"{before}{text}\n{after}")

    def end(self) -> None:
        """The state is out of date: what comes next begins on an empty line."""
        with self._lock:
            if self._shown:
                self._write(CLEAR_LINE)
            self._shown = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class ProgressHandler(logging.Handler):
    """Log records as whole lines of a ``Progress``."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._progress.line(self.format(record))
        except Exception:
            self.handleError(record)


@contextmanager
def logging_to(progress: Progress) -> Iterator[None]:
    """While this is entered, warnings and errors of every module appear as lines of ``progress``."""
    handler, root = ProgressHandler(progress), logging.getLogger()
    handler.setLevel(logging.WARNING)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
