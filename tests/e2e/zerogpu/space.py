"""A whole site in ZeroGPU mode, with a small torch bundle, and its visitors."""

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio_client import Client, handle_file
from gradio_client.client import Job
from gradio_client.exceptions import AppError

from pipeline.records import IterationRecord
from pipeline.store.ledger import Ledger
from tests.e2e.conftest import Site, serve
from tests.standins.zerogpu.__main__ import BLACKWELL, environment
from tests.standins.zerogpu.device_api import DeviceApi
from tests.standins.zerogpu.scheduler import Limits
from tests.support.clients import leave
from tests.support.gpu_bundle import Inference, read_inferences
from tests.unit.intake.pdf_files import Page, PdfFile, text

PROGRAM = "tests/support/serve_gpu.py"
# A booked second of Spaces whose workers compute with real networks: a busy CPU takes many times a GPU's seconds.
LONG_SECOND = 20.0
WAIT_S = 60


@dataclass(frozen=True)
class Space:
    """The site, its device API, and the file that its bundle writes every predicted page to."""

    site: Site
    api: DeviceApi
    log: Path

    @property
    def inferred(self) -> list[Inference]:
        return read_inferences(self.log)

    @property
    def records(self) -> list[IterationRecord]:
        return list(Ledger(self.site.data_dir).records())

    def record(self, record_id: object) -> IterationRecord:
        return next(record for record in self.records if record.iteration_id == record_id)


@contextlib.contextmanager
def open_space(
    folder: Path,
    limits: Limits | None = None,
    model: str = BLACKWELL,
    program: str = PROGRAM,
    executed: bool = False,
    **variables: str,
) -> Iterator[Space]:
    """The site's own temporary files lie in ``folder``/tmp. ``executed`` is that of ``serve``."""
    (folder / "tmp").mkdir(parents=True)
    log = folder / "inferred"
    with DeviceApi(limits) as api:
        mode = environment(folder, api.url, model, {}) | {"TMPDIR": str(folder / "tmp"), "INFERENCES": str(log)}
        with serve(folder, ["-m", "tests.standins.zerogpu", program], executed, **{**mode, **variables}) as site:
            api.sessions.add(site.process.pid)
            yield Space(site, api, log)


def token_of(visitor: str) -> str:
    """A token as the platform's proxy puts it into ``X-IP-Token``: a JWT, whose payload the client reads and whose word
    it takes.
    """
    parts: tuple[dict[str, str], ...] = ({"alg": "none"}, {"user": visitor}, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


@contextlib.contextmanager
def visit(space: Space, folder: Path, visitor: str = "") -> Iterator[Client]:
    """A client of ``visitor``; without a name one that the proxy did not mark."""
    headers = {"X-IP-Token": token_of(visitor)} if visitor else {}
    client = Client(space.site.url, headers=headers, download_files=str(folder / "downloads"), verbose=False)
    try:
        yield client
    finally:
        leave(client)


@dataclass(frozen=True)
class Told:
    """What a visitor is told at the end of a run; ``error`` is the sentence of a run without any result."""

    markdown: str
    status: dict[str, Any]
    error: str = ""

    @property
    def code(self) -> str:
        """The stable code of what went wrong, empty where nothing did."""
        error = self.status.get("error")
        return str(error["code"]) if isinstance(error, dict) else self.error.rpartition("(")[2].rstrip(")")


def start(client: Client, file: Path, **options: object) -> Job:
    return client.submit(handle_file(str(file)), **options, api_name="/convert")


def result(job: Job) -> Told:
    try:
        markdown, status, _ = job.result(timeout=WAIT_S * 5)
    except AppError as error:
        return Told("", {}, str(error))
    return Told(markdown, status)


def convert(client: Client, file: Path, **options: object) -> Told:
    return result(start(client, file, **options))


def until(condition: Callable[[], object], seconds: float = WAIT_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def small_pages(pages: int, to: Path) -> Path:
    """A long PDF that is read and rendered fast: small pages, on which ``sentence`` stands at changing heights."""
    box = (0.0, 0.0, 400.0, 100.0)
    return PdfFile([Page(text(sentence(page), 20, 20 + page % 5 * 12, 9), box) for page in range(1, pages + 1)]).write(
        to
    )


def sentence(page: int) -> str:
    """The text of one of ``small_pages``: enough of it that nobody looks for text in the page's image."""
    return f"Ordinary page {page} of a log book has no more to tell than this one line."


def descendants(pid: int) -> set[int]:
    """Every process that stems from ``pid``, itself included; of one that ends meanwhile, what was seen of it."""
    found = {pid}
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                found |= descendants(int(child))
    return found
