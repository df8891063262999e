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
from pipeline.ui.catalogue import counted, number, text
from pipeline.ui.convert.gpu_price import cpu_offer, fallen_back, gpu_facts
from pipeline.ui.convert.page_state import PAGES_AT_ONCE, Document, PageState, files_at_once
from pipeline.ui.convert.reader_pages import MAX_PAGE_CHARS, window, window_texts
from pipeline.ui.plain_text import file_name, plain
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import (
    OCR_NAMES,
    STAGE_NAMES,
    STATUS_NAMES,
    TABLE_NAMES,
    TASK_NAMES,
    clock,
    date_of,
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

# What a cell of the strip stands for, from the best to the worst; "open" has a name of its own once the run has ended.
CELL_KINDS = ("ok", "ocr", "unsure", "failed", "late", "open")


# -- left side: what was uploaded --------------------------------------------------------------------------------------


def limits(settings: Settings) -> Markup:
    """What the Space accepts, shown before anything is uploaded."""
    return render(
        "limits_line", megabytes=settings.max_file_mb, pages=settings.max_pages, files=files_at_once(settings)
    )


def program(settings: Settings) -> Markup:
    """How programs use this Space. Where people have to sign in, no tools are offered."""
    tools = [] if settings.auth else [(text("form.program_tools"), examples.TOOLS)]
    return render("program", examples=[("Python", examples.PYTHON), ("curl", examples.CURL), *tools])


def notice(error: ErrorFacts | None) -> Markup:
    """One sentence and its code; nothing where there is no error."""
    return NOTHING if error is None else render("notice", error=error)


def url_note(error: ErrorFacts | None = None) -> Markup:
    """What stands below the field for an address: that it is being fetched, and why it could not be."""
    return render("url_note", error=error)


def note(sentence: str) -> Markup:
    """A sentence in place of what Convert would take; nothing for none."""
    return render("note", text=sentence) if sentence else NOTHING


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
        "shorten": text("documents.undo") if document.pages else text("documents.shorten", pages=document.first_pages),
    }


def _too_long(document: Document) -> str:
    if document.pages:
        return text("documents.shortened", pages=document.pages)
    return text("documents.too_long_text", pages=counted("count.page", document.most_pages))


def _document_state(state: PageState, document: Document, view: RunView | None) -> tuple[str, str]:
    """The kind of a document's chip and its word."""
    if view is not None:
        return view.status.value, status_name(view)
    if document.locked:
        return "partial", text("documents.locked")
    if document.left_out:
        return "partial", text("documents.left_out")
    if document.error is not None:
        return "error", text("documents.gone" if document.gone else "documents.refused")
    return ("ready", text("documents.ready")) if state.ready(document) else ("partial", text("documents.too_long"))


def status_name(view: RunView) -> str:
    """The word for the state of a run; one that ended with the Space and not by itself is called interrupted."""
    interrupted = view.error is not None and view.error.code == RunInterrupted.code
    return text("status.interrupted") if interrupted else STATUS_NAMES[view.status]


def _document_facts(document: Document, view: RunView | None) -> str:
    if view is not None and view.status is RunStatus.QUEUED:
        queued = view.queue_position
        return text("documents.in_queue", n=number(queued)) if queued else text("documents.starting")
    if view is not None:
        done = number(view.pages_done)
        return text("documents.done_of", done=done, pages=counted("count.page", len(view.pages)))
    pages = [_counted_pages(document)] if document.page_count else []
    return " · ".join([*pages, size(document.size_bytes)])


def _counted_pages(document: Document) -> str:
    """How many pages the document has, and how many of them are scans where any is."""
    count, survey = document.page_count, document.survey
    pages = counted("count.page", count)
    if survey is None or not survey.scanned:
        return pages
    if survey.scanned == count:
        return counted("documents.all_scanned", count, pages=pages)
    key = "documents.scanned" if survey.looked == count else "documents.about_scanned"
    return counted(key, survey.scanned_of(count), pages=pages)


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
    reading = (view.reading_id, text("share.reading_link"), text("share.reading_meaning"))
    private = (view.run_id, text("share.private_link"), text("share.private_meaning"))
    links = [reading] if view.reading_id else []
    links += [] if view.read_only else [private]
    return render("share", links=links)


def _reused(view: RunView, document: Document | None) -> str:
    """Where an earlier run answers: since when there is this result, and under which name if that was another."""
    if document is None or not document.reused or not view.ended_at:
        return ""
    ended = datetime.fromisoformat(view.ended_at)
    when = text("time.moment", date=date_of(ended), time=f"{ended:%H:%M}")
    if view.name == document.name:
        return text("run.before", moment=when)
    return text("run.before_as", name=file_name(view.name), moment=when)


