"""What people read: words, numbers, cells and tables made of snapshots."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.errors import DamagedPdf, PasswordNeeded, RunDeleted, RunNotFound
from pipeline.pages import Preflight
from pipeline.records import ErrorFacts, RunStatus
from pipeline.runs.state import CheckedSource, Source
from pipeline.settings import read_settings
from pipeline.survey import Survey
from pipeline.ui.catalogue import speaking
from pipeline.ui.convert import present, reader_pages
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.convert.page_state import Document, PageState
from tests.support.views import RUN_ID, a_view

EVIL = '"><img src=x onerror=alert(1)>${alert(1)}{{value}}'


class Words(HTMLParser):
    """The words of some HTML, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(str(html))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def words(html: str) -> list[str]:
    return Words(html).words


def cells(html: str) -> list[tuple[str, str | None]]:
    """Kind and title of each cell of a page strip."""
    found = [attributes for tag, attributes in Words(html).tags if tag == "button"]
    return [((attributes["class"] or "").removeprefix("cell cell-"), attributes["title"]) for attributes in found]


def names(html: str) -> list[str | None]:
    """What a screen reader says of each cell of a page strip."""
    return [attributes["aria-label"] for tag, attributes in Words(html).tags if tag == "button"]


def test_limits_come_from_the_settings() -> None:
    settings = read_settings({"MAX_FILE_MB": "25", "MAX_PAGES": "1200"})
    assert words(present.limits(settings)) == ["Each PDF up to 25 MB and 1,200 pages, 5 files at once."]


def test_the_list_names_each_document_with_its_state() -> None:
    path = Path("x.pdf")
    state = PageState(
        (
            Document(path, "good.pdf", 128_322, 5),
            Document(path, "locked.pdf", 10, error=error_facts(PasswordNeeded())),
            Document(path, "bad.pdf", 10, error=error_facts(DamagedPdf())),
            Document(path, "long.pdf", 10, 8, run_id=RUN_ID),
        ),
        chosen=1,
    )
    html = present.document_list(state, (None, None, None, a_view("ooo.....")))
    assert words(html) == [
        *("good.pdf", "Ready", "5 pages · 128 kB"),
        *("locked.pdf", "Locked", "The PDF needs a password; enter it and convert again.", "password_needed"),
        *(
            "bad.pdf",
            "Refused",
            "The PDF is damaged or incomplete; save or download it again and upload the new copy.",
            "damaged_pdf",
        ),
        *("long.pdf", "Converting", "3 of 8 pages"),
    ]
    pressed = [attributes["aria-pressed"] for tag, attributes in Words(html).tags if tag == "button"]
    assert pressed == ["false", "true", "false", "false"]
    assert "width:38%" in html


@pytest.mark.parametrize(
    ("pages", "survey", "english", "portuguese"),
    [
        (12, None, "12 pages", "12 páginas"),
        (12, Survey(12, 0), "12 pages", "12 páginas"),
        (12, Survey(12, 1), "12 pages, 1 scanned", "12 páginas, 1 digitalizada"),
        (12, Survey(12, 3), "12 pages, 3 scanned", "12 páginas, 3 digitalizadas"),
        (12, Survey(12, 12), "12 pages, all scanned", "12 páginas, todas digitalizadas"),
        (1, Survey(1, 1), "1 page, scanned", "1 página, digitalizada"),
        (900, Survey(90, 30), "900 pages, about 300 scanned", "900 páginas, cerca de 300 digitalizadas"),
        (900, Survey(90, 90), "900 pages, about 900 scanned", "900 páginas, cerca de 900 digitalizadas"),
    ],
)
def test_a_row_says_how_many_pages_are_scans(pages: int, survey: Survey | None, english: str, portuguese: str) -> None:
    checked = CheckedSource(Source(Path("x.pdf"), "x.pdf"), Preflight("", 10_000, pages), (0, 0, 0), survey=survey)
    state = PageState((Document(Path("x.pdf"), "x.pdf", 10_000, pages, checked=checked),))
    for language, wanted in (("en", english), ("pt", portuguese)):
        with speaking(language):
            shown = words(present.document_list(state, (None,)))
        assert f"{wanted} · 10 kB" in shown


