"""The table of runs, a run's receipt and two receipts side by side. Pure functions to HTML, through the templates.

Everything shown comes from records, which hold no name, no content and no secret id.
"""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from pipeline.history.batch_totals import BatchTotals
from pipeline.history.selection import Selection, space_name
from pipeline.pages import PageStatus
from pipeline.records import IterationRecord, PageOutcome
from pipeline.ui.convert.present import models
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import (
    OCR_NAMES,
    ORIGIN_NAMES,
    STAGE_NAMES,
    STATUS_NAMES,
    TABLE_NAMES,
    TASK_NAMES,
    UNKNOWN,
    count,
    gpu_seconds,
    size,
    span,
)

MAX_CELLS = 160
MOST_DIFFERING_PAGES = 50
MARKED = ("Options", "Engines", "Versions", "Pages")
"""Sections of a comparison in which a difference says something; times and sizes always differ."""

Pairs = Sequence[tuple[str, str]]


# -- the table ---------------------------------------------------------------------------------------------------------


def run_table(selection: Selection, chosen: str, any_record: bool) -> Markup:
    """The rows of one page of the table; ``chosen`` is the run whose receipt is open."""
    if not selection.rows:
        return render("dashboard/no_runs", any_record=any_record)
    return render("dashboard/runs_table", rows=selection.rows, chosen=chosen, status_names=STATUS_NAMES)


def pager_name(selection: Selection) -> Markup:
    if not selection.matches:
        return NOTHING
    last = selection.first + len(selection.rows)
    return render("dashboard/pager_name", first=selection.first + 1, last=last, matches=selection.matches)


def waiting(iteration_id: str) -> Markup:
    """Shown above the table while the second run of a comparison is to be chosen; nothing otherwise."""
    return render("dashboard/waiting", iteration_id=iteration_id) if iteration_id else NOTHING


# -- the receipt -------------------------------------------------------------------------------------------------------


def receipt(record: IterationRecord) -> Markup:
    """Everything the record says about one run."""
    longest = max((time.ms for time in record.stages), default=0.0)
    stages = [
        {"name": STAGE_NAMES[time.stage], "width": f"{100 * time.ms / longest:.1f}", "ms": time.ms}
        for time in record.stages
        if longest
    ]
    return render(
        "dashboard/receipt",
        two=False,
        record=record,
        status_names=STATUS_NAMES,
        facts=_facts(record),
        stages=stages,
        cells=_cells(record),
        lost=[page for page in record.pages if page.code and page.status is not PageStatus.OK],
        options=_options(record),
        engines=_engines(record),
        versions=_versions(record),
    )


def batch_receipt(batch: BatchTotals) -> Markup:
    """The totals of a batch job."""
    totals = batch.totals
    ends = (f"{number:,} {STATUS_NAMES[status].lower()}" for status, number in totals.by_status.items() if number)
    facts = (
        ("Started", _moment(batch.started_ms)),
        ("Time", span(batch.duration_ms)),
        ("Documents", f"{totals.runs:,}: {', '.join(ends)}"),
        ("Pages", f"{totals.pages:,} converted, {batch.pages_failed:,} lost"),
        ("Speed", f"{batch.pages_per_second:.2f} pages/s"),
        ("GPU", gpu_seconds(totals.gpu_used) if totals.gpu_used else "none"),
        ("Models", batch.bundle or UNKNOWN),
        ("Folio", batch.app),
        ("Hardware", batch.hardware),
    )
    return render("dashboard/batch_receipt", two=False, batch=batch, facts=facts, status_names=STATUS_NAMES)


def missing_record() -> Markup:
    """For a run whose record is not (or no longer) here."""
    return render("dashboard/missing_record", two=False)


def comparison(left: IterationRecord, right: IterationRecord, texts: Markup = NOTHING) -> Markup:
    """Two runs side by side; what differs is marked. ``texts`` is the HTML of how their text differs."""
    parts = (
        ("Result", _facts(left), _facts(right)),
        ("Options", _options(left), _options(right)),
        ("Time by stage", _stage_times(left), _stage_times(right)),
        ("Engines", _engines(left), _engines(right)),
        ("Versions", _versions(left), _versions(right)),
        ("Pages", *_differing_pages(left, right)),
    )
    return render(
        "dashboard/comparison",
        two=True,
        heads=[{"record": record, "started": _started(record)} for record in (left, right)],
        status_names=STATUS_NAMES,
        sections=[{"name": name, "rows": _side_by_side(old, new, name in MARKED)} for name, old, new in parts],
        texts=texts,
    )


