"""Each content is converted once, across names, restarts, kills and two workers at once."""

import os
import random
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import ConversionLost, DamagedPdf, FileTooLarge, InboxMissing
from pipeline.settings import Settings
from pipeline.worker_iterations import IterationStatus, Severity
from pipeline.workers.frame.worker_protocol import Turn
from pipeline.workers.inbox.document_register import (
    CLAIM,
    GIVEN_UP,
    Claim,
    DocumentRegister,
    DocumentState,
    DoneDocument,
)
from pipeline.workers.inbox.inbox_source import DatasetSource, InboxFile
from pipeline.workers.inbox.inbox_work import build
from tests.support.inbox_stand import FakeConverter, Killed, fill_inbox, forget_claims, inbox_over, register_over
from tests.support.worker_stand import NOON, HandClock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def turn(clock: HandClock) -> Turn:
    return Turn(1, None, clock.now(), clock)


def test_one_content_under_two_names_is_converted_once(settings: Settings, folder: Path) -> None:
    fill_inbox(folder, ["a", "b", "a"])
    (folder / "notes.txt").write_text("no PDF")
    converter, clock = FakeConverter(), HandClock()
    outcome = inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert dict(converter.converted) == {"a": 1, "b": 1}
    assert (outcome.summary, outcome.status) == ("2 converted.", IterationStatus.OK)
    again = inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert (again.summary, again.status) == ("Nothing new in the inbox.", IterationStatus.IDLE)
    assert dict(converter.converted) == {"a": 1, "b": 1}
    register = register_over(settings)
    texts = sorted((register.files(sha256) / "document.md").read_text() for sha256 in register.all_done())
    assert texts == ["# a\n", "# b\n"]


def test_a_file_that_is_replaced_is_converted_as_what_it_is_now(settings: Settings, folder: Path) -> None:
    fill_inbox(folder, ["first"])
    converter, clock = FakeConverter(), HandClock()
    inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    (folder / "0000.pdf").write_text("second version")
    inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert dict(converter.converted) == {"first": 1, "second version": 1}


def test_what_fails_is_set_aside_with_its_reason_and_tried_once_more_later(settings: Settings, folder: Path) -> None:
    def fault(text: str, attempt: int) -> None:
        if text == "bad" or (text == "shy" and attempt == 1):
            raise DamagedPdf

    fill_inbox(folder, ["bad", "good", "shy"])
    converter, clock = FakeConverter(fault), HandClock()
    outcome = inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert outcome.summary == "1 converted, 2 set aside."
    assert [(finding.subject, finding.severity) for finding in outcome.findings] == [("damaged_pdf", Severity.WARNING)]
    for hours, attempts in ((23, 1), (25, 2), (80, 2)):
        clock.time = NOON + timedelta(hours=hours)
        inbox_over(settings, folder, converter, clock).iterate(turn(clock))
        assert converter.attempts["bad"] == attempts
    assert dict(converter.converted) == {"good": 1, "shy": 1}
    register = register_over(settings)
    bad = register.content_of("0000.pdf", _version(folder / "0000.pdf"))
    assert register.state(bad, clock.now()) is DocumentState.GIVEN_UP
    assert [attempt.code for attempt in register.failures(bad)] == ["damaged_pdf"] * 2
    assert "damaged" in register.failures(bad)[0].message


