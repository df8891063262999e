"""A request that cannot be answered as it was made."""

from pipeline.errors.base import FolioError


class RequestError(FolioError):
    """A request that cannot be answered as it was made; nothing was queued."""

    code = "request"


class FileMissing(RequestError):
    """A conversion was asked for without a file."""

    code = "file_missing"
    sentence = "There is no PDF in the request; send one as file, or its address as url."


class FileAndUrl(RequestError):
    """A conversion was asked for with both a file and an address."""

    code = "file_and_url"
    sentence = "The request has a file and a url; give one of them."


class OptionUnknown(RequestError):
    """An option has a value that is none of its choices."""

    code = "option_unknown"

    def __init__(self, option: str, choices: tuple[str, ...]) -> None:
        names = [choice or "nothing" for choice in choices]
        super().__init__(f"The option {option} does not take this value; give {', '.join(names[:-1])} or {names[-1]}.")


class RowLimitOutside(RequestError):
    """More rows of the list of runs were asked for than are handed out at once, or none."""

    code = "row_limit_outside"

    def __init__(self, most: int) -> None:
        super().__init__(f"The limit must be from 1 to {most}, the rows that are handed out at once.")


class RecordNotFound(RequestError):
    """No record has the id."""

    code = "record_not_found"
    sentence = "There is no record with this id; take an id from the list of runs."


class OwnerUnknown(RequestError):
    """The owner's tab or an owner's action was asked for without the owner's password."""

    code = "owner_unknown"
    sentence = "That is not the owner's password; it is the value of the secret OWNER_PASSWORD."


class TooManyFiles(RequestError):
    """More files were added than are taken at once."""

    code = "too_many_files"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"Only {limit} files are taken at once; convert this one afterwards.")


class UploadExpired(RequestError):
    """The uploaded file has been swept before its run was started."""

    code = "upload_expired"
    sentence = "The upload is no longer here; start over and add the file again."


class RunDeleted(RequestError):
    """The visitor has deleted the run that the page showed."""

    code = "deleted"
    sentence = "The run and its files are deleted; its link leads nowhere now."


class SignInNeeded(RequestError):
    """Workers take orders from the page and the API only from somebody who is signed in."""

    code = "sign_in_needed"
    sentence = "Workers take orders from whoever is signed in; set AUTH and sign in, or use the command line."


class EndpointUnknown(RequestError):
    """A program called an endpoint that there is not."""

    code = "endpoint_unknown"
    sentence = "There is no endpoint of this name; docs/api.md and the page's API view list them."


class BodyMalformed(RequestError):
    """The body of a call does not fit its endpoint."""

    code = "body_malformed"
    sentence = (
        "The request does not fit this endpoint; send its parameters by name, or all of them in their order as data."
    )


class NumberMalformed(RequestError):
    """A parameter has to be a whole number and is not, or is too small."""

    code = "number_malformed"

    def __init__(self, name: str, least: int) -> None:
        super().__init__(f"The parameter {name} must be a whole number from {least} on.")


class AddressRefused(RequestError):
    """A program sent an address in place of a file."""

    code = "address_refused"
    sentence = "No address is taken in place of a file; give it as url, or upload the file itself."


class PageNotSelected(RequestError):
    """A page was asked for that the run does not convert."""

    code = "page_not_selected"

    def __init__(self, page: int) -> None:
        super().__init__(f"Page {page:,} is not among the pages of this run.")


class NoPageToReread(RequestError):
    """No page is named to be read again, and none of the run failed or has doubtful text."""

    code = "no_page_to_reread"
    sentence = "No page of this run failed or has doubtful text; name the pages that are to be read again."


class NoRereading(RequestError):
    """Pages are to be taken over from a run that read no pages of another run again."""

    code = "no_rereading"
    sentence = "This run did not read pages of another run again; give the id of a run that did."


class PageNotReread(RequestError):
    """A page is to be taken over that could not be read again."""

    code = "page_not_reread"

    def __init__(self, page: int) -> None:
        super().__init__(f"Page {page:,} has no second reading in this run; leave it out, and it stays as it is.")
