"""One document after another in one process: the seam for the command line, the engines of a batch job and workers.

A ``Converter`` owns a runner with warm models and one parse child. Lanes on a GPU belong to the whole process, so a
process has one converter.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from pipeline.errors import FolioError, InternalError
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.records import CONVERT, ConvertOptions, ErrorFacts, InputFacts, IterationRecord, Origin
from pipeline.runs.job import error_facts
from pipeline.runs.record import blank_record, read_versions, with_facts
from pipeline.runs.refusal_records import refusal_record
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.runs.work_key import Producer, producer_of
from pipeline.settings import Settings
from pipeline.stages.export import FORMATS, ExportFormat

_log = logging.getLogger(__name__)

Watcher = Callable[[RunView], None]


def unwatched(_: RunView) -> None:
    """For a conversion that nobody looks at."""


@dataclass(frozen=True, slots=True)
class ConvertedDocument:
    """How a conversion ended. ``view`` is the run's last snapshot, None where the document was refused.

    ``error`` is why it did not end well, with the sentence for whoever asked. ``record`` is there for a refusal too.
    """

    record: IterationRecord
    view: RunView | None
    error: ErrorFacts | None


class Converter:
    """Converts documents, one at a time. Use it as a context manager: leaving it ends the parse child.

    Runs are kept in the settings' data folder until ``forget`` or their age takes them. Not thread-safe.
    """

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        origin: Origin = Origin.CLI,
        formats: tuple[ExportFormat, ...] = FORMATS,
        readers: Callable[[Settings], PdfReader] = PdfReader,
        space: str = "",
    ) -> None:
        """``readers`` makes the one PDF reader, which admission and the run share: they never need it at once.
        ``space`` is the Space's id for the records.
        """
        self._lanes, self._origin = lanes, origin
        self._versions = read_versions(space)
        self._records: dict[str, IterationRecord] = {}
        reader = readers(settings)
        self._runner = Runner(
            settings, lanes, space, self._keep, readers=lambda _: reader, formats=formats, facsimiles=False
        )

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def producer(self, options: ConvertOptions) -> Producer:
        """What will make the results of these options here."""
        return producer_of(self._lanes.first(options.lane), self._versions)

    def convert(self, source: Source, options: ConvertOptions, watch: Watcher = unwatched) -> ConvertedDocument:
        """Convert a document, or the range of its pages in ``options``. Raises nothing, whatever the file does.

        ``watch`` sees each snapshot of the run.
        """
        try:
            run_id = self._runner.submit(source, options, self._origin)
            for view in self._runner.watch(run_id):
                watch(view)
        except FolioError as error:
            return self._refused(error, source)
        except Exception:
            _log.exception("a document could not be converted")
            return self._refused(InternalError(), source)
        record = self._records.pop(view.record_id, None) or self._unrecorded(view)
        return ConvertedDocument(record, view, view.error)

    def forget(self, converted: ConvertedDocument) -> None:
        """Delete the run's files."""
        if converted.view is not None:
            self._runner.delete(converted.view.run_id)

    def _keep(self, record: IterationRecord) -> None:
        self._records[record.iteration_id] = record

    def _refused(self, error: FolioError, source: Source) -> ConvertedDocument:
        record = refusal_record(error, source.path, self._origin, self._versions)
        return ConvertedDocument(record, None, error_facts(error))

    def _unrecorded(self, view: RunView) -> IterationRecord:
        """The record of a run whose end the disk did not take."""
        blank = blank_record(CONVERT, InputFacts("", 0, view.page_count, self._origin), self._versions)
        return with_facts(blank, view)
