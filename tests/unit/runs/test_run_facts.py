"""A field of a run is declared once and travels from there: to disk and back, into the record, the dataset and the API.

Every test goes through the fields as they are declared, so none can be forgotten.
"""

import json
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.pages import EngineInfo, Lane, PageStatus
from pipeline.records import (
    CallEnd,
    ConvertOptions,
    ErrorFacts,
    GpuCall,
    GpuUse,
    InputFacts,
    IterationRecord,
    Origin,
    OutputFacts,
    PageOutcome,
    RecordedFacts,
    RunFacts,
    RunStatus,
    Versions,
)
from pipeline.runs.endings import run_end
from pipeline.runs.past_runs import first_view, remembered
from pipeline.runs.record import blank_record, with_facts
from pipeline.runs.state import ExportFile
from pipeline.store.artifacts import ArtifactStore, RunFolder, RunStart
from pipeline.store.columns import COUNTED, skim_line
from pipeline.store.metrics import METRICS
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.row_to_record import RECORD, read_line
from pipeline.ui.api.run_summary import SHOWN, summary

START = RunStart(
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "a.pdf", ConvertOptions("1-3"), "light", "2026-08-14T09:30:15Z"
)
CALL = GpuCall(2, 30.0, 2.25, CallEnd.DONE, 1.0, 1, 1, 1, 0.5, 0.25, 0.125)
FACTS = RunFacts(
    status=RunStatus.PARTIAL,
    bundle="accurate+light",
    engines=(EngineInfo("layout", "PP-PicoDet", "onnxruntime"),),
    pages=(
        PageOutcome(1, PageStatus.OK, ocr=True, ms=12.5, blocks=3, bundle="light", confidence=0.5),
        PageOutcome(3, PageStatus.FAILED, "page_unreadable", "Page 3: its content is unreadable and was skipped."),
    ),
    gpu=GpuUse(30.0, 2.25, 1, 1.5, 3, 44.0, "gpu_unavailable", "A GPU", (CALL,), "accurate"),
    output=OutputFacts("cd" * 32, 4200, 2, 1),
    error=ErrorFacts("gpu_unavailable", "No GPU.", True),
    elapsed_s=44.75,
    page_count=9,
    ended_at="2026-08-14T09:31:00.000Z",
    gpu_seconds=12.25,
    lane=Lane.GPU,
    fitting_pages=7,
    as_asked=False,
)
# ``result.json`` as the first Folio wrote it. A new field of a run needs a default, so that such a file still reads.
FIRST_RESULT = {
    "status": "partial",
    "ended_at": "2026-08-14T09:31:00.000Z",
    "elapsed_s": 44.75,
    "page_count": 9,
    "pages": [{"page": 1, "status": "ok", "code": "", "reason": "", "ocr": True, "ms": 12.5, "blocks": 3}],
    "engines": [],
    "exports": [{"format": "md", "file_name": "document.md", "size_bytes": 4}],
    "error": None,
}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"%PDF-")
    return ArtifactStore(tmp_path).create(upload, START)


def default_of(item: Field[Any]) -> object:
    return item.default_factory() if item.default_factory is not MISSING else item.default


def record_of(facts: RecordedFacts) -> IterationRecord:
    versions = Versions("0.1.0", "3.12.12", "2.143.0", "2.11.0", "1.24.0", "x86_64", "someone/folio")
    blank = blank_record("convert", InputFacts("ab" * 32, 1234, 9, Origin.API), versions)
    return with_facts(replace(blank, peak_memory_mb=2048, duration_ms=44_750), facts)


@pytest.mark.parametrize("item", fields(RunFacts), ids=lambda item: item.name)
def test_the_sample_has_no_field_at_its_default(item: Field[Any]) -> None:
    """Else the tests below could not tell a field that was lost."""
    assert getattr(FACTS, item.name) != default_of(item)


def test_every_fact_survives_the_way_from_view_to_disk_to_view(folder: RunFolder) -> None:
    export = ExportFile("md", folder.exports / "document.md", 4)
    view = replace(first_view(folder, folder.start(), FACTS), exports=(export,))
    folder.write_end(run_end(view))
    assert remembered(folder) == view
    assert remembered(folder).facts() == FACTS.facts()


def test_every_recorded_fact_reaches_the_record_and_comes_back_from_both_written_forms() -> None:
    record = record_of(FACTS)
    assert record.recorded() == FACTS.recorded()
    assert (record.pages_ok, record.pages_failed) == (1, 1)
    assert read_line(RECORD.encode(record)) == record
    assert read_line(row_line(to_row(record))) == record


def test_the_record_leaves_out_the_sentence_of_a_notice_and_pages_without_an_end() -> None:
    noted = PageOutcome(1, PageStatus.OK, "fonts_doubted", "The fonts of “Secret” are doubted.")
    pages = (noted, PageOutcome(2, PageStatus.NOT_STARTED))
    assert record_of(replace(FACTS, pages=pages)).pages == (replace(noted, reason=""),)


def test_every_metric_is_read_from_both_written_forms() -> None:
    record = record_of(FACTS)
    written = {entry["name"]: entry["value"] for entry in to_row(record)["metrics"]}
    brief = skim_line(RECORD.encode(record))
    assert brief == skim_line(row_line(to_row(record)))
    assert all(written[metric.name] for metric in METRICS), "else a lost number could not be told from none"
    assert {metric.name: getattr(brief, metric.name) for metric in COUNTED} == {
        metric.name: written[metric.name] for metric in COUNTED
    }


def test_the_api_shows_what_its_list_names(folder: RunFolder) -> None:
    view = first_view(folder, START, FACTS)
    shown = summary(view)
    assert shown.keys() >= set(SHOWN)
    assert json.loads(json.dumps(shown)) == shown
    assert (shown["status"], shown["lane"], shown["fitting_pages"]) == ("partial", "gpu", 7)
    assert shown["options"] == {
        "pages": "1-3",
        "ocr": "auto",
        "tables": True,
        "lane": "gpu_then_cpu",
        "languages": [],
        "markdown": {"spans": "html", "pictures": "none", "page_markers": False},
    }
    assert shown["error"] == {"code": "gpu_unavailable", "message": "No GPU.", "retryable": True}
    assert shown["gpu"] == {
        "booked_seconds": 30.0,
        "used_seconds": 2.25,
        "calls": 1,
        "refused": 3,
        "refused_seconds": 44.0,
        "refusal": "gpu_unavailable",
    }


def test_an_end_of_the_first_folio_still_reads(folder: RunFolder) -> None:
    (folder.path / "result.json").write_text(json.dumps(FIRST_RESULT), encoding="utf-8")
    view = remembered(folder)
    assert (view.status, view.ended_at, view.bundle) == (RunStatus.PARTIAL, "2026-08-14T09:31:00.000Z", "light")
    assert view.exports == (ExportFile("md", folder.exports / "document.md", 4),)
    assert (view.gpu, view.output, view.as_asked) == (GpuUse(), None, True)
