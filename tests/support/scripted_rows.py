"""A converter for tests of batch jobs: a document's own text says what happens to whoever converts it."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.records import CONVERT, BatchFacts, ConvertOptions, InputFacts, Origin, RunStatus
from pipeline.runs.record import blank_record, read_versions
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_job import BatchRequest
from pipeline.scale.batch_setup import BatchSetup, Workers, WorkItem
from pipeline.scale.converter_messages import ConverterStart, Task
from pipeline.scale.document_row import DocumentRow, record_line
from pipeline.settings import read_settings

PRODUCER = Producer("1", "2", "scripted", "3", (("layout", "none"),))
NAME = "tests.support.scripted_rows:scripted"
PRODUCER_NAME = "tests.support.scripted_rows:scripted_producer"


class ScriptedRows:
    """Does what a document says: ``ok``, ``refuse``, ``die``, ``die once``, ``hang``, ``eat`` or ``sleep SECONDS``."""

    producer = PRODUCER

    def __init__(self, start: ConverterStart) -> None:
        self._setup = start.setup

    def row(self, task: Task) -> DocumentRow:
        said = task.path.read_text() if task.path.exists() else "refuse"
        if "://" not in self._setup.output:
            with (Path(self._setup.output) / "begun.txt").open("a") as begun:
                begun.write(f"{task.path.name} {os.getpid()}\n")
        _act(said, task.path)
        if said.startswith("refuse") and not ("mended by limits" in said and task.item.attempt > 1):
            return DocumentRow("refused", self._record(task.item, RunStatus.ERROR), "not_a_pdf", "No.", False)
        return DocumentRow("ok", self._record(task.item, RunStatus.OK), pages=1, pages_ok=1, markdown=said)

    def _record(self, item: WorkItem, status: RunStatus) -> str:
        blank = blank_record(CONVERT, InputFacts(item.sha256, 1, 1, Origin.BATCH), read_versions(""))
        facts = BatchFacts(self._setup.batch_id, item.attempt)
        return record_line(replace(blank, status=status, pages_ok=int(status is RunStatus.OK)), facts)


def _act(said: str, path: Path) -> None:
    marker = path.with_suffix(".died")
    if said == "die" or (said.startswith("die once") and not marker.exists()):
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if said.startswith("end the machine once"):
        _end_machine_once()
    if said == "hang":
        time.sleep(600)
    if said == "eat":
        held = bytearray(400_000_000)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(600)
    if said.startswith("sleep"):
        time.sleep(float(said.split()[1]))


def _end_machine_once() -> None:
    """End the process of the Job that this process works for, the first time."""
    marker = Path(os.environ["SHARED_ROOT"]) / "ended"
    if not marker.exists():
        marker.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)


@contextmanager
def scripted(start: ConverterStart) -> Iterator[ScriptedRows]:
    """What ``BatchSetup.converter`` names in tests."""
    yield ScriptedRows(start)


def scripted_producer(_: BatchSetup) -> Producer:
    """What ``BatchSetup.producer_function`` names in tests."""
    return PRODUCER


class ScriptedHere:
    """The scripted converter without a process of its own, for tests that end none."""

    def __init__(self, setup: BatchSetup, scratch: Path) -> None:
        self._rows = ScriptedRows(ConverterStart(setup, scratch))

    def prepare(self) -> None:
        """It is there already."""

    def row(self, path: Path, item: WorkItem) -> DocumentRow:
        return self._rows.row(Task(path, item))

    def close(self) -> None:
        """There is nothing to end."""


def setup_for(output: Path, **changes: object) -> BatchSetup:
    """A setup whose converter is the scripted one."""
    settings = read_settings({"DATA_DIR": str(output), "WORK_DIR": str(output), "RUN_SECONDS": "30"})
    made = BatchSetup("batch", str(output), settings, ConvertOptions(), converter=NAME, producer_function=PRODUCER_NAME)
    return replace(made, **changes)  # type: ignore[arg-type]


def request_for(documents: Path, output: Path, workers: int = 2) -> BatchRequest:
    """A request for every document of a folder."""
    settings = read_settings({"DATA_DIR": str(output), "WORK_DIR": str(output)})
    return BatchRequest(
        *(str(documents), str(output), ConvertOptions(), settings, Workers(workers), 6000),
        converter=NAME,
        producer_function=PRODUCER_NAME,
    )


def item_of(path: Path) -> WorkItem:
    """An item of one page."""
    return WorkItem(f"key of {path.name}", str(path), "", 1, 1, "", 1)


def write_documents(folder: Path, **said: str) -> Path:
    """Documents by name, each with what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in said.items():
        (folder / f"{name}.pdf").write_text(text)
    return folder
