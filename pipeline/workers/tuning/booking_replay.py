"""Trying another margin of GPU bookings: what recorded calls would have booked, and whether it would have sufficed.

The replay is exact, since a booking follows from the pages of a call, the rates and the margin
(``pipeline/gpu/booking.py``). The rates are what the same calls teach: of each kind the 95th percentile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.gpu.booking import LONG_SECONDS, NEWEST_CALLS, Kinds, percentile95, rates_from, seconds_for
from pipeline.pages import Rates
from pipeline.records import CallEnd, GpuCall
from pipeline.workers.analysis.studied_run import StudiedRun
from pipeline.workers.tuning.idea import Proposal, Trial

SETTING = "booking_margin_percent"
LEAST_CALLS = 40
MARGINS = range(100, 301, 5)
MOST_OVERRUNS = 0.01
"""Share of calls that may need more than is booked: such a call is lost and made again."""
LONGEST_LOSS = 120.0
"""Seconds that a call which is cut costs at most: it is made again."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A GPU call that was made, and the record that it stands in."""

    record_id: str
    call: GpuCall

    @property
    def kinds(self) -> Kinds:
        """Its pages by kind. Those before the first answer are taken to be like the later ones."""
        later = max(self.call.later_pages, 1)
        tables = round(self.call.pages * self.call.later_table_pages / later)
        ocr = round(self.call.pages * self.call.later_ocr_pages / later)
        return Kinds(self.call.pages, tables, ocr)


def recorded_calls(runs: Iterable[StudiedRun]) -> tuple[RecordedCall, ...]:
    """The whole calls of the device and bundle that were used last, oldest first."""
    with_calls = [run for run in runs if any(call.ended is CallEnd.DONE for call in run.calls)]
    if not with_calls:
        return ()
    newest = with_calls[-1]
    same = (run for run in with_calls if (run.hardware, run.bundle) == (newest.hardware, newest.bundle))
    return tuple(RecordedCall(run.record_id, call) for run in same for call in run.calls if call.ended is CallEnd.DONE)


def learnt_rates(calls: Sequence[RecordedCall]) -> Rates:
    """The rates that the newest of these calls teach."""
    return rates_from([item.call for item in reversed(calls[-NEWEST_CALLS:])])


def booked(item: RecordedCall, rates: Rates, margin_percent: int) -> int:
    """Seconds that the call would have booked with this margin."""
    return seconds_for(item.kinds, replace(rates, margin=margin_percent / 100))


def propose_margin(calls: Sequence[RecordedCall], now: int) -> Proposal | None:
    """The smallest margin with which no more than one in a hundred calls would have been cut; None where that is the
    one in effect, or there are too few calls to tell.
    """
    rates = learnt_rates(calls)
    longer = [item for item in calls if booked(item, rates, max(MARGINS)) > LONG_SECONDS]
    if len(longer) < LEAST_CALLS:
        return None
    best = next((margin for margin in MARGINS if overruns(longer, rates, margin) <= MOST_OVERRUNS), max(MARGINS))
    if abs(best - now) < 5:
        return None
    used = percentile95([item.call.used_seconds for item in longer])
    mean = sum(booked(item, rates, now) for item in longer) / len(longer)
    words = (
        f"{len(longer)} calls book {mean:.0f} s on average, and 95 of 100 use no more than {used:.0f} s; "
        f"{overruns(longer, rates, now):.1%} would need more than a margin of {now} % books."
    )
    return Proposal(SETTING, now, best, words)


def overruns(calls: Sequence[RecordedCall], rates: Rates, margin_percent: int) -> float:
    """The share of calls that used more seconds than they would have booked."""
    return sum(item.call.used_seconds > booked(item, rates, margin_percent) for item in calls) / len(calls)


def replay_bookings(calls: Sequence[RecordedCall], proposal: Proposal) -> tuple[Trial, ...]:
    """Each call with and without the change. The cost is how far the booking is from what was used, in seconds: a
    second too many weighs against a visitor's quota. The loss is 1 where the change would have cut a call that the
    margin in effect would not have.
    """
    rates = learnt_rates(calls)
    trials = []
    for item in calls:
        used = item.call.used_seconds
        before, after = (booked(item, rates, margin) for margin in (proposal.now, proposal.proposed))
        cut = after < used <= before
        costs = [abs(seconds - used) + (seconds < used) * LONGEST_LOSS for seconds in (before, after)]
        trials.append(Trial(item.record_id, 0, costs[0], costs[1], float(cut)))
    return tuple(trials)
