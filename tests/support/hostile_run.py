"""Runs that are killed, each at a chosen point: ``python -m tests.support.hostile_run FILE FOLDER POINT...``.

Every point has a process of its own, forked once the libraries are loaded, and below FOLDER a folder of its own with
``data``, ``work`` and ``note``. The note says what happened, a line each: ``run ID``, ``page NUMBER`` once the models
are done with a page, ``child PID`` for each parse child at the end. The end is SIGKILL from within: no handler, no
``finally`` and no buffer gets another chance.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import PageResult, PageTask
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.queue import RunQueue
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.settings import Settings, read_settings
from pipeline.stages.assemble import DocumentAssembler
from pipeline.stages.export import FORMATS, ExportFormat
from pipeline.store.artifacts import RunFolder
from tests.support.bundles import WholePageBundle

POINTS = ("queue", "render", "infer", "assemble", "finish", "export", "end")
_note = Path()  # of this process, set right after the fork


def write_down(line: str) -> None:
    with _note.open("a") as note:
        note.write(f"{line}\n")


def die() -> None:
    for child in (pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()):
        write_down(f"child {child}")
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # the signal may take a moment to reach every thread


class NotingBundle(WholePageBundle):
    """Writes down each page it is done with; dies on page ``fatal``, before its prediction leaves the models."""

    def __init__(self, fatal: int = 0) -> None:
        super().__init__()
        self.fatal = fatal

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        if any(task.page.page == self.fatal for task in tasks):
            die()
        results = super().predict(tasks, images)
        for result in results:
            write_down(f"page {result.page}")
        return results


def before(kind: type, name: str, when: Callable[..., bool]) -> None:
    """Die where ``kind.name`` is called with arguments for which ``when`` holds."""
    real = getattr(kind, name)

    def called(self: object, *arguments: object, **named: object) -> object:
        if when(self, *arguments):
            die()
        return real(self, *arguments, **named)

    setattr(kind, name, called)


def die_while_rendering(data_dir: Path) -> None:
    """Once page 4 is drawn and page 2 is predicted."""
    real = PdfReader.render

    def render(self: PdfReader, *arguments: Any) -> Any:
        for result in real(self, *arguments):
            if result.page == 4:
                while not list(data_dir.glob("runs/*/predictions/00002-00002.json")):
                    time.sleep(0.01)
                die()
            yield result

    PdfReader.render = render  # type: ignore[assignment, method-assign]


def half_of_the_html(_: object, file: Any) -> None:
    """Write the beginning of the HTML file and die."""
    file.write(b"<!doctype html><p>half of it")
    file.flush()
    die()


def formats_at(point: str) -> tuple[ExportFormat, ...]:
    """The formats of a run that is to die at ``point``."""
    if point != "export":
        return FORMATS
    return tuple(replace(row, write=half_of_the_html) if row.name == "html" else row for row in FORMATS)


def wait_for_ever(_: RunQueue) -> None:
    """What a worker does that is busy with another run."""
    threading.Event().wait()


def run(point: str, pdf: Path, settings: Settings) -> None:
    match point:
        case "queue":
            RunQueue.take = wait_for_ever  # type: ignore[assignment, method-assign]
        case "render":
            die_while_rendering(settings.data_dir)
        case "assemble":
            before(DocumentAssembler, "add", lambda _, finished: finished.rendered.page == 3)
        case "finish":
            before(DocumentAssembler, "finish", lambda _: True)
        case "end":
            before(RunFolder, "write_end", lambda *_: True)
    bundle = NotingBundle(fatal=3 if point == "infer" else 0)
    with Runner(settings, Lanes(bundle), formats=formats_at(point)) as runner:
        run_id = runner.submit(Source(pdf, pdf.name), ConvertOptions(), Origin.API)
        write_down(f"run {run_id}")
        if point == "queue":
            die()
        list(runner.watch(run_id))


def main() -> None:
    global _note  # noqa: PLW0603  set once, in the forked process that it belongs to
    pdf, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for point in sys.argv[3:]:
        (folder / point).mkdir()
        process = os.fork()
        if process:
            os.waitpid(process, 0)
            continue
        _note = folder / point / "note"
        run(
            point,
            pdf,
            read_settings({"DATA_DIR": str(folder / point / "data"), "WORK_DIR": str(folder / point / "work")}),
        )
        os._exit(0)


if __name__ == "__main__":
    main()
