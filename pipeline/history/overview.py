"""What the dashboard says about many records: totals, spreads, time series, failures and Spaces. Pure functions of
columns and a time.

Times are milliseconds since 1970 (UTC), GPU times seconds. A day is a UTC day. Benchmark runs are listed, but count
nowhere; refused requests count as ``refusals`` and as no runs. Answers from earlier runs count as ``reused``: they
converted nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipeline.records import BENCH, REFUSAL, REUSE, RunStatus
from pipeline.store.columns import NO_TIME, STATUSES, Floats, Integers, Records

HOUR = 3_600_000
DAY = 24 * HOUR
RUNNING_AT_MOST = DAY
"""A run of which no end is known is taken for lost after this; no run may last longer (RUN_SECONDS)."""

Mask = npt.NDArray[np.bool_]
CODES = {status: STATUSES.index(status) for status in RunStatus}


class Window(StrEnum):
    """How far back the dashboard looks."""

    DAY = "24 h"
    WEEK = "7 days"
    MONTH = "30 days"
    ALL = "All"


SPANS: Mapping[Window, tuple[int, int]] = {
    Window.DAY: (DAY, HOUR),
    Window.WEEK: (7 * DAY, 6 * HOUR),
    Window.MONTH: (30 * DAY, DAY),
}
"""Length and bucket of a window; all of time is cut into whole days, at most ``MOST_BUCKETS``."""
MOST_BUCKETS = 60


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 95th percentile in milliseconds; None where nothing was measured."""

    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a window. ``success`` is the share of ended runs, stopped ones aside, that converted every page; None
    without any. ``reused`` counts answers from earlier runs, which are in no other number but ``gpu_saved``.
    """

    runs: int
    reused: int
    pages: int
    running: int
    by_status: Mapping[RunStatus, int]
    gpu_used: float
    gpu_booked: float
    gpu_saved: float
    success: float | None
    queue: Spread
    duration: Spread
    memory_mb: Spread


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of the charts. Rates are None where no run of that lane ended; ``duration`` is in milliseconds."""

    start_ms: int
    by_status: Mapping[RunStatus, int]
    pages: int
    pages_per_gpu_second: float | None
    pages_per_cpu_second: float | None
    duration: Spread
    queue: Spread


