"""The server's side of a process that speaks to the Hub: one of them, whoever asks for it."""

import threading
from collections.abc import Iterator, Mapping

import pytest

from pipeline.settings import Settings
from pipeline.store.hub_process import HubProcess


class CountedProcess(HubProcess):
    """Counts how often the process was started."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("tests.support.idle_process", settings, "", {})
        self.starts = 0

    def _start(self, environment: Mapping[str, str]) -> None:
        self.starts += 1
        super()._start(environment)


@pytest.fixture
def hub_process(settings: Settings) -> Iterator[CountedProcess]:
    process = CountedProcess(settings)
    yield process
    process.stop()


def test_many_threads_that_ask_at_once_start_one_process(hub_process: CountedProcess) -> None:
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        hub_process.ensure_running()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (hub_process.running, hub_process.starts) == (True, 1)
    hub_process.stop()
    assert not hub_process.running
    hub_process.ensure_running()
    assert (hub_process.running, hub_process.starts) == (True, 2)
