"""What is booked and estimated follows what earlier calls took, as their records tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import FolioError
from pipeline.gpu.booking import SHORTEST_SECONDS, Kinds, duration_from_pages, seconds_for
from pipeline.gpu.calibration import estimate
from pipeline.pages import LaneChoice, OcrMode, Rates
from pipeline.records import CallEnd, ConvertOptions, GpuCall, GpuUse
from pipeline.settings import Settings
from pipeline.store.ids import new_iteration_id
from pipeline.store.ledger import Ledger
from pipeline.store.packs import Packs
from pipeline.store.spool import Spool
from tests.support.batches import batch_of
from tests.support.bundles import RefusingBundle
from tests.support.runs import convert, record_of
from tests.support.runs import gpu_running as running


def publish(ledger: Ledger) -> None:
    """As if the Hub had taken every record."""
    spool = Spool(ledger)
    spool.recover()
    spool.seal(spool.pending(datetime.now(UTC), timedelta(0)))
    spool.confirm(spool.sealed())


def test_bookings_follow_the_records_of_the_same_networks_on_the_same_device(
    settings: Settings, documents: Path
) -> None:
    def measured(page_seconds: float) -> GpuCall:
        return GpuCall(64, 40.0, 20.0, CallEnd.DONE, 2.0, 60, 60, 60, 60 * page_seconds, 0.0, 0.0)

    with running(settings, RefusingBundle()) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
        assert runner.estimate(5, ConvertOptions()).seconds == SHORTEST_SECONDS
        record = record_of(settings, view)
        ledger = Ledger(settings.data_dir)
        one = GpuUse(device="A GPU", bundle="whole-page", made=(measured(8.0),))
        another = replace(one, bundle="another", made=(measured(0.1),))
        refused = replace(one, device="", made=(GpuCall(0, 40.0, 0.0, CallEnd.REFUSED),))
        later = new_iteration_id()
        for number, use in enumerate([one] * 5 + [another] * 5 + [refused]):
            ledger.finished(replace(record, iteration_id=f"{later[:-2]}{number:02x}", gpu=use))
    with running(settings, RefusingBundle()) as runner:
        estimate = runner.estimate(5, ConvertOptions(ocr=OcrMode.NEVER))
        learnt = Rates(2.0, 8.0, 0.0, 0.0)
        assert (estimate.pages, estimate.calls) == (5, 1)
        assert estimate.seconds == estimate.scanned_seconds == duration_from_pages(batch_of(5, 0, learnt)) == 62
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert view.gpu.booked_seconds == 62


def test_packed_records_teach_as_loose_ones_do(settings: Settings, documents: Path) -> None:
    """Once they are published too, the loose ones are gone."""
    call = GpuCall(64, 40.0, 20.0, CallEnd.DONE, 2.0, 60, 60, 60, 480.0, 0.0, 0.0)
    with running(settings, RefusingBundle()) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    record, ledger = record_of(settings, view), Ledger(settings.data_dir)
    for number in range(5):
        another = f"{record.iteration_id[:-2]}{(int(record.iteration_id[-2:], 16) + 1 + number) % 256:02x}"
        ledger.finished(replace(record, iteration_id=another, gpu=replace(record.gpu, made=(call,))))
    with running(settings, RefusingBundle()) as runner:
        before = runner.estimate(5, ConvertOptions())
    publish(ledger)
    packs = Packs(ledger, size=6)
    packs.tidy(datetime.now(UTC))
    packs.tidy(datetime.now(UTC))
    assert (ledger.names(), len(packs.files())) == (set(), 1)
    with running(settings, RefusingBundle()) as runner:
        assert runner.estimate(5, ConvertOptions()) == before
    assert before.seconds == duration_from_pages(batch_of(5, 0, Rates(2.0, 8.0, 0.0, 0.0))) == 62


def test_an_estimate_refuses_what_a_run_would_refuse(settings: Settings) -> None:
    with running(settings, RefusingBundle()) as runner:
        with pytest.raises(FolioError, match="outside the document"):
            runner.estimate(5, ConvertOptions(pages="9"))
        always, auto = (runner.estimate(5, ConvertOptions(ocr=ocr)) for ocr in (OcrMode.ALWAYS, OcrMode.AUTO))
    assert always.seconds == always.scanned_seconds == auto.scanned_seconds > auto.seconds


def test_a_known_share_of_scans_is_one_booking_spread_over_the_batches() -> None:
    rates, batches = Rates(), (96, 4)
    mixed = estimate(batches, ConvertOptions(), rates, 0.25)
    booked = [seconds_for(Kinds(pages, pages, pages // 4), rates) for pages in batches]
    assert (mixed.calls, mixed.seconds, mixed.scanned_seconds) == (2, sum(booked), sum(booked))
    unknown = estimate(batches, ConvertOptions(), rates)
    assert unknown.seconds < mixed.seconds < unknown.scanned_seconds
    assert estimate(batches, ConvertOptions(), rates, 0.0).scanned_seconds == unknown.seconds
    assert estimate(batches, ConvertOptions(), rates, 1.0).seconds == unknown.scanned_seconds
    always, never = (estimate(batches, ConvertOptions(ocr=ocr), rates, 0.25) for ocr in (OcrMode.ALWAYS, OcrMode.NEVER))
    assert (always.seconds, never.scanned_seconds) == (unknown.scanned_seconds, unknown.seconds)
