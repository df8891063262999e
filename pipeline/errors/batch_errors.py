"""Many documents at once: a batch job that cannot be done as asked, and documents that its workers lost."""

from pipeline.errors.base import FolioError


class BatchError(FolioError):
    """A batch job cannot be done as asked, or one of its documents is lost."""

    code = "batch"


class BatchInputEmpty(BatchError):
    """The input of a batch job holds no document."""

    code = "batch_input_empty"
    sentence = (
        "No PDF was found in INPUT; give a folder, a glob, a Parquet manifest, a Hub dataset or a bucket of PDFs."
    )


class BatchInputUnreadable(BatchError):
    """The input of a batch job cannot be listed."""

    code = "batch_input_unreadable"
    retryable = True
    sentence = "INPUT cannot be read; check that it is there, and that HF_TOKEN may read it."


class BatchDiffers(BatchError):
    """The output folder holds a batch job with other options, or made by other versions."""

    code = "batch_differs"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"OUTPUT holds a batch job with other {what}, and one table must not mix them; choose another OUTPUT."
        )


class BatchBusy(BatchError):
    """Another command works in the same output folder."""

    code = "batch_busy"
    retryable = True
    sentence = "Another command is writing to this OUTPUT; wait for its end, or choose another OUTPUT."


class ScalePackagesMissing(BatchError):
    """The packages of the extra for batch jobs are not installed."""

    code = "scale_packages_missing"
    sentence = "Batch jobs need further packages; install them with pip install -r requirements-scale.txt."


class ManifestRowMalformed(BatchError):
    """A row of a manifest names no document."""

    code = "manifest_row_malformed"
    sentence = "This row of the manifest names no document; give it a text in the column uri, or bytes in pdf."


class DocumentUnreachable(BatchError):
    """A document of a batch job could not be fetched."""

    code = "document_unreachable"
    retryable = True
    sentence = "The document could not be fetched from where the manifest says; check the place and try it again."


class WorkerLost(BatchError):
    """The worker's process ended while it converted the document, twice."""

    code = "worker_lost"
    retryable = True
    sentence = "The worker's process ended each time it converted this document; the other documents went on."


class WorkerOutOfMemory(BatchError):
    """The worker needed more memory for a document than it may take."""

    code = "worker_out_of_memory"
    retryable = True

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"The document needs more than the {megabytes:,} MB of a worker; raise --memory and retry it.")


class WorkerTimedOut(BatchError):
    """The worker did not answer within the document's time limit."""

    code = "worker_timed_out"
    retryable = True

    def __init__(self, seconds: int) -> None:
        super().__init__(f"The worker did not answer within {seconds:,} s; retry it, or raise RUN_SECONDS.")


class WorkerDiffers(BatchError):
    """A worker has other models or versions than those that the batch job was planned with."""

    code = "worker_differs"

    def __init__(self, found: str, planned: str) -> None:
        super().__init__(
            f"A worker has {found}, but the batch job was planned with {planned}; set BUNDLE, or use the same image."
        )


class WorkerStartFailed(BatchError):
    """A worker's process does not start."""

    code = "worker_start_failed"
    sentence = "A worker's process does not start; its last lines above say why."


class BatchStopped(BatchError):
    """No worker can do the batch job, whatever the document."""

    code = "batch_stopped"


class BlocksFailed(BatchError):
    """Parts of a batch job could not be written, and are to be done again."""

    code = "blocks_failed"
    retryable = True

    def __init__(self, documents: int) -> None:
        super().__init__(
            f"{documents:,} documents have no row yet, since a worker or its disk failed; give the same command again."
        )


class JobsNotPossible(BatchError):
    """A batch job cannot be run as Hugging Face Jobs as asked."""

    code = "jobs_not_possible"
