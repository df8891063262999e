"""Whole sites under test: the real app, and the same page over scripted runs for stories that no PDF tells on
demand.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.e2e.folio_page import FolioPage
from tests.support import zygote
from tests.support.chromium import CHROMIUM_FLAGS, chromium, forget
from tests.support.zygote import Forked

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=20_000)  # milliseconds; the machine computes what the page waits for
START_SECONDS = 180  # importing docling and loading the models on a cold machine
SHOWN_LINES = 30  # of what a server printed, where a test fails


@dataclass(frozen=True)
class Site:
    """A running server: its address, its data folder, gradio's cache, what it printed, and its process."""

    url: str
    data_dir: Path
    cache: Path
    log: Path
    process: "subprocess.Popen[bytes] | Forked"


_SERVED: list[Site] = []
"""The servers that this process has started and not ended."""


@contextlib.contextmanager
def serve(folder: Path, command: list[str], executed: bool | Path = False, **variables: str) -> Iterator[Site]:
    """A server in a process of its own, over folders of its own.

    It is forked from a preloaded parent unless it is to be ``executed``: where it starts itself again, where its
    environment is looked at from outside, or where it runs from another folder than this project's, which is then the
    value.
    """
    port = free_port()
    environment = os.environ | {
        "DATA_DIR": str(folder / "data"),
        "WORK_DIR": str(folder / "work"),
        "GRADIO_TEMP_DIR": str(folder / "cache"),
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        **variables,
    }
    with (folder / "log").open("wb") as log:
        process = _started(command, environment, log.fileno(), ROOT if executed is True else executed or None)
        site = Site(f"http://127.0.0.1:{port}/", folder / "data", folder / "cache", folder / "log", process)
        _SERVED.append(site)
        try:
            _wait_for(site)
            yield site
        finally:
            _SERVED.remove(site)
            process.terminate()
            process.wait(30)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows how the servers fare: one that was killed says nothing itself."""
    report = yield
    if report.failed:
        for site in _SERVED:
            said = site.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
            status = site.process.poll()
            state = "runs" if status is None else f"ended with status {status}"
            report.sections.append((f"the server at {site.url}", "\n".join([state, *said])))
    return report


def _started(
    command: list[str], environment: dict[str, str], log: int, root: Path | None
) -> "subprocess.Popen[bytes] | Forked":
    if root is not None:
        return subprocess.Popen([sys.executable, *command], cwd=root, env=environment, stdout=log, stderr=log)
    with open(os.devnull, "rb") as nothing:
        return zygote.start(command, environment, (nothing.fileno(), log, log))


@pytest.fixture(scope="session", autouse=True)
def preloaded() -> Iterator[None]:
    """The parents of forked servers end with the tests."""
    yield
    zygote.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and site.process.poll() is None:
        try:
            with urllib.request.urlopen(site.url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{site.log.read_text()}")


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page over scripted runs; pages take a tenth of a second."""
    with serve(tmp_path_factory.mktemp("scripted"), ["-m", "tests.support.serve_scripted"]) as site:
        yield site


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real app, with its models."""
    with serve(tmp_path_factory.mktemp("app"), ["app.py"]) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which asks nothing of any network of its own accord. No longer than a module: no other event loop runs
    beside it.
    """
    program = chromium()
    if program is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


Upload = Callable[..., list[Path]]


@pytest.fixture
def upload(tmp_path: Path, documents: Path) -> Upload:
    """Makes files of these names, each a PDF of five pages about tide mills."""

    def make(*names: str) -> list[Path]:
        return [Path(shutil.copy(documents / "multi_page.pdf", tmp_path / f"{name}.pdf")) for name in names]

    return make


def fetch_status(url: str) -> int:
    """The HTTP status of a plain GET."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture(scope="module")
def warm_context(browser: Browser) -> Iterator[BrowserContext]:
    """A context that keeps the scripts it has read from test to test: to read them takes longer than most tests."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def context(warm_context: BrowserContext) -> Iterator[BrowserContext]:
    """A visitor's browser that remembers nothing: no cookies, stored data, rights, or tabs of an earlier test."""
    yield warm_context
    forget(warm_context)


@pytest.fixture
def story(context: BrowserContext, scripted: Site) -> Iterator[FolioPage]:
    """The page over scripted runs; a run that is left behind is stopped."""
    folio = FolioPage(context.new_page(), scripted.url).open()
    yield folio
    folio.stop_any()