def _version(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"


def test_a_document_that_takes_its_worker_with_it_is_given_up(settings: Settings, folder: Path) -> None:
    def fault(text: str, attempt: int) -> None:
        if text == "deadly":
            raise Killed

    fill_inbox(folder, ["deadly", "later"])
    converter, clock = FakeConverter(fault), HandClock()
    for _ in range(3):
        with pytest.raises(Killed):
            _after_death(settings, folder, converter, clock)
    _after_death(settings, folder, converter, clock)
    assert converter.attempts["deadly"] == 3
    assert dict(converter.converted) == {"later": 1}
    register = register_over(settings)
    deadly = register.content_of("0000.pdf", _version(folder / "0000.pdf"))
    assert [attempt.code for attempt in register.failures(deadly)] == [GIVEN_UP]


def _after_death(settings: Settings, folder: Path, converter: FakeConverter, clock: HandClock) -> None:
    """A turn of a new worker: whoever held a claim is dead, as far as its process tells."""
    work = inbox_over(settings, folder, converter, clock)
    forget_claims(settings)
    work.iterate(turn(clock))


def test_a_lost_conversion_costs_an_attempt(settings: Settings, folder: Path) -> None:
    def fault(text: str, attempt: int) -> None:
        if attempt == 1:
            raise ConversionLost

    fill_inbox(folder, ["lost"])
    converter, clock = FakeConverter(fault), HandClock()
    outcome = inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert [finding.subject for finding in outcome.findings] == ["conversion_lost"]
    clock.time += timedelta(hours=25)
    inbox_over(settings, folder, converter, clock).iterate(turn(clock))
    assert dict(converter.converted) == {"lost": 1}


def test_a_visitor_comes_between_two_documents(settings: Settings, folder: Path) -> None:
    fill_inbox(folder, ["a", "b", "c"])
    converter, clock = FakeConverter(), HandClock()
    work = inbox_over(settings, folder, converter, clock, busy=lambda now: True)
    assert work.iterate(turn(clock)).summary == "1 converted."
    assert converter.rests == 1


def test_two_workers_at_once_share_the_documents(settings: Settings, folder: Path) -> None:
    fill_inbox(folder, [f"document {number}" for number in range(40)])
    converter, clock = FakeConverter(), HandClock()
    workers = [inbox_over(settings, folder, converter, clock) for _ in range(2)]
    threads = [threading.Thread(target=work.iterate, args=(turn(clock),)) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(converter.converted.values()) == {1}
    assert len(converter.converted) == 40


def test_a_thousand_documents_unattended_among_faults(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals, lost conversions and the death of the worker, all by chance. Nothing here asks what a power loss does,
    so the test does not wait for the disk.
    """
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    chance = random.Random(11)
    bad = {f"document {number}" for number in range(0, 1000, 50)}

    def fault(text: str, attempt: int) -> None:
        if text in bad:
            raise DamagedPdf
        draw = chance.random()
        if attempt == 1 and draw < 0.02:
            raise ConversionLost
        if attempt < 3 and 0.02 < draw < 0.03:
            raise Killed

    fill_inbox(folder, [f"document {number}" for number in range(1000)])
    converter, clock = FakeConverter(fault), HandClock()
    work, deaths = inbox_over(settings, folder, converter, clock), 0
    while deaths < 50:
        try:
            outcome = work.iterate(turn(clock))
        except Killed:
            deaths += 1
            work = inbox_over(settings, folder, converter, clock)
            forget_claims(settings)
            continue
        if outcome.status is IterationStatus.IDLE and clock.time > NOON + timedelta(hours=30):
            break
        clock.time += timedelta(hours=2)
    assert deaths > 3
    register = register_over(settings)
    done = list(register.all_done())
    assert len(done) == 980
    assert set(converter.converted.values()) == {1}
    assert all((register.files(sha256) / "document.md").exists() for sha256 in done)
    assert {text for text in converter.attempts if not converter.converted[text]} == bad
    assert {converter.attempts[text] for text in bad} == {2}


# -- claims ------------------------------------------------------------------------------------------------------------


def test_a_claim_of_another_machine_is_lost_after_a_while(settings: Settings, tmp_path: Path) -> None:
    register = register_over(settings)
    assert register.claim("ab", NOON)
    (path,) = (settings.data_dir / "workers" / "inbox" / "documents" / "ab").glob("claim-1.json")
    theirs = Claim("elsewhere", 7, "123", "somebody", "2026-03-02T12:00:00.000Z")
    path.write_bytes(CLAIM.encode(theirs))
    other = register_over(settings)
    assert other.state("ab", NOON + timedelta(hours=2)) is DocumentState.CLAIMED
    assert not other.claim("ab", NOON + timedelta(hours=2))
    assert other.claim("ab", NOON + timedelta(hours=4))


def test_the_first_end_of_a_document_stands(settings: Settings) -> None:
    register = register_over(settings)
    first = DoneDocument("a.pdf", "ok", 1, 1, "r1", "2026-03-02T12:00:00.000Z", 1.0)
    register.finish("ab", first)
    register.finish("ab", replace(first, record_id="r2"))
    assert register.done("ab") == first


# -- sources -----------------------------------------------------------------------------------------------------------


class FakeRepo:
    repo_id = "owner/inbox"

    def pdfs(self) -> dict[str, tuple[str, int]]:
        return {"new/a.pdf": ("blob a", 3), "new/big.pdf": ("blob b", 3_000_000), "old/c.pdf": ("blob c", 3)}

    def fetch(self, path: str) -> bytes:
        return path.encode()


def test_a_dataset_is_watched_below_its_folder_and_large_files_are_never_fetched(tmp_path: Path) -> None:
    source = DatasetSource(FakeRepo(), "new", most_bytes=1_000_000)
    small, large = source.files()
    assert small == InboxFile("new/a.pdf", 3, "blob a")
    source.fetch(small, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"new/a.pdf"
    with pytest.raises(FileTooLarge):
        source.fetch(large, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_without_an_inbox_there_is_no_worker(settings: Settings, folder: Path) -> None:
    with pytest.raises(InboxMissing):
        build(settings, "")
    clock = HandClock()
    with pytest.raises(InboxMissing):
        inbox_over(settings, folder, FakeConverter(), clock).iterate(turn(clock))


def test_a_register_starts_clean(settings: Settings) -> None:
    register = DocumentRegister(settings.data_dir, timedelta(hours=1), timedelta(hours=1))
    assert register.claim("ab", NOON)
    torn = settings.data_dir / "workers" / "inbox" / "documents" / "ab" / ".new-1234"
    torn.write_text("half")
    register.recover()
    assert not torn.exists()
