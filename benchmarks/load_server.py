"""The app under load, in a process of its own, and what it takes of the machine, sampled once a second through
proc(5).
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

ROOT = Path(__file__).parent.parent
START_SECONDS = 180
SAMPLE_SECONDS = 1.0
COUNT_FILES_SECONDS = 10.0  # walking the folders is work for the disk that is measured
HEALTH_SECONDS = 10.0  # a page that takes longer to come counts as a failed health check


@dataclass
class Samples:
    """The server over time: resident megabytes (10^6), its descendants', open files, threads, processes, files on disk,
    the page's answers.
    """

    server_mb: list[float] = field(default_factory=list)
    children_mb: list[float] = field(default_factory=list)
    open_files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)
    files_on_disk: list[int] = field(default_factory=list)
    health_seconds: list[float] = field(default_factory=list)
    health_failures: int = 0

    def slope_mb_per_minute(self) -> float:
        """The straight line through the second half of the server's memory, by least squares."""
        late = np.asarray(self.server_mb[len(self.server_mb) // 2 :])
        if len(late) < 2:
            return 0.0
        minutes = np.arange(len(late)) * SAMPLE_SECONDS / 60
        return float(np.polyfit(minutes, late, 1)[0])


def spread(values: Sequence[float]) -> tuple[int, int, int, int]:
    """At the start, half-way, at the end, and the most."""
    return round(values[0]), round(values[len(values) // 2]), round(values[-1]), round(max(values))


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """The app's address and process id while it runs, with its own default settings over folders below ``folder``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {"DATA_DIR": folder / "data", "WORK_DIR": folder / "work", "GRADIO_TEMP_DIR": folder / "cache"}
    environment = os.environ | {name: str(path) for name, path in places.items()}
    environment |= {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}/"
            _await_page(url, process)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(60)


def _await_page(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the app did not start")


@contextmanager
def sampling(url: str, pid: int, folder: Path, samples: Samples) -> Iterator[None]:
    """Fill ``samples`` until the block is left."""
    done = threading.Event()
    watches = (_Health(url).watch, _Process(pid).watch, _Disk(folder).watch)
    threads = [threading.Thread(target=work, args=(done, samples)) for work in watches]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


class _Health:
    """Asks for the page once a second."""

    def __init__(self, url: str) -> None:
        self._url = url

    def watch(self, done: threading.Event, samples: Samples) -> None:
        while not done.wait(SAMPLE_SECONDS):
            began = time.monotonic()
            try:
                httpx.get(self._url, timeout=HEALTH_SECONDS).raise_for_status()
            except httpx.HTTPError:
                samples.health_failures += 1
            samples.health_seconds.append(time.monotonic() - began)


class _Process:
    """Measures the server and everything it started."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def watch(self, done: threading.Event, samples: Samples) -> None:
        while not done.wait(SAMPLE_SECONDS):
            children = _descendants(self._pid)
            samples.server_mb.append(_resident_mb(self._pid))
            samples.children_mb.append(sum(map(_resident_mb, children)))
            samples.open_files.append(len(os.listdir(f"/proc/{self._pid}/fd")))
            samples.threads.append(len(os.listdir(f"/proc/{self._pid}/task")))
            samples.processes.append(1 + len(children))


class _Disk:
    """Counts the files that the server keeps: data, working files, gradio's cache."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def watch(self, done: threading.Event, samples: Samples) -> None:
        while True:
            kept = (self._folder / name for name in ("data", "work", "cache"))
            samples.files_on_disk.append(sum(len(files) for top in kept for _, _, files in os.walk(top)))
            if done.wait(COUNT_FILES_SECONDS):
                return


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return found
    for task in tasks:
        try:
            children = [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found
