"""Runs as people see them: pure functions from views to escaped HTML and harmless Markdown."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.pages import Lane, PageStatus
from pipeline.records import ErrorFacts, PageOutcome, RunStatus, Stage
from pipeline.runs.state import PageText, RunView, pages_by_bundle
from pipeline.settings import Settings
from pipeline.ui.convert.gpu_price import cpu_offer, fallen_back, gpu_facts
from pipeline.ui.convert.page_state import PAGES_AT_ONCE, Document, PageState, files_at_once
from pipeline.ui.sanitise import escape, file_name, plain, safe_markdown

MAX_CELLS = 160  # of the page strip; a longer document shares a cell among neighbouring pages
NUMBERED_CELLS = 60
MAX_PAGE_CHARS = 200_000  # shown of one page; its whole text is in the files

STATUS_NAMES = {
    RunStatus.QUEUED: "Waiting",
    RunStatus.RUNNING: "Converting",
    RunStatus.OK: "Done",
    RunStatus.PARTIAL: "Done, with gaps",
    RunStatus.ERROR: "Failed",
    RunStatus.CANCELLED: "Stopped",
}

STAGE_NAMES = {
    Stage.PREFLIGHT: "Checking the file",
    Stage.RENDER: "Rendering pages",
    Stage.INFER: "Reading pages",
    Stage.ASSEMBLE: "Assembling the document",
    Stage.EXPORT: "Writing the files",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS_WITHOUT_YEAR = 300  # a date further away is told with its year

TASK_NAMES = {
    "layout": "Layout",
    "detection": "Text detection",
    "recognition": "Text recognition",
    "tables": "Tables",
    "ocr": "Text (OCR)",
}


# -- words and numbers -------------------------------------------------------------------------------------------------


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(size_bytes: int) -> str:
    """Decimal units, as file managers and the limits show them."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from an hour on."""
    whole = max(int(seconds), 0)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def remaining(seconds: float | None) -> str:
    """An estimate, no more exact than it is."""
    if seconds is None:
        return "estimating"
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s"
    return f"about {round(seconds / 60)} min"


