"""The numbers of a record that the results dataset has in its column ``metrics``: one table, by which rows are written,
read back and skimmed. A row's name never changes once a dataset has it. A number that an older line lacks reads as 0.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter
from typing import Any

from pipeline.records import IterationRecord


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: its name in the dataset, the field of the record that holds it (``("a", "b")`` is field ``b`` of
    field ``a``), its unit, and its type in the record.
    """

    name: str
    path: tuple[str, ...]
    unit: str
    type: type[int] | type[float]


METRICS: tuple[Metric, ...] = (
    Metric("pages_ok", ("pages_ok",), "pages", int),
    Metric("pages_failed", ("pages_failed",), "pages", int),
    Metric("peak_memory", ("peak_memory_mb",), "MB", int),
    Metric("gpu_booked", ("gpu", "booked_seconds"), "s", float),
    Metric("gpu_used", ("gpu", "used_seconds"), "s", float),
    Metric("gpu_calls", ("gpu", "calls"), "calls", int),
    Metric("gpu_saved", ("gpu", "saved_seconds"), "s", float),
    Metric("gpu_refused", ("gpu", "refused"), "calls", int),
    Metric("gpu_refused_seconds", ("gpu", "refused_seconds"), "s", float),
)


def metrics_of(record: IterationRecord) -> Iterator[dict[str, Any]]:
    """The record's numbers as entries of the column ``metrics``, in the order of the table."""
    for metric in METRICS:
        yield {"name": metric.name, "value": float(attrgetter(".".join(metric.path))(record)), "unit": metric.unit}


def values_by_name(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A row's column ``metrics`` as values by name."""
    return {entry["name"]: entry["value"] for entry in entries}


def fields_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a plain record that these values by name make; fields of a field lie in a dictionary of their own."""
    plain: dict[str, Any] = {}
    for metric in METRICS:
        *outer, name = metric.path
        place = reduce(lambda found, step: found.setdefault(step, {}), outer, plain)
        place[name] = metric.type(values.get(metric.name, 0))
    return plain
