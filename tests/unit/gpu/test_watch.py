"""The watch over a GPU call: what it cannot make sense of ends the watch, and is not lost in a dead thread."""

import logging
import threading
from collections.abc import Generator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from pipeline.gpu.watch import CallWatch, Patience


def changed_client() -> Generator[int, None, None]:
    """A client's generator that has no ``yield_queue``, as if a later release had renamed it."""
    schedule_response = worker = object()
    f: Future[None] = Future()
    yield 1
    yield len((schedule_response, worker, f))


def test_a_client_that_is_not_understood_ends_the_watch_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call: Generator[Any, None, None] = changed_client()
    next(call)
    wanted = threading.Event()
    stop_file = tmp_path / "stop"
    with caplog.at_level(logging.ERROR), CallWatch(call, 1.0, wanted.is_set, stop_file, Patience()) as watch:
        watch._thread.join(10)
        assert not watch._thread.is_alive()
        wanted.set()
        assert watch.pass_on_stop(), "the caller can still stop the worker"
        assert stop_file.exists()
    assert "the watch over a GPU call failed" in caplog.text
    assert not stop_file.exists()
