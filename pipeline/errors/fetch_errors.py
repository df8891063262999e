"""A PDF was named by its address on the web and could not be fetched from there: nothing was queued."""

from pipeline.errors.base import FolioError


class FetchError(FolioError):
    """A PDF could not be fetched from its address on the web; nothing was queued."""

    code = "fetch"


class UrlMalformed(FetchError):
    """The text that was given as the address of a PDF is not of the form that is fetched."""

    code = "url_malformed"
    sentence = (
        "This is no address that can be fetched; give a complete one that begins with https:// or http://, "
        "without a user name, a password or a port of its own."
    )


class UrlNotPublic(FetchError):
    """The host of the address, or of one that it was redirected to, lies in a private or reserved network."""

    code = "url_not_public"
    sentence = "This address does not lead to a public server; download the PDF and upload the file."


class UrlUnreachable(FetchError):
    """The host of the address has no known name, does not answer, or broke off."""

    code = "url_unreachable"
    retryable = True
    sentence = (
        "The server of this address cannot be reached from here; check the address, or download the PDF and upload "
        "the file."
    )


class UrlAnswerRefused(FetchError):
    """The server of the address answered with something else than a document, such as "not found"."""

    code = "url_answer_refused"

    def __init__(self, status: int) -> None:
        super().__init__(
            f"The server of this address answered with status {status} instead of a PDF; check the address in a "
            "browser, or download the PDF and upload the file."
        )


class UrlCompressed(FetchError):
    """The server of the address compresses what it sends, although that was not asked for."""

    code = "url_compressed"
    sentence = (
        "The server of this address sends the PDF in a compressed form that is not taken; download it and upload "
        "the file."
    )


class UrlRedirected(FetchError):
    """The address was redirected more often than is followed."""

    code = "url_redirected"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This address leads from one to the next more than {most} times; open it in a browser and give the one "
            "that it ends at."
        )


class UrlTimedOut(FetchError):
    """The server of the address did not send the whole PDF in time."""

    code = "url_timed_out"
    retryable = True
    sentence = "The server of this address takes too long; download the PDF and upload the file."


class FetchesBusy(FetchError):
    """As many PDFs are being fetched as may be at once."""

    code = "fetches_busy"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} PDFs are being fetched at this moment and no more are at once; try again soon.")


class FetchingOff(FetchError):
    """The owner does not let this Space fetch PDFs."""

    code = "fetching_off"
    sentence = "This Space fetches no PDFs from the web; download the PDF and upload the file."
