"""The dashboard above its table: the status line, the tiles, the charts' captions and the three lists. Pure functions
to escaped HTML.

Ages are told by ``<folio-ago ms=…>``, which counts in the browser: the HTML of a quiet system never changes, and so is
not sent again.
"""

from collections.abc import Iterator, Sequence

from pipeline.history.health import Level, Publishing, Surroundings, SystemStatus, online, publishing
from pipeline.history.overview import Failure, Overview, SpaceActivity, Spread, Window
from pipeline.history.selection import space_name
from pipeline.records import RunStatus
from pipeline.ui.convert.present import count
from pipeline.ui.sanitise import escape

LEVEL_NAMES = {Level.OPERATIONAL: "Operational", Level.DEGRADED: "Degraded", Level.OFFLINE: "Offline"}
IN_WORDS = {Window.DAY: "in 24 hours", Window.WEEK: "in 7 days", Window.MONTH: "in 30 days", Window.ALL: "in all"}
SPARK_WIDTH, SPARK_HEIGHT = 120, 26
FAILURES_SHOWN = 8


# -- numbers -----------------------------------------------------------------------------------------------------------


def ago(ms: int | None) -> str:
    """An age that counts by itself."""
    return f'<folio-ago ms="{ms}"></folio-ago>' if ms is not None else "never"


def short(number: float) -> str:
    """``1,234``, ``12.3k``, ``4.5M``."""
    if abs(number) < 10_000:
        return f"{number:,.0f}"
    return f"{number / 1000:,.1f}k" if abs(number) < 1_000_000 else f"{number / 1_000_000:,.1f}M"


def span(ms: float | None) -> str:
    """A duration in its natural unit: ``340 ms``, ``8.2 s``, ``3 m 05 s``, ``2 h 10 m``."""
    if ms is None:
        return "–"
    if ms < 1000:
        return f"{ms:.0f} ms"
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes} m {seconds:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} m"


def seconds(value: float) -> str:
    """GPU time: ``12.3 s`` until it is many."""
    if not value:
        return "0 s"
    return f"{value:,.1f} s" if value < 1000 else f"{short(value)} s"


def percent(share: float | None) -> str:
    """``98.7 %``; 100 only where nothing is missing."""
    if share is None:
        return "–"
    if share < 1 and share > 0.999:
        return "99.9 %"
    return "100 %" if share == 1 else f"{share * 100:.1f} %"


# -- the line ----------------------------------------------------------------------------------------------------------


def status_line(status: SystemStatus, of: Overview) -> str:
    """Operational, degraded with its reasons, or offline; and who is there."""
    awake = sum(online(worker, of.now_ms) for worker in of.workers)
    last = max((worker.last_ms for worker in of.workers), default=None)
    reasons = "; ".join(escape(reason) for reason in status.reasons)
    facts = (
        [f"{count(awake, 'Space')} online", f"last record {ago(last)}"] if last else ["waiting for the first record"]
    )
    if of.ever.running:
        facts.insert(0, f"{count(of.ever.running, 'run')} under way")
    said = f"<span>{reasons}</span>" if reasons else ""
    return (
        f'<section class="dash-status dash-{status.level.value}" role="status"><i></i><b>{LEVEL_NAMES[status.level]}</b>{said}'
        f"<em>{' · '.join(facts)}</em></section>"
    )


# -- tiles -------------------------------------------------------------------------------------------------------------


