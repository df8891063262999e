"""The run as a whole cannot start or go on."""

from pipeline.errors.base import FolioError


class RunError(FolioError):
    """The run as a whole cannot start or go on."""

    code = "run"


class QueueFull(RunError):
    """As many runs wait as the queue holds."""

    code = "queue_full"
    retryable = True

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting} documents are already waiting, which is all the queue holds; try again in a few minutes."
        )


class VisitorBusy(RunError):
    """As many runs of this visitor wait or run as one visitor may have."""

    code = "visitor_busy"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You already have {limit:,} documents waiting or being converted, the most for one visitor; "
            "let one end first."
        )


class AddressBusy(RunError):
    """As many runs wait or run as may come from one network address."""

    code = "address_busy"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit:,} documents from your network wait or are being converted, the most for one network; "
            "try again later."
        )


class DiskNearlyFull(RunError):
    """Less disk is free than the owner wants to keep free."""

    code = "disk_nearly_full"
    retryable = True

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            f"Less than {megabytes:,} MB of the Space's disk is free, so no new document is taken; try again later."
        )


class VisitorMalformed(RunError):
    """A caller named itself by something that can be guessed."""

    code = "visitor_malformed"
    sentence = "The visitor is not 32 hexadecimal digits; make them with secrets.token_hex(16) and keep them secret."


class RunNotFound(RunError):
    """No run has this id, or its artifacts have expired."""

    code = "run_not_found"
    sentence = "There is no such run, or its files have expired; convert the document again."


class RunStillGoing(RunError):
    """The run cannot be deleted while it goes on."""

    code = "run_still_going"
    retryable = True
    sentence = "The run is still going on; stop it first, then delete it."


class RunReadOnly(RunError):
    """Whoever asks has the run's read-only link, and wants to change the run."""

    code = "run_read_only"
    sentence = "This link only reads the run; to stop, continue, convert again or delete it, use its private link."


class NoFiles(RunError):
    """None of the runs whose files are asked for has one."""

    code = "no_files"
    retryable = True
    sentence = "None of these runs has files yet; ask again when one has ended."


class RunNotEnded(RunError):
    """Pages are to be read again of a run that still goes on."""

    code = "run_not_ended"
    retryable = True
    sentence = "The run is still going on; its pages can be read again once it has ended."


class SourceExpired(RunError):
    """The run cannot be continued because its source has been deleted."""

    code = "source_expired"
    sentence = "The run cannot be continued because its PDF has expired here; upload it again."


class RunInterrupted(RunError):
    """The server ended in the middle of the run."""

    code = "interrupted"
    retryable = True

    def __init__(self, done: int, pages: int) -> None:
        super().__init__(
            f"The run was interrupted because the Space restarted, when {done:,} of {pages:,} pages were done; "
            "continue it to convert the rest."
        )


class RunTimedOut(RunError):
    """The run reached its time limit; finished pages are kept."""

    code = "run_timed_out"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"The run reached its limit of {seconds:,} s; the finished pages are kept, continue it to convert the rest."
        )


class StorageFailed(RunError):
    """An artifact could not be written (disk full, read-only or gone)."""

    code = "storage_failed"
    retryable = True
    sentence = "The result could not be stored because the Space's disk is full or read-only; try again later."


class NothingConverted(RunError):
    """Not one page of the run succeeded."""

    code = "nothing_converted"

    def __init__(self, reason: str) -> None:
        super().__init__(f"No page could be converted. {reason}")


class ExportFailed(RunError):
    """One export format could not be written; the others are kept."""

    code = "export_failed"

    def __init__(self, format_name: str) -> None:
        super().__init__(f"The {format_name} file could not be written; the other formats are complete.")


class InternalError(RunError):
    """A fault of Folio's own; its details are in the Space's log."""

    code = "internal"
    retryable = True
    sentence = "The conversion failed because of a fault in Folio itself; try again, and report the run id if it stays."
