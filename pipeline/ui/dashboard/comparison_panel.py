"""The last part of a comparison: how the two runs' text differs, page by page.

The dashboard is public and knows no text, so a reader shows that the runs are theirs by their secret links. Runs that
were converted in the same browser tab are known to it and offered by it; other links are pasted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.history.difference import Change, DifferenceLine, Mark
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.ports import Runs
from pipeline.ui.templating import render
from pipeline.ui.text_comparison import (
    CHANGES_AT_ONCE,
    LINK_CHARS,
    ComparedPage,
    TextComparison,
    compare_texts,
    open_run,
)
from pipeline.ui.words import count

TAB_RUNS = 20  # runs of the reader's own tab that are looked up
MOST_CHARS = 2_000
"""Shown of one line; the whole text is in the run's files."""
MOST_SHOWN_LINES = 400
LINE_KINDS = {Mark.SAME: "same", Mark.REMOVED: "removed", Mark.ADDED: "added", Mark.SKIPPED: "skipped"}
CHANGE_NAMES = {
    Change.CHANGED: "Changed",
    Change.LEFT_ONLY: "Only in the first run",
    Change.RIGHT_ONLY: "Only in the second run",
}
RECORDS_ONLY = (
    "This dashboard only reads records. Compare the text where the runs were converted, on the dashboard of that Space."
)
WITHOUT_TEXT = "Neither run has the text of a page."


@dataclass(frozen=True, slots=True)
class Side:
    """One run of a comparison: its record, its secret link where the reader has it, and what is wrong with the link
    that the reader gave.
    """

    record_id: str
    link: str = ""
    wrong: str = ""


class Texts:
    """What a reader may see of two runs' text. ``runs`` is None where this server converts nothing."""

    def __init__(self, runs: Runs | None) -> None:
        self._runs = runs

    def sides(self, record_ids: Sequence[str], before: Sequence[Side], click: dict[str, Any]) -> tuple[Side, ...]:
        """The sides of a comparison after a click: links just pasted, links from before, or runs of the reader's tab.

        ``click`` comes from the browser: ``links`` are pasted, ``tab_runs`` are the run ids that the tab remembers.
        """
        pasted = click.get("links")
        links = [str(link)[:LINK_CHARS] for link in pasted[:2]] if isinstance(pasted, list) else []
        by_record = {side.record_id: side for side in before}
        sides = [by_record.get(record_id, Side(record_id)) for record_id in record_ids]
        sides = [self._with_pasted(side, link) for side, link in zip(sides, [*links, "", ""], strict=False)]
        return tuple(self._with_tab_run(side, click.get("tab_runs")) for side in sides)

    def _with_pasted(self, side: Side, link: str) -> Side:
        if not link.strip() or self._runs is None:
            return side
        try:
            view = open_run(self._runs, link)
        except Exception as error:
            return Side(side.record_id, wrong=error_facts(error).message)
        if view.record_id != side.record_id:
            return Side(side.record_id, wrong="This link leads to another run.")
        return Side(side.record_id, view.run_id)

    def _with_tab_run(self, side: Side, tab_runs: object) -> Side:
        """The side with its link, where the run is among those that the reader's tab remembers."""
        if side.link or self._runs is None or not isinstance(tab_runs, list):
            return side
        for link in tab_runs[:TAB_RUNS]:
            try:
                view = open_run(self._runs, str(link))
            except Exception:  # noqa: S112 - the tab remembers runs that have expired since
                continue
            if view.record_id == side.record_id:
                return Side(side.record_id, view.run_id)
        return side

    def section(self, sides: Sequence[Side], first: int = 0) -> Markup:
        """The difference where both links are known, else the form that asks for them."""
        if self._runs is None:
            return _sentence(RECORDS_ONLY)
        if not all(side.link for side in sides):
            return render("dashboard/texts_form", sides=sides)
        try:
            left, right = (self._runs.view(side.link) for side in sides)
        except Exception as error:
            return _sentence(error_facts(error).message, wrong=True)
        return difference(compare_texts(left, right, first))


def difference(comparison: TextComparison) -> Markup:
    """The pages that differ, line by line."""
    if not comparison.changes:
        return _sentence(WITHOUT_TEXT)
    return render(
        "dashboard/texts_difference",
        summary=_summary(comparison),
        under_way=not all(view.status.ended for view in (comparison.left, comparison.right)),
        ranges=_ranges(comparison),
        pages=[_page(page) for page in comparison.shown],
        pager=_pager(comparison) if comparison.differing > CHANGES_AT_ONCE else None,
    )


def _sentence(text: str, wrong: bool = False) -> Markup:
    return render("dashboard/texts", sentence=text, wrong=wrong)


def _summary(comparison: TextComparison) -> str:
    pages = len(comparison.changes)
    equal = pages - comparison.differing
    if comparison.differing:
        return f"{equal:,} of {count(pages, 'page')} {'is' if equal == 1 else 'are'} equal."
    return f"The text of {'the page' if pages == 1 else f'all {pages:,} pages'} is the same."


def _ranges(comparison: TextComparison) -> list[tuple[str, list[int]]]:
    """Which pages differ, in words: a list of ranges stays readable at a thousand pages."""
    ranges = [
        (name, [page.page for page in comparison.changes if page.change is change])
        for change, name in CHANGE_NAMES.items()
    ]
    return [(name, pages) for name, pages in ranges if pages]


def _page(page: ComparedPage) -> dict[str, object]:
    lines = page.lines or ()
    return {
        "number": page.page,
        "removed": page.lines_of(Mark.REMOVED),
        "added": page.lines_of(Mark.ADDED),
        "sentence": _instead_of_lines(page),
        "lines": [shown_line(line) for line in lines[:MOST_SHOWN_LINES]],
        "further": max(len(lines) - MOST_SHOWN_LINES, 0),
    }


def _instead_of_lines(page: ComparedPage) -> str:
    """The sentence for a page that has no lines to show; empty for any other."""
    if page.change is Change.LEFT_ONLY:
        return "The second run has no text of this page."
    if page.change is Change.RIGHT_ONLY:
        return "The first run has no text of this page."
    if page.lines is None:
        return "This page is too long or too repetitive to be compared line by line; compare the runs' Markdown files."
    return "" if page.lines else "Only white space differs."


def shown_line(line: DifferenceLine) -> dict[str, object]:
    """A line as the templates take it, cut after ``MOST_CHARS``."""
    pieces, left = [], MOST_CHARS
    for piece in line.pieces:
        if left <= 0:
            break
        pieces.append({"text": piece.text[:left], "changed": piece.changed})
        left -= len(piece.text)
    return {
        "skipped": line.skipped if line.mark is Mark.SKIPPED else 0,
        "kind": LINE_KINDS[line.mark],
        "mark": line.mark.value,
        "pieces": pieces,
        "cut": left <= 0,
    }


def _pager(comparison: TextComparison) -> dict[str, int | None]:
    last = comparison.first + len(comparison.shown)
    return {
        "first": comparison.first + 1,
        "last": last,
        "total": comparison.differing,
        "earlier": comparison.first - CHANGES_AT_ONCE if comparison.first else None,
        "later": last if last < comparison.differing else None,
    }