def test_a_waiting_run_tells_its_place() -> None:
    waiting = a_view("..", RunStatus.QUEUED, queue_position=3)
    assert words(present.run_card(waiting)) == [
        *("report.pdf", "Waiting", "report.pdf: Waiting", "Place in the queue", "3"),
    ]


def test_a_running_run_tells_progress_and_times() -> None:
    assert words(present.run_card(a_view("oof.", remaining_s=31))) == [
        *("report.pdf", "Converting", "report.pdf: Converting", "Pages", "3 of 4", "Elapsed", "1:05"),
        *("Remaining", "about 30 s", "Now", "Reading pages"),
    ]


def test_an_ended_run_tells_what_it_skipped_and_why_it_failed() -> None:
    assert words(present.run_card(a_view("of", RunStatus.PARTIAL)))[-2:] == ["Skipped", "1 page"]
    failed = a_view("f", RunStatus.ERROR, error=ErrorFacts("nothing_converted", "No page could be converted.", False))
    assert words(present.run_card(failed))[-2:] == ["No page could be converted.", "nothing_converted"]


def test_the_strip_has_a_cell_for_every_page_of_a_short_document() -> None:
    strip = present.page_strip(a_view("orft."), 0)
    assert cells(strip) == [
        ("ok", "Page 1: done"),
        ("ocr", "Page 2: done, read by OCR"),
        ("failed", "Page 3: its content is unreadable and was skipped."),
        ("late", "Page 4: reading it took longer than 20 s and it was skipped."),
        ("open", "Page 5: still to come"),
    ]
    assert names(strip) == [
        *("Page 1: done", "Page 2: done, read by OCR", "Page 3: failed", "Page 4: timed out", "Page 5: still to come"),
    ]
    assert words(strip) == [*"12345", "done", "done, read by OCR", "failed", "timed out", "still to come"]


def test_a_run_that_ended_has_nothing_still_to_come() -> None:
    strip = present.page_strip(a_view("o.", RunStatus.CANCELLED), 0)
    assert cells(strip)[1] == ("open", "Page 2: not converted")
    assert names(strip)[1] == "Page 2: not converted"


