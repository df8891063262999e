"""The dashboard above its table: the status line, the tiles and the three lists. Pure functions to HTML, through the
templates.

Ages are shown by ``<folio-ago ms=…>``, which counts in the browser: the HTML of a quiet system never changes, and so
is not sent again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from pipeline.history.health import Level, Surroundings, SystemStatus, online, publishing
from pipeline.history.overview import Failure, Overview, SpaceActivity, Spread, Window
from pipeline.history.selection import space_name
from pipeline.records import RunStatus, ServerLoad
from pipeline.ui.templating import render
from pipeline.ui.words import UNKNOWN, count, gpu_seconds, megabytes, percent, short, size, span

LEVEL_NAMES = {Level.OPERATIONAL: "Operational", Level.DEGRADED: "Degraded", Level.OFFLINE: "Offline"}
WINDOW_NAMES = {Window.DAY: "in 24 hours", Window.WEEK: "in 7 days", Window.MONTH: "in 30 days", Window.ALL: "in all"}
OUTCOME_ORDER = (RunStatus.OK, RunStatus.PARTIAL, RunStatus.ERROR, RunStatus.CANCELLED)
SPARK_WIDTH, SPARK_HEIGHT = 120, 26
FAILURES_SHOWN = 8

Trend = dict[str, object]
Shares = list[dict[str, str]]


def status_line(status: SystemStatus, overview: Overview) -> Markup:
    """Operational, degraded with its reasons, or offline; and which Spaces are online."""
    return render(
        "dashboard/status_line",
        level=status.level.value,
        level_name=LEVEL_NAMES[status.level],
        reasons="; ".join(status.reasons),
        running=overview.ever.running,
        awake=sum(online(space, overview.now_ms) for space in overview.workers),
        last_ms=max((space.last_ms for space in overview.workers), default=None),
    )


# -- tiles -------------------------------------------------------------------------------------------------------------


def tiles(overview: Overview, load: ServerLoad | None = None) -> Markup:
    """The six numbers, each with its trend over the window or its parts; ``load`` is what waits here now."""
    totals, words = overview.totals, WINDOW_NAMES[overview.window]
    today, ever = overview.today, overview.ever
    runs: list[float | None] = [float(sum(bucket.by_status.values())) for bucket in overview.buckets]
    pages: list[float | None] = [float(bucket.pages) for bucket in overview.buckets]
    duration = _trend([bucket.duration.p50 for bucket in overview.buckets])
    queue = _trend([bucket.queue.p50 for bucket in overview.buckets])
    gpu = f"{gpu_seconds(totals.gpu_booked)} booked · {gpu_seconds(totals.gpu_saved)} saved"
    shown = (
        _tile("Runs", short(totals.runs), _run_counts(overview), f"documents converted, {words}", _trend(runs)),
        _tile("Pages", short(totals.pages), _today(today.pages, ever.pages), words, _trend(pages)),
        _tile(
            "Success",
            percent(totals.success),
            _outcomes(overview),
            f"runs with every page converted, {words}",
            shares=_outcome_shares(overview),
        ),
        _tile(
            "Conversion", span(totals.duration.p50), _p95(totals.duration), f"median time of a run, {words}", duration
        ),
        _tile("Queue", span(totals.queue.p50), _queue(overview, load), f"median wait before a run, {words}", queue),
        _tile(
            "GPU", gpu_seconds(totals.gpu_used), gpu, f"seconds used on the GPU, {words}", shares=_used_share(overview)
        ),
    )
    return render("dashboard/tiles", tiles=shown)


def _tile(
    name: str, value: str, below: str, title: str, trend: Trend | None = None, shares: Shares | None = None
) -> dict[str, object]:
    return {"name": name, "value": value, "below": below, "title": title, "trend": trend, "shares": shares or []}


def _run_counts(overview: Overview) -> str:
    """Conversions; answers that an earlier run gave stand apart."""
    reused = f" · {short(overview.totals.reused)} reused" if overview.totals.reused else ""
    return _today(overview.today.runs, overview.ever.runs) + reused


def _queue(overview: Overview, load: ServerLoad | None) -> str:
    now = "" if load is None else f"{load.waiting:,} waiting now · "
    return now + _p95(overview.totals.queue)


def _today(today: int, ever: int) -> str:
    return f"{short(today)} today · {short(ever)} in all"


def _p95(spread: Spread) -> str:
    return f"p95 {span(spread.p95)}"


def _outcomes(overview: Overview) -> str:
    by_status = overview.totals.by_status
    parts = [(by_status[RunStatus.PARTIAL], "with gaps"), (by_status[RunStatus.ERROR], "failed")]
    words = [f"{number:,} {name}" for number, name in parts if number]
    return " · ".join(words) or ("nothing failed" if overview.totals.runs else "no run yet")


def _outcome_shares(overview: Overview) -> Shares:
    numbers = [(status, overview.totals.by_status[status]) for status in OUTCOME_ORDER]
    return [{"kind": status.value, "style": f"flex-grow:{number}"} for status, number in numbers if number]


def _used_share(overview: Overview) -> Shares:
    used, booked = overview.totals.gpu_used, overview.totals.gpu_booked
    return [{"kind": "ok", "style": f"width:{min(100 * used / booked, 100):.1f}%"}] if used and booked else []


def _trend(values: Sequence[float | None]) -> Trend:
    """A line over the window's buckets, each over its own width; where nothing was measured the line goes straight
    on.
    """
    points = [(position, value) for position, value in enumerate(values) if value is not None]
    top = max((value for _, value in points), default=0.0)
    if not top:
        return {"line": ""}
    step = SPARK_WIDTH / len(values)
    line = " ".join(
        f"{(position + end) * step:.1f},{SPARK_HEIGHT - 2 - value / top * (SPARK_HEIGHT - 4):.1f}"
        for position, value in points
        for end in (0, 1)
    )
    first, last = points[0][0] * step, (points[-1][0] + 1) * step
    area = f"{first:.1f},{SPARK_HEIGHT} {line} {last:.1f},{SPARK_HEIGHT}"
    return {"line": line, "area": area, "width": SPARK_WIDTH, "height": SPARK_HEIGHT}


# -- lists -------------------------------------------------------------------------------------------------------------


def failures(overview: Overview) -> Markup:
    """Error codes with how often they came up and a run that shows each; below, what was refused and so is no run."""
    words = WINDOW_NAMES[overview.window]
    most = max((failure.runs + failure.pages for failure in overview.failures), default=1)
    return render(
        "dashboard/failures",
        name="Failures",
        note=f"by code, {words}" if overview.failures else f"none {words}",
        failures=[
            _failure(failure, most) | {"trend": _trend(_steps(failure, overview))}
            for failure in overview.failures[:FAILURES_SHOWN]
        ],
        refusals=[
            {"code": refusal.code, "times": count(refusal.runs, "time"), "trend": _trend(_steps(refusal, overview))}
            for refusal in overview.refusals[:FAILURES_SHOWN]
        ],
    )


def _steps(failure: Failure, overview: Overview) -> list[float | None]:
    """How often a code came up in each step of the window."""
    steps = Counter((moment - overview.start_ms) // overview.step_ms for moment in failure.moments)
    return [float(steps[step]) for step in range(len(overview.buckets))]


def _failure(failure: Failure, most: int) -> dict[str, object]:
    counts = [count(number, noun) for number, noun in ((failure.runs, "run"), (failure.pages, "page")) if number]
    return {
        "example": failure.example,
        "code": failure.code,
        "counts": " · ".join(counts),
        "last_ms": failure.last_ms,
        "width": f"{100 * (failure.runs + failure.pages) / most:.1f}",
    }


def spaces(overview: Overview, around: Surroundings) -> Markup:
    """Who leaves records, and the datasets they are read from."""
    return render(
        "dashboard/spaces",
        name="Spaces",
        note="online: a record within the hour",
        spaces=[_space(space, overview.now_ms) for space in overview.workers],
        datasets=list(_datasets(around)),
    )


def _space(space: SpaceActivity, now_ms: int) -> dict[str, object]:
    return {
        "online": online(space, now_ms),
        "name": space_name(space.space),
        "facts": " · ".join(fact for fact in (space.hardware, space.bundle, f"v{space.app}") if fact),
        "last_ms": space.last_ms,
        "runs": space.runs,
        "success": space.success,
    }


def _datasets(around: Surroundings) -> Iterator[dict[str, str]]:
    for dataset in around.datasets:
        reading = f"{count(dataset.files, 'file')} read" if dataset.read_at else "being read"
        yield {
            "state": "bad" if dataset.error else "on" if dataset.read_at else "off",
            "name": dataset.repo_id,
            "reading": f"cannot be read: {dataset.error}" if dataset.error else reading,
        }


def resources(overview: Overview, around: Surroundings) -> Markup:
    """Memory and disk, and how the records reach the results dataset."""
    memory = overview.totals.memory_mb
    return render(
        "dashboard/resources",
        name="Server and publishing",
        note="",
        memory=[
            *_load_facts(around.load),
            ("Peak memory, median", megabytes(memory.p50)),
            ("Peak memory, p95", megabytes(memory.p95)),
        ],
        publishing=publishing(around),
        unreadable=around.unreadable,
    )


def _load_facts(load: ServerLoad | None) -> list[tuple[str, str]]:
    """What waits, runs and is kept here now; nothing where this server converts nothing."""
    if load is None:
        return []
    return [
        ("Now", f"{load.running:,} under way, {load.waiting:,} of {load.most_waiting:,} places in the queue taken"),
        ("Kept runs", f"{load.kept_runs:,}, {size(load.kept_bytes)} of {size(load.most_bytes)}"),
        ("Free on the disk", UNKNOWN if load.free_bytes is None else size(load.free_bytes)),
    ]
