"""The process that converts for workers: ``python -m pipeline.workers.inbox.conversion_child``.

It reads requests from standard input and writes answers to standard output, one JSON line each, until its input ends.
Its runs lie in a folder of its own and go when they are answered; their records go to the ledger of DATA_DIR. It runs
on the CPU lane and has no token.
"""

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import FolioError, SettingsError, StorageFailed
from pipeline.models.lanes import open_lanes
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, IterationRecord, Origin
from pipeline.runs.endings import RecordListener
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings, read_settings
from pipeline.store.goodbye import follow_parent
from pipeline.store.ledger import Ledger
from pipeline.store.tuned_settings import TunedSettings
from pipeline.workers.inbox.document_converter import ANSWER, REQUEST, ConversionAnswer, ConversionRequest, MeasuredPage

log = logging.getLogger(__name__)

FORMATS = ("md", "json", "html")


class Conversions:
    """Answers requests with one runner. Another set of changed settings opens another one."""

    def __init__(
        self, settings: Settings, folder: Path, open_runner: Callable[[Settings, RecordListener], Runner] | None = None
    ) -> None:
        """``folder`` is where its runs lie."""
        self._settings, self._folder = settings, folder
        self._open_runner = open_runner or _cpu_runner
        self._ledger = Ledger(settings.data_dir)
        self._changes: Mapping[str, float] | None = None
        self._runner: Runner | None = None

    def answer(self, request: ConversionRequest) -> ConversionAnswer:
        """Convert; every error of the tree is an answer. Its seconds are the run's, without opening the models."""
        try:
            return self._convert(request)
        except FolioError as error:
            return ConversionAnswer("error", error.code, error.message)

    def close(self) -> None:
        """End the runner and its children."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def _convert(self, request: ConversionRequest) -> ConversionAnswer:
        runner = self._runner_for(request.changes)
        source = Source(Path(request.path), request.name)
        run_id = runner.submit(source, ConvertOptions(lane=LaneChoice.CPU), Origin.INBOX)
        view = list(runner.watch(run_id))[-1]
        into = Path(request.into)
        into.mkdir(parents=True, exist_ok=True)
        for name in FORMATS:
            if file := view.export(name):
                shutil.copyfile(file.path, into / f"document.{name}")
        runner.delete(run_id)
        return _answer(view)

    def _runner_for(self, changes: Mapping[str, float]) -> Runner:
        if self._runner is None or changes != self._changes:
            self.close()
            in_effect = TunedSettings(self._settings.data_dir).apply(self._settings)
            settings = changed(replace(in_effect, data_dir=self._folder), changes)
            self._runner = self._open_runner(settings, self._record).__enter__()
            self._changes = changes
        return self._runner

    def _record(self, record: IterationRecord) -> None:
        with suppress(StorageFailed):
            self._ledger.finished(record)


def _cpu_runner(settings: Settings, on_end: RecordListener) -> Runner:
    return Runner(settings, open_lanes(settings, False), os.environ.get("SPACE_ID", ""), on_end)


def changed(settings: Settings, changes: Mapping[str, float]) -> Settings:
    """The settings with these replaced, checked as every setting is. Raises SettingsError."""
    values = {name: str(value) for name, value in asdict(settings).items() if value is not None}
    values |= {name: f"{value:g}" for name, value in changes.items()}
    return read_settings({name.upper(): value for name, value in values.items()})


def _answer(view: RunView) -> ConversionAnswer:
    error = view.error
    return ConversionAnswer(
        view.status.value,
        error.code if error else "",
        error.message if error else "",
        len(view.pages),
        len(view.finished),
        view.record_id,
        round(view.elapsed_s, 3),
        _measured(view),
    )


def _measured(view: RunView) -> tuple[MeasuredPage, ...]:
    characters = {text.page: len(text.markdown) for text in view.texts}
    return tuple(MeasuredPage(page.page, characters.get(page.page, 0), page.confidence) for page in view.finished)


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    settings = read_settings(os.environ)
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="conversions-", dir=settings.work_dir) as folder:
        conversions = Conversions(settings, Path(folder))
        try:
            for line in requests:
                answers.write(ANSWER.encode(conversions.answer(REQUEST.decode(line))) + b"\n")
                answers.flush()
        finally:
            conversions.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    follow_parent(os.getppid())
    own_output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    try:
        main(sys.stdin.buffer, own_output)
    except SettingsError as refusal:
        raise SystemExit(refusal.message) from None
