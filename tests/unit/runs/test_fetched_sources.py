"""PDFs by their address: within the visitor's limits, at the owner's word, and with no trace of the address."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import (
    AddressBusy,
    DiskNearlyFull,
    FetchesBusy,
    FetchingOff,
    FolioError,
    NotAPdf,
    UrlNotPublic,
    VisitorBusy,
)
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.records import Origin
from pipeline.runs.fetched_sources import FETCHES_AT_ONCE, FetchedSources
from pipeline.runs.queue import RunQueue
from pipeline.runs.record import read_versions
from pipeline.runs.refusal_records import RefusalRecords
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings
from pipeline.store.ledger import Ledger
from tests.support.runs import refusals
from tests.support.web_stand import WebStand, body, stand_addresses, web_stand

ADA, BOB = Visitor("ada", "house"), Visitor("bob", "house")
URL = "http://papers.example/tides.pdf?key=secret"


@pytest.fixture
def stand() -> Iterator[WebStand]:
    with web_stand() as stand:
        stand.answers |= {"/tides.pdf": body(b"%PDF-1.7"), "/page": body(b"<html>secret")}
        yield stand


class Sources:
    """The class under test with its surroundings."""

    def __init__(self, settings: Settings, web: WebFetch) -> None:
        self.queue = RunQueue(settings)
        refused = RefusalRecords(Ledger(settings.data_dir), read_versions(""))
        self._sources, self._folder = FetchedSources(settings, self.queue, refused, web), settings.work_dir / "fetched"
        self._count = 0

    def fetch(self, url: str = URL, visitor: Visitor = NOBODY) -> Path:
        self._count += 1
        return self._sources.fetch(url, self._folder / str(self._count), Origin.UI, visitor)


def sources(settings: Settings, stand: WebStand) -> Sources:
    return Sources(settings, WebFetch(1, resolve=stand_addresses, transport=stand.transport))


def test_a_fetch_counts_as_a_document_while_it_lasts(settings: Settings, stand: WebStand) -> None:
    few = replace(settings, visitor_runs=1, address_runs=2)
    under_way = sources(few, stand)
    assert under_way.fetch(visitor=ADA).read_bytes() == b"%PDF-1.7"
    assert under_way.fetch(visitor=ADA).exists(), "the first no longer counts"
    with pytest.raises(UrlNotPublic):
        under_way.fetch("http://inside.example/", ADA)
    under_way.queue.reserve(ADA)  # a run that waits
    with pytest.raises(VisitorBusy):
        under_way.fetch(visitor=ADA)
    under_way.queue.count(BOB)  # a fetch of another visitor of the same house
    with pytest.raises(AddressBusy):
        under_way.fetch(visitor=Visitor("eve", "house"))
    with pytest.raises(VisitorBusy):
        under_way.queue.reserve(BOB)
    under_way.queue.leave(BOB)
    under_way.queue.reserve(BOB)


def test_only_so_many_are_fetched_at_once(settings: Settings) -> None:
    """A fetch within a fetch stands for another thread's."""
    depths: list[int] = []

    class Nested(WebFetch):
        def fetch(self, address: str, folder: Path) -> Path:
            depths.append(len(depths) + 1)
            return many.fetch(visitor=Visitor(str(len(depths))))

    many = Sources(settings, Nested(1))
    for _ in range(2):
        depths.clear()
        with pytest.raises(FetchesBusy):
            many.fetch(visitor=ADA)
        assert len(depths) == FETCHES_AT_ONCE


def test_the_owner_may_switch_fetching_off_and_a_full_disk_does(settings: Settings, stand: WebStand) -> None:
    with pytest.raises(FetchingOff):
        sources(replace(settings, fetch_urls=False), stand).fetch()
    with pytest.raises(DiskNearlyFull):
        sources(replace(settings, min_free_mb=1_000_000), stand).fetch()
    assert stand.asked == []


def test_no_address_and_nothing_of_it_is_kept_in_a_record(settings: Settings, stand: WebStand) -> None:
    refusing = sources(settings, stand)
    for url in ("http://inside.example/secret.pdf", "http://papers.example/page?secret", "ftp://secret"):
        with suppress(FolioError):
            refusing.fetch(url)
    left = refusals(settings)
    codes = [record.error and record.error.code for record in left]
    assert sorted(map(str, codes)) == ["not_a_pdf", "url_malformed", "url_not_public"]
    assert {(record.input.bytes, record.input.origin) for record in left} == {(0, Origin.UI)}
    written = [path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()]
    assert written
    assert [data for data in written if b"secret" in data or b"example" in data] == []


def test_what_is_refused_leaves_no_file(settings: Settings, stand: WebStand) -> None:
    with pytest.raises(NotAPdf):
        sources(settings, stand).fetch("http://papers.example/page")
    assert [path for path in settings.work_dir.rglob("*") if path.is_file()] == []
