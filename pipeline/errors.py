"""Every error a visitor can meet, as one tree. Each class says when it is raised; its sentence says what to do.

    FolioError
    ├── IntakeError           the file cannot be accepted; nothing was queued or paid for
    │   ├── EmptyFile, NotAPdf, DamagedPdf, NoPages
    │   ├── PasswordNeeded, PasswordWrong, UnsupportedEncryption
    │   ├── FileTooLarge, TooManyPages
    │   ├── PageRangeMalformed, PageRangeOutside
    │   └── ReaderCrashed, ReaderTimedOut, ReaderOutOfMemory
    ├── PageError             one page is lost, the others are not
    │   ├── PageUnreadable, PageTooLarge, PageTooDense, PageCrashed, PageTimedOut, PageOutOfMemory
    │   └── PageModelFailed, PageAssemblyFailed, PageOutOfGpuMemory (in refusals.py)
    ├── RunError              the run as a whole cannot start or go on
    │   ├── QueueFull, VisitorBusy, AddressBusy, VisitorMalformed, DiskNearlyFull
    │   ├── RunNotFound, RunStillGoing, SourceExpired, RunTimedOut, StorageFailed, NothingConverted, ExportFailed
    │   ├── GpuRefused and its kin, in refusals.py
    │   └── InternalError
    ├── PackageError          compiled models cannot be made or moved; package_errors.py
    ├── WeightsError          the accurate models cannot be used, the others can; weights.py
    └── SettingsError         a setting of the Space is malformed; the app does not start

A message is one sentence for the person who sees it. It never holds a path, a token, a traceback or a hash; what a
library said goes to the log, not here.
"""

from typing import ClassVar


class FolioError(Exception):
    """Base of the tree.

    ``code`` is stable and machine-readable; ``retryable`` says whether the same request can succeed later unchanged.
    """

    code: ClassVar[str] = "folio"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class IntakeError(FolioError):
    """The upload was refused before anything was queued."""

    code = "intake"


class EmptyFile(IntakeError):
    """The upload has no bytes."""

    code = "empty_file"

    def __init__(self) -> None:
        super().__init__("The file is empty; upload it again.")


class NotAPdf(IntakeError):
    """No PDF header in the first kilobyte (ISO 32000-1, annex H, implementation note 13)."""

    code = "not_a_pdf"

    def __init__(self, looks_like: str | None = None) -> None:
        guess = f" (it looks like {looks_like})" if looks_like else ""
        super().__init__(f"This is not a PDF{guess}; upload a PDF file.")


class DamagedPdf(IntakeError):
    """The header is there, but pdfium cannot open the document."""

    code = "damaged_pdf"

    def __init__(self) -> None:
        super().__init__("The PDF is damaged or incomplete; save or download it again and upload the new copy.")


class NoPages(IntakeError):
    """The document opens, but not one page can be counted."""

    code = "no_pages"

    def __init__(self) -> None:
        super().__init__("The document has no readable pages; check that it opens in a PDF viewer.")


class PasswordNeeded(IntakeError):
    """The document is encrypted and no password was given."""

    code = "password_needed"

    def __init__(self) -> None:
        super().__init__("The PDF needs a password; enter it and convert again.")


class PasswordWrong(IntakeError):
    """The document is encrypted and the password given does not open it."""

    code = "password_wrong"

    def __init__(self) -> None:
        super().__init__("The password does not open this PDF; check it and convert again.")


class UnsupportedEncryption(IntakeError):
    """The document uses a security handler that pdfium does not know."""

    code = "unsupported_encryption"

    def __init__(self) -> None:
        super().__init__("The PDF is protected in a way that cannot be opened here; upload an unprotected copy.")


class FileTooLarge(IntakeError):
    """More bytes than the limit."""

    code = "file_too_large"

    def __init__(self, megabytes: float, limit: int) -> None:
        super().__init__(f"The file has {megabytes:.1f} MB and the limit is {limit} MB; split it and upload the parts.")


class TooManyPages(IntakeError):
    """More pages selected than the limit."""

    code = "too_many_pages"

    def __init__(self, pages: int, limit: int) -> None:
        super().__init__(f"{pages:,} pages are selected and the limit is {limit:,}; choose a page range such as 1-{limit}.")


class PageRangeMalformed(IntakeError):
    """The page range is not of the form ``1-3,7``."""

    code = "page_range_malformed"

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text[:40]}" is not a page range; write numbers and ranges such as 1-3,7.')


class PageRangeOutside(IntakeError):
    """The page range names a page that the document does not have."""

    code = "page_range_outside"

    def __init__(self, page: int, page_count: int) -> None:
        super().__init__(f"Page {page:,} is outside the document, which has {page_count:,} pages; choose pages from 1 to {page_count}.")


class ReaderCrashed(IntakeError):
    """The parse child died while it opened the document."""

    code = "reader_crashed"

    def __init__(self) -> None:
        super().__init__("The PDF crashed the reader when it was opened; re-save it with another program and upload that copy.")


