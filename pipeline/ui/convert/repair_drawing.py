"""From a repair's runs to gradio's updates: progress, then both texts of each page beside each other."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.history.difference import DifferenceLine, Mark, compare_lines
from pipeline.pages import format_page_range
from pipeline.records import PageOutcome
from pipeline.runs.state import RunView
from pipeline.runs.successors import doubtful_pages
from pipeline.ui.catalogue import counted, number, text
from pipeline.ui.convert.page_state import Repair
from pipeline.ui.convert.repair_actions import RepairUpdate
from pipeline.ui.convert.repair_parts import RepairParts
from pipeline.ui.dashboard.comparison_panel import MOST_SHOWN_LINES, shown_line
from pipeline.ui.templating import render
from pipeline.ui.words import STATUS_NAMES, page_ranges, percent, reread_pages, text_source

Updates = dict[Any, Any]
Row = dict[str, object]

MOST_COMPARED = 20  # pages that are shown line by line


def draw(parts: RepairParts, update: RepairUpdate, before: str = "") -> Updates:
    """Everything of the tab that differs from what was drawn under the signature ``before``."""
    first = update.first
    ended = first is not None and first.status.ended and bool(first.pages) and not first.read_only
    drawn = _signature(update) if ended else "none"
    if first is None or not ended or drawn == before:
        return {parts.tab: gr.Tab(visible=ended), parts.signature: drawn}
    repair = update.state.document.repair if update.state.document else Repair()
    second, reading, taking = update.second, _going(update.second), bool(repair.accepted)
    chosen = [page for page in second.finished if page.page not in repair.declined] if second else []
    choosing = second is not None and second.status.ended and not taking
    same = before.partition(":")[0] == first.run_id
    prefilled = {} if same else {parts.pages: format_page_range(doubtful_pages(first))}
    return {
        **prefilled,
        parts.tab: gr.Tab(visible=True),
        parts.signature: drawn,
        parts.advice: advice(first),
        parts.read: gr.Button(interactive=not reading and not taking),
        parts.stop: gr.Button(visible=reading),
        parts.outcome: outcome(update, repair),
        parts.accept: gr.Button(_accept_label(chosen), visible=choosing and bool(chosen)),
        parts.discard: gr.Button(visible=choosing),
    }


def _signature(update: RepairUpdate) -> str:
    """Changes with everything that the tab shows; it begins with the run's id."""
    runs = [update.first, update.second, update.taking]
    marks = [f"{run.run_id}:{run.status}:{run.pages_done}" if run else "" for run in runs]
    repair = update.state.document.repair if update.state.document else Repair()
    message = repair.error.message if repair.error else ""
    return ":".join([*marks, ",".join(map(str, sorted(repair.declined))), repair.accepted, message])


def _going(view: RunView | None) -> bool:
    return view is not None and not view.status.ended


def _accept_label(chosen: Sequence[PageOutcome]) -> str:
    return counted("repair.keep", len(chosen), pages=page_ranges([page.page for page in chosen]))


def advice(view: RunView) -> Markup:
    """Which pages are worth a second reading, and which had one."""
    doubtful = doubtful_pages(view)
    rereadings = [reread_pages(one) for one in view.rereadings]
    pages = page_ranges(doubtful)
    sentence = counted("repair.doubtful", len(doubtful), pages=pages) if doubtful else text("repair.sound")
    return render("repair_advice", sentence=sentence, rereadings=rereadings)


def outcome(update: RepairUpdate, repair: Repair) -> Markup:
    """How the second reading stands; once it has ended, its pages beside those of the first."""
    first, second = update.first, update.second
    ended = first is not None and second is not None and second.status.ended
    return render(
        "repair_outcome",
        error=repair.error or (second.error if second and not second.finished else None),
        progress=_progress(update),
        pages=list(_compared(first, second, repair)) if ended and first and second and not repair.accepted else [],
    )


def _progress(update: RepairUpdate) -> str:
    if update.taking is not None:
        return text("repair.writing")
    view = update.second
    if view is None:
        return ""
    numbers = {"done": number(view.pages_done), "pages": counted("count.page", len(view.pages))}
    if not view.status.ended:
        return text("repair.reading", **numbers)
    return text("repair.read_done", status=STATUS_NAMES[view.status].lower(), **numbers)


def _compared(first: RunView, second: RunView, repair: Repair) -> Iterator[Row]:
    old, new = ({page.page: page.markdown for page in view.texts} for view in (first, second))
    outcomes = {page.page: page for page in first.pages}
    for place, page in enumerate(second.pages):
        page_number = page.page
        lines = compare_lines(old.get(page_number, ""), new.get(page_number, "")) if place < MOST_COMPARED else None
        rows = list(_rows(lines or ()))
        yield {
            "number": page_number,
            "readable": page_number in new,
            "taken": page_number in new and page_number not in repair.declined,
            "old": _trust(outcomes.get(page_number)),
            "new": _trust(page),
            "sentence": _sentence(page, page_number in new, lines),
            "rows": rows[:MOST_SHOWN_LINES],
            "further": max(len(rows) - MOST_SHOWN_LINES, 0),
        }


def _trust(page: PageOutcome | None) -> str:
    """Where a version of a page comes from, and how sure it is; or why there is none."""
    if page is None or (page.reason and not page.source):
        return page.reason if page else text("cell.not_converted")
    sure = "" if page.confidence is None else text("repair.certainty", percent=percent(page.confidence))
    return "; ".join(filter(None, (text_source(page.source), sure))) or text("repair.no_text")


def _sentence(page: PageOutcome, readable: bool, lines: Sequence[DifferenceLine] | None) -> str:
    """In place of a page's lines; empty where there are some."""
    if not readable:
        return page.reason or text("repair.not_read")
    if lines is None:
        return text("repair.too_long")
    return "" if lines else text("repair.same_text")


def _rows(lines: Sequence[DifferenceLine]) -> Iterator[Row]:
    """Old and new beside each other: lines that are in both share a row, and so do those that took each other's
    place.
    """
    removed: list[DifferenceLine] = []
    added: list[DifferenceLine] = []
    for line in lines:
        if line.mark is Mark.REMOVED:
            if added:
                yield from _exchanged(removed, added)
                removed, added = [], []
            removed.append(line)
        elif line.mark is Mark.ADDED:
            added.append(line)
        else:
            yield from _exchanged(removed, added)
            removed, added = [], []
            yield {"skipped": line.skipped, "old": shown_line(line), "new": shown_line(line)}
    yield from _exchanged(removed, added)


def _exchanged(removed: Sequence[DifferenceLine], added: Sequence[DifferenceLine]) -> Iterator[Row]:
    for before, after in zip_longest(removed, added):
        yield {
            "skipped": 0,
            "old": None if before is None else shown_line(before),
            "new": None if after is None else shown_line(after),
        }
