"""The GPU did not do what the run asked for, with one class per reason. Finished pages stay, and the run can be
continued.
"""

from pipeline.errors.run_errors import RunError

KEPT = "The finished pages are kept."


class GpuRefused(RunError):
    """The GPU refused or lost a call. Later, or on the CPU, the same pages can be converted."""

    code = "gpu_refused"
    retryable = True


class GpuQuotaExceeded(GpuRefused):
    """The visitor's quota has fewer seconds left than were to be booked.

    ``seconds_left`` counts as the platform does (a booking on Blackwell 1.5 times), None where it was not told.
    """

    code = "gpu_quota_exceeded"

    def __init__(self, seconds_left: int | None = None, wait_seconds: int | None = None) -> None:
        left = (
            "is used up" if not seconds_left else f"has {seconds_left} s left, which is less than the next pages need"
        )
        more = "" if wait_seconds is None else f"; more comes in {_words(wait_seconds)}"
        super().__init__(f"Your daily GPU quota {left}{more}. {KEPT}")
        self.seconds_left = seconds_left


class GpuRunsExceeded(GpuRefused):
    """The visitor has made as many GPU calls as a day admits."""

    code = "gpu_runs_exceeded"
    sentence = f"Your GPU runs of today are used up; continue tomorrow, or on the CPU now. {KEPT}"


class GpuCreditsPending(GpuRefused):
    """The visitor's credits are tied up in tasks that still run."""

    code = "gpu_credits_pending"
    sentence = f"Your GPU credits are tied up in tasks that still run; continue when they have ended. {KEPT}"


class SpaceQuotaExceeded(GpuRefused):
    """The call carried no visitor's token, so that it drew on the Space's own small limit, which is used up."""

    code = "gpu_space_quota_exceeded"
    sentence = (
        "The Space's own GPU quota is used up; sign in to Hugging Face and continue with your own, or on the CPU. "
        f"{KEPT}"
    )


class GpuTokenExpired(GpuRefused):
    """The visitor's token is older than the platform accepts."""

    code = "gpu_token_expired"
    sentence = f"Your sign-in with the GPU has expired; reload the page and continue. {KEPT}"


class GpuDurationRefused(GpuRefused):
    """More seconds were to be booked at once than the platform admits for this visitor."""

    code = "gpu_duration_refused"
    sentence = (
        f"The GPU may not be booked for as long as these pages need; convert fewer at once, or on the CPU. {KEPT}"
    )


class GpuQueueTimedOut(GpuRefused):
    """The call waited for a GPU as long as the platform lets it."""

    code = "gpu_queue_timed_out"
    sentence = f"No GPU became free within a minute; continue in a few minutes, or on the CPU now. {KEPT}"


class GpuUnavailable(GpuRefused):
    """The platform has no GPU to wait for."""

    code = "gpu_unavailable"
    sentence = f"No GPU is to be had at the moment; continue in a few minutes, or on the CPU now. {KEPT}"


class GpuVisitorLeft(GpuRefused):
    """The connection that asked closed while the call waited for a GPU."""

    code = "gpu_visitor_left"
    sentence = (
        f"The connection closed while a GPU was being waited for, so that its place was given up; continue. {KEPT}"
    )


class GpuUnreachable(GpuRefused):
    """The platform's GPU service gave no answer, or one that makes no sense."""

    code = "gpu_unreachable"
    sentence = f"The GPU service does not answer; continue in a few minutes, or on the CPU now. {KEPT}"


class GpuWorkerLost(GpuRefused):
    """The process on the GPU died: killed for running longer than booked, out of memory, or with its machine."""

    code = "gpu_worker_lost"
    sentence = f"The GPU broke off in the middle of the work; continue, or convert the rest on the CPU. {KEPT}"


class GpuWorkerFailed(GpuRefused):
    """The models raised something on the GPU that they do not raise by contract."""

    code = "gpu_worker_failed"
    sentence = f"The models failed on the GPU; convert the rest on the CPU. {KEPT}"


class GpuBroken(GpuRefused):
    """The server's own card failed, and computes nothing until the server is started again."""

    code = "gpu_broken"
    sentence = (
        "The server's GPU has failed and computes nothing until its owner restarts Folio; convert the rest on the CPU. "
        f"{KEPT}"
    )


class PagesHeldBack(RunError):
    """The run was told to convert only so many pages, and did."""

    code = "pages_held_back"
    retryable = True

    def __init__(self, pages: int) -> None:
        super().__init__(
            f"The next {pages:,} pages were converted, as asked; continue for the rest when your GPU quota is back."
        )


class NoGpuHere(RunError):
    """The run was to use the GPU and nothing else, on a machine that has none."""

    code = "no_gpu_here"
    sentence = "There is no GPU here; convert on the CPU."


def _words(seconds: int) -> str:
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


USED_UP = frozenset(kind.code for kind in (GpuQuotaExceeded, GpuRunsExceeded, GpuCreditsPending, SpaceQuotaExceeded))
"""The codes of an allowance that is used up, the visitor's or the Space's."""
