"""Folio's own converter as what a converter process hosts: from a document on disk to a row."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from pipeline.gpu.device import has_gpu
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.models.lanes import open_lanes
from pipeline.records import BatchFacts, Origin
from pipeline.runs.converter import ConvertedDocument, Converter
from pipeline.runs.state import RunView, Source
from pipeline.scale.converter_messages import ConverterStart, Task
from pipeline.scale.document_row import REFUSED, DocumentRow, record_line
from pipeline.settings import Settings
from pipeline.stages.export import BARE_JSON, PAGE_STARTS, ROW_FORMATS
from pipeline.store.files import goes_with_process


class LiveConverter:
    """Folio's converter as a maker of rows. Use it as a context manager."""

    def __init__(
        self,
        start: ConverterStart,
        lanes: Callable[[Settings, bool, bool], Lanes] = open_lanes,
        readers: Callable[[Settings], PdfReader] = PdfReader,
    ) -> None:
        self._setup = start.setup
        goes_with_process(start.folder)
        settings = _own_settings(start)
        opened = lanes(settings, has_gpu(), on_zerogpu())
        self._converter = Converter(settings, opened, Origin.BATCH, ROW_FORMATS, readers)
        self.producer = self._converter.producer(self._setup.options)

    def __enter__(self) -> Self:
        self._converter.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._converter.__exit__()

    def row(self, task: Task) -> DocumentRow:
        """Convert, make the row, and delete the run's files."""
        setup, item = self._setup, task.item
        source = Source(task.path, task.path.name)
        converted = self._converter.convert(source, replace(setup.options, pages=item.pages))
        row = converted_row(converted, BatchFacts(setup.batch_id, item.attempt), setup.pictures)
        self._converter.forget(converted)
        return row if converted.view else replace(row, pages=item.selected)


def live_converter(start: ConverterStart) -> LiveConverter:
    """What ``BatchSetup.converter`` names in production."""
    return LiveConverter(start)


def _own_settings(start: ConverterStart) -> Settings:
    """The batch job's settings for one worker: one document at a time, in a folder of its own."""
    return replace(start.setup.settings, concurrency=1, data_dir=start.folder, work_dir=start.folder)


def converted_row(converted: ConvertedDocument, batch: BatchFacts, pictures: bool) -> DocumentRow:
    """The row of a conversion; reads the run's files, which must still be there."""
    view, error = converted.view, converted.error
    row = DocumentRow(
        status=view.status.value if view else REFUSED,
        record=record_line(converted.record, batch),
        code=error.code if error else "",
        message=error.message if error else "",
        retryable=bool(error and error.retryable),
    )
    if view is None:
        return row
    return replace(
        row,
        pages=len(view.pages),
        pages_ok=len(view.finished),
        markdown=_text(view, "md"),
        page_starts=tuple((page, offset) for page, offset in json.loads(_text(view, PAGE_STARTS) or "[]")),
        docling_json=_text(view, BARE_JSON),
        pictures=tuple(_pictures(view)) if pictures else (),
    )


def _text(view: RunView, format_name: str) -> str:
    file = view.export(format_name)
    return file.path.read_text(encoding="utf-8") if file else ""


def _pictures(view: RunView) -> Iterable[tuple[str, bytes]]:
    if view.pictures is None or not view.pictures.is_dir():
        return
    for path in sorted(view.pictures.glob("*.png")):
        yield path.name, path.read_bytes()
