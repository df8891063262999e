"""What tests of the inbox need: a folder of files, a converter that fails where it is told to, a worker over both."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pipeline.errors import ConversionLost, FolioError
from pipeline.settings import Settings
from pipeline.workers.inbox.document_converter import ConversionAnswer
from pipeline.workers.inbox.document_register import DocumentRegister
from pipeline.workers.inbox.inbox_source import FolderSource
from pipeline.workers.inbox.inbox_work import InboxParts, InboxWork
from tests.support.worker_stand import HandClock


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours handles it."""


class FakeConverter:
    """Converts a text file to itself. ``fault`` is asked for each content and number of attempts, and may raise."""

    def __init__(self, fault: Callable[[str, int], None] = lambda text, attempt: None) -> None:
        self.fault = fault
        self.attempts: Counter[str] = Counter()
        self.converted: Counter[str] = Counter()
        self.rests = 0
        self._lock = threading.Lock()

    def convert(self, path: Path, name: str, into: Path) -> ConversionAnswer:
        text = path.read_text()
        with self._lock:
            self.attempts[text] += 1
            attempt = self.attempts[text]
        try:
            self.fault(text, attempt)
        except ConversionLost:
            raise
        except FolioError as error:
            return ConversionAnswer("error", error.code, error.message)
        into.mkdir(parents=True, exist_ok=True)
        (into / "document.md").write_text(f"# {text}\n")
        (into / "document.json").write_text("{}")
        with self._lock:
            self.converted[text] += 1
        return ConversionAnswer("ok", pages=2, pages_ok=2, record_id=f"record of {text}", seconds=0.1)

    def rest(self) -> None:
        self.rests += 1


def register_over(settings: Settings) -> DocumentRegister:
    return DocumentRegister(settings.data_dir, timedelta(hours=24), timedelta(hours=3))


def inbox_over(
    settings: Settings,
    folder: Path,
    converter: FakeConverter,
    clock: HandClock,
    publish: Callable[[], str] = lambda: "",
    busy: Callable[[object], bool] = lambda now: False,
) -> InboxWork:
    """A worker as after a start: it knows nothing but what lies on disk."""
    parts = InboxParts(
        FolderSource(folder), register_over(settings), converter, publish=publish, busy=busy, now=clock.now
    )
    return InboxWork(parts, settings.work_dir)


def fill_inbox(folder: Path, texts: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:04}.pdf").write_text(text)


def forget_claims(settings: Settings) -> None:
    """All workers of a test live in one process. A dead one is told apart by when its process began."""
    for path in (settings.data_dir / "workers" / "inbox" / "documents").glob("*/claim-*.json"):
        path.write_text(path.read_text().replace('"process_began":"', '"process_began":"0'))