class ReaderTimedOut(IntakeError):
    """Opening the document took longer than the limit."""

    code = "reader_timed_out"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Opening the PDF took longer than {seconds:g} s; re-save it with another program and upload that copy.")


class ReaderOutOfMemory(IntakeError):
    """Opening the document needed more memory than the limit."""

    code = "reader_out_of_memory"

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            f"Opening the PDF needs more than {megabytes:,} MB of memory; re-save it with another program and upload that copy."
        )


class PageError(FolioError):
    """One page failed; ``page`` is its number in the file, from 1."""

    code = "page"

    def __init__(self, page: int, message: str) -> None:
        super().__init__(message)
        self.page = page


class PageUnreadable(PageError):
    """Neither parser could read the page."""

    code = "page_unreadable"

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: its content is unreadable and was skipped.")


class PageTooLarge(PageError):
    """The page cannot be rendered within the pixel limit at 36 dpi or more."""

    code = "page_too_large"

    def __init__(self, page: int, megapixels: float) -> None:
        super().__init__(page, f"Page {page}: it is too large to render within {megapixels:g} megapixels and was skipped.")


class PageTooDense(PageError):
    """The page holds more words or pictures than any page for people does."""

    code = "page_too_dense"

    def __init__(self, page: int, limit: int) -> None:
        super().__init__(page, f"Page {page}: it has more than {limit:,} words or pictures and was skipped.")


class PageCrashed(PageError):
    """The parse child died on this page."""

    code = "page_crashed"

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: it crashed the PDF reader and was skipped.")


class PageTimedOut(PageError):
    """The page took longer to parse or render than the limit."""

    code = "page_timed_out"

    def __init__(self, page: int, seconds: float) -> None:
        super().__init__(page, f"Page {page}: reading it took longer than {seconds:g} s and it was skipped.")


class PageOutOfMemory(PageError):
    """The page needed more memory than the parse child may take."""

    code = "page_out_of_memory"

    def __init__(self, page: int, megabytes: int) -> None:
        super().__init__(page, f"Page {page}: it expands beyond {megabytes:,} MB of memory and was skipped.")


class PageModelFailed(PageError):
    """A model pass failed on this page."""

    code = "page_model_failed"
    retryable = True

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: the models failed on it; convert this page again.")


class PageAssemblyFailed(PageError):
    """The predictions of this page could not be turned into document items."""

    code = "page_assembly_failed"

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: its content could not be assembled and was skipped.")


class RunError(FolioError):
    """The run as a whole cannot start or go on."""

    code = "run"


class QueueFull(RunError):
    """As many runs wait as the queue holds."""

    code = "queue_full"
    retryable = True

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} documents are already waiting, which is all the queue holds; try again in a few minutes.")


class VisitorBusy(RunError):
    """As many runs of this visitor wait or run as one visitor may have."""

    code = "visitor_busy"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"You already have {limit:,} documents waiting or being converted, the most for one visitor; let one end first.")


class AddressBusy(RunError):
    """As many runs wait or run as may come from one network address."""

    code = "address_busy"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit:,} documents from your network wait or are being converted, the most for one network; try again later.")


class DiskNearlyFull(RunError):
    """Less disk is free than the owner wants to keep free."""

    code = "disk_nearly_full"
    retryable = True

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"Less than {megabytes:,} MB of the Space's disk is free, so no new document is taken; try again later.")


class VisitorMalformed(RunError):
    """A caller named itself by something that can be guessed."""

    code = "visitor_malformed"

    def __init__(self) -> None:
        super().__init__("The visitor is not 32 hexadecimal digits; make them with secrets.token_hex(16) and keep them secret.")


class RunNotFound(RunError):
    """No run has this id, or its artifacts have expired."""

    code = "run_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such run, or its files have expired; convert the document again.")


class RunStillGoing(RunError):
    """The run cannot be deleted while it goes on."""

    code = "run_still_going"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The run is still going on; stop it first, then delete it.")


class SourceExpired(RunError):
    """The run cannot be continued because its source has been deleted."""

    code = "source_expired"

    def __init__(self) -> None:
        super().__init__("The run cannot be continued because its PDF has expired here; upload it again.")


class RunTimedOut(RunError):
    """The run reached its time limit; finished pages are kept."""

    code = "run_timed_out"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"The run reached its limit of {seconds:,} s; the finished pages are kept, continue it to convert the rest.")


class StorageFailed(RunError):
    """An artifact could not be written (disk full, read-only or gone)."""

    code = "storage_failed"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The result could not be stored because the Space's disk is full or read-only; try again later.")


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

    def __init__(self) -> None:
        super().__init__("The conversion failed because of a fault in Folio itself; try again, and report the run id if it stays.")


class SettingsError(FolioError):
    """A setting is malformed or out of range; the app does not start."""

    code = "settings"