def page_ranges(pages: list[int]) -> str:
    """``[1, 2, 3, 7]`` as ``1-3, 7``, which the page range field accepts."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


# -- left side: what was uploaded --------------------------------------------------------------------------------------


def limits(settings: Settings) -> str:
    """What the Space accepts, shown before anything is uploaded."""
    pages = count(settings.max_pages, "page")
    return f'<p class="limits">Each PDF up to {settings.max_file_mb:,} MB and {pages}, {count(files_at_once(settings), "file")} at once.</p>'


def notice(error: ErrorFacts | None) -> str:
    """One sentence and its code; nothing where there is no error."""
    if error is None:
        return ""
    return f'<div class="notice" role="alert"><p>{escape(error.message)}</p><code>{escape(error.code)}</code></div>'


def document_list(desk: PageState, views: tuple[RunView | None, ...]) -> str:
    """One row per document: name, facts, state; ``views`` runs beside ``desk.documents``."""
    rows = [_document_row(position, desk, view) for position, view in enumerate(views)]
    return f'<ul class="documents">{"".join(rows)}</ul>' if rows else ""


def _document_row(position: int, desk: PageState, view: RunView | None) -> str:
    document = desk.documents[position]
    name = escape(file_name(document.name))
    pressed = "true" if position == desk.chosen else "false"
    return (
        f'<li><button type="button" class="document" data-pick="{position}" aria-pressed="{pressed}" title="{name}">'
        f'<span class="document-name">{name}</span>{_document_chip(document, view)}'
        f'<span class="document-facts">{_document_facts(document, view)}</span>{_thin_bar(view)}</button></li>'
    )


def _document_chip(document: Document, view: RunView | None) -> str:
    if view is not None:
        return chip(view.status)
    if document.locked:
        return '<span class="chip chip-partial">Locked</span>'
    if document.error is not None:
        return f'<span class="chip chip-error">{"Gone" if document.gone else "Refused"}</span>'
    return '<span class="chip chip-ready">Ready</span>'


def _document_facts(document: Document, view: RunView | None) -> str:
    if document.error is not None and view is None:
        return f'<span class="document-error">{escape(document.error.message)} <code>{escape(document.error.code)}</code></span>'
    if view is not None and view.status is RunStatus.QUEUED:
        return f"number {view.queue_position:,} in the queue" if view.queue_position else "starting"
    if view is not None:
        return f"{view.pages_done:,} of {count(len(view.pages), 'page')}"
    facts = [count(document.page_count, "page")] if document.page_count else []
    return " · ".join([*facts, size(document.size_bytes)])


def _thin_bar(view: RunView | None) -> str:
    if view is None or view.status is not RunStatus.RUNNING:
        return ""
    return f'<span class="thin-bar"><i style="width:{_percent(view)}%"></i></span>'


def chip(status: RunStatus) -> str:
    return f'<span class="chip chip-{status.value}">{STATUS_NAMES[status]}</span>'


# -- right side: the run -----------------------------------------------------------------------------------------------


def run_card(view: RunView, document: Document | None = None) -> str:
    """Name, state, progress and times of one run, and why it failed where it did; or what ``document`` says, which is
    newer.
    """
    error = document.error if document else None
    return (
        f'<section class="run"><header><h2>{escape(file_name(view.name))}</h2>{chip(view.status)}'
        f'<button type="button" class="quiet" data-link="{escape(view.run_id)}">Copy link</button></header>'
        f'<div class="bar bar-{view.status.value}" role="progressbar" aria-valuenow="{_percent(view)}" aria-valuemin="0" '
        f'aria-valuemax="100"><i style="width:{_percent(view)}%"></i></div>{_run_facts(view)}'
        f"{notice(error or view.error)}{_reused(view, document)}{_remark(fallen_back(view))}{_remark(cpu_offer(view))}</section>"
    )


def _reused(view: RunView, document: Document | None) -> str:
    """Where an earlier run answers: since when there is this result, and under which name if that was another."""
    if document is None or not document.reused or not view.ended_at:
        return ""
    ended = datetime.fromisoformat(view.ended_at)
    when = f"{ended.day} {MONTHS[ended.month - 1]} {ended.year} at {ended:%H:%M} UTC"
    name = f" as {escape(file_name(view.name))}" if view.name != document.name else ""
    return f'<p class="before" role="status">Converted before{name}, on {when}; here is that result.</p>'


def _remark(text: str) -> str:
    return f'<p class="before" role="status">{escape(text)}</p>' if text else ""


def _percent(view: RunView) -> int:
    return round(100 * view.pages_done / len(view.pages)) if view.pages else 0


def _run_facts(view: RunView) -> str:
    facts = [("Pages", f"{view.pages_done:,} of {len(view.pages):,}"), ("Elapsed", clock(view.elapsed_s))]
    if view.status is RunStatus.QUEUED:
        facts = [("Place in the queue", f"{view.queue_position:,}" if view.queue_position else "next")]
    elif view.status is RunStatus.RUNNING:
        facts.append(("Remaining", remaining(view.remaining_s)))
        where = " on the GPU" if view.lane is Lane.GPU and view.stage is Stage.INFER else ""
        facts.append(("Now", f"{STAGE_NAMES[view.stage]}{where}" if view.stage else "Starting"))
    elif view.failures:
        facts.append(("Skipped", count(len(view.failures), "page")))
    if view.status.ended and (cost := gpu_facts(view.gpu)):
        facts.append(("GPU", cost))
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{cells}</dl>'


def resume_label(view: RunView) -> str:
    """What continuing the run would do."""
    if not view.failures or view.unstarted or view.error is not None:
        return "Continue"
    failed = len(view.failures)
    return f"Retry the {count(failed, 'failed page')}" if failed > 1 else "Retry the failed page"


def kept(view: RunView, days: int, deleting: bool) -> str:
    """How long the run's files stay; or what is asked before they are deleted."""
    text = "Delete the PDF and everything made of it?" if deleting else _kept_until(view, days)
    return f'<p class="kept" role="status">{text}</p>'


def _kept_until(view: RunView, days: int) -> str:
    if not view.expires_at:
        return f"Kept for {count(days, 'day')}"
    until = datetime.fromisoformat(view.expires_at)
    year = f" {until.year}" if days > DAYS_WITHOUT_YEAR else ""
    return f"Kept for {count(days, 'day')}, until {until.day} {MONTHS[until.month - 1]}{year}"