def _started(record: IterationRecord) -> Markup:
    """When the run began, on the reader's clock, as the table and the charts have it."""
    return _moment(round(datetime.fromisoformat(record.started_at).timestamp() * 1000))


def _moment(ms: int) -> Markup:
    return render("dashboard/moment", ms=ms)


def _facts(record: IterationRecord) -> Pairs:
    gpu = record.gpu
    booked = f" of {gpu_seconds(gpu.booked_seconds)} booked" if gpu.booked_seconds else ""
    used = f"{gpu_seconds(gpu.used_seconds)}{booked}, {count(gpu.calls, 'call')}"
    return (
        ("Started", _started(record)),
        ("Time", span(record.duration_ms if record.status.ended else None)),
        ("Queue", span(record.queue_ms)),
        ("Pages", f"{record.pages_ok:,} converted, {record.pages_failed:,} lost, {record.input.pages:,} in the file"),
        ("GPU", used if gpu.calls else "none"),
        ("Memory", f"{record.peak_memory_mb:,} MB" if record.peak_memory_mb else UNKNOWN),
        ("File", size(record.input.bytes)),
        ("Markdown", _output(record)),
        ("Space", space_name(record.versions.space)),
        ("Asked by", ORIGIN_NAMES[record.input.origin]),
    )


def _output(record: IterationRecord) -> str:
    output = record.output
    if output is None:
        return UNKNOWN
    return f"{output.chars:,} characters, {count(output.tables, 'table')}, {count(output.figures, 'picture')}"


def _options(record: IterationRecord) -> Pairs:
    options = record.options
    return (
        ("Pages", options.pages or "all"),
        ("OCR", OCR_NAMES[options.ocr.value]),
        ("Tables", TABLE_NAMES[options.tables]),
        ("Models", models(record.bundle, record.pages)),
    )


def _engines(record: IterationRecord) -> Pairs:
    return [(TASK_NAMES.get(engine.task, engine.task), f"{engine.model}, {engine.engine}") for engine in record.engines]


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


def _stage_times(record: IterationRecord) -> Pairs:
    return [(STAGE_NAMES[time.stage], span(time.ms)) for time in record.stages]


def _cells(record: IterationRecord) -> list[dict[str, str]]:
    """One cell per page, or per group of neighbouring pages."""
    step = -(-len(record.pages) // MAX_CELLS) or 1
    groups = [record.pages[start : start + step] for start in range(0, len(record.pages), step)]
    return [{"kind": _kind(group), "title": _cell_title(group)} for group in groups]


def _kind(group: Sequence[PageOutcome]) -> str:
    if any(page.status in (PageStatus.FAILED, PageStatus.TIMED_OUT) for page in group):
        return "failed"
    if any(page.status is PageStatus.NOT_STARTED for page in group):
        return "open"
    return "ocr" if all(page.ocr for page in group) else "ok"


def _cell_title(group: Sequence[PageOutcome]) -> str:
    first, last = group[0], group[-1]
    if first is not last:
        return f"Pages {first.page} to {last.page}: {span(sum(page.ms for page in group))}"
    return first.reason or f"Page {first.page}: {span(first.ms)}, {_blocks(first)}"


def _differing_pages(left: IterationRecord, right: IterationRecord) -> tuple[Pairs, Pairs]:
    """Pages that ended differently, or took another way, in either run."""
    old, new = ({page.page: page for page in record.pages} for record in (left, right))
    numbers = sorted(old.keys() | new.keys())
    ends = [(number, _end(old.get(number)), _end(new.get(number))) for number in numbers]
    differing = [end for end in ends if end[1] != end[2]]
    equal = [("Equal", f"{len(numbers) - len(differing):,} of {len(numbers):,}")]
    shown = differing[:MOST_DIFFERING_PAGES]
    return (
        [*equal, *((f"Page {number}", end) for number, end, _ in shown)],
        [*equal, *((f"Page {number}", end) for number, _, end in shown)],
    )


def _end(page: PageOutcome | None) -> str:
    if page is None:
        return "not converted"
    return page.code or _blocks(page)


def _blocks(page: PageOutcome) -> str:
    return f"{count(page.blocks, 'block')}{', OCR' if page.ocr else ''}"


def _side_by_side(left: Pairs, right: Pairs, marked: bool) -> list[dict[str, object]]:
    names = dict.fromkeys([name for name, _ in left] + [name for name, _ in right])
    old, new = dict(left), dict(right)
    pairs = [(name, old.get(name, UNKNOWN), new.get(name, UNKNOWN)) for name in names]
    return [{"name": name, "left": one, "right": two, "differs": marked and one != two} for name, one, two in pairs]
