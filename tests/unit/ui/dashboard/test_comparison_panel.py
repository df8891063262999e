"""The text part of a comparison: shown to whoever has both links, in words where it cannot be, and never as HTML of a
document.
"""

from collections.abc import Mapping
from typing import cast

import pytest

from pipeline.errors import RunNotFound
from pipeline.pages import PageStatus
from pipeline.records import ConvertOptions, PageOutcome, RunStatus
from pipeline.runs.state import PageText, RunView
from pipeline.ui.dashboard.comparison_panel import Side, Texts
from pipeline.ui.ports import Runs
from pipeline.ui.text_comparison import CHANGES_AT_ONCE, compare_texts, run_id_in
from tests.support.hostile_markup import HOSTILE, Tags, text

LEFT, RIGHT = "a" * 32, "b" * 32


def view(run_id: str, pages: Mapping[int, str], status: RunStatus = RunStatus.OK) -> RunView:
    return RunView(
        run_id=run_id,
        record_id=f"record-{run_id[0]}",
        version=1,
        name="report.pdf",
        options=ConvertOptions(),
        status=status,
        stage=None,
        queue_position=0,
        page_count=len(pages),
        pages=tuple(PageOutcome(page, PageStatus.OK) for page in pages),
        texts=tuple(PageText(page, markdown) for page, markdown in pages.items()),
        elapsed_s=1.0,
        remaining_s=None,
        bundle="light",
        engines=(),
        exports=(),
        error=None,
    )


class Kept:
    """Runs that have ended; anything else has expired."""

    def __init__(self, *views: RunView) -> None:
        self._views = {view.run_id: view for view in views}

    def view(self, run_id: str) -> RunView:
        try:
            return self._views[run_id]
        except KeyError:
            raise RunNotFound from None


def texts(*views: RunView) -> Texts:
    return Texts(cast(Runs, Kept(*views)))


RECORDS = ("record-a", "record-b")
BOTH = (Side("record-a", LEFT), Side("record-b", RIGHT))


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        (LEFT, LEFT),
        (f" {LEFT}\n", LEFT),
        (f"https://a.space/?run={LEFT}", LEFT),
        (f"http://a.space/x?__theme=dark&run={LEFT}#top", LEFT),
        ("", ""),
        ("https://[", ""),
        ("../../etc/passwd", ""),
        ("x" * 65, ""),
        ("https://a.space/?record=1", ""),
    ],
)
def test_a_link_or_an_id_is_understood(pasted: str, found: str) -> None:
    assert run_id_in(pasted) == found


def test_links_are_kept_checked_and_found_among_the_tabs_own() -> None:
    kept = texts(view(LEFT, {1: "a"}), view(RIGHT, {1: "b"}))
    asked = kept.sides(RECORDS, (), {"tab_runs": ["gone", RIGHT, 7, {}]})
    assert asked == (Side("record-a"), Side("record-b", RIGHT))
    assert text(kept.section(asked)).count("known in this tab") == 1
    wrong = kept.sides(RECORDS, asked, {"links": [RIGHT, ""]})
    assert wrong == (Side("record-a", wrong="This link leads to another run."), Side("record-b", RIGHT))
    assert kept.sides(RECORDS, wrong, {"links": [f"https://a.space/?run={LEFT}", ""]}) == BOTH
    assert kept.sides(RECORDS, BOTH, {"change": 10}) == BOTH
    assert kept.sides(("record-b", "record-c"), BOTH, {"links": "nonsense"}) == (
        Side("record-b", RIGHT),
        Side("record-c"),
    )


def test_what_cannot_be_compared_has_words() -> None:
    assert "This dashboard only reads records." in text(Texts(None).section((Side("record-a"), Side("record-b"))))
    assert "its files have expired" in text(texts(view(LEFT, {1: "a"})).section(BOTH))
    assert "Neither run has the text of a page." in text(texts(view(LEFT, {}), view(RIGHT, {})).section(BOTH))
    assert "The text of all 2 pages is the same." in text(
        texts(view(LEFT, {1: "a", 2: "b"}), view(RIGHT, {1: "a", 2: "b"})).section(BOTH)
    )
    told = texts(
        view(LEFT, {1: "a\n\nb", 2: "x\n" * 200}), view(RIGHT, {1: "a\nb", 2: "x\n" * 201}, RunStatus.RUNNING)
    ).section(BOTH)
    for words in ("Only white space differs.", "too long or too repetitive", "These are its pages so far".lower()):
        assert words in text(told)


def test_the_lines_of_a_changed_page_are_shown() -> None:
    kept = texts(view(LEFT, {1: "same", 2: "one two three", 3: "gone"}), view(RIGHT, {1: "same", 2: "one 2 three"}))
    told = kept.section(BOTH)
    assert "1 of 3 pages is equal. Changed page 2 Only in the first run page 3" in text(told)
    assert "<span>one <b>two</b> three</span>" in told
    assert "<span>one <b>2</b> three</span>" in told
    assert "The second run has no text of this page." in text(told)


def test_many_differing_pages_are_turned() -> None:
    pages = {number: f"page {number}" for number in range(1, 26)}
    kept = texts(view(LEFT, pages), view(RIGHT, {number: f"{words}!" for number, words in pages.items()}))
    first, last = kept.section(BOTH), kept.section(BOTH, 20)
    assert first.count("<details") == CHANGES_AT_ONCE
    assert "1 to 10 of 25 differing pages" in text(first)
    assert 'data-change="10"' in first
    assert "21 to 25 of 25 differing pages" in text(last)
    assert 'data-change="10"' in last
    assert kept.section(BOTH, 10**9) == last
    assert kept.section(BOTH, -5) == first


def test_the_same_pages_are_told_to_programs() -> None:
    of = compare_texts(view(LEFT, {1: "a b c", 2: "x"}), view(RIGHT, {1: "a B c"}))
    assert [(page.page, page.change) for page in of.shown] == [(1, "changed"), (2, "left_only")]
    assert of.differing == 2


def test_no_text_of_a_document_becomes_html() -> None:
    kept = texts(
        view(LEFT, {1: f"one {HOSTILE} two\n{HOSTILE}"}),
        view(RIGHT, {1: f"one {HOSTILE} three\n<script>alert(1)</script>"}),
    )
    told = kept.section(BOTH)
    assert Tags(told).tags <= {"section", "h3", "p", "dl", "div", "dt", "dd", "details", "summary", "i", "b", "span"}
    assert not [name for name in Tags(told).attributes if name.startswith("on")]
    assert "${" not in told
    assert "{{" not in told
    assert HOSTILE in Tags(told).text
    wrong = kept.section((Side(HOSTILE, wrong=HOSTILE), Side("record-b")))
    assert "img" not in Tags(wrong).tags


def test_a_line_without_end_is_cut() -> None:
    told = texts(view(LEFT, {1: "x" * 100_000}), view(RIGHT, {1: "y" * 100_000})).section(BOTH)
    assert len(told) < 10_000
    assert "…" in told
