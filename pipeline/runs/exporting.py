"""The finished document in every format of the table; a format that fails costs that format only."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ExportFailed, FolioError
from pipeline.records import Stage, Versions
from pipeline.runs.job import Job
from pipeline.runs.receipt import receipt
from pipeline.runs.state import ExportFile
from pipeline.stages.assemble import DocumentAssembler
from pipeline.stages.export import ExportFormat, ExportSource

_log = logging.getLogger(__name__)


def export_source(job: Job, assembler: DocumentAssembler, versions: Versions) -> ExportSource:
    """What is exported: the whole document of the assembled pages, how they were read, and the run's receipt."""
    document, view = assembler.finish(), job.view()
    proof = receipt(view, versions, job.stage_times(), job.preflight.sha256)
    stem = export_stem(job.source.name)
    return ExportSource(document, job.folder.pictures, stem, view.finished, job.options.markdown, proof)


def write_exports(job: Job, source: ExportSource, formats: Sequence[ExportFormat]) -> ExportFailed | None:
    """Write each of ``formats`` into the run's folder and show each as soon as it is there; the last failure, if any.

    Raises StorageFailed where the disk refuses.
    """
    job.enter(Stage.EXPORT)
    began = time.monotonic()
    for row in formats:
        source.files[row.name] = _write_one(job, row, source)
    job.add_time(Stage.EXPORT, time.monotonic() - began)
    return next((ExportFailed(name) for name, file in reversed(source.files.items()) if file is None), None)


def _write_one(job: Job, row: ExportFormat, source: ExportSource) -> Path | None:
    """The format's file; None where the format failed."""
    try:
        path = job.folder.stream_export(f"document{row.suffix}", lambda file: row.write(source, file))
    except FolioError:
        raise
    except Exception:
        _log.exception("the %s export failed", row.name)
        return None
    file = ExportFile(row.name, path, path.stat().st_size)
    job.update(lambda view: replace(view, exports=(*view.exports, file)))
    return path


def export_stem(name: str) -> str:
    """The upload's name without its suffix, reduced to what every file system takes."""
    safe = "".join(char if char.isalnum() or char in "-_. " else "_" for char in Path(name).stem)
    return safe.strip(". ")[:80] or "document"
