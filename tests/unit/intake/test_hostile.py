"""One bad page costs that page, one bad file nobody else: after each of these, an ordinary document is read
correctly.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline import errors
from pipeline.intake.reader import PdfReader
from pipeline.pages import PageFailure, RenderedPage
from pipeline.settings import Settings
from tests.unit.intake.pdf_files import (
    Page,
    PdfFile,
    assemble,
    damaged_stream,
    drawing_bomb,
    parser_bomb,
    plain,
    slow_page,
    stream,
    text,
)

PAGE_SECONDS = 2
MEMORY_MB = 1100  # the libraries alone take about 600


@pytest.fixture(scope="module")
def strict(limits: Settings) -> Settings:
    return replace(limits, page_seconds=PAGE_SECONDS, child_memory_mb=MEMORY_MB)


@pytest.fixture(scope="module")
def reader(strict: Settings) -> Iterator[PdfReader]:
    with PdfReader(strict) as reader:
        yield reader


@pytest.fixture(autouse=True)
def _an_ordinary_document_follows(reader: PdfReader, tmp_path: Path) -> Iterator[None]:
    yield
    folder = tmp_path / "after"
    folder.mkdir()
    path = plain(tmp_path / "after.pdf")
    assert reader.preflight(path).page_count == 3
    assert texts(reader, path, folder) == ["Ordinary page 1.", "Ordinary page 2.", "Ordinary page 3."]


def texts(reader: PdfReader, path: Path, out_dir: Path, pages: tuple[int, ...] = (1, 2, 3)) -> list[str | PageFailure]:
    """The text of each page, lines joined, or its failure."""
    return [
        page if isinstance(page, PageFailure) else text_of(out_dir, page)
        for page in reader.render(path, "", pages, out_dir)
    ]


def text_of(out_dir: Path, page: RenderedPage) -> str:
    segmented = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    return "\n".join(cell.text for cell in segmented.textline_cells)


def around(page: Page) -> PdfFile:
    """Page 2 of three is ``page``."""
    return PdfFile([Page(text("Before.")), page, Page(text("After."))])


# -- time, memory, crashes ---------------------------------------------------------------------------------------------


def test_a_page_that_takes_too_long_is_skipped(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = around(slow_page()).write(tmp_path / "a.pdf")
    timed_out = PageFailure(2, "page_timed_out", "Page 2: reading it took longer than 2 s and it was skipped.")
    assert texts(reader, path, out_dir) == ["Before.", timed_out, "After."]
    assert sorted(cells.name for cells in out_dir.glob("cells-*")) == ["cells-00001.json", "cells-00003.json"]


def test_text_that_exhausts_one_parser_is_read_by_the_other(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    assert texts(reader, parser_bomb().write(tmp_path / "a.pdf"), out_dir, (1,)) == ["ABCDE"]


def test_a_page_that_exhausts_memory_while_it_is_drawn_is_skipped(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    [failure] = texts(reader, drawing_bomb().write(tmp_path / "a.pdf"), out_dir, (1,))
    assert failure in (
        PageFailure(1, "page_out_of_memory", "Page 1: it expands beyond 1,100 MB of memory and was skipped."),
        PageFailure(1, "page_timed_out", "Page 1: reading it took longer than 2 s and it was skipped."),
    )


def child_of(reader: PdfReader) -> int:
    assert reader._child is not None
    return reader._child.pid


@pytest.mark.parametrize(
    ("fatal", "failure"),
    [
        (signal.SIGKILL, PageFailure(2, "page_crashed", "Page 2: it crashed the PDF reader and was skipped.")),
        (
            signal.SIGXCPU,
            PageFailure(2, "page_timed_out", "Page 2: reading it took longer than 60 s and it was skipped."),
        ),
    ],
)
def test_a_page_that_ends_the_child_is_skipped(
    strict: Settings, tmp_path: Path, out_dir: Path, fatal: signal.Signals, failure: PageFailure
) -> None:
    path = around(slow_page()).write(tmp_path / "a.pdf")
    with PdfReader(replace(strict, page_seconds=60)) as reader:
        pages = reader.render(path, "", (1, 2, 3), out_dir)
        first = next(pages)
        assert isinstance(first, RenderedPage)
        assassin = threading.Timer(0.5, os.kill, (child_of(reader), fatal))
        assassin.start()
        ended = next(pages)
        assassin.join()
        assert ended == failure
        third = next(pages)
        assert isinstance(third, RenderedPage)
        assert text_of(out_dir, third) == "After."


def test_the_child_ends_when_its_threads_have_used_up_the_processor_time() -> None:
    program = """
