"""The GPU lane in words: what it is booked for, what it cost, why it refused and what is offered then. Pure
functions.
"""

from markupsafe import Markup

from pipeline.errors import PagesHeldBack
from pipeline.pages import Lane, LaneChoice
from pipeline.records import GpuUse
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.state import RunView
from pipeline.ui.catalogue import counted, number, text
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import remaining

WORTH_TELLING = 3.0  # seconds of waiting

# Codes of errors that end the GPU's part of a run, and have a reason of their own in the catalogue.
REASONS = (
    "gpu_quota_exceeded",
    "gpu_runs_exceeded",
    "gpu_credits_pending",
    "gpu_space_quota_exceeded",
    "gpu_token_expired",
    "gpu_duration_refused",
    "gpu_queue_timed_out",
    "gpu_unavailable",
    "gpu_visitor_left",
    "gpu_unreachable",
    "gpu_worker_lost",
    "gpu_worker_failed",
    "gpu_broken",
)


def estimate_text(times: tuple[TimeEstimate, ...], booked: tuple[GpuEstimate, ...] = ()) -> Markup:
    """What Convert would take, and book on the GPU, for these documents; nothing where there is no document."""
    if not times:
        return NOTHING
    wait = max(time.wait_seconds for time in times)
    return render(
        "estimate",
        work=_booking(times, booked) if booked else _time(times),
        wait=text("estimate.wait", wait=remaining(wait)) if wait >= WORTH_TELLING else "",
    )


def _pages(times: tuple[TimeEstimate, ...]) -> str:
    return counted("count.page", sum(time.pages for time in times))


def _time(times: tuple[TimeEstimate, ...]) -> str:
    usual = remaining(sum(time.seconds for time in times))
    scanned = remaining(sum(time.scanned_seconds for time in times))
    key = "estimate.time" if scanned == usual else "estimate.time_scans"
    return text(key, pages=_pages(times), time=usual, scanned=scanned)


def _booking(times: tuple[TimeEstimate, ...], booked: tuple[GpuEstimate, ...]) -> str:
    calls, seconds = sum(one.calls for one in booked), sum(one.seconds for one in booked)
    scanned = sum(one.scanned_seconds for one in booked)
    key = "estimate.booked_scans" if scanned > seconds else "estimate.booked"
    numbers = {"seconds": number(seconds), "scanned": number(scanned), "calls": counted("count.call", calls)}
    return text(key, pages=_pages(times), **numbers)


def gpu_facts(use: GpuUse) -> str:
    """What a run has cost on the GPU; empty where it asked for none."""
    facts = []
    if use.calls:
        key = "gpu.used_of" if use.booked_seconds else "gpu.used"
        facts.append(text(key, seconds=number(use.used_seconds, 1), booked=number(use.booked_seconds)))
    if use.refused:
        facts.append(text("gpu.refused", calls=counted("count.call", use.refused)))
    return ", ".join(facts)


def fallen_back(view: RunView) -> str:
    """Why a run that began on the GPU is on the CPU; empty for any other."""
    if view.lane is Lane.GPU or view.options.lane is LaneChoice.CPU or not view.gpu.refusal:
        return ""
    rest = "ran" if view.status.ended else "runs"
    models = "_with" if len(view.pages_by_bundle) > 1 else ""
    code = view.gpu.refusal if view.gpu.refusal in REASONS else "other"
    return text(f"gpu.rest_{rest}{models}", reason=text(f"gpu_reason.{code}"), bundle=view.cpu_bundle)


def offers_cpu(view: RunView) -> bool:
    """True when continuing on the CPU may help: the GPU refused, or a page was too large for its memory."""
    gpu_ended_it = view.error is not None and view.error.code in (*REASONS, PagesHeldBack.code)
    return view.resumable and (gpu_ended_it or any(page.code.endswith("gpu_memory") for page in view.failures))


def cpu_label(view: RunView) -> str:
    """The words on the button that continues on the CPU: how many pages it converts."""
    left = len(view.pages) - len(view.finished)
    return counted("gpu.left_on_cpu" if view.finished else "gpu.all_on_cpu", left)


def cpu_offer(view: RunView) -> str:
    """The sentence about the button that continues on the CPU: which models it would use, and what becomes of the
    finished pages. Empty where the button is not offered.
    """
    if not offers_cpu(view):
        return ""
    finished, left = len(view.finished), len(view.pages) - len(view.finished)
    if not finished:
        return counted("gpu.offer_all", left, bundle=view.cpu_bundle)
    others = [name for name in view.pages_by_bundle if name != view.cpu_bundle]
    stay = counted("gpu.stay_as" if others else "gpu.stay", finished, models=text("source.and").join(others))
    return counted("gpu.offer_left", left, bundle=view.cpu_bundle, finished=stay)


def fitting_label(view: RunView) -> str:
    """The words on the button that converts as many pages as the GPU would have admitted; empty where none fit."""
    fits = view.fitting_pages if view.resumable else 0
    return counted("gpu.fitting", fits) if fits else ""