def tiles(of: Overview) -> str:
    """The six numbers, each with its trend over the window."""
    totals, words = of.totals, IN_WORDS[of.window]
    runs = [float(sum(bucket.by_status.values())) for bucket in of.buckets]
    pages = [float(bucket.pages) for bucket in of.buckets]
    made = (
        _tile("Runs", short(totals.runs), _today(of.today.runs, of.ever.runs), _spark(runs), words),
        _tile("Pages", short(totals.pages), _today(of.today.pages, of.ever.pages), _spark(pages), words),
        _tile(
            "Success",
            percent(totals.success),
            _outcomes(of),
            _share_bar(of),
            f"runs with every page converted, {words}",
        ),
        _tile(
            "Conversion",
            span(totals.duration.p50),
            _p95(totals.duration),
            _trend(of, "duration"),
            f"median time of a run, {words}",
        ),
        _tile(
            "Queue",
            span(totals.queue.p50),
            _p95(totals.queue),
            _trend(of, "queue"),
            f"median wait before a run, {words}",
        ),
        _tile("GPU", seconds(totals.gpu_used), _gpu(of), _used_bar(of), f"seconds used on the GPU, {words}"),
    )
    return f'<div class="tiles">{"".join(made)}</div>'


def _today(today: int, ever: int) -> str:
    return f"{short(today)} today · {short(ever)} in all"


def _p95(of: Spread) -> str:
    return f"p95 {span(of.p95)}"


def _tile(name: str, value: str, below: str, figure: str, title: str) -> str:
    return f'<article class="tile" title="{title}"><h3>{name}</h3><b>{value}</b><p>{below}</p>{figure}</article>'


def _outcomes(of: Overview) -> str:
    by_status = of.totals.by_status
    parts = [(by_status[RunStatus.PARTIAL], "with gaps"), (by_status[RunStatus.ERROR], "failed")]
    told = [f"{number:,} {name}" for number, name in parts if number]
    return " · ".join(told) or ("nothing failed" if of.totals.runs else "no run yet")


def _gpu(of: Overview) -> str:
    totals = of.totals
    return f"{seconds(totals.gpu_booked)} booked · {seconds(totals.gpu_saved)} saved"


def _share_bar(of: Overview) -> str:
    by_status = of.totals.by_status
    shares = [
        (status, by_status[status])
        for status in (RunStatus.OK, RunStatus.PARTIAL, RunStatus.ERROR, RunStatus.CANCELLED)
    ]
    parts = "".join(
        f'<i class="share-{status.value}" style="flex-grow:{number}"></i>' for status, number in shares if number
    )
    return f'<div class="share" aria-hidden="true">{parts}</div>'


def _used_bar(of: Overview) -> str:
    used, booked = of.totals.gpu_used, of.totals.gpu_booked
    part = f'<i class="share-ok" style="width:{min(100 * used / booked, 100):.1f}%"></i>' if used and booked else ""
    return f'<div class="share" aria-hidden="true">{part}</div>'


def _trend(of: Overview, name: str) -> str:
    spreads: list[Spread] = [getattr(bucket, name) for bucket in of.buckets]
    return _spark([spread.p50 for spread in spreads])


def _spark(values: Sequence[float | None]) -> str:
    """A line over the window's buckets; where nothing was measured the line goes straight on."""
    points = [(position, value) for position, value in enumerate(values) if value is not None]
    top = max((value for _, value in points), default=0.0)
    if len(points) < 2 or not top:
        return '<svg class="spark" aria-hidden="true"></svg>'
    width = SPARK_WIDTH / max(len(values) - 1, 1)
    line = " ".join(
        f"{position * width:.1f},{SPARK_HEIGHT - 2 - value / top * (SPARK_HEIGHT - 4):.1f}"
        for position, value in points
    )
    first, last = points[0][0] * width, points[-1][0] * width
    return (
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon points="{first:.1f},{SPARK_HEIGHT} {line} {last:.1f},{SPARK_HEIGHT}"/><polyline points="{line}"/></svg>'
    )


# -- lists -------------------------------------------------------------------------------------------------------------


def failures(of: Overview) -> str:
    """Error codes with how often they came up and a run that shows each."""
    if not of.failures:
        return _card(
            "Failures", f"none {IN_WORDS[of.window]}", '<p class="nothing">No run failed and no page was lost.</p>'
        )
    most = max(failure.runs + failure.pages for failure in of.failures)
    rows = "".join(_failure(failure, most) for failure in of.failures[:FAILURES_SHOWN])
    return _card("Failures", f"by code, {IN_WORDS[of.window]}", f'<ul class="failures">{rows}</ul>')


