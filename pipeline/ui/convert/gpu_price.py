"""The GPU lane in words: what it is booked for, what it cost, why it refused and what is offered then. Pure
functions.
"""

from pipeline.errors import PagesHeldBack
from pipeline.pages import GpuEstimate, Lane, LaneChoice
from pipeline.records import GpuUse
from pipeline.runs.state import RunView

LANE_NAMES = {
    LaneChoice.GPU_THEN_CPU: "GPU then CPU",
    LaneChoice.GPU: "GPU only",
    LaneChoice.CPU: "CPU",
}
LANE_INFO = (
    "The GPU is fast and uses up your daily quota; the CPU is slow and free. By default a run goes on there where "
    "the GPU refuses."
)

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
}


def estimate_text(estimates: tuple[GpuEstimate, ...]) -> str:
    """What Convert would book for these documents, as HTML; nothing where there is none."""
    if not estimates:
        return ""
    pages, calls = sum(one.pages for one in estimates), sum(one.calls for one in estimates)
    least, most = sum(one.seconds for one in estimates), sum(one.scanned_seconds for one in estimates)
    more = f", up to {most:,} where they are scans" if most > least else ""
    booked = f"{pages:,} {_noun(pages, 'page')}, about {least:,} GPU-seconds booked{more}"
    return f'<p class="estimate" role="status">{booked}, in {calls:,} {_noun(calls, "call")}.</p>'


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def gpu_facts(use: GpuUse) -> str:
    """What a run has cost on the GPU; empty where it asked for none."""
    refused = f", {use.refused:,} {_noun(use.refused, 'call')} refused" if use.refused else ""
    if not use.calls:
        return refused.removeprefix(", ")
    return f"{use.used_seconds:.1f} s used of {use.booked_seconds:.0f} s booked{refused}"


def fallen_back(view: RunView) -> str:
    """Why a run that began on the GPU is on the CPU; empty for any other."""
    if view.lane is Lane.GPU or view.options.lane is LaneChoice.CPU or not view.gpu.refusal:
        return ""
    rest = "the rest runs on the CPU" if not view.status.ended else "the rest was converted on the CPU"
    models = f" with the {view.cpu_bundle} models" if len(view.pages_by_bundle) > 1 else ""
    reason = REASONS.get(view.gpu.refusal, "the GPU refused")
    return f"{reason[0].upper()}{reason[1:]}; {rest}{models}."


def offers_cpu(view: RunView) -> bool:
    """Whether to continue on the CPU is what may help."""
    gpu_ended_it = view.error is not None and view.error.code in (*REASONS, PagesHeldBack.code)
    return view.resumable and (gpu_ended_it or any(page.code.endswith("gpu_memory") for page in view.failures))


def cpu_label(view: RunView) -> str:
    """The button that continues on the CPU: how many pages it converts."""
    left = len(view.pages) - len(view.finished)
    if not view.finished:
        return "Convert the page on the CPU" if left == 1 else f"Convert all {left:,} pages on the CPU"
    return "Convert the page left on the CPU" if left == 1 else f"Convert the {left:,} pages left on the CPU"


def cpu_offer(view: RunView) -> str:
    """What that button does, and to what; empty where it is not offered."""
    if not offers_cpu(view):
        return ""
    kept, left = len(view.finished), len(view.pages) - len(view.finished)
    which = f"{left:,} {_noun(left, 'page')}" if kept else f"all {left:,} pages" if left > 1 else "the page"
    text = f"On the CPU, {which} would be converted with the {view.cpu_bundle} models"
    if not kept:
        return f"{text}."
    others = [name for name in view.pages_by_bundle if name != view.cpu_bundle]
    by = f" as the {' and '.join(others)} models read {'it' if kept == 1 else 'them'}" if others else ""
    return f"{text}; the {kept:,} finished {_noun(kept, 'page')} {'stays' if kept == 1 else 'stay'}{by}."


def some_label(view: RunView) -> str:
    """The button that converts what still fits; empty where nothing does."""
    fits = view.fitting_pages if view.resumable else 0
    return f"Convert the next {fits:,} pages now" if fits > 1 else "Convert the next page now" if fits else ""
