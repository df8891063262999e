"""Runs as people see them: pure functions from snapshots to HTML, through the templates."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from pipeline.errors import RunInterrupted
from pipeline.pages import Lane, PageStatus
from pipeline.records import ErrorFacts, PageOutcome, RunStatus, Stage
from pipeline.runs.page_outcome import UNSURE
from pipeline.runs.state import RunView, pages_by_bundle
from pipeline.settings import Settings
from pipeline.ui.api import examples
from pipeline.ui.archive_route import ARCHIVE_PATH
from pipeline.ui.convert.gpu_price import cpu_offer, fallen_back, gpu_facts
from pipeline.ui.convert.page_state import PAGES_AT_ONCE, Document, PageState, files_at_once
from pipeline.ui.convert.reader_pages import MAX_PAGE_CHARS, window, window_texts
from pipeline.ui.plain_text import file_name, plain
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import (
    INTERRUPTED,
    MONTHS,
    OCR_NAMES,
    STAGE_NAMES,
    STATUS_NAMES,
    TABLE_NAMES,
    TASK_NAMES,
    clock,
    count,
    page_ranges,
    pages_named,
    percent,
    remaining,
    reread_pages,
    size,
    text_source,
)

MAX_CELLS = 72  # of the page strip; a longer document shares a cell among neighbouring pages
DAYS_WITHOUT_YEAR = 300  # a date further away is shown with its year

# A link's name, and what it lets its holder do.
READING_LINK = ("Copy read-only link", "Whoever has it can read the pages and take the files, and change nothing.")
PRIVATE_LINK = (
    "Copy private link",
    "It is a key: whoever has it can also stop, continue, convert again and delete this run.",
)
READ_ONLY = "This is a read-only link: only whoever has the private one can change the run or convert its PDF again."

# What a cell of the strip stands for, from the best to the worst; "open" has a name of its own once the run has ended.
CELL_NAMES = {
    "ok": "done",
    "ocr": "done, read by OCR",
    "unsure": "done, its text is doubtful",
    "failed": "failed",
    "late": "timed out",
    "open": "still to come",
}


# -- left side: what was uploaded --------------------------------------------------------------------------------------


def limits(settings: Settings) -> Markup:
    """What the Space accepts, shown before anything is uploaded."""
    return render(
        "limits_line", megabytes=settings.max_file_mb, pages=settings.max_pages, files=files_at_once(settings)
    )


def program(settings: Settings) -> Markup:
    """How programs use this Space. Where people have to sign in, no tools are offered."""
    tools = [] if settings.auth else [("As tools of a language model (MCP)", examples.TOOLS)]
    return render("program", examples=[("Python", examples.PYTHON), ("curl", examples.CURL), *tools])


def notice(error: ErrorFacts | None) -> Markup:
    """One sentence and its code; nothing where there is no error."""
    return NOTHING if error is None else render("notice", error=error)


def note(text: str) -> Markup:
    """A sentence in place of what Convert would take; nothing for none."""
    return render("note", text=text) if text else NOTHING


def document_list(state: PageState, views: tuple[RunView | None, ...]) -> Markup:
    """One row per document: name, facts, state; ``views`` runs beside ``state.documents``."""
    if not views:
        return NOTHING
    documents = zip(state.documents, views, strict=True)
    rows = [_document_row(state, document, view, place) for place, (document, view) in enumerate(documents)]
    told = [f"{row['name']}: {row['state_name']}" for row in rows] if state.editable else []
    return render("documents", rows=rows, told=". ".join(told), archive=_archive(views))


def _archive(views: Sequence[RunView | None]) -> str:
    """Where the browser finds the files of all documents in one ZIP; empty where fewer than two have files."""
    runs = [view.run_id for view in views if view is not None and view.exports]
    return f"{ARCHIVE_PATH.lstrip('/')}?{urlencode([('run', run) for run in runs])}" if len(runs) > 1 else ""


def _document_row(state: PageState, document: Document, view: RunView | None, place: int) -> dict[str, object]:
    kind, name = _document_state(state, document, view)
    too_long = document.most_pages and view is None
    return {
        "name": file_name(document.name),
        "chosen": place == state.chosen,
        "state": kind,
        "state_name": name,
        "error": document.error if view is None else None,
        "left_out": document.left_out,
        "facts": _document_facts(document, view),
        "percent": _percent(view) if view is not None and view.status is RunStatus.RUNNING else None,
        "removable": state.editable,
        "too_long": _too_long(document) if too_long else "",
        "shorten": "Undo" if document.pages else f"Convert pages {document.first_pages}",
    }


def _too_long(document: Document) -> str:
    if document.pages:
        return f"Pages {document.pages} will be converted."
    return f"At most {document.most_pages:,} pages are converted at once. Type a range below, or:"


def _document_state(state: PageState, document: Document, view: RunView | None) -> tuple[str, str]:
    """The kind of a document's chip and its word."""
    if view is not None:
        return view.status.value, status_name(view)
    if document.locked:
        return "partial", "Locked"
    if document.left_out:
        return "partial", "Left out"
    if document.error is not None:
        return "error", "Gone" if document.gone else "Refused"
    return ("ready", "Ready") if state.ready(document) else ("partial", "Too long")


