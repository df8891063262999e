"""The GPU lane in words: what it is booked for, what it cost, why it refused and what is offered then. Pure
functions.
"""

from markupsafe import Markup

from pipeline.errors import PagesHeldBack
from pipeline.pages import GpuEstimate, Lane, LaneChoice, TimeEstimate
from pipeline.records import GpuUse
from pipeline.runs.state import RunView
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import count, remaining

WORTH_TELLING = 3.0  # seconds of waiting

LANE_INFO = (
    "The GPU is fast and uses up your daily quota; the CPU is slow and free. By default a run goes on there where "
    "the GPU refuses."
)
OWN_CARD_INFO = "The GPU is fast, the CPU slow. By default a run goes on there where the GPU fails."

REASONS = {
    "gpu_quota_exceeded": "your daily GPU quota was used up",
    "gpu_runs_exceeded": "your GPU runs of today were used up",
    "gpu_credits_pending": "your GPU credits were tied up",
    "gpu_space_quota_exceeded": "the Space's own GPU quota was used up",
    "gpu_token_expired": "your sign-in with the GPU had expired",
    "gpu_duration_refused": "the GPU could not be booked for that long",
    "gpu_queue_timed_out": "no GPU became free",
    "gpu_unavailable": "no GPU was to be had",
    "gpu_visitor_left": "the connection closed while a GPU was waited for",
    "gpu_unreachable": "the GPU service did not answer",
    "gpu_worker_lost": "the GPU broke off",
    "gpu_worker_failed": "the models failed on the GPU",
    "gpu_broken": "the server's GPU had failed",
}


def estimate_text(times: tuple[TimeEstimate, ...], booked: tuple[GpuEstimate, ...] = ()) -> Markup:
    """What Convert would take, and book on the GPU, for these documents; nothing where there is no document."""
    if not times:
        return NOTHING
    wait = max(time.wait_seconds for time in times)
    return render(
        "estimate",
        pages=sum(time.pages for time in times),
        time=remaining(sum(time.seconds for time in times)),
        scanned_time=remaining(sum(time.scanned_seconds for time in times)),
        wait=remaining(wait) if wait >= WORTH_TELLING else "",
        gpu=_booking(booked) if booked else None,
    )


def _booking(booked: tuple[GpuEstimate, ...]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in booked) for name in ("calls", "seconds", "scanned_seconds")}


def gpu_facts(use: GpuUse) -> str:
    """What a run has cost on the GPU; empty where it asked for none."""
    refused = f", {count(use.refused, 'call')} refused" if use.refused else ""
    if not use.calls:
        return refused.removeprefix(", ")
    booked = f" of {use.booked_seconds:.0f} s booked" if use.booked_seconds else ""
    return f"{use.used_seconds:.1f} s used{booked}{refused}"


def fallen_back(view: RunView) -> str:
    """Why a run that began on the GPU is on the CPU; empty for any other."""
    if view.lane is Lane.GPU or view.options.lane is LaneChoice.CPU or not view.gpu.refusal:
        return ""
    rest = "the rest runs on the CPU" if not view.status.ended else "the rest was converted on the CPU"
    models = f" with the {view.cpu_bundle} models" if len(view.pages_by_bundle) > 1 else ""
    reason = REASONS.get(view.gpu.refusal, "the GPU refused")
    return f"{reason[0].upper()}{reason[1:]}; {rest}{models}."


def offers_cpu(view: RunView) -> bool:
    """True when continuing on the CPU may help: the GPU refused, or a page was too large for its memory."""
    gpu_ended_it = view.error is not None and view.error.code in (*REASONS, PagesHeldBack.code)
    return view.resumable and (gpu_ended_it or any(page.code.endswith("gpu_memory") for page in view.failures))


def cpu_label(view: RunView) -> str:
    """The words on the button that continues on the CPU: how many pages it converts."""
    left = len(view.pages) - len(view.finished)
    if not view.finished:
        return "Convert the page on the CPU" if left == 1 else f"Convert all {left:,} pages on the CPU"
    return "Convert the page left on the CPU" if left == 1 else f"Convert the {left:,} pages left on the CPU"


def cpu_offer(view: RunView) -> str:
    """The sentence about the button that continues on the CPU: which models it would use, and what becomes of the
    finished pages. Empty where the button is not offered.
    """
    if not offers_cpu(view):
        return ""
    finished, left = len(view.finished), len(view.pages) - len(view.finished)
    every_page = f"all {left:,} pages" if left > 1 else "the page"
    text = (
        f"On the CPU, {count(left, 'page') if finished else every_page} would be converted "
        f"with the {view.cpu_bundle} models"
    )
    if not finished:
        return f"{text}."
    others = [name for name in view.pages_by_bundle if name != view.cpu_bundle]
    pronoun = "it" if finished == 1 else "them"
    reading = f" as the {' and '.join(others)} models read {pronoun}" if others else ""
    return f"{text}; the {count(finished, 'finished page')} {'stays' if finished == 1 else 'stay'}{reading}."


def fitting_label(view: RunView) -> str:
    """The words on the button that converts as many pages as the GPU would have admitted; empty where none fit."""
    fits = view.fitting_pages if view.resumable else 0
    return f"Convert the next {fits:,} pages now" if fits > 1 else "Convert the next page now" if fits else ""
