"""What GPU seconds are spent on: booked against used, calls lost and refused, work that was done before."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pipeline.gpu.booking import LONG_SECONDS
from pipeline.records import REUSE, CallEnd
from pipeline.worker_iterations import Evidence, Finding, Severity
from pipeline.workers.analysis.comparisons import (
    LEAST_GROUP,
    SHOWN_RUNS,
    Candidate,
    Question,
    compare_shares,
    once_each,
    paired_gain,
)
from pipeline.workers.analysis.perspective import Look, perspective
from pipeline.workers.analysis.studied_run import StudiedRun

LONG = 2.5
"""Times the used seconds from which a booking is too long. Rates are 95th percentiles, about 1.3 times the middle, and
a booking has a margin of 1.5 on top.
"""


@perspective("gpu economy", "Booked against used seconds, calls lost and refused, answers from earlier work.")
def gpu_economy(look: Look) -> Iterator[Candidate | None]:
    yield _bookings(look.recent)
    on_gpu = [tuple(run for run in runs if run.calls) for runs in (look.recent, look.baseline)]
    yield compare_shares(
        Question(
            "gpu.lost_calls", "GPU calls", "share", "Calls were lost in {value:.0%} of GPU runs ({baseline:.0%})."
        ),
        lambda run: any(call.ended is CallEnd.LOST for call in run.calls),
        *on_gpu,
    )
    yield compare_shares(
        Question(
            "gpu.refused", "GPU calls", "share", "Calls were refused in {value:.0%} of GPU runs ({baseline:.0%})."
        ),
        lambda run: run.refused_calls > 0,
        *on_gpu,
    )
    yield compare_shares(
        Question(
            "gpu.reuse", "all runs", "share", "{value:.0%} of requests were answered by earlier work ({baseline:.0%})."
        ),
        lambda run: run.kind == REUSE,
        look.recent,
        look.baseline,
        least_difference=0.1,
        higher_is_worse=False,
    )


def _bookings(runs: tuple[StudiedRun, ...]) -> Candidate | None:
    """Whether bookings are longer than they have to be. Short ones are left out: most of them is for the start."""
    ratios = {run: ratio for run in once_each(runs) if (ratio := booked_per_used(run)) is not None}
    if len(ratios) < LEAST_GROUP:
        return None
    long = [run for run, ratio in ratios.items() if ratio > LONG]
    middle = float(np.median(list(ratios.values())))
    finding = Finding(
        "gpu.booked_per_used",
        "bookings",
        f"A GPU call books {middle:.1f} times the seconds that it uses.",
        middle,
        1.0,
        "times",
        paired_gain(list(ratios.values()), [LONG] * len(ratios)),
        Severity.WARNING,
        runs=len(ratios),
    )
    worst = sorted(long, key=lambda run: -ratios[run])[:SHOWN_RUNS]
    return Candidate(replace(finding, evidence=tuple(Evidence(run.record_id) for run in worst)), middle > LONG)


def booked_per_used(run: StudiedRun) -> float | None:
    """Booked seconds for each used one over the whole calls of a run; None where all bookings are short."""
    calls = [call for call in run.calls if call.ended is CallEnd.DONE and call.booked_seconds > LONG_SECONDS]
    used = sum(call.used_seconds for call in calls)
    return sum(call.booked_seconds for call in calls) / used if used else None