import hashlib, signal, threading
from pipeline.intake.child import limit_time
limit_time(1)
signal.alarm(0)
def spin():
    while True:
        hashlib.sha256(bytes(1 << 20))
for _ in range(2):
    threading.Thread(target=spin).start()
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert ended.returncode == -signal.SIGXCPU


def test_a_crash_in_a_child_that_has_read_other_documents_is_tried_again(
    strict: Settings, tmp_path: Path, out_dir: Path
) -> None:
    guilty, innocent = plain(tmp_path / "guilty.pdf"), plain(tmp_path / "innocent.pdf")
    with PdfReader(strict) as reader:
        reader.preflight(guilty)
        os.kill(child_of(reader), signal.SIGSTOP)
        assassin = threading.Timer(0.3, os.kill, (child_of(reader), signal.SIGKILL))
        assassin.start()
        assert texts(reader, innocent, out_dir, (1,)) == ["Ordinary page 1."]
        assassin.join()


def test_a_child_killed_between_two_documents_is_not_missed(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = plain(tmp_path / "a.pdf")
    reader.preflight(path)
    os.kill(child_of(reader), signal.SIGKILL)
    os.waitid(os.P_PID, child_of(reader), os.WEXITED | os.WNOWAIT)
    assert texts(reader, path, out_dir) == ["Ordinary page 1.", "Ordinary page 2.", "Ordinary page 3."]


def test_opening_a_document_can_time_out_or_crash(strict: Settings, tmp_path: Path) -> None:
    path = plain(tmp_path / "a.pdf")
    with PdfReader(replace(strict, open_seconds=1)) as reader:
        reader.preflight(path)
        os.kill(child_of(reader), signal.SIGSTOP)
        with pytest.raises(errors.ReaderTimedOut, match="longer than 1 s"):
            reader.preflight(path)
        assert reader.preflight(path).page_count == 3
        os.kill(child_of(reader), signal.SIGSTOP)
        assassin = threading.Timer(0.2, os.kill, (child_of(reader), signal.SIGKILL))
        assassin.start()
        with pytest.raises(errors.ReaderCrashed):
            reader.preflight(path)
        assassin.join()


def test_a_slow_document_does_not_hold_up_another_reader(
    reader: PdfReader, strict: Settings, tmp_path: Path, out_dir: Path
) -> None:
    slow = around(slow_page()).write(tmp_path / "slow.pdf")
    with PdfReader(strict) as other:
        other.preflight(slow)
        ended: list[float] = []

        def render_slowly() -> None:
            list(reader.render(slow, "", (2,), out_dir))
            ended.append(time.monotonic())

        thread = threading.Thread(target=render_slowly)
        thread.start()
        accepted = other.preflight(plain(tmp_path / "quick.pdf"))
        quick_done = time.monotonic()
        thread.join()
    assert accepted.page_count == 3
    assert quick_done < ended[0]


# -- damage ------------------------------------------------------------------------------------------------------------

UNREADABLE = PageFailure(2, "page_unreadable", "Page 2: its content is unreadable and was skipped.")


def test_a_page_with_a_damaged_content_stream_is_named(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = around(Page(contents=damaged_stream())).write(tmp_path / "a.pdf")
    assert texts(reader, path, out_dir) == ["Before.", UNREADABLE, "After."]


def test_a_blank_page_is_a_page(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    assert texts(reader, around(Page(b"q Q\n")).write(tmp_path / "a.pdf"), out_dir) == ["Before.", "", "After."]


def test_a_page_without_any_content_is_a_page_where_the_file_is_sound(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    body = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    assert texts(reader, around(Page(body=body)).write(tmp_path / "a.pdf"), out_dir) == ["Before.", "", "After."]


def test_a_page_whose_content_was_cut_off_with_the_end_of_the_file_is_named(
    reader: PdfReader, documents: Path, tmp_path: Path, out_dir: Path
) -> None:
    whole, cut = (documents / "tables.pdf").read_bytes(), tmp_path / "cut.pdf"
    # A file made for the web has a trailer near its beginning; the last of its streams is cut in the middle.
    trailer = whole[whole.rindex(b"trailer") : whole.rindex(b"startxref")]
    header, body = whole.split(b"\n", 1)
    cut.write_bytes(header + b"\n" + trailer + body[: body.rindex(b"stream\n", 0, body.rindex(b"endstream")) + 200])
    assert reader.preflight(cut).page_count == 3
    first, second, third = texts(reader, cut, out_dir, (1, 2, 3))
    assert isinstance(first, str)
    assert "River Ferries in Figures" in first
    assert isinstance(second, str)
    assert "Table 6." in second
    assert third == PageFailure(3, "page_unreadable", "Page 3: its content is unreadable and was skipped.")


def test_a_null_page_does_not_shift_the_numbers_of_those_behind_it(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    pages = [Page(text("One.")), Page(body=b"null"), Page(text("Three.")), Page(text("Four."))]
    path = PdfFile(pages).write(tmp_path / "a.pdf")
    assert reader.preflight(path).page_count == 4
    assert texts(reader, path, out_dir, (1, 2, 3, 4)) == ["One.", UNREADABLE, "Three.", "Four."]


def test_resources_of_the_wrong_kind_do_not_lose_the_page(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    body = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 7 0 R /Resources << /Font 7"
        b" /XObject [1 2] >> >>"
    )
    path = around(Page(text("wrong"), body=body)).write(tmp_path / "a.pdf")
    assert texts(reader, path, out_dir) == ["Before.", "wrong", "After."]


def test_a_page_tree_of_a_thousand_million_pages_is_refused_at_once(reader: PdfReader, tmp_path: Path) -> None:
    levels = [
        b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>"
        % (2 + level, 10 ** (9 - level), b"%d 0 R " % (4 + level) * 10)
        for level in range(9)
    ]
    leaf = b"<< /Type /Page /Parent 11 0 R /MediaBox [0 0 612 792] >>"
    root = b"<< /Type /Pages /Count 1000000000 /Kids [3 0 R] >>"
    path = tmp_path / "a.pdf"
    path.write_bytes(assemble([b"<< /Type /Catalog /Pages 2 0 R >>", root, *levels, leaf]))
    with pytest.raises(errors.NoPages):
        reader.preflight(path)


def test_an_image_that_is_its_own_soft_mask_crashes_nothing(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    image = stream(
        b"\x55" * 10_000,
        b"/Type /XObject /Subtype /Image /Width 100 /Height 100 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /SMask 4 0 R",
    )
    page = Page(text("readable") + b"q 300 0 0 300 0 0 cm /I Do Q", resources=b"/XObject << /I 4 0 R >>")
    assert texts(reader, PdfFile([page], [image]).write(tmp_path / "a.pdf"), out_dir, (1,)) == ["readable"]


def test_a_form_that_draws_itself_leaves_the_text_readable(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    form = stream(
        b"/X Do " + text("inside"),
        b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >>"
        b" /XObject << /X 4 0 R >> >>",
    )
    path = PdfFile([Page(b"/X Do", resources=b"/XObject << /X 4 0 R >>")], [form]).write(tmp_path / "a.pdf")
    [result] = texts(reader, path, out_dir, (1,))
    assert isinstance(result, str)
    assert set(result.split("\n")) == {"inside"}


def test_a_page_with_more_characters_than_people_write_is_skipped(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    crowd = b"BT /F1 1 Tf 1 1 Td " + (b"(" + b"crowd " * 90 + b") Tj 0 0.75 Td ") * 1000 + b"ET"
    [failure] = texts(reader, PdfFile([Page(crowd)]).write(tmp_path / "a.pdf"), out_dir, (1,))
    assert failure == PageFailure(
        1, "page_too_dense", "Page 1: it has more than 50,000 words or pictures and was skipped."
    )


def test_how_many_words_a_page_may_have_is_the_owners_choice(settings: Settings, tmp_path: Path, out_dir: Path) -> None:
    crowd = b"BT /F1 8 Tf 20 780 Td " + (b"(" + b"crowd " * 20 + b") Tj 0 -9 Td ") * 60 + b"ET"
    path = PdfFile([Page(crowd)]).write(tmp_path / "a.pdf")
    for limit, dense in ((1000, True), (1500, False)):
        with PdfReader(replace(settings, page_cells=limit)) as reader:
            [page] = reader.render(path, "", (1,), out_dir)
        reason = f"Page 1: it has more than {limit:,} words or pictures and was skipped."
        assert (page == PageFailure(1, "page_too_dense", reason)) is dense


def test_script_links_and_attachments_are_not_followed(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    body = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >>"
        b" /Annots [<< /Type /Annot /Subtype /Link /Rect [72 690 300 720] /A << /S /Launch /F (/bin/sh) >> >>] >>"
    )
    bodies = PdfFile([Page(text("click"), body=body)]).bodies()
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % action
    path = tmp_path / "a.pdf"
    path.write_bytes(assemble(bodies))
    assert texts(reader, path, out_dir, (1,)) == ["click"]