def test_a_long_document_shares_cells_and_hides_no_gap() -> None:
    states = "o" * 500 + "f" + "o" * 299 + "." * 200
    strip = present.page_strip(a_view(states, texts={}), 5)
    shown = cells(strip)
    assert len(shown) == 67
    assert [position for position, (kind, _) in enumerate(shown) if kind == "failed"] == [500 // 15]
    assert shown[0] == ("ok", "Pages 1-15: done")
    assert [kind for kind, _ in shown[53:]] == ["open"] * 14  # the cell of pages 796-810 holds both kinds
    assert len(strip) < 20_000


@pytest.mark.parametrize(("pages", "each"), [(72, 1), (73, 5), (300, 5), (361, 10), (1000, 15)])
def test_a_cell_stands_for_whole_windows_of_pages(pages: int, each: int) -> None:
    shown = Words(present.page_strip(a_view("o" * pages, texts={}), 0))
    picks = [int(attributes["data-pick"] or 0) for tag, attributes in shown.tags if tag == "button"]
    assert picks == list(range(0, pages, each))
    assert len(picks) <= 72


def test_the_markdown_view_says_which_pages_it_shows_and_copies_the_whole() -> None:
    view = a_view("o" * 12)
    assert words(present.source_heading(view, 5, "gradio_api/file=/x")) == [
        "Markdown of pages 6 to 10",
        "Copy the whole document",
    ]
    assert words(present.source_heading(a_view("oo"), 0, "")) == ["Markdown of the whole document"]
    assert words(present.source_heading(view, 10, "")) == ["Markdown of pages 11 to 12"]


def test_the_strip_marks_what_the_reader_shows() -> None:
    strip = Words(present.page_strip(a_view("o" * 12), 5))
    current = [
        attributes["data-pick"] for tag, attributes in strip.tags if tag == "button" and "aria-current" in attributes
    ]
    assert current == ["5", "6", "7", "8", "9"]


def test_the_reader_shows_one_window_of_pages() -> None:
    view = a_view("o" * 1000)
    shown = re.findall(r"<p>Text of page (\d+)\.", reader_pages.reader(view, 5))
    assert shown == ["6", "7", "8", "9", "10"]
    assert words(reader_pages.window_name(view, 5)) == ["Pages 6 to 10", "of 1,000"]
    assert present.source(view, 998) == "Text of page 999.\n\nText of page 1000."


def test_the_reader_tells_gaps_from_pages_to_come() -> None:
    view = a_view("of.", texts={1: "Hello."})
    ended = a_view("of.", RunStatus.CANCELLED, texts={1: "Hello."})
    assert words(reader_pages.reader(view, 0)) == [
        "1",
        "Copy",
        "Hello.",
        "2",
        "Page 2: its content is unreadable and was skipped.",
        "3",
        "Still to come",
    ]
    assert words(reader_pages.reader(ended, 0))[-1] == "This page was not converted."


def test_a_page_cannot_leave_its_sheet() -> None:
    reader = reader_pages.reader(a_view("oo", texts={1: "```\n</section><b>", 2: "$$ never closed"}), 0)
    sheet = ["div", "section", "div", "button"]
    assert [tag for tag, _ in Words(reader).tags] == [*sheet, "pre", "code", *sheet, "p"]
    assert reader.count("</section>") == 2


def test_the_source_is_exact_but_for_controls() -> None:
    view = a_view("o", texts={1: "<b>&amp; | \x1b[0m`x`"})
    assert present.source(view, 0) == "<b>&amp; | [0m`x`"


def test_the_report_lists_gaps_options_and_engines() -> None:
    assert words(present.report(a_view("oft..", RunStatus.CANCELLED))) == [
        *("Skipped pages", "Page", "What happened", "Reason", "Code"),
        *("2", "failed", "Page 2: its content is unreadable and was skipped.", "page_unreadable"),
        *("3", "timed out", "Page 3: reading it took longer than 20 s and it was skipped.", "page_timed_out"),
        *("Not converted", "Pages 4-5. Press Continue to convert them."),
        *("Options", "Pages", "all", "OCR", "where a page needs it", "Tables", "recognised", "Models", "light"),
        *("Ran on", "the CPU", "Record", "it-1"),
        *("Engines", "Task", "Model", "Engine", "Layout", "PP-PicoDet CDLA", "onnxruntime"),
    ]
    assert words(present.report(a_view("oo", RunStatus.OK)))[0] == "Every page was converted."


def test_the_report_names_the_models_of_each_page_where_there_are_several() -> None:
    view = a_view("oooo", RunStatus.OK)
    names = ("accurate", "light", "light", "accurate")
    pages = tuple(replace(page, bundle=name) for page, name in zip(view.pages, names, strict=True))
    shown = words(present.report(replace(view, pages=pages, bundle="accurate+light")))
    assert "accurate: pages 1, 4; light: pages 2-3" in shown


def test_a_page_says_where_its_text_came_from_where_that_is_not_a_sound_text_layer() -> None:
    view = a_view("ooo", RunStatus.OK, texts={1: "plain", 2: "scan", 3: "mixed"})
    trust = (("layer", 1.0), ("ocr:rus", 0.871), ("layer+ocr", 0.7))
    pages = [
        replace(page, source=source, confidence=sure) for page, (source, sure) in zip(view.pages, trust, strict=True)
    ]
    view = replace(view, pages=tuple(pages))
    assert [word for word in words(reader_pages.reader(view, 0)) if word != "Copy"] == [
        *("1", "plain"),
        *("2", "Read from the page's image in Russian; certainty 87.1 %", "scan"),
        *("3", "The file's own text, and read from the page's image; certainty 70.0 %", "mixed"),
    ]
    report = words(present.report(view))
    assert report[report.index("Where the text came from") + 1 :][:6] == [
        *("Source", "Pages", "Least certainty"),
        *("The file's own text", "1", "100 %"),
    ]


INTERRUPTED = ErrorFacts("interrupted", "The run was interrupted.", True)
NOTHING = ErrorFacts("nothing_converted", "No page could be converted.", False)


@pytest.mark.parametrize(
    ("states", "status", "error", "label"),
    [
        ("oft", RunStatus.PARTIAL, None, "Retry the 2 failed pages"),
        ("of", RunStatus.PARTIAL, None, "Retry the failed page"),
        ("of.", RunStatus.CANCELLED, None, "Continue"),
        ("..", RunStatus.CANCELLED, None, "Continue"),
        ("of", RunStatus.PARTIAL, INTERRUPTED, "Continue"),
        ("", RunStatus.ERROR, INTERRUPTED, "Continue"),
        ("o.", RunStatus.ERROR, NOTHING, "Continue"),
        ("ff", RunStatus.ERROR, NOTHING, None),
        ("oo", RunStatus.OK, None, None),
        ("of.", RunStatus.RUNNING, None, None),
    ],
)
def test_a_run_that_ended_with_gaps_can_go_on(
    states: str, status: RunStatus, error: ErrorFacts | None, label: str | None
) -> None:
    view = a_view(states, status, error=error)
    assert (present.resume_label(view) if view.resumable else None) == label


@pytest.mark.parametrize(
    ("days", "expires_at", "shown"),
    [
        (7, "2026-11-29T04:17:27+00:00", "Kept for 7 days, until 29 Nov"),
        (1, "2027-01-01T00:00:00+00:00", "Kept for 1 day, until 1 Jan"),
        (3650, "2036-11-19T23:59:59+00:00", "Kept for 3,650 days, until 19 Nov 2036"),
        (7, "", "Kept for 7 days"),
    ],
)
def test_how_long_a_run_is_kept(days: int, expires_at: str, shown: str) -> None:
    view = a_view(status=RunStatus.OK, expires_at=expires_at)
    assert words(present.expiry(view, days, deleting=False)) == [shown]
    assert words(present.expiry(view, days, deleting=True)) == ["Delete the PDF and everything made of it?"]


def test_what_went_wrong_last_is_told_first() -> None:
    view = a_view("o.", RunStatus.PARTIAL, error=INTERRUPTED)
    assert (
        words(present.run_card(view, Document(None, "report.pdf", error=error_facts(PasswordNeeded()))))[-1]
        == "password_needed"
    )
    assert words(present.run_card(view))[-1] == "interrupted"


def test_a_run_that_the_space_did_not_end_is_called_interrupted_and_not_done() -> None:
    view = a_view("o.", RunStatus.PARTIAL, error=INTERRUPTED)
    assert "Interrupted" in words(present.run_card(view))
    assert "Interrupted" in words(present.document_list(PageState((Document(None, "report.pdf"),)), (view,)))
    assert "Done, with gaps" in words(present.run_card(replace(view, error=None)))


def test_a_run_that_is_no_more_is_gone_and_not_refused() -> None:
    state = PageState(
        (
            Document(None, "report.pdf", error=error_facts(RunDeleted())),
            Document(None, "Run not found", error=error_facts(RunNotFound())),
        )
    )
    assert words(present.document_list(state, (None, None))) == [
        *("report.pdf", "Gone", "The run and its files are deleted; its link leads nowhere now.", "deleted"),
        *(
            "Run not found",
            "Gone",
            "There is no such run, or its files have expired; convert the document again.",
            "run_not_found",
        ),
    ]


def test_names_and_reasons_are_text_and_no_template() -> None:
    state = PageState((Document(Path("x"), EVIL, error=ErrorFacts(EVIL, EVIL, False)),))
    view = a_view("o", RunStatus.ERROR, name=EVIL, error=ErrorFacts(EVIL, EVIL, False))
    for html in (present.document_list(state, (None,)), present.run_card(view)):
        assert "img" not in [tag for tag, _ in Words(html).tags]
        assert not re.search(r"[{}`]|\$", html)
