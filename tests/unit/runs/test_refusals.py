"""What is refused leaves a record: reason and size, no name; and a flood of it does not fill the disk."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import DiskNearlyFull, FolioError, NoGpuHere, NotAPdf, PageRangeMalformed, PasswordNeeded
from pipeline.history.overview import Window, overview
from pipeline.models.bundle import Lanes
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.record import read_versions
from pipeline.runs.refusal_records import MOST_A_MINUTE, RefusalRecords
from pipeline.runs.state import Source
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.columns import Records
from pipeline.store.ids import time_of
from pipeline.store.ledger import Ledger
from pipeline.store.record_to_row import to_row
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, records, refusals, submit, warm_runner
from tests.unit.intake.pdf_files import encrypted, plain

SECRET = "Divorce of the Smiths"
PLAIN = ConvertOptions()
MOST_FREE_MB = 1_000_000  # more than any disk here has


def test_every_refusal_leaves_its_reason_and_its_size_and_no_name(settings: Settings, tmp_path: Path) -> None:
    no_pdf, locked, good = (
        tmp_path / f"{SECRET}.pdf",
        encrypted(tmp_path / "locked.pdf", "folio"),
        plain(tmp_path / "good.pdf"),
    )
    no_pdf.write_text(f"<html>{SECRET}")
    with warm_runner(replace(settings, min_free_mb=MOST_FREE_MB), Lanes(WholePageBundle())) as runner:

        def refused(kind: type[FolioError], path: Path, options: ConvertOptions = PLAIN) -> None:
            with pytest.raises(kind):
                runner.submit(Source(path, f"{SECRET}.pdf", ""), options, Origin.API)

        refused(NotAPdf, no_pdf)
        refused(PasswordNeeded, locked)
        refused(PageRangeMalformed, good, ConvertOptions(pages=SECRET))
        refused(NoGpuHere, good, ConvertOptions(lane=LaneChoice.GPU))
        refused(DiskNearlyFull, good)
    left = refusals(settings)
    assert [(record.error and record.error.code, record.input.bytes) for record in left] == [
        ("not_a_pdf", no_pdf.stat().st_size),
        ("password_needed", locked.stat().st_size),
        ("page_range_malformed", good.stat().st_size),
        ("no_gpu_here", good.stat().st_size),
        ("disk_nearly_full", good.stat().st_size),
    ]
    for record in left:
        assert (record.status, record.input.origin, record.input.sha256) == (RunStatus.ERROR, Origin.API, "")
        assert to_row(record)["kind"] == "refusal"
    assert records(settings) == []
    written = [path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()]
    assert written
    assert [data for data in written if SECRET.encode() in data] == []


def seen(settings: Settings) -> Records:
    archive = Archive(settings.data_dir)
    archive.refresh()
    return archive.records()


def test_refusals_count_apart_from_conversions(settings: Settings, tmp_path: Path) -> None:
    no_pdf = tmp_path / "page.pdf"
    no_pdf.write_text("<html>")
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert last(runner, submit(runner, plain(tmp_path / "good.pdf"))).status is RunStatus.OK
        for _ in range(4):
            with pytest.raises(NotAPdf):
                submit(runner, no_pdf)
    now_ms = round(time_of(refusals(settings)[-1].iteration_id).timestamp() * 1000)
    of = overview(seen(settings), Window.DAY, now_ms)
    assert (of.totals.runs, of.totals.success, of.failures) == (1, 1.0, ())
    assert [(refusal.code, refusal.runs) for refusal in of.refusals] == [("not_a_pdf", 4)]


def test_a_flood_of_refusals_is_counted_and_not_stored(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(settings.data_dir)
    kept = RefusalRecords(ledger, read_versions(""))
    for _ in range(MOST_A_MINUTE + 5):
        kept.keep(NotAPdf(), tmp_path / "gone.pdf", Origin.UI)
    assert len(refusals(settings)) == MOST_A_MINUTE
    kept._recent.popleft()  # a minute later
    with caplog.at_level(logging.WARNING):
        kept.keep(NotAPdf(), tmp_path / "gone.pdf", Origin.UI)
    assert len(refusals(settings)) == MOST_A_MINUTE + 1
    assert "5 refusals were not recorded" in caplog.text
