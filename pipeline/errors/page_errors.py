"""One page is lost; the other pages of the run are not."""

from pipeline.errors.base import FolioError


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
        super().__init__(
            page, f"Page {page}: it is too large to render within {megapixels:g} megapixels and was skipped."
        )


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


class PageOutOfGpuMemory(PageError):
    """The page alone does not fit into the GPU's memory."""

    code = "page_out_of_gpu_memory"
    retryable = True

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: it does not fit into the GPU's memory; convert this page on the CPU.")


class PageOutOfModelMemory(PageError):
    """The models need more of the server's memory for the page alone than there is."""

    code = "page_out_of_model_memory"
    retryable = True

    def __init__(self, page: int) -> None:
        super().__init__(page, f"Page {page}: the models ran out of memory on it; convert this page by itself.")
