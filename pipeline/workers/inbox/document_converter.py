"""The worker's side of the child that converts: start it with the first document, end it when none is left.

The two speak JSON lines: a request names a file and the folder that its results go to, the answer says how the run
ended. A child that dies, or takes longer than a run may, costs the document one attempt. Its folder, which holds copies
of documents, is made and removed here, since a killed child removes nothing.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from pydantic import TypeAdapter

from pipeline.errors import ConversionLost, StorageFailed
from pipeline.process_start import PROJECT_DIR, starting
from pipeline.settings import Settings
from pipeline.store.codec import Codec
from pipeline.store.process_folders import own_folder, remove_abandoned
from pipeline.store.token import TOKEN_VARIABLES

log = logging.getLogger(__name__)

CHILD = "pipeline.workers.inbox.conversion_child"
GRACE_SECONDS = 120
"""Beyond the longest run: loading the models, and the end of the run."""


@dataclass(frozen=True, slots=True)
class ConversionRequest:
    """A file to be converted: where it lies, what it is called, where its results go, and settings to be replaced."""

    path: str
    name: str
    into: str
    changes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """What is known of one converted page: its characters of Markdown, and how far its text is to be trusted."""

    page: int
    characters: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ConversionAnswer:
    """How a run ended. ``code`` and ``message`` are of the error tree, empty where nothing is wrong; a refused file has
    no record and no page.
    """

    status: str
    code: str = ""
    message: str = ""
    pages: int = 0
    pages_ok: int = 0
    record_id: str = ""
    seconds: float = 0.0
    measured: tuple[MeasuredPage, ...] = ()


REQUEST = Codec(TypeAdapter(ConversionRequest))
ANSWER = Codec(TypeAdapter(ConversionAnswer))


class DocumentConverter(Protocol):
    """Converts one document at a time."""

    def convert(self, path: Path, name: str, into: Path) -> ConversionAnswer:
        """Convert the file at ``path`` and put its results into the folder ``into``. Raises ConversionLost where the
        conversion died, and StorageFailed where it has no place on the disk.
        """
        ...

    def rest(self) -> None:
        """Nothing is left to convert for now: give the memory back."""
        ...


class ChildConverter:
    """A converter in a process of its own. Not thread-safe."""

    def __init__(self, settings: Settings, changes: Mapping[str, int] | None = None, module: str = CHILD) -> None:
        """``changes`` are settings for the conversions, in place of those that are in effect; ``module`` is what the
        child runs.
        """
        self._settings, self._changes, self._module = settings, dict(changes or {}), module
        self._folder = own_folder(settings.work_dir / "conversions")
        self._child: subprocess.Popen[bytes] | None = None

    def convert(self, path: Path, name: str, into: Path) -> ConversionAnswer:
        child = self._running()
        requests, answers = cast("BinaryIO", child.stdin), cast("BinaryIO", child.stdout)  # both are pipes
        overdue = threading.Timer(self._settings.run_seconds + GRACE_SECONDS, child.kill)
        overdue.start()
        try:
            requests.write(REQUEST.encode(ConversionRequest(str(path), name, str(into), self._changes)) + b"\n")
            requests.flush()
            return ANSWER.decode(answers.readline())
        except (OSError, ValueError) as error:
            log.warning("the conversion of a document was lost (%s)", type(error).__name__)
            self._end()
            raise ConversionLost from None
        finally:
            overdue.cancel()

    def rest(self) -> None:
        """End the child; the next document starts another."""
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            environment = {name: value for name, value in os.environ.items() if name not in TOKEN_VARIABLES}
            folders = {"DATA_DIR": str(self._settings.data_dir), "WORK_DIR": str(self._settings.work_dir)}
            self._make_folder()
            with starting():
                self._child = subprocess.Popen(  # noqa: S603  a module of ours
                    [sys.executable, "-m", self._module, str(self._folder)],
                    cwd=PROJECT_DIR,
                    env=environment | folders,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
        return self._child

    def _make_folder(self) -> None:
        """An empty folder for a new child. Raises StorageFailed."""
        remove_abandoned(self._folder.parent)
        shutil.rmtree(self._folder, ignore_errors=True)  # of a child that died
        try:
            self._folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise StorageFailed from error

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)