def page_strip(view: RunView, first: int) -> str:
    """One cell per page, or per group of neighbouring pages, coloured by how it ended; ``first`` starts the reader's
    window.
    """
    step = -(-len(view.pages) // MAX_CELLS) or 1
    groups = [view.pages[start : start + step] for start in range(0, len(view.pages), step)]
    numbered = len(groups) <= NUMBERED_CELLS
    cells = [_strip_cell(index * step, group, first, numbered, view.status.ended) for index, group in enumerate(groups)]
    name = "strip strip-numbered" if numbered else "strip"
    return f'<nav class="{name}" aria-label="Pages">{"".join(cells)}</nav>{_legend(groups, view.status.ended)}'


def _strip_cell(index: int, group: tuple[PageOutcome, ...], first: int, numbered: bool, ended: bool) -> str:
    kind = _group_kind(group)
    inside = index < first + PAGES_AT_ONCE and index + len(group) > first
    label = f"Page {group[0].page}" if len(group) == 1 else f"Pages {group[0].page}-{group[-1].page}"
    reasons = [page.reason for page in group if page.reason]
    words = f"{label}: {_kind_name(kind, ended)}"
    title = reasons[0] if reasons else words
    current = ' aria-current="true"' if inside else ""
    number = str(group[0].page) if numbered else ""
    return (
        f'<button type="button" class="cell cell-{kind}" data-pick="{index}"{current} aria-label="{escape(words)}" '
        f'title="{escape(title)}">{number}</button>'
    )


def _group_kind(group: tuple[PageOutcome, ...]) -> str:
    """The worst of a group, so that no gap hides: failed before timed out before not started before done."""
    statuses = {page.status for page in group}
    if PageStatus.FAILED in statuses:
        return "failed"
    if PageStatus.TIMED_OUT in statuses:
        return "late"
    if PageStatus.NOT_STARTED in statuses:
        return "open"
    return "ocr" if all(page.ocr for page in group) else "ok"


def _kind_name(kind: str, ended: bool) -> str:
    waiting = "not converted" if ended else "still to come"
    return {"ok": "done", "ocr": "done, read by OCR", "failed": "failed", "late": "timed out", "open": waiting}[kind]


def _legend(groups: Sequence[tuple[PageOutcome, ...]], ended: bool) -> str:
    kinds = {_group_kind(group) for group in groups}
    shown = [kind for kind in ("ok", "ocr", "failed", "late", "open") if kind in kinds]
    items = "".join(f'<span><i class="cell-{kind}"></i>{_kind_name(kind, ended)}</span>' for kind in shown)
    return f'<p class="legend">{items}</p>'


# -- the reader --------------------------------------------------------------------------------------------------------


def window(view: RunView, first: int) -> tuple[PageOutcome, ...]:
    """The pages shown at once."""
    return view.pages[first : first + PAGES_AT_ONCE]


def window_name(view: RunView, first: int) -> str:
    pages = window(view, first)
    if not pages:
        return ""
    shown = f"Page {pages[0].page:,}" if len(pages) == 1 else f"Pages {pages[0].page:,} to {pages[-1].page:,}"
    return f'<p class="pager-name">{shown} <span>of {view.page_count:,}</span></p>'


def reader(view: RunView, first: int) -> str:
    """The window's pages as harmless Markdown, one sheet each. The only HTML in it is written here."""
    texts = {text.page: text for text in view.texts}
    return "\n\n".join(_sheet(page, texts.get(page.page), view.status.ended) for page in window(view, first))


def _sheet(page: PageOutcome, text: PageText | None, ended: bool) -> str:
    head = f'<div class="sheet-number">{page.page}</div>'
    if text is not None:
        body = safe_markdown(text.markdown[:MAX_PAGE_CHARS]).strip() or "*This page has no text.*"
        return f'<section class="sheet">{head}\n\n{body}\n\n</section>'
    if page.reason:
        return f'<section class="sheet sheet-failed">{head}<p>{escape(page.reason)}</p></section>'
    if ended:
        return f'<section class="sheet sheet-open">{head}<p>This page was not converted.</p></section>'
    return f'<section class="sheet sheet-coming">{head}<p>Still to come</p></section>'


def source(view: RunView, first: int) -> str:
    """The window's Markdown exactly as it is in the file, to be shown as text."""
    texts = {text.page: text.markdown for text in view.texts}
    return "\n\n".join(plain(texts[page.page][:MAX_PAGE_CHARS]) for page in window(view, first) if page.page in texts)


# -- the report --------------------------------------------------------------------------------------------------------


def report(view: RunView) -> str:
    """Skipped pages with their reasons, pages never started, what was chosen, and which engine ran each model."""
    options = view.options
    chosen = (
        ("Pages", escape(options.pages) or "all"),
        ("OCR", {"auto": "where a page needs it", "always": "every page", "never": "never"}[options.ocr.value]),
        ("Tables", "recognised" if options.tables else "left as text"),
        ("Models", escape(models(view.bundle, view.pages))),
        ("Ran on", f"the GPU {escape(view.gpu.device)}" if view.lane is Lane.GPU else "the CPU"),
        ("Record", f"<code>{escape(view.record_id)}</code>"),
    )
    engines = [(TASK_NAMES.get(engine.task, engine.task), engine.model, engine.engine) for engine in view.engines]
    return (
        f'<div class="report">{_gaps(view)}<h3>Options</h3>{_pairs(chosen)}'
        f"<h3>Engines</h3>{_table(('Task', 'Model', 'Engine'), engines)}</div>"
    )


def models(bundle: str, outcomes: Sequence[PageOutcome]) -> str:
    """The bundle of a run; where several read the document, each with its pages."""
    by = pages_by_bundle(bundle, outcomes)
    if len(by) < 2:
        return bundle
    return "; ".join(
        f"{name}: {'page' if len(pages) == 1 else 'pages'} {page_ranges(list(pages))}" for name, pages in by.items()
    )


def _gaps(view: RunView) -> str:
    parts: list[str] = []
    if view.failures:
        rows = [
            (str(page.page), _kind_name(_group_kind((page,)), True), page.reason, page.code) for page in view.failures
        ]
        parts.append(f"<h3>Skipped pages</h3>{_table(('Page', 'What happened', 'Reason', 'Code'), rows)}")
    if view.unstarted and view.status.ended:
        missing = page_ranges([page.page for page in view.unstarted])
        parts.append(f"<h3>Not converted</h3><p>Pages {missing}. Press Continue to convert them.</p>")
    if not parts and view.status.ended and view.texts:
        parts.append('<p class="all-well">Every page was converted.</p>')
    return "".join(parts)


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return (
        '<dl class="pairs">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs) + "</dl>"
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="table-scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
