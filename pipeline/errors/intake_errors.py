"""The upload cannot be accepted: nothing was queued, nothing was paid for."""

from pipeline.errors.base import FolioError


class IntakeError(FolioError):
    """The upload was refused before anything was queued."""

    code = "intake"


class FileUnreadable(IntakeError):
    """The system does not let the file be read: it is not there, is a folder, or belongs to somebody else."""

    code = "file_unreadable"
    sentence = "The file cannot be read; check that its path is right, that it is a file and that you may read it."


class EmptyFile(IntakeError):
    """The upload has no bytes."""

    code = "empty_file"
    sentence = "The file is empty; upload it again."


class NotAPdf(IntakeError):
    """No PDF header in the first kilobyte (ISO 32000-1, annex H, implementation note 13), nor in the first megabyte."""

    code = "not_a_pdf"

    def __init__(self, looks_like: str | None = None) -> None:
        guess = f" (it looks like {looks_like})" if looks_like else ""
        super().__init__(f"This is not a PDF{guess}; upload a PDF file.")


class DamagedPdf(IntakeError):
    """The header is there, but pdfium cannot open the document."""

    code = "damaged_pdf"
    sentence = "The PDF is damaged or incomplete; save or download it again and upload the new copy."


class NoPages(IntakeError):
    """The document opens, but not one page can be counted."""

    code = "no_pages"
    sentence = "The document has no readable pages; check that it opens in a PDF viewer."


class PasswordNeeded(IntakeError):
    """The document is encrypted and no password was given."""

    code = "password_needed"
    sentence = "The PDF needs a password; enter it and convert again."


class PasswordWrong(IntakeError):
    """The document is encrypted and the password given does not open it."""

    code = "password_wrong"
    sentence = "The password does not open this PDF; check it and convert again."


class UnsupportedEncryption(IntakeError):
    """The document uses a security handler that pdfium does not know."""

    code = "unsupported_encryption"
    sentence = "The PDF is protected in a way that cannot be opened here; upload an unprotected copy."


class FileTooLarge(IntakeError):
    """More bytes than the limit."""

    code = "file_too_large"

    def __init__(self, megabytes: float | None, limit: int) -> None:
        """``megabytes`` is None for a file that was not read to its end."""
        size = f"more than the limit of {limit} MB"
        if megabytes is not None:
            size = f"{megabytes:.1f} MB and the limit is {limit} MB"
        super().__init__(f"The file has {size}; split it and upload the parts.")


class TooManyPages(IntakeError):
    """More pages selected than the limit."""

    code = "too_many_pages"

    def __init__(self, pages: int, limit: int) -> None:
        super().__init__(
            f"{pages:,} pages are selected and the limit is {limit:,}; choose a page range such as 1-{limit}."
        )


class PageRangeMalformed(IntakeError):
    """The page range is not of the form ``1-3,7``."""

    code = "page_range_malformed"

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text[:40]}" is not a page range; write numbers and ranges such as 1-3,7.')


class LanguageUnknown(IntakeError):
    """A language was named by a code that no recogniser knows."""

    code = "language_unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f'No recogniser knows the language "{name[:40]}"; name languages by ISO codes, such as en, ru or ara, '
            "or leave them empty."
        )


class PageRangeOutside(IntakeError):
    """The page range names a page that the document does not have."""

    code = "page_range_outside"

    def __init__(self, page: int, page_count: int) -> None:
        several = f"{page_count:,} pages; choose pages from 1 to {page_count}"
        pages = several if page_count > 1 else "one page; leave the range empty"
        super().__init__(f"Page {page:,} is outside the document, which has {pages}.")


class ReaderCrashed(IntakeError):
    """The parse child died while it opened the document."""

    code = "reader_crashed"
    sentence = "The PDF crashed the reader when it was opened; re-save it with another program and upload that copy."


class ReaderTimedOut(IntakeError):
    """Opening the document took longer than the limit."""

    code = "reader_timed_out"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Opening the PDF took longer than {seconds:g} s; re-save it with another program and upload that copy."
        )


class ReaderOutOfMemory(IntakeError):
    """Opening the document needed more memory than the limit."""

    code = "reader_out_of_memory"

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            f"Opening the PDF needs more than {megabytes:,} MB of memory; "
            "re-save it with another program and upload that copy."
        )
