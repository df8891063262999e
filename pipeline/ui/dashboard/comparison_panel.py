"""The last part of a comparison: how the two runs' text differs, page by page.

The dashboard is public and knows no text, so a reader shows that the runs are theirs by their secret links. Runs that
were converted in the same browser tab are known to it and offered by it; other links are pasted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.history.difference import Change, DifferenceLine, Mark
from pipeline.ui.convert.actions import told
from pipeline.ui.convert.present import count, page_ranges
from pipeline.ui.ports import Runs
from pipeline.ui.sanitise import escape
from pipeline.ui.text_comparison import (
    CHANGES_AT_ONCE,
    LINK_CHARS,
    ComparedPage,
    TextComparison,
    compare_texts,
    open_run,
)

OWN_RUNS = 20
MOST_CHARS = 2_000
"""Shown of one line; the whole text is in the run's files."""
MOST_SHOWN_LINES = 400
MARK_CLASSES = {Mark.SAME: "same", Mark.REMOVED: "removed", Mark.ADDED: "added", Mark.SKIPPED: "skipped"}
ELSEWHERE = (
    "<p>This dashboard only reads records. Compare the text where the runs were converted, on the dashboard of "
    "that Space.</p>"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One run of a comparison: its record, its secret link where the reader has it, and what is wrong with the one they
    gave.
    """

    record_id: str
    link: str = ""
    wrong: str = ""


class Texts:
    """What a reader may see of two runs' text. ``runs`` is None where this server converts nothing."""

    def __init__(self, runs: Runs | None) -> None:
        self._runs = runs

    def sides(self, record_ids: Sequence[str], before: Sequence[Side], data: dict[str, Any]) -> tuple[Side, ...]:
        """The sides of a comparison after a click: links just pasted, known from before, or among the runs of the
        reader's tab.
        """
        pasted = data.get("links")
        given = [str(link)[:LINK_CHARS] for link in pasted[:2]] if isinstance(pasted, list) else []
        known = {side.record_id: side for side in before}
        sides = [known.get(record_id, Side(record_id)) for record_id in record_ids]
        sides = [self._given(side, link) for side, link in zip(sides, [*given, "", ""], strict=False)]
        return tuple(self._found(side, data.get("own")) for side in sides)

    def _given(self, side: Side, link: str) -> Side:
        if not link.strip() or self._runs is None:
            return side
        try:
            view = open_run(self._runs, link)
        except Exception as error:
            return Side(side.record_id, wrong=told(error).message)
        if view.record_id != side.record_id:
            return Side(side.record_id, wrong="This link leads to another run.")
        return Side(side.record_id, view.run_id)

    def _found(self, side: Side, own: object) -> Side:
        """The side with its link, where it is among those that the reader's tab knows."""
        if side.link or self._runs is None or not isinstance(own, list):
            return side
        for link in own[:OWN_RUNS]:
            try:
                view = open_run(self._runs, str(link))
            except Exception:  # noqa: S112 - the tab remembers runs that have expired since
                continue
            if view.record_id == side.record_id:
                return Side(side.record_id, view.run_id)
        return side

    def section(self, sides: Sequence[Side], first: int = 0) -> str:
        """The difference where both links are known, else the form that asks for them."""
        if self._runs is None:
            return _section(ELSEWHERE)
        if not all(side.link for side in sides):
            return _section(_form(sides))
        try:
            left, right = (self._runs.view(side.link) for side in sides)
        except Exception as error:
            return _section(f'<p class="texts-wrong">{escape(told(error).message)}</p>')
        return _section(difference(compare_texts(left, right, first)))


def difference(of: TextComparison) -> str:
    """The pages that differ, line by line."""
    if not of.changes:
        return "<p>Neither run has the text of a page.</p>"
    under_way = (
        ""
        if all(view.status.ended for view in (of.left, of.right))
        else " A run is still under way: these are its pages so far."
    )
    equal = len(of.changes) - of.differing
    told = (
        f"{equal:,} of {count(len(of.changes), 'page')} {'is' if equal == 1 else 'are'} equal."
        if of.differing
        else _all_equal(of)
    )
    pages = "".join(map(_page, of.shown))
    return f'<p class="texts-told">{told}{under_way}</p>{_strip(of)}{pages}{_pager(of)}'


def _all_equal(of: TextComparison) -> str:
    return f"The text of {'the page' if len(of.changes) == 1 else f'all {len(of.changes):,} pages'} is the same."


def _strip(of: TextComparison) -> str:
    """Which pages differ, in words: a list of ranges stays readable at a thousand pages."""
    words = {
        Change.CHANGED: "Changed",
        Change.LEFT_ONLY: "Only in the first run",
        Change.RIGHT_ONLY: "Only in the second run",
    }
    rows = []
    for change, name in words.items():
        pages = [page.page for page in of.changes if page.change is change]
        if pages:
            rows.append(
                f"<div><dt>{name}</dt><dd>{'page' if len(pages) == 1 else 'pages'} {page_ranges(pages)}</dd></div>"
            )
    return f'<dl class="rows">{"".join(rows)}</dl>' if rows else ""


def _page(page: ComparedPage) -> str:
    return (
        f'<details class="page-change" open><summary>Page {page.page}{_counts(page)}</summary>{_body(page)}</details>'
    )


def _counts(page: ComparedPage) -> str:
    removed, added = page.lines_of(Mark.REMOVED), page.lines_of(Mark.ADDED)
    return f' <i class="removed">−{removed}</i> <i class="added">+{added}</i>' if removed or added else ""


def _body(page: ComparedPage) -> str:
    if page.change is Change.LEFT_ONLY:
        return "<p>The second run has no text of this page.</p>"
    if page.change is Change.RIGHT_ONLY:
        return "<p>The first run has no text of this page.</p>"
    if page.lines is None:
        return (
            "<p>This page is too long or too repetitive to be compared line by line; compare the runs' Markdown "
            "files.</p>"
        )
    if not page.lines:
        return "<p>Only white space differs.</p>"
    lines = "".join(map(_line, page.lines[:MOST_SHOWN_LINES]))
    more = len(page.lines) - MOST_SHOWN_LINES
    return f'<div class="diff">{lines}</div>{f"<p>and {more:,} more lines</p>" if more > 0 else ""}'


def _line(line: DifferenceLine) -> str:
    if line.mark is Mark.SKIPPED:
        return f'<div class="skipped">{count(line.skipped, "equal line")}</div>'
    return f'<div class="{MARK_CLASSES[line.mark]}"><i>{line.mark}</i><span>{_pieces(line)}</span></div>'


def _pieces(line: DifferenceLine) -> str:
    html, left = "", MOST_CHARS
    for piece in line.pieces:
        text = escape(piece.text[:left])
        html += f"<b>{text}</b>" if piece.changed else text
        left -= len(piece.text)
        if left <= 0:
            return f"{html}…"
    return html


def _pager(of: TextComparison) -> str:
    last = of.first + len(of.shown)
    if of.differing <= CHANGES_AT_ONCE:
        return ""
    back = (
        f'<button type="button" class="quiet" data-change="{of.first - CHANGES_AT_ONCE}">‹ Earlier</button>'
        if of.first
        else ""
    )
    forth = f'<button type="button" class="quiet" data-change="{last}">Later ›</button>' if last < of.differing else ""
    return f'<p class="texts-pager">{back}<span>{of.first + 1:,} to {last:,} of {of.differing:,} differing pages</span>{forth}</p>'


def _form(sides: Sequence[Side]) -> str:
    fields = "".join(map(_field, sides))
    return (
        "<p>The dashboard is public and shows no document. Paste the links of the two runs, which only their owner "
        "has, "
        f'to see how their text differs.</p><form class="texts-form" data-texts>{fields}'
        '<button type="submit" class="quiet">Show the difference</button></form>'
    )


def _field(side: Side) -> str:
    name = f"<code>{escape(side.record_id[-8:])}</code>"
    if side.link:
        return f'<label>{name}<span>known in this tab</span><input type="hidden" value=""></label>'
    wrong = f'<em role="alert">{escape(side.wrong)}</em>' if side.wrong else ""
    field = '<input type="text" autocomplete="off" spellcheck="false" placeholder="Link or run id">'
    return f"<label>{name}{field}{wrong}</label>"


def _section(body: str) -> str:
    return f'<section class="texts"><h3>Text, page by page</h3>{body}</section>'