def _failure(failure: Failure, most: int) -> str:
    told = [count(failure.runs, "run")] if failure.runs else []
    told += [count(failure.pages, "page")] if failure.pages else []
    width = 100 * (failure.runs + failure.pages) / most
    return (
        f'<li><button type="button" data-record="{escape(failure.example)}" title="Show an example run">'
        f"<code>{escape(failure.code)}</code><span>{' · '.join(told)}</span><em>{ago(failure.last_ms)}</em>"
        f'<i style="width:{width:.1f}%"></i></button></li>'
    )


def spaces(of: Overview, around: Surroundings) -> str:
    """Who leaves records, and the datasets they are read from."""
    rows = "".join(_space(worker, of.now_ms) for worker in of.workers)
    datasets = "".join(_datasets(around))
    body = (
        f'<ul class="spaces">{rows}{datasets}</ul>'
        if rows or datasets
        else '<p class="nothing">No Space has left a record yet.</p>'
    )
    return _card("Spaces", "online: a record within the hour", body)


def _space(worker: SpaceActivity, now_ms: int) -> str:
    state = "on" if online(worker, now_ms) else "off"
    facts = " · ".join(escape(fact) for fact in (worker.hardware, worker.bundle, f"v{worker.app}") if fact)
    return (
        f'<li><i class="dot dot-{state}"></i><div><b>{escape(space_name(worker.space))}</b><p>{facts}</p></div>'
        f'<div class="right"><span>{ago(worker.last_ms)}</span><p>{count(worker.runs, "run")} · {percent(worker.success)}</p></div></li>'
    )


def _datasets(around: Surroundings) -> Iterator[str]:
    for dataset in around.datasets:
        state = "bad" if dataset.error else "on" if dataset.read_at else "off"
        told = (
            f"cannot be read: {dataset.error}"
            if dataset.error
            else f"{count(dataset.files, 'file')} read"
            if dataset.read_at
            else "being read"
        )
        yield (
            f'<li><i class="dot dot-{state} dot-square"></i><div><b>{escape(dataset.repo_id)}</b><p>results dataset</p></div>'
            f'<div class="right"><p>{escape(told)}</p></div></li>'
        )


def resources(of: Overview, around: Surroundings) -> str:
    """Memory, and how the records reach the results dataset."""
    memory = of.totals.memory_mb
    pairs = [("Peak memory, median", _megabytes(memory.p50)), ("Peak memory, p95", _megabytes(memory.p95))]
    state = publishing(around)
    pairs += _published(state) if state else [("Records", "read only: this server takes no runs")]
    if around.unreadable:
        pairs.append(("Unreadable lines", f"{around.unreadable:,}"))
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return _card("Memory and publishing", "", f'<dl class="rows">{rows}</dl>')


def _published(state: Publishing) -> list[tuple[str, str]]:
    kind = "well" if state.well else "ill"
    rows = [
        ("Records", f'<span class="said-{kind}">{escape(state.sentence)}</span>'),
        ("Waiting to be sent", f"{state.depth:,}"),
    ]
    if state.oldest_ms is not None:
        rows.append(("The oldest of them", ago(state.oldest_ms)))
    if state.repo_id:
        rows.append(("Dataset", escape(state.repo_id)))
    rows.append(("Last sent", ago(state.last_commit_ms)))
    if state.unreadable:
        rows.append(("Cannot be sent", f"{state.unreadable:,}"))
    return rows


def _megabytes(value: float | None) -> str:
    return "–" if value is None else f"{value / 1000:.2f} GB" if value >= 1000 else f"{value:.0f} MB"


def _card(name: str, note: str, body: str) -> str:
    return f'<section class="card"><header><h3>{name}</h3><span>{note}</span></header>{body}</section>'
