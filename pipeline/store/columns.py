"""Many records as columns: what totals, charts and the table of runs need of each, a few dozen bytes instead of a few
kilobytes.

A line is an iteration record in either of its two written forms: as the ledger keeps it (``ledger.py``), or as a row of
the results dataset (``schema.py``). Lines come from datasets that others write, so a line that does not fit is left out
and counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from pipeline.records import RunStatus
from pipeline.store.ids import is_iteration_id
from pipeline.store.metrics import METRICS, Metric, values_by_name

STATUSES: tuple[str, ...] = tuple(RunStatus)
RUNNING = STATUSES.index(RunStatus.RUNNING)
NO_TIME = -1
"""In a duration: the run has not ended."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Brief(NamedTuple):
    """What is kept of one record. Times in milliseconds (``started_ms`` since 1970, UTC), GPU times in seconds, memory
    in megabytes.

    Numbers have the names of ``METRICS``. ``status`` is a position in ``STATUSES``; ``code`` is the run's error code or
    empty, ``page_codes`` those of its failed pages; ``batch`` is the id of its batch job, empty outside one.
    """

    iteration_id: str
    status: int
    started_ms: int
    duration_ms: int
    queue_ms: int
    pages_ok: int
    pages_failed: int
    gpu_used: float
    gpu_booked: float
    gpu_saved: float
    peak_memory: int
    kind: str
    bundle: str
    space: str
    hardware: str
    origin: str
    app: str
    code: str
    batch: str = ""
    page_codes: tuple[str, ...] = ()


NUMBERS = Brief._fields[1:11]
COUNTED = tuple(metric for metric in METRICS if metric.name in NUMBERS)
NAMES = Brief._fields[11:19]


@dataclass(frozen=True, slots=True)
class Records:
    """Records in the order of their starts, one row each; row by row the fields of Brief.

    ``names`` holds the texts behind a coded column: ``names["bundle"][records.bundle[row]]`` is a row's bundle.
    ``page_codes`` has the rows with failed pages only. Arrays are never changed after they are handed out.
    """

    ids: npt.NDArray[np.object_]
    status: Integers
    started_ms: Integers
    duration_ms: Integers
    queue_ms: Integers
    pages_ok: Integers
    pages_failed: Integers
    gpu_used: Floats
    gpu_booked: Floats
    gpu_saved: Floats
    peak_memory: Integers
    kind: Integers
    bundle: Integers
    space: Integers
    hardware: Integers
    origin: Integers
    app: Integers
    code: Integers
    batch: Integers
    names: Mapping[str, tuple[str, ...]]
    page_codes: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, column: str, row: int) -> str:
        """The text of a coded column in one row."""
        return self.names[column][int(getattr(self, column)[row])]


class Skimmed(NamedTuple):
    """The briefs of a file, where each one's line lies in it (offset and length in bytes), and how many lines did not
    fit.
    """

    briefs: list[Brief]
    places: list[tuple[int, int]]
    unreadable: int


def skim(data: bytes) -> Skimmed:
    """Every record in these lines. A last line without its newline was cut short by a crash, and does not parse."""
    briefs: list[Brief] = []
    places: list[tuple[int, int]] = []
    unreadable = offset = 0
    for line in data.split(b"\n"):
        if line:
            try:
                brief = skim_line(line)
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                unreadable += 1
            else:
                if brief is not None:
                    briefs.append(brief)
                    places.append((offset, len(line)))
        offset += len(line) + 1
    return Skimmed(briefs, places, unreadable)


def skim_line(line: bytes) -> Brief | None:
    """One record; None for a row that is no run: of kind ``seed``, or an iteration of a worker. Raises ValueError,
    TypeError, KeyError or AttributeError for junk.
    """
    record = orjson.loads(line)
    if "cumulative_insights" in record or record["kind"] == "seed":
        return None
    brief = _of_row(record) if "runtime" in record else _of_record(record)
    if not is_iteration_id(brief.iteration_id):
        raise ValueError("no iteration id")
    if not brief.pages_failed:
        return brief
    return brief._replace(page_codes=tuple(str(page["code"]) for page in record["pages"] if page["code"]))


def _of_row(row: Mapping[str, Any]) -> Brief:
    values = values_by_name(row["metrics"])
    runtime, error, duration = row["runtime"], row["error"], row["duration_ms"]
    return Brief(
        iteration_id=row["iteration_id"],
        status=STATUSES.index(row["status"]),
        started_ms=_milliseconds(row["started_at"]),
        duration_ms=NO_TIME if duration is None else int(duration),
        queue_ms=int(row["queue_ms"] or 0),
        **_numbers(values.get(metric.name, 0) for metric in COUNTED),
        kind=str(row["kind"]),
        bundle=_bundle(row["config"]),
        space=str(runtime["space_id"]),
        hardware=str(runtime["hardware"]),
        origin=str(row["input"]["origin"]),
        app=str(runtime["app"]),
        code=str(error["type"]) if error else "",
        batch=_batch(row),
    )


