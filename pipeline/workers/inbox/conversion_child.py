"""The process that converts for workers: ``python -m pipeline.workers.inbox.conversion_child FOLDER``.

It reads requests from standard input and writes answers to standard output, one JSON line each, until its input ends.
Its runs lie in FOLDER and go when they are answered; their records go to the ledger of DATA_DIR. It runs on the CPU
lane and has no token.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import FolioError, SettingsError, StorageFailed
from pipeline.models.lanes import open_lanes
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, IterationRecord, Origin, RunStatus
from pipeline.runs.converter import ConvertedDocument, Converter
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings, read_settings
from pipeline.stages.export import FORMATS
from pipeline.store.files import copy_new
from pipeline.store.goodbye import follow_parent
from pipeline.store.ledger import Ledger
from pipeline.store.tuned_settings import TunedSettings, with_values
from pipeline.workers.inbox.document_converter import ANSWER, REQUEST, ConversionAnswer, ConversionRequest, MeasuredPage

LEFT = tuple(row for row in FORMATS if row.name in ("md", "json", "html"))
"""The formats that a worker leaves."""


def open_converter(settings: Settings) -> Converter:
    """The converter on the CPU lane."""
    lanes, space = open_lanes(settings, False), os.environ.get("SPACE_ID", "")
    return Converter(settings, lanes, Origin.INBOX, LEFT, space=space)


class Conversions:
    """Answers requests with one converter. Another set of changed settings opens another one."""

    def __init__(
        self, settings: Settings, folder: Path, opened: Callable[[Settings], Converter] = open_converter
    ) -> None:
        """``folder`` is where its runs lie."""
        self._settings, self._folder, self._open = settings, folder, opened
        self._ledger = Ledger(settings.data_dir)
        self._changes: Mapping[str, int] = {}
        self._converter: Converter | None = None

    def answer(self, request: ConversionRequest) -> ConversionAnswer:
        """Convert; every error of the tree is an answer. Its seconds are the run's, without opening the models."""
        try:
            return self._convert(request)
        except FolioError as error:
            return ConversionAnswer("error", error.code, error.message)

    def close(self) -> None:
        """End the converter and its children."""
        if self._converter is not None:
            self._converter.__exit__()
            self._converter = None

    def _convert(self, request: ConversionRequest) -> ConversionAnswer:
        converter = self._converter_for(request.changes)
        source = Source(Path(request.path), request.name)
        converted = converter.convert(source, ConvertOptions(lane=LaneChoice.CPU))
        if converted.view is not None:
            self._record(converted.record)
            _copy_files(converted.view, Path(request.into))
            converter.forget(converted)
        return _answer(converted)

    def _converter_for(self, changes: Mapping[str, int]) -> Converter:
        if self._converter is None or changes != self._changes:
            self.close()
            tuned = TunedSettings(self._settings.data_dir).apply(self._settings)
            own = replace(tuned, data_dir=self._folder, work_dir=self._folder)
            self._converter = self._open(with_values(own, changes)).__enter__()
            self._changes = changes
        return self._converter

    def _record(self, record: IterationRecord) -> None:
        with suppress(StorageFailed):
            self._ledger.finished(record)


def _copy_files(view: RunView, into: Path) -> None:
    """Raises StorageFailed."""
    for row in LEFT:
        if file := view.export(row.name):
            copy_new(file.path, into / f"document{row.suffix}")


def _answer(converted: ConvertedDocument) -> ConversionAnswer:
    view, error = converted.view, converted.error
    code, message = (error.code, error.message) if error else ("", "")
    if view is None:
        return ConversionAnswer(RunStatus.ERROR.value, code, message)
    return ConversionAnswer(
        view.status.value,
        code,
        message,
        len(view.pages),
        len(view.finished),
        view.record_id,
        round(view.elapsed_s, 3),
        _measured(view),
    )


def _measured(view: RunView) -> tuple[MeasuredPage, ...]:
    characters = {text.page: len(text.markdown) for text in view.texts}
    return tuple(MeasuredPage(page.page, characters.get(page.page, 0), page.confidence) for page in view.finished)


def main(requests: BinaryIO, answers: BinaryIO, folder: Path) -> None:
    """Answer until the requests end."""
    conversions = Conversions(read_settings(os.environ), folder)
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
        main(sys.stdin.buffer, own_output, Path(sys.argv[1]))
    except SettingsError as refusal:
        raise SystemExit(refusal.message) from None