def status_name(view: RunView) -> str:
    """The word for the state of a run; one that ended with the Space and not by itself is called interrupted."""
    interrupted = view.error is not None and view.error.code == RunInterrupted.code
    return INTERRUPTED if interrupted else STATUS_NAMES[view.status]


def _document_facts(document: Document, view: RunView | None) -> str:
    if view is not None and view.status is RunStatus.QUEUED:
        return f"number {view.queue_position:,} in the queue" if view.queue_position else "starting"
    if view is not None:
        return f"{view.pages_done:,} of {count(len(view.pages), 'page')}"
    pages = [count(document.page_count, "page")] if document.page_count else []
    return " · ".join([*pages, size(document.size_bytes)])


# -- right side: the run -----------------------------------------------------------------------------------------------


def run_card(view: RunView, document: Document | None = None) -> Markup:
    """Name, state, progress and times of one run, and why it failed where it did. An error of ``document`` is newer
    than the run's own and takes its place.
    """
    remarks = (_reused(view, document), fallen_back(view), cpu_offer(view))
    return render(
        "run_card",
        view=view,
        status_name=status_name(view),
        percent=_percent(view),
        facts=_run_facts(view),
        error=(document.error if document else None) or view.error,
        remarks=[remark for remark in remarks if remark],
    )


def share(view: RunView) -> Markup:
    """The run's links, as far as whoever looks at it has them, and what each lets its holder do."""
    links = [(view.reading_id, *READING_LINK)] if view.reading_id else []
    links += [] if view.read_only else [(view.run_id, *PRIVATE_LINK)]
    return render("share", links=[{"id": link, "name": name, "meaning": meaning} for link, name, meaning in links])


def _reused(view: RunView, document: Document | None) -> str:
    """Where an earlier run answers: since when there is this result, and under which name if that was another."""
    if document is None or not document.reused or not view.ended_at:
        return ""
    ended = datetime.fromisoformat(view.ended_at)
    when = f"{ended.day} {MONTHS[ended.month - 1]} {ended.year} at {ended:%H:%M} UTC"
    name = f" as {file_name(view.name)}" if view.name != document.name else ""
    return f"Converted before{name}, on {when}; here is that result."


def _percent(view: RunView) -> int:
    return round(100 * view.pages_done / len(view.pages)) if view.pages else 0


def _run_facts(view: RunView) -> list[tuple[str, str]]:
    if view.status is RunStatus.QUEUED:
        place = ("Place in the queue", f"{view.queue_position:,}" if view.queue_position else "next")
        return [place] if view.wait_s is None else [place, ("Starts in", remaining(view.wait_s))]
    facts = [("Pages", f"{view.pages_done:,} of {len(view.pages):,}"), ("Elapsed", clock(view.elapsed_s))]
    if view.status is RunStatus.RUNNING:
        where = " on the GPU" if view.lane is Lane.GPU and view.stage is Stage.INFER else ""
        facts.append(("Remaining", remaining(view.remaining_s)))
        facts.append(("Now", f"{STAGE_NAMES[view.stage]}{where}" if view.stage else "Starting"))
    elif view.failures:
        facts.append(("Skipped", count(len(view.failures), "page")))
    if view.status.ended and (cost := gpu_facts(view.gpu)):
        facts.append(("GPU", cost))
    return facts


def resume_label(view: RunView) -> str:
    """What continuing the run would do."""
    if not view.failures or view.unstarted or view.error is not None:
        return "Continue"
    failed = len(view.failures)
    return f"Retry the {count(failed, 'failed page')}" if failed > 1 else "Retry the failed page"


def expiry(view: RunView, days: int, deleting: bool) -> Markup:
    """How long the run's files stay; or the question that is asked before they are deleted."""
    return render("expiry", text="Delete the PDF and everything made of it?" if deleting else kept_until(view, days))


def kept_until(view: RunView, days: int) -> str:
    """Until when the files of a run stay."""
    if not view.expires_at:
        return f"Kept for {count(days, 'day')}"
    until = datetime.fromisoformat(view.expires_at)
    year = f" {until.year}" if days > DAYS_WITHOUT_YEAR else ""
    return f"Kept for {count(days, 'day')}, until {until.day} {MONTHS[until.month - 1]}{year}"


