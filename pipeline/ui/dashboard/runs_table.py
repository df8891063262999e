"""The table of runs, a run's receipt and two receipts side by side. Pure functions to escaped HTML.

Everything shown comes from records, which hold no name, no content and no secret id.
"""

from collections.abc import Sequence

from pipeline.history.selection import RunRow, Selection, space_name
from pipeline.pages import PageStatus
from pipeline.records import IterationRecord, PageOutcome, Stage
from pipeline.ui.convert.present import STAGE_NAMES, TASK_NAMES, chip, count, models, notice, size
from pipeline.ui.dashboard.summary import seconds, span
from pipeline.ui.sanitise import escape

MAX_CELLS = 160
OCR_NAMES = {"auto": "where a page needs it", "always": "every page", "never": "never"}
MARKED = ("Options", "Engines", "Versions", "Pages")
"""Sections of a comparison in which a difference says something; times and sizes always differ."""

Pairs = Sequence[tuple[str, str]]


# -- the table ---------------------------------------------------------------------------------------------------------


def run_table(selection: Selection, chosen: str, any_record: bool) -> str:
    """The rows of one page of the table; ``chosen`` is the run whose receipt is open."""
    if not selection.rows:
        return _nothing(any_record)
    rows = "".join(_row(row, row.iteration_id == chosen) for row in selection.rows)
    heads = (
        ("Run", ""),
        ("Started", "UTC"),
        ("Pages", "n"),
        ("Time", "n"),
        ("Queue", "n w"),
        ("GPU", "n w"),
        ("Bundle", "w"),
        ("Space", "w"),
    )
    head = "".join(
        f'<th class="{kind if kind != "UTC" else ""}">{name}{" UTC" if kind == "UTC" else ""}</th>'
        for name, kind in heads
    )
    return f'<div class="runs-scroll"><table class="runs"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _nothing(any_record: bool) -> str:
    if any_record:
        return '<div class="nothing big"><b>No run matches</b><p>Widen the search, or clear a filter.</p></div>'
    return (
        '<div class="nothing big"><b>No run yet</b><p>The first conversion shows up here within seconds of its start, '
        "and so do the runs of every results dataset that is watched.</p></div>"
    )


def _row(row: RunRow, chosen: bool) -> str:
    gpu = seconds(row.gpu_used) if row.gpu_used else "–"
    selected = ' aria-selected="true"' if chosen else ""
    return (
        f'<tr data-record="{escape(row.iteration_id)}"{selected}><td>{_name(row)}</td>'
        f'<td class="when">{_moment(row.started_ms)}</td><td class="n">{_page_count(row)}</td><td class="n">{span(row.duration_ms)}</td>'
        f'<td class="n w">{span(row.queue_ms)}</td><td class="n w">{gpu}</td>'
        f'<td class="w">{escape(row.bundle)}</td><td class="w">{escape(row.space)}</td></tr>'
    )


def _name(row: RunRow) -> str:
    code = f"<code>{escape(row.code)}</code>" if row.code else ""
    bench = '<span class="kind">bench</span>' if row.kind == "bench" else ""
    begin, end = row.iteration_id[-8:-4], row.iteration_id[-4:]
    name = f'<span class="w">{escape(begin)}</span>{escape(end)}'
    return (
        f'<button type="button" data-record="{escape(row.iteration_id)}">{name}</button>{chip(row.status)}{bench}{code}'
    )


def _page_count(row: RunRow) -> str:
    lost = f' <i class="lost">−{row.pages_failed:,}</i>' if row.pages_failed else ""
    return f"{row.pages_ok:,}{lost}"


def _moment(ms: int) -> str:
    return f'<folio-when ms="{ms}"></folio-when>'


def pager_name(selection: Selection) -> str:
    if not selection.matches:
        return ""
    last = selection.first + len(selection.rows)
    return f'<p class="pager-name">{selection.first + 1:,} to {last:,} <span>of {count(selection.matches, "run")}</span></p>'


# -- the receipt -------------------------------------------------------------------------------------------------------


def receipt(record: IterationRecord) -> str:
    """Everything the record says about one run."""
    compare = f'<button type="button" class="quiet" data-compare="{escape(record.iteration_id)}">Compare</button>'
    sections = (
        ("Time by stage", _stages(record)),
        ("Pages", _pages(record)),
        ("Options", _pairs(_options(record))),
        ("Engines", _engines(record)),
        ("Versions", _pairs(_versions(record))),
    )
    body = "".join(_section(name, content) for name, content in sections)
    copy = f'<button type="button" class="quiet" data-copy="{escape(record.iteration_id)}">Copy link</button>'
    head = f"<h2>{escape(record.iteration_id[-8:])}</h2>{chip(record.status)}{copy}{compare}"
    return _drawer(head, f"{_identity(record)}{notice(record.error)}{_pairs(_facts(record))}{body}", "one")