def _of_record(record: Mapping[str, Any]) -> Brief:
    versions, error = record["versions"], record["error"]
    status = STATUSES.index(record["status"])
    return Brief(
        iteration_id=record["iteration_id"],
        status=status,
        started_ms=_milliseconds(record["started_at"]),
        duration_ms=NO_TIME if status <= RUNNING else int(record["duration_ms"]),
        queue_ms=int(record["queue_ms"]),
        **_numbers(_number(record, metric) for metric in COUNTED),
        kind=str(record["kind"]),
        bundle=str(record["bundle"]),
        space=str(versions["space"]),
        hardware=str(versions["hardware"]),
        origin=str(record["input"]["origin"]),
        app=str(versions["app"]),
        code=str(error["code"]) if error else "",
        batch=_batch(record),
    )


def _batch(record: Mapping[str, Any]) -> str:
    """The id of the record's batch job; a line of an older Folio has none."""
    batch = record.get("batch")
    return str(batch["id"]) if batch else ""


def _numbers(values: Iterable[Any]) -> dict[str, Any]:
    """The numbers of a brief by name, from those of ``COUNTED`` in its order."""
    return {metric.name: metric.type(value) for metric, value in zip(COUNTED, values, strict=True)}


def _number(record: Mapping[str, Any], metric: Metric) -> Any:
    for step in metric.path[:-1]:
        record = record[step]
    return record.get(metric.path[-1], 0)


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


_BUNDLES: dict[str, str] = {}


def _bundle(config: Mapping[str, Any]) -> str:
    """The bundle in a configuration, of which there are a few: parsed once each."""
    text = config["json"]
    known = _BUNDLES.get(text)
    if known is None:
        known = str(orjson.loads(text)["bundle"])
        if len(_BUNDLES) < 10_000:
            _BUNDLES[text] = known
    return known


class Table:
    """Records by iteration id, growing. Of a run's two records the end stands, whichever comes first. Not
    thread-safe.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._numbers = {name: np.zeros(1024, np.float64 if name.startswith("gpu_") else np.int64) for name in NUMBERS}
        self._codes = {name: np.zeros(1024, np.int64) for name in NAMES}
        self._known: dict[str, dict[str, int]] = {name: {} for name in NAMES}
        self._page_codes: dict[str, tuple[str, ...]] = {}
        self._places: list[object] = []

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, iteration_id: str) -> bool:
        return iteration_id in self._rows

    def has_ended(self, iteration_id: str) -> bool:
        """Whether this run's end is known."""
        row = self._rows.get(iteration_id)
        return row is not None and bool(self._numbers["status"][row] > RUNNING)

    def place(self, iteration_id: str) -> object | None:
        """What ``add`` was given as the place of this record."""
        row = self._rows.get(iteration_id)
        return None if row is None else self._places[row]

    def add(self, briefs: Iterable[Brief], places: Iterable[object]) -> None:
        """Take these records in, each with the place where all of it can be read."""
        taken = list(self._take(briefs, places))
        if not taken:
            return
        rows, values = np.array([row for row, _ in taken]), list(zip(*(brief for _, brief in taken), strict=True))
        self._make_room(len(self._ids))
        for position, name in enumerate(NUMBERS, start=1):
            self._numbers[name][rows] = values[position]
        for position, name in enumerate(NAMES, start=1 + len(NUMBERS)):
            known = self._known[name]
            self._codes[name][rows] = [known.setdefault(text, len(known)) for text in values[position]]

    def snapshot(self) -> Records:
        """The records so far, as of now."""
        count = len(self._ids)
        order = np.argsort(self._numbers["started_ms"][:count], kind="stable")
        columns = {name: array[:count][order] for name, array in (self._numbers | self._codes).items()}
        names = {name: tuple(known) for name, known in self._known.items()}
        ids = np.array(self._ids, dtype=object)[order]
        return Records(ids=ids, **columns, names=names, page_codes=dict(self._page_codes))  # type: ignore[arg-type]

    def _take(self, briefs: Iterable[Brief], places: Iterable[object]) -> Iterator[tuple[int, Brief]]:
        """The records that say something new, with their rows."""
        ended = self._numbers["status"]
        fresh: dict[str, int] = {}
        for brief, place in zip(briefs, places, strict=True):
            iteration_id = brief.iteration_id
            row = self._rows.get(iteration_id)
            if row is None:
                row = self._rows[iteration_id] = len(self._ids)
                self._ids.append(iteration_id)
                self._places.append(place)
            elif brief.status <= RUNNING and (fresh[iteration_id] if iteration_id in fresh else ended[row]) > RUNNING:
                continue
            else:
                self._places[row] = place
            fresh[iteration_id] = brief.status
            if brief.page_codes:
                self._page_codes[iteration_id] = brief.page_codes
            yield row, brief

    def _make_room(self, count: int) -> None:
        for columns in (self._numbers, self._codes):
            for name, array in columns.items():
                if len(array) < count:
                    columns[name] = np.concatenate(
                        [array, np.zeros(max(count, 2 * len(array)) - len(array), array.dtype)]
                    )