def page_strip(view: RunView, first: int) -> Markup:
    """One cell per page, or per whole windows of neighbouring pages, coloured by how it ended and large enough for a
    finger; ``first`` starts the reader's window.
    """
    ended = view.status.ended
    step = 1 if len(view.pages) <= MAX_CELLS else PAGES_AT_ONCE * -(-len(view.pages) // (MAX_CELLS * PAGES_AT_ONCE))
    groups = [view.pages[start : start + step] for start in range(0, len(view.pages), step)]
    kinds = {_group_kind(group) for group in groups}
    return render(
        "page_strip",
        cells=[_strip_cell(index * step, group, first, ended) for index, group in enumerate(groups)],
        legend=[(kind, _kind_name(kind, ended)) for kind in CELL_NAMES if kind in kinds],
    )


def _strip_cell(index: int, group: tuple[PageOutcome, ...], first: int, ended: bool) -> dict[str, object]:
    kind = _group_kind(group)
    pages = f"Page {group[0].page}" if len(group) == 1 else f"Pages {group[0].page}-{group[-1].page}"
    sure = [page.confidence for page in group if page.confidence is not None]
    label = f"{pages}: {_kind_name(kind, ended)}{f', {min(sure):.0%} sure of the text' if sure else ''}"
    return {
        "index": index,
        "kind": kind,
        "current": index < first + PAGES_AT_ONCE and index + len(group) > first,
        "label": label,
        "title": next((page.reason for page in group if page.reason), label),
        "number": group[0].page,
    }


def _group_kind(group: tuple[PageOutcome, ...]) -> str:
    """The worst of a group, so that no gap hides: failed before timed out before not started before done."""
    statuses = {page.status for page in group}
    if PageStatus.FAILED in statuses:
        return "failed"
    if PageStatus.TIMED_OUT in statuses:
        return "late"
    if PageStatus.NOT_STARTED in statuses:
        return "open"
    if any(page.confidence is not None and page.confidence < UNSURE for page in group):
        return "unsure"
    return "ocr" if all(page.ocr for page in group) else "ok"


def _kind_name(kind: str, ended: bool) -> str:
    return "not converted" if kind == "open" and ended else CELL_NAMES[kind]


# -- the source -------------------------------------------------------------------------------------------------------


def source_heading(view: RunView, first: int, address: str) -> Markup:
    """Which pages the Markdown view shows; a button that copies the whole document from ``address``, if any."""
    pages = window(view, first)
    shown = f"pages {pages[0].page:,} to {pages[-1].page:,}" if len(pages) > 1 else "the page"
    return render("source_heading", shown=shown, all_shown=len(pages) == view.page_count, address=address)


def source(view: RunView, first: int) -> str:
    """The window's Markdown exactly as it is in the file, to be shown as text."""
    return "\n\n".join(plain(text.markdown[:MAX_PAGE_CHARS]) for text in window_texts(view, first))


# -- the report --------------------------------------------------------------------------------------------------------


def report(view: RunView) -> Markup:
    """Skipped pages with their reasons, pages never started, what was chosen, and which engine ran each model."""
    ended = view.status.ended
    unstarted = view.unstarted if ended else ()
    return render(
        "report",
        skipped=[(page.page, _kind_name(_group_kind((page,)), True), page.reason, page.code) for page in view.failures],
        noted=[(page.page, page.reason, page.code) for page in view.noted],
        sources=_sources(view),
        unstarted=page_ranges([page.page for page in unstarted]),
        resumable=view.resumable,
        complete=ended and bool(view.texts) and not view.failures and not unstarted,
        options=(
            ("Pages", view.options.pages or "all"),
            ("OCR", OCR_NAMES[view.options.ocr.value]),
            ("Tables", TABLE_NAMES[view.options.tables]),
            ("Models", models(view.bundle, view.pages)),
            ("Ran on", f"the GPU {view.gpu.device}" if view.lane is Lane.GPU else "the CPU"),
            *(("Read again", reread_pages(one)) for one in view.rereadings),
        ),
        record_id=view.record_id,
        engines=[(TASK_NAMES.get(engine.task, engine.task), engine.model, engine.engine) for engine in view.engines],
    )


def _sources(view: RunView) -> list[tuple[str, str, str]]:
    """Where the text of the pages came from, most common first: its name, the pages, their lowest certainty."""
    pages: dict[str, list[PageOutcome]] = {}
    for page in view.finished:
        if page.source and page.confidence is not None:
            pages.setdefault(page.source, []).append(page)
    rows = sorted(pages.items(), key=lambda row: -len(row[1]))
    return [
        (
            text_source(source),
            page_ranges([page.page for page in own]),
            percent(min(page.confidence or 0.0 for page in own)),
        )
        for source, own in rows
    ]


def models(bundle: str, outcomes: Sequence[PageOutcome]) -> str:
    """The bundle of a run; where several read the document, each with its pages."""
    pages_of = pages_by_bundle(bundle, outcomes)
    if len(pages_of) < 2:
        return bundle
    return "; ".join(f"{name}: {pages_named(list(pages))}" for name, pages in pages_of.items())