def gone() -> str:
    """For a run whose record is not (or no longer) here."""
    return _drawer(
        "<h2>Not found</h2>", "<p>This record is not here. It may have been removed from its dataset.</p>", "one"
    )


def comparison(left: IterationRecord, right: IterationRecord, texts: str = "") -> str:
    """Two runs side by side; what differs is marked. ``texts`` is the HTML of how their text differs."""
    parts = (
        ("Result", _facts(left), _facts(right)),
        ("Options", _options(left), _options(right)),
        ("Time by stage", _stage_pairs(left), _stage_pairs(right)),
        ("Engines", _engine_pairs(left), _engine_pairs(right)),
        ("Versions", _versions(left), _versions(right)),
        ("Pages", *_page_pairs(left, right)),
    )
    tables = "".join(_section(name, _side_by_side(first, second, name in MARKED)) for name, first, second in parts)
    same = "The same file" if left.input.sha256 == right.input.sha256 else "Two different files"
    heads = f"<div class='versus'>{_head(left)}{_head(right)}</div>"
    return _drawer("<h2>Comparison</h2>", f'<p class="parent">{same}.</p>{heads}{tables}{texts}', "two")


def waiting(iteration_id: str) -> str:
    """Shown above the table while the second run of a comparison is to be chosen; nothing otherwise."""
    if not iteration_id:
        return ""
    return (
        f'<p class="waiting">Comparing <code>{escape(iteration_id[-8:])}</code>: choose the other run in the table. '
        '<button type="button" class="quiet" data-compare="">Cancel</button></p>'
    )


def _drawer(head: str, body: str, kind: str) -> str:
    close = '<button type="button" class="quiet close" data-close aria-label="Close">✕</button>'
    return (
        f'<aside class="drawer drawer-{kind}" role="dialog" aria-label="Run"><header>{head}{close}</header>'
        f'<div class="drawer-body">{body}</div></aside>'
    )


def _head(record: IterationRecord) -> str:
    return f"<div><code>{escape(record.iteration_id[-8:])}</code>{chip(record.status)}<span>{escape(_day(record))}</span></div>"


def _identity(record: IterationRecord) -> str:
    parent = record.parent_id
    link = f'<button type="button" data-record="{escape(parent)}">{escape(parent[-8:])}</button>' if parent else ""
    continues = f'<p class="parent">Continues {link}</p>' if parent else ""
    return f'<p class="record-id"><code>{escape(record.iteration_id)}</code></p>{continues}'


def _section(name: str, body: str) -> str:
    return f"<section><h3>{name}</h3>{body}</section>" if body else ""


def _pairs(pairs: Pairs) -> str:
    return (
        '<dl class="rows">'
        + "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
        + "</dl>"
    )


def _day(record: IterationRecord) -> str:
    return record.started_at.replace("T", " ")[:19] + " UTC"


def _facts(record: IterationRecord) -> Pairs:
    gpu = record.gpu
    used = (
        f"{seconds(gpu.used_seconds)} of {seconds(gpu.booked_seconds)} booked, {count(gpu.calls, 'call')}"
        if gpu.calls
        else "none"
    )
    return (
        ("Started", _day(record)),
        ("Time", span(record.duration_ms if record.status.ended else None)),
        ("Queue", span(record.queue_ms)),
        ("Pages", f"{record.pages_ok:,} converted, {record.pages_failed:,} lost, {record.input.pages:,} in the file"),
        ("GPU", used),
        ("Memory", f"{record.peak_memory_mb:,} MB" if record.peak_memory_mb else "–"),
        ("File", f"{size(record.input.bytes)}, SHA-256 {record.input.sha256[:12]}…"),
        ("Markdown", _output(record)),
        ("Space", space_name(record.versions.space)),
        (
            "Asked by",
            {"ui": "browser", "api": "API", "cli": "command line", "bench": "benchmark"}[record.input.origin.value],
        ),
    )


def _output(record: IterationRecord) -> str:
    output = record.output
    if output is None:
        return "–"
    return f"{output.chars:,} characters, {count(output.tables, 'table')}, {count(output.figures, 'picture')}"


def _options(record: IterationRecord) -> Pairs:
    options = record.options
    return (
        ("Pages", options.pages or "all"),
        ("OCR", OCR_NAMES[options.ocr.value]),
        ("Tables", "recognised" if options.tables else "left as text"),
        ("Models", models(record.bundle, record.pages)),
    )