@dataclass(frozen=True, slots=True)
class Failure:
    """One error code: the runs it ended, the pages it cost in runs that went on, the newest run that shows it, and when
    each of these runs began.
    """

    code: str
    runs: int
    pages: int
    example: str
    last_ms: int
    moments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SpaceActivity:
    """One Space (or machine without one) that leaves records: when the last one began, and what it did in the
    window.
    """

    space: str
    hardware: str
    app: str
    bundle: str
    last_ms: int
    runs: int
    pages: int
    success: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything above the table of runs.

    ``refusals`` has the codes of requests that were refused before anything was queued, with how many in ``runs``.
    """

    window: Window
    now_ms: int
    start_ms: int
    step_ms: int
    totals: Totals
    today: Totals
    ever: Totals
    buckets: tuple[Bucket, ...]
    failures: tuple[Failure, ...]
    refusals: tuple[Failure, ...]
    workers: tuple[SpaceActivity, ...]


def overview(records: Records, window: Window, now_ms: int) -> Overview:
    """The dashboard's numbers for ``window`` as of ``now_ms``."""
    start, step = _range(records, window, now_ms)
    counted = _counted(records)
    inside = counted & (records.started_ms >= start)
    today = counted & (records.started_ms >= now_ms // DAY * DAY)
    return Overview(
        window=window,
        now_ms=now_ms,
        start_ms=start,
        step_ms=step,
        totals=totals(records, inside, now_ms),
        today=totals(records, today, now_ms),
        ever=totals(records, counted, now_ms),
        buckets=tuple(_buckets(records, inside, start, step, now_ms)),
        failures=failures(records, inside),
        refusals=failures(records, of_kind(records, REFUSAL) & (records.started_ms >= start)),
        workers=workers(records, counted, inside),
    )


def totals(records: Records, rows: Mask, now_ms: int) -> Totals:
    """Sums over these rows."""
    all_rows, rows = rows, rows & ~of_kind(records, REUSE)
    ended = rows & (records.duration_ms != NO_TIME)
    running = rows & (records.duration_ms == NO_TIME) & (records.started_ms > now_ms - RUNNING_AT_MOST)
    by_status = _by_status(records.status[rows])
    return Totals(
        runs=int(rows.sum()),
        reused=int(all_rows.sum()) - int(rows.sum()),
        pages=int(records.pages_ok[rows].sum()),
        running=int(running.sum()),
        by_status=by_status,
        gpu_used=float(records.gpu_used[rows].sum()),
        gpu_booked=float(records.gpu_booked[rows].sum()),
        gpu_saved=float(records.gpu_saved[all_rows].sum()),
        success=_success(by_status),
        queue=spread(records.queue_ms[ended]),
        duration=spread(records.duration_ms[ended & (records.pages_ok > 0)]),
        memory_mb=spread(records.peak_memory[ended & (records.peak_memory > 0)]),
    )


def spread(values: Integers) -> Spread:
    """The median and 95th percentile, by the nearest rank (a value that was measured)."""
    if not len(values):
        return Spread()
    low, high = np.percentile(values, [50, 95], method="inverted_cdf")
    return Spread(float(low), float(high))


def failures(records: Records, rows: Mask) -> tuple[Failure, ...]:
    """Error codes by how many runs show them, most first."""
    none = records.names["code"].index("") if "" in records.names["code"] else -1
    found: dict[str, Failure] = {}
    for row in map(int, np.flatnonzero(rows & ((records.code != none) | (records.pages_failed > 0)))):
        iteration_id, started = str(records.ids[row]), int(records.started_ms[row])
        code = records.name("code", row)
        if code:
            _count(found, code, 1, 0, iteration_id, started)
        for page_code in records.page_codes.get(iteration_id, ()):
            if page_code != code:
                _count(found, page_code, 0, 1, iteration_id, started)
    return tuple(sorted(found.values(), key=lambda failure: (-failure.runs - failure.pages, failure.code)))


def _count(found: dict[str, Failure], code: str, runs: int, pages: int, example: str, started: int) -> None:
    before = found.get(code, Failure(code, 0, 0, "", 0))
    moments = (*before.moments, started)
    found[code] = Failure(code, before.runs + runs, before.pages + pages, example, started, moments)


def workers(records: Records, rows: Mask, inside: Mask) -> tuple[SpaceActivity, ...]:
    """Every Space that ever left a record, the one heard of last first; its numbers count the window."""
    found = []
    for position, space in enumerate(records.names["space"]):
        own = rows & (records.space == position)
        converted = own & ~of_kind(records, REUSE)
        newest = np.flatnonzero(own)
        if not len(newest):
            continue
        last, counted = int(newest[-1]), converted & inside
        found.append(
            SpaceActivity(
                space=space,
                hardware=records.name("hardware", last),
                app=records.name("app", last),
                bundle=records.name("bundle", last),
                last_ms=_last_heard(records, last),
                runs=int(counted.sum()),
                pages=int(records.pages_ok[counted].sum()),
                success=_success(_by_status(records.status[counted])),
            )
        )
    return tuple(sorted(found, key=lambda worker: -worker.last_ms))


def _last_heard(records: Records, row: int) -> int:
    """When the record of a row was written: at the run's end, or at its start while it has none."""
    return int(records.started_ms[row] + records.queue_ms[row] + max(int(records.duration_ms[row]), 0))


def _buckets(records: Records, inside: Mask, start: int, step: int, now_ms: int) -> Iterator[Bucket]:
    rows = np.flatnonzero(inside & ~of_kind(records, REUSE))
    bucket_of = (records.started_ms[rows] - start) // step
    count = max(int((now_ms - start) // step) + 1, 1)
    borders = np.searchsorted(bucket_of, np.arange(count + 1))  # rows are in the order of time
    for position in range(count):
        own = rows[borders[position] : borders[position + 1]]
        yield _bucket(records, own, start + position * step)


def _bucket(records: Records, rows: npt.NDArray[np.intp], start: int) -> Bucket:
    pages, duration, gpu = records.pages_ok[rows], records.duration_ms[rows], records.gpu_used[rows]
    ended = duration != NO_TIME
    on_gpu, on_cpu = ended & (gpu > 0), ended & (gpu == 0) & (pages > 0)
    return Bucket(
        start_ms=start,
        by_status=_by_status(records.status[rows]),
        pages=int(pages.sum()),
        pages_per_gpu_second=_rate(int(pages[on_gpu].sum()), gpu[on_gpu]),
        pages_per_cpu_second=_rate(int(pages[on_cpu].sum()), duration[on_cpu] / 1000),
        duration=spread(duration[ended & (pages > 0)]),
        queue=spread(records.queue_ms[rows][ended]),
    )


def _rate(pages: int, seconds: Floats) -> float | None:
    total = float(seconds.sum())
    return pages / total if total > 0 else None


def _by_status(status: Integers) -> dict[RunStatus, int]:
    counts = np.bincount(status, minlength=len(STATUSES))
    return {name: int(counts[code]) for name, code in CODES.items()}


def _success(by_status: Mapping[RunStatus, int]) -> float | None:
    ended = sum(by_status[status] for status in (RunStatus.OK, RunStatus.PARTIAL, RunStatus.ERROR))
    return by_status[RunStatus.OK] / ended if ended else None


def _counted(records: Records) -> Mask:
    return ~of_kind(records, BENCH) & ~of_kind(records, REFUSAL)


def of_kind(records: Records, kind: str) -> Mask:
    """The rows of one kind of record."""
    return np.isin(records.kind, [position for position, name in enumerate(records.names["kind"]) if name == kind])


def _range(records: Records, window: Window, now_ms: int) -> tuple[int, int]:
    """Where the window's first bucket starts, on a whole multiple of its step, and the step."""
    if window is not Window.ALL:
        span, step = SPANS[window]
        return (now_ms // step + 1) * step - span, step
    first = int(records.started_ms[0]) if len(records) else now_ms
    first_day, days = first // DAY, now_ms // DAY - first // DAY + 1
    return first_day * DAY, max(-(-days // MOST_BUCKETS), 1) * DAY
