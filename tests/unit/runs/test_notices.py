"""What a reader should know of a page that was converted reaches the view and the record."""

import zlib
from pathlib import Path

from pipeline.pages import PageStatus
from pipeline.records import RunStatus
from pipeline.settings import Settings
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, records, running, submit
from tests.unit.intake.pdf_files import Page, PdfFile, text


def test_a_page_that_lost_something_makes_the_run_a_partial_one(settings: Settings, tmp_path: Path) -> None:
    packed = zlib.compress(b"".join(text(f"Line {number}", 72, 700 - 12 * number, 10) for number in range(40)))
    half = packed[: len(packed) // 2]
    cut = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(half), half)
    hidden = Page(text("Seen.") + text("unseen", y=500, mode=3))
    path = PdfFile([Page(text("Sound.")), Page(contents=cut), hidden]).write(tmp_path / "a.pdf")
    with running(settings, WholePageBundle()) as runner:
        view = last(runner, submit(runner, path))
        again = last(runner, submit(runner, path, "1,3"))
    assert [page.status for page in view.pages] == [PageStatus.OK] * 3
    assert [page.code for page in view.pages] == ["", "content_incomplete", "hidden_text"]
    assert [page.page for page in view.noted] == [2, 3]
    assert "6 characters" in view.pages[2].reason
    assert (view.status, view.resumable) == (RunStatus.PARTIAL, False)
    assert again.status is RunStatus.OK  # hidden text alone is nothing that is missing
    recorded = next(record for record in records(settings) if record.iteration_id == view.record_id)
    assert [(page.code, page.reason) for page in recorded.pages] == [
        ("", ""),
        ("content_incomplete", ""),
        ("hidden_text", ""),
    ]