def _percent(view: RunView) -> int:
    return round(100 * view.pages_done / len(view.pages)) if view.pages else 0


def _run_facts(view: RunView) -> list[tuple[str, str]]:
    if view.status is RunStatus.QUEUED:
        queued = view.queue_position
        place = (text("run.queue_place"), number(queued) if queued else text("run.next"))
        return [place] if view.wait_s is None else [place, (text("run.starts_in"), remaining(view.wait_s))]
    done = text("run.done_of", done=number(view.pages_done), total=number(len(view.pages)))
    facts = [(text("run.pages"), done), (text("run.elapsed"), clock(view.elapsed_s))]
    if view.status is RunStatus.RUNNING:
        facts.append((text("run.remaining"), remaining(view.remaining_s)))
        facts.append((text("run.now"), _stage(view)))
    elif view.failures:
        facts.append((text("run.skipped"), counted("count.page", len(view.failures))))
    if view.status.ended and (cost := gpu_facts(view.gpu)):
        facts.append(("GPU", cost))
    return facts


def _stage(view: RunView) -> str:
    if view.stage is None:
        return text("run.starting")
    name = STAGE_NAMES[view.stage]
    return text("run.on_gpu", stage=name) if view.lane is Lane.GPU and view.stage is Stage.INFER else name


def resume_label(view: RunView) -> str:
    """What continuing the run would do."""
    if not view.failures or view.unstarted or view.error is not None:
        return text("run.resume")
    return counted("run.retry", len(view.failures))


def expiry(view: RunView, days: int, deleting: bool) -> Markup:
    """How long the run's files stay; or the question that is asked before they are deleted."""
    return render("expiry", text=text("run.delete_question") if deleting else kept_until(view, days))


def kept_until(view: RunView, days: int) -> str:
    """Until when the files of a run stay."""
    kept = counted("count.day", days)
    if not view.expires_at:
        return text("run.kept", days=kept)
    until = date_of(datetime.fromisoformat(view.expires_at), with_year=days > DAYS_WITHOUT_YEAR)
    return text("run.kept_until", days=kept, date=until)


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
        legend=[(kind, _kind_name(kind, ended)) for kind in CELL_KINDS if kind in kinds],
    )


def _strip_cell(index: int, group: tuple[PageOutcome, ...], first: int, ended: bool) -> dict[str, object]:
    kind = _group_kind(group)
    begin, end = group[0].page, group[-1].page
    pages = text("cell.page", page=begin) if len(group) == 1 else text("cell.pages", first=begin, last=end)
    sure, what = [page.confidence for page in group if page.confidence is not None], _kind_name(kind, ended)
    label = f"{pages}: {text('cell.sure', what=what, percent=f'{min(sure):.0%}') if sure else what}"
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
    return text("cell.not_converted") if kind == "open" and ended else text(f"cell.{kind}")


# -- the source -------------------------------------------------------------------------------------------------------


def source_heading(view: RunView, first: int, address: str) -> Markup:
    """Which pages the Markdown view shows; a button that copies the whole document from ``address``, if any."""
    pages = window(view, first)
    if len(pages) == view.page_count:
        shown = text("source_view.whole")
    elif len(pages) > 1:
        shown = text("source_view.several", first=number(pages[0].page), last=number(pages[-1].page))
    else:
        shown = text("source_view.one")
    return render("source_heading", shown=shown, address=address)


def source(view: RunView, first: int) -> str:
    """The window's Markdown exactly as it is in the file, to be shown as text."""
    return "\n\n".join(plain(page.markdown[:MAX_PAGE_CHARS]) for page in window_texts(view, first))


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
            (text("report.option_pages"), view.options.pages or text("report.all_pages")),
            (text("report.option_ocr"), OCR_NAMES[view.options.ocr.value]),
            (text("report.option_tables"), TABLE_NAMES[view.options.tables]),
            (text("report.option_models"), models(view.bundle, view.pages)),
            (text("report.option_lane"), _ran_on(view)),
            *((text("report.read_again"), reread_pages(one)) for one in view.rereadings),
        ),
        record_id=view.record_id,
        engines=[(TASK_NAMES.get(engine.task, engine.task), engine.model, engine.engine) for engine in view.engines],
    )


def _ran_on(view: RunView) -> str:
    return text("report.on_gpu", device=view.gpu.device) if view.lane is Lane.GPU else text("report.on_cpu")


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
