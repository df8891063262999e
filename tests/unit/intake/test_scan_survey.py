"""Which pages are scans is told at a glance, and a page that hurts costs that answer only."""

import os
import signal
import time
from itertools import islice
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pipeline.intake.reader import PdfReader
from pipeline.intake.scan_survey import spread, survey
from pipeline.intake.wire import SurveyRequest
from pipeline.survey import Survey
from tests.unit.intake.pdf_files import Page, PdfFile, encrypted, plain, slow_page, stream, text

WORDS = "A line of words that a page shows in full. " * 20  # 680 characters that leave ink
IMAGE = stream(
    b"\x55" * 100, b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8"
)
WITH_IMAGE = b"/XObject << /I 4 0 R >>"
WHOLE_PAGE, CORNER = b"q 612 0 0 792 0 0 cm /I Do Q\n", b"q 200 0 0 200 0 0 cm /I Do Q\n"


def imaged(operators: bytes) -> Page:
    return Page(operators, resources=WITH_IMAGE)


def surveyed(reader: PdfReader, path: Path, password: str = "", seconds: float = 20.0) -> Survey | None:
    return reader.survey(path, password, reader.preflight(path, password).page_count, seconds)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("scan", Survey(1, 1)),
        ("scan_layer", Survey(1, 1)),  # its text layer is hidden
        ("scan_turned_pages", Survey(3, 3)),
        ("multi_page", Survey(5, 0)),
        ("gallery", Survey(2, 0)),
        ("manual", Survey(17, 0)),
    ],
)
def test_scans_are_told_from_pages_with_text_of_their_own(
    reader: PdfReader, documents: Path, name: str, found: Survey
) -> None:
    assert surveyed(reader, documents / f"{name}.pdf") == found


@pytest.mark.parametrize(
    ("page", "scanned"),
    [
        (imaged(WHOLE_PAGE), 1),
        (imaged(WHOLE_PAGE + text("Received on 3 May")), 1),
        (imaged(WHOLE_PAGE + text(WORDS, mode=3)), 1),
        (imaged(WHOLE_PAGE + text(WORDS)), 0),
        (imaged(CORNER), 0),
        (Page(text("Part Two")), 0),
        (Page(b""), 0),
        (Page(body=b"null"), 0),
        (Page(WHOLE_PAGE, crop_box=(300.0, 400.0, 600.0, 700.0), rotate=90, resources=WITH_IMAGE), 1),
    ],
)
def test_bitmaps_and_shown_text_decide(reader: PdfReader, tmp_path: Path, page: Page, scanned: int) -> None:
    path = PdfFile([Page(text(WORDS)), page], [IMAGE]).write(tmp_path / "a.pdf")
    assert surveyed(reader, path) == Survey(2, scanned)


def test_a_password_opens_the_document(reader: PdfReader, tmp_path: Path) -> None:
    path = encrypted(tmp_path / "a.pdf", "sesame")
    assert surveyed(reader, path, "sesame") == Survey(1, 0)
    assert reader.survey(path, "guess", 1) is None


def test_a_page_that_takes_long_ends_the_look(reader: PdfReader, tmp_path: Path) -> None:
    path = PdfFile([slow_page(), *[Page(text(WORDS))] * 3]).write(tmp_path / "slow.pdf")
    found = surveyed(reader, path, seconds=0.05)
    assert found is None or found.looked < 4
    assert reader.preflight(path).page_count == 4


def test_a_child_that_does_not_answer_leaves_the_answer_open(reader: PdfReader, tmp_path: Path) -> None:
    path = plain(tmp_path / "a.pdf")
    reader.preflight(path)
    child = reader._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    assert reader.survey(path, "", 3, 0.0) is None
    assert reader.preflight(path).page_count == 3
    assert surveyed(reader, path) == Survey(3, 0)


def test_a_file_that_is_gone_leaves_the_answer_open(reader: PdfReader, tmp_path: Path) -> None:
    assert reader.survey(tmp_path / "gone.pdf", "", 3) is None


def test_a_long_document_is_sampled_over_its_whole_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 300 pages every third is a scan, and the clock admits thirty pages."""
    pages = [imaged(WHOLE_PAGE) if number % 3 == 0 else Page(text(WORDS)) for number in range(300)]
    path = PdfFile(pages, [IMAGE]).write(tmp_path / "long.pdf")
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock) / 10)
    with pdfium.PdfDocument(path) as document:
        found = survey(document, SurveyRequest(str(path), "", 300, 3000, 0.5, 10))
    assert found.looked == 30
    assert abs(found.scanned - 10) <= 1
    assert abs(Survey(found.looked, found.scanned).scanned_of(300) - 100) <= 10


@pytest.mark.parametrize("count", [1, 2, 3, 6, 17, 64, 300, 1000])
def test_every_page_has_its_turn_and_any_beginning_is_spread_evenly(count: int) -> None:
    assert sorted(spread(count)) == list(range(1, count + 1))
    first = list(islice(spread(count), max(count // 8, 1)))
    thirds = [sum(3 * (page - 1) // count == third for page in first) for third in range(3)]
    assert max(thirds) - min(thirds) <= 2
    if count >= 64:
        odd = sum(page % 2 for page in first) / len(first)
        assert odd == pytest.approx(0.5, abs=0.2)


def test_the_answer_is_for_the_whole_document() -> None:
    assert Survey(30, 10).scanned_of(300) == 100
    assert Survey(300, 1).scanned_of(300) == 1
    assert Survey(1000, 1).scanned_of(300) == 1
    assert Survey(30, 0).scanned_of(300) == 0
