"""A worker cannot do what it was asked to."""

from pipeline.errors.base import FolioError


class WorkerError(FolioError):
    """A worker, or an iteration of it, cannot go on."""

    code = "worker"


class WorkerRunsAlready(WorkerError):
    """Another process on this machine is the worker of this role over the same data folder."""

    code = "worker_runs_already"
    retryable = True
    sentence = "A worker of this role works on this data folder already; end it first or choose another DATA_DIR."


class IterationGivenUp(WorkerError):
    """An iteration ended its process every time it was begun."""

    code = "iteration_given_up"

    def __init__(self, attempts: int) -> None:
        super().__init__(
            f"The iteration was begun {attempts} times and ended its process each time, so the next one follows; "
            "look into the worker's log for the reason."
        )


class InboxMissing(WorkerError):
    """INBOX names no inbox, or a folder that is not there."""

    code = "inbox_missing"
    sentence = "There is no inbox; set INBOX to a folder that is there, or to hf://datasets/OWNER/NAME."


class InboxUnreachable(WorkerError):
    """The inbox on the Hub cannot be read now."""

    code = "inbox_unreachable"
    retryable = True
    sentence = "The inbox on the Hub cannot be read; look whether the dataset is there and the token may read it."


class ConversionLost(WorkerError):
    """The process that converted a document for a worker died or took too long."""

    code = "conversion_lost"
    retryable = True
    sentence = "The process that converted the document died or took too long; it is tried once more later."


class ScheduleRefused(WorkerError):
    """The Hub does not schedule the worker's Job, or does not wake its Space."""

    code = "schedule_refused"

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The Hub does not {doing}; look whether HF_TOKEN may start Jobs, the Space is there and the account has "
            "credit."
        )
