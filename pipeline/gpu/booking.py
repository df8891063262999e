"""GPU seconds: how many to book for pages, how many pages fit into so many seconds, and what measured calls teach.

Every number here is in the platform's own seconds: those that count against a quota, and after which a call is ended.
The platform's client multiplies the number that it is given by the hardware's factor (1.5 on Blackwell), and the call
gets as many seconds as are counted (spaces/zero/client.py, ``get_duration_seconds``). So ``duration_from_pages``
divides by the factor, and nothing else knows of it.

A booking is too long at the cost of a place further back in the queue and of a refusal where little quota is left; it
is too short at the cost of the call, which the platform kills. Every number that is booked, shown before the run or
offered after a refusal comes from ``seconds_for``.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.formula_time import formula_seconds
from pipeline.gpu.platform_factor import booking_factor
from pipeline.pages import PageBatch, PageTask, Rates
from pipeline.records import CallEnd, GpuCall

SHORTEST_SECONDS = 6
"""A fresh worker on an H200 had its first page after 1.2 s. Divided by Blackwell's factor it is whole, so that the
shortest booking counts the same there.
"""
LONG_SECONDS = 15  # a longer booking is for pages more than for the start, so that its margin tells
LONGEST_SECONDS = 120  # all that a visitor without an account has in a day
ALWAYS_ADMITTED_SECONDS = 60  # what ZeroGPU books where a Space names no duration (spaces/zero/client.py)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Pages by kind: all of them, those whose tables are recognised, those whose text is read from the image, those
    whose formulas are read as LaTeX.
    """

    pages: int
    table_pages: int = 0
    ocr_pages: int = 0
    formula_pages: int = 0

    @classmethod
    def of(cls, tasks: Iterable[PageTask]) -> "Kinds":
        kinds = [(task.tables, task.ocr, task.formulas) for task in tasks]
        return cls(len(kinds), *(sum(kind[place] for kind in kinds) for place in range(3)))


def needed_seconds(kinds: Kinds, rates: Rates) -> float:
    """Seconds that these pages take in one call, with the margin, whatever may be booked. Formulas are given no more
    time than is booked for them, so they have no margin.
    """
    pages = (
        rates.page_seconds * kinds.pages + rates.table_seconds * kinds.table_pages + rates.ocr_seconds * kinds.ocr_pages
    )
    formulas = formula_seconds(kinds.formula_pages, kinds.pages)
    return round(rates.start_seconds + rates.margin * pages + formulas, 6)


def seconds_for(kinds: Kinds, rates: Rates) -> int:
    """Seconds to book for these pages in one call: whole, at least 6, at most 120."""
    return min(max(math.ceil(needed_seconds(kinds, rates)), SHORTEST_SECONDS), LONGEST_SECONDS)


def batch_seconds(batch: PageBatch) -> int:
    """Seconds to book for this batch."""
    return seconds_for(Kinds.of(batch.tasks), batch.rates)


def duration_from_pages(batch: PageBatch) -> int:
    """The number that the platform's client is given for this batch, and multiplies."""
    return math.ceil(batch_seconds(batch) / booking_factor())


def booked_seconds(batch: PageBatch) -> int:
    """The seconds that the platform counts for this batch: its booking, or 1 s more where the factor rounds up."""
    return _counted(batch_seconds(batch))


def _counted(seconds: int) -> int:
    """What becomes of a booking on its way through the client, which rounds as Python does."""
    factor = booking_factor()
    return round(math.ceil(seconds / factor) * factor)


def fitting(tasks: Sequence[PageTask], rates: Rates, seconds: float) -> int:
    """How many of these pages, from the first on, can be converted by one booking of at most ``seconds``."""
    most = 0
    while most < len(tasks) and _fits(Kinds.of(tasks[: most + 1]), rates, seconds):
        most += 1
    return most


def _fits(kinds: Kinds, rates: Rates, seconds: float) -> bool:
    return needed_seconds(kinds, rates) <= seconds and _counted(seconds_for(kinds, rates)) <= seconds


def first_call(batch: PageBatch, most_seconds: float = LONGEST_SECONDS) -> PageBatch:
    """The part of ``batch``, from its first page on, for which at most ``most_seconds`` have to be booked; at least one
    page.
    """
    pages = max(fitting(batch.tasks, batch.rates, most_seconds), 1)
    return replace(batch, tasks=batch.tasks[:pages])


def smaller_booking(refused: PageBatch) -> int:
    """Most seconds to book at once for these pages after they were refused as one call; 0 where fewer pages would book
    no less.
    """
    booked = batch_seconds(refused)
    most = max(min(ALWAYS_ADMITTED_SECONDS, booked // 2), SHORTEST_SECONDS)
    return most if most < booked and fitting(refused.tasks, refused.rates, most) else 0


def estimate_calls(
    batches: Iterable[int], rates: Rates, *, tables: bool, ocr: float, formulas: bool = False
) -> tuple[int, ...]:
    """The seconds that would be counted for each call, for batches of so many pages. ``ocr`` is the share of pages
    whose text is read from their images, in [0, 1], in each call alike; with ``formulas`` theirs are read too. Which
    other pages have formulas shows only once they are rendered.
    """

    def kinds(pages: int) -> Kinds:
        read = math.ceil(round(ocr * pages, 6))
        return Kinds(pages, pages if tables else 0, read, read if formulas else 0)

    calls: list[int] = []
    for pages in batches:
        left = pages
        while left:
            portion = max((n for n in range(1, left + 1) if _fits(kinds(n), rates, LONGEST_SECONDS)), default=1)
            calls.append(_counted(seconds_for(kinds(portion), rates)))
            left -= portion
    return tuple(calls)


# -- what measured calls teach -----------------------------------------------------------------------------------------

LEAST_CALLS = 5  # of a kind, before it replaces a default
NEWEST_CALLS = 50
PROVISIONAL = Rates()


def rates_from(calls: Sequence[GpuCall], defaults: Rates = PROVISIONAL) -> Rates:
    """Rates from calls of one bundle on one kind of device, newest first: of each kind the 95th percentile of the
    newest 50.

    A kind that fewer than five calls have shown keeps its default.
    """
    whole = [call for call in calls if call.ended is CallEnd.DONE][:NEWEST_CALLS]

    def rate(default: float, seconds: Callable[[GpuCall], float], pages: Callable[[GpuCall], int]) -> float:
        seen = [seconds(call) / pages(call) for call in whole if pages(call)]
        return percentile95(seen) if len(seen) >= LEAST_CALLS else default

    return Rates(
        rate(defaults.start_seconds, lambda call: call.start_seconds, lambda _: 1),
        rate(defaults.page_seconds, lambda call: call.page_seconds, lambda call: call.later_pages),
        rate(defaults.table_seconds, lambda call: call.table_seconds, lambda call: call.later_table_pages),
        rate(defaults.ocr_seconds, lambda call: call.ocr_seconds, lambda call: call.later_ocr_pages),
    )


def percentile95(values: Iterable[float]) -> float:
    """The 95th percentile by the nearest rank, of at least one value."""
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]
