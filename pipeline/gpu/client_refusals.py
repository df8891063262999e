"""ZeroGPU's English, as classes of the error tree.

ZeroGPU's client tells its caller about a refusal in the title and the message of a ``gradio.Error`` and has no codes
(spaces/zero/client.py ``schedule``, spaces/zero/wrappers.py ``generator_function_wrapper``).
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from pipeline.errors import (
    GpuBroken,
    GpuCreditsPending,
    GpuDurationRefused,
    GpuQueueTimedOut,
    GpuQuotaExceeded,
    GpuRefused,
    GpuRunsExceeded,
    GpuTokenExpired,
    GpuUnavailable,
    GpuUnreachable,
    GpuVisitorLeft,
    GpuWorkerFailed,
    GpuWorkerLost,
    SpaceQuotaExceeded,
)
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.models.bundle import DeviceBroken

# Titles that mean one thing each.
TITLES: Mapping[str, Callable[[], GpuRefused]] = {
    "ZeroGPU illegal duration": GpuDurationRefused,
    "ZeroGPU pending credits exceeded": GpuCreditsPending,
    "ZeroGPU queue timeout": GpuQueueTimedOut,
}
# Titles that mean several things, with the part of the message that tells them apart.
MESSAGES: tuple[tuple[str, str, Callable[[], GpuRefused]], ...] = (
    ("ZeroGPU quota exceeded", "Space app has reached its GPU limit", SpaceQuotaExceeded),
    ("ZeroGPU quota exceeded", "ZeroGPU runs limit", GpuRunsExceeded),
    ("ZeroGPU quota exceeded", "No GPU was available after 60s", GpuQueueTimedOut),
    ("ZeroGPU client error", "No GPU was available", GpuUnavailable),
    ("ZeroGPU client error", "Expired ZeroGPU proxy token", GpuTokenExpired),
    ("ZeroGPU worker error", "GPU task aborted", GpuWorkerLost),
    ("ZeroGPU worker error", "", GpuWorkerFailed),  # the message is the exception's class
)
QUOTA_TITLE = "ZeroGPU quota exceeded"
QUOTA = re.compile(  # the wait is a ``timedelta`` as Python prints it
    r"quota \(\d+s requested vs\. (?P<left>-?\d+)s left\)\. Try again in ((?P<d>\d+) days?, "
    r")?(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d)"
)
VISITOR_LEFT = "Connection closed by visitor"  # of a RuntimeError


def refusal_of(error: Exception) -> GpuRefused:
    """The class of the error tree for what a GPU call raised."""
    title, message = str(getattr(error, "title", "")), str(getattr(error, "message", error))
    if title in TITLES:
        return TITLES[title]()
    for its_title, part, refusal in MESSAGES:
        if title == its_title and part in message:
            return refusal()
    if title == QUOTA_TITLE:
        return _quota(message)
    if VISITOR_LEFT in message:
        return GpuVisitorLeft()
    if isinstance(error, DeviceBroken):
        return GpuBroken()
    return GpuUnreachable() if on_zerogpu() else GpuWorkerFailed()


def _quota(message: str) -> GpuQuotaExceeded:
    told = QUOTA.search(message)
    if told is None:
        return GpuQuotaExceeded()
    wait = timedelta(days=int(told["d"] or 0), hours=int(told["h"]), minutes=int(told["m"]), seconds=int(told["s"]))
    return GpuQuotaExceeded(max(int(told["left"]), 0), int(wait.total_seconds()))