def _engine_pairs(record: IterationRecord) -> Pairs:
    return [
        (TASK_NAMES.get(engine.task, escape(engine.task)), f"{engine.model}, {engine.engine}")
        for engine in record.engines
    ]


def _engines(record: IterationRecord) -> str:
    return _pairs(_engine_pairs(record)) if record.engines else ""


def _versions(record: IterationRecord) -> Pairs:
    versions = record.versions
    return (
        ("Folio", versions.app),
        ("Hardware", versions.hardware),
        ("Python", versions.python),
        ("docling", versions.docling),
        ("PyTorch", versions.torch),
        ("ONNX Runtime", versions.onnxruntime),
    )


def _stage_pairs(record: IterationRecord) -> Pairs:
    return [(STAGE_NAMES[time.stage], span(time.ms)) for time in record.stages]


def _stages(record: IterationRecord) -> str:
    longest = max((time.ms for time in record.stages), default=0.0)
    if not longest:
        return ""
    bars = "".join(_bar(time.stage, time.ms, 100 * time.ms / longest) for time in record.stages)
    return f'<ul class="stages">{bars}</ul>'


def _bar(stage: Stage, ms: float, width: float) -> str:
    return f'<li><span>{STAGE_NAMES[stage]}</span><i><b style="width:{width:.1f}%"></b></i><em>{span(ms)}</em></li>'


def _pages(record: IterationRecord) -> str:
    if not record.pages:
        return ""
    step = -(-len(record.pages) // MAX_CELLS)
    groups = [record.pages[start : start + step] for start in range(0, len(record.pages), step)]
    cells = "".join(f'<i class="cell cell-{_kind(group)}" title="{escape(_told(group))}"></i>' for group in groups)
    lost = [page for page in record.pages if page.code]
    reasons = "".join(f"<li><code>{escape(page.code)}</code> {escape(page.reason)}</li>" for page in lost[:20])
    more = f"<li>and {len(lost) - 20:,} more</li>" if len(lost) > 20 else ""
    listed = f'<ul class="lost-pages">{reasons}{more}</ul>' if lost else ""
    return f'<div class="strip dash-strip">{cells}</div>{listed}'


def _kind(group: Sequence[PageOutcome]) -> str:
    if any(page.status in (PageStatus.FAILED, PageStatus.TIMED_OUT) for page in group):
        return "failed"
    if any(page.status is PageStatus.NOT_STARTED for page in group):
        return "open"
    return "ocr" if all(page.ocr for page in group) else "ok"


def _told(group: Sequence[PageOutcome]) -> str:
    first, last = group[0], group[-1]
    if first is last:
        return (
            first.reason
            or f"Page {first.page}: {span(first.ms)}, {count(first.blocks, 'block')}{', OCR' if first.ocr else ''}"
        )
    return f"Pages {first.page} to {last.page}: {span(sum(page.ms for page in group))}"


def _page_pairs(left: IterationRecord, right: IterationRecord) -> tuple[Pairs, Pairs]:
    """Pages that ended differently, or took another way, in either run."""
    pages = [{page.page: page for page in record.pages} for record in (left, right)]
    numbers = sorted(pages[0].keys() | pages[1].keys())
    told = [(number, [_ended(of.get(number)) for of in pages]) for number in numbers]
    differing = [(number, both) for number, both in told if both[0] != both[1]][:50]
    same = len(numbers) - len([1 for _, both in told if both[0] != both[1]])
    sums = [("Equal", f"{same:,} of {len(numbers):,}")]
    return tuple([*sums, *((f"Page {number}", both[side]) for number, both in differing)] for side in (0, 1))  # type: ignore[return-value]


def _ended(page: PageOutcome | None) -> str:
    if page is None:
        return "not converted"
    if page.code:
        return page.code
    return f"{count(page.blocks, 'block')}{', OCR' if page.ocr else ''}"


def _side_by_side(left: Pairs, right: Pairs, marked: bool) -> str:
    names = list(dict.fromkeys([name for name, _ in left] + [name for name, _ in right]))
    first, second = dict(left), dict(right)
    rows = []
    for name in names:
        values = first.get(name, "–"), second.get(name, "–")
        differs = ' class="differs"' if marked and values[0] != values[1] else ""
        rows.append(f"<tr{differs}><th>{name}</th><td>{escape(values[0])}</td><td>{escape(values[1])}</td></tr>")
    return f'<table class="compare"><tbody>{"".join(rows)}</tbody></table>' if rows else ""
