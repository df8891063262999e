"""The protocol between the parent and the parse child: JSON lines, checked by pydantic before anybody believes them.

Once the child has opened a file it counts as hostile. So the parent reads bounded lines, takes numbers only within
their ranges, and never takes a path or a sentence from the child.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.pages import MOST_PAGES, Box, PageSize, Watermark

MAX_REQUEST_BYTES = 32_768  # fits a pipe's buffer (64 KiB on Linux), so writing a request never blocks
MAX_ANSWER_BYTES = 1_048_576
MAX_PAGE_COUNT = 2_000_000_000  # pdfium counts pages in an int
MAX_POINTS = 1e12
MOST_ATTACHMENTS, MOST_NAME = 20, 80  # names of attached files that are passed on, and their characters
MOST_MARK = 1_000  # characters of a watermark
MOST_NUMBER_COLUMNS = 8  # of a page: one or two of each column of text
READY = "ready"
PREFLIGHT_MB = 1024  # address space while pages are counted, which needs less than parsing them


class Trouble(StrEnum):
    """Why the child could not do what it was asked."""

    PASSWORD = "password"  # noqa: S105
    ENCRYPTION = "encryption"
    DAMAGED = "damaged"
    NO_PAGES = "no_pages"
    TOO_LARGE = "too_large"
    TOO_DENSE = "too_dense"
    UNREADABLE = "unreadable"
    MEMORY = "memory"
    STORAGE = "storage"


class PageCondition(StrEnum):
    """What is wrong with a page that was read, or with its file."""

    CONTENT_INCOMPLETE = "content_incomplete"
    FILE_REPAIRED = "file_repaired"
    XFA_FORM = "xfa_form"


class Parser(StrEnum):
    """Which library reads a page's text."""

    DOCLING = "docling"
    PDFIUM = "pdfium"


@dataclass(frozen=True, slots=True)
class PreflightRequest:
    """Open the document and count its pages. ``seconds`` is when the kernel ends a child nobody ended before."""

    path: str
    password: str
    seconds: int
    kind: Literal["preflight"] = "preflight"


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """Draw one page into the file ``pixels`` at ``offset`` bytes."""

    path: str
    password: str
    page: int
    pixels: str
    offset: int
    max_megapixels: int
    seconds: int
    kind: Literal["render"] = "render"


@dataclass(frozen=True, slots=True)
class CellsRequest:
    """Read one page's text with ``parser`` and write its ``SegmentedPdfPage`` to the file ``cells``.

    A page of more than ``most_cells`` words, or bitmaps, is too dense. The page as drawn lies in the file ``pixels``
    at ``offset`` bytes, ``width`` × ``height`` pixels, ``scale`` of them per point.
    """

    path: str
    password: str
    page: int
    cells: str
    parser: Parser
    most_cells: int
    pixels: str
    offset: int
    width: int
    height: int
    scale: float
    seconds: int
    kind: Literal["cells"] = "cells"


@dataclass(frozen=True, slots=True)
class SurveyRequest:
    """Look at the document's ``pages`` pages, evenly spread, until ``budget_ms`` are used up, and count the scans.

    From ``scanned_share`` of a page's area on, bitmaps cover most of it.
    """

    path: str
    password: str
    pages: int
    budget_ms: int
    scanned_share: float
    seconds: int
    kind: Literal["survey"] = "survey"


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """Close the document that is open."""

    seconds: int
    kind: Literal["release"] = "release"


DocumentRequest = PreflightRequest | SurveyRequest | RenderRequest | CellsRequest
Request = DocumentRequest | ReleaseRequest
REQUESTS: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])


def _check_size(size: PageSize) -> PageSize:
    if not (0 <= size.width <= MAX_POINTS and 0 <= size.height <= MAX_POINTS):  # false for NaN, too
        raise ValueError("a page of this size cannot exist")
    return size


def _check_box(box: Box) -> Box:
    sides = (box.left, box.top, box.right, box.bottom)
    if not all(-MAX_POINTS <= side <= MAX_POINTS for side in sides):
        raise ValueError("no page has such a place")
    return box


def _check_mark(mark: Watermark) -> Watermark:
    if len(mark.text) > MOST_MARK:
        raise ValueError("no watermark is so long")
    _check_box(mark.box)
    return mark


Count = Annotated[int, Field(ge=0, lt=1 << 31)]
Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(ge=1, le=1 << 24)]
Name = Annotated[str, Field(max_length=MOST_NAME)]
Size = Annotated[PageSize, AfterValidator(_check_size)]
Place = Annotated[Box, AfterValidator(_check_box)]
Mark = Annotated[Watermark, AfterValidator(_check_mark)]


@dataclass(frozen=True, slots=True)
class Counted:
    """Answer to a preflight: the number of pages and the sizes of the first ``MOST_PAGES``, in points."""

    page_count: Annotated[int, Field(ge=1, le=MAX_PAGE_COUNT)]
    sizes: Annotated[tuple[Size, ...], Field(max_length=MOST_PAGES)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answer to a render: the image's size in pixels, its scale in pixels per point, and the page's size in points."""

    width: Pixels
    height: Pixels
    scale: Annotated[float, Field(ge=0.1, le=1000)]
    size: Size


@dataclass(frozen=True, slots=True)
class Counts:
    """Answer to a cells request; the fields are those of ``PageFacts``.

    ``dropped_characters`` could not be seen and were left out; ``attachments`` are names of files inside the file,
    given where the page may be their cover.
    """

    cells: Count
    characters: Count
    hidden_characters: Count
    garbled_share: Share
    image_share: Share
    doubtful_characters: Count = 0
    ink_share: Share = 0.0
    unread_share: Share = 0.0
    dropped_characters: Count = 0
    conditions: Annotated[tuple[PageCondition, ...], Field(max_length=8)] = ()
    attachments: Annotated[tuple[Name, ...], Field(max_length=MOST_ATTACHMENTS)] = ()
    watermarks: Annotated[tuple[Mark, ...], Field(max_length=1)] = ()
    number_columns: Annotated[tuple[Place, ...], Field(max_length=MOST_NUMBER_COLUMNS)] = ()


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Answer to a survey: how many pages were looked at, and how many of those are scans."""

    looked: Annotated[int, Field(ge=1, le=MAX_PAGE_COUNT)]
    scanned: Count


@dataclass(frozen=True, slots=True)
class Released:
    """Answer to a release."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """The answer to any request that could not be done, as it stands on the line."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    trouble: Trouble


Answer = Counted | Surveyed | Drawn | Counts | Released | Trouble
ANSWERS: dict[type[Request], TypeAdapter[Any]] = {
    PreflightRequest: TypeAdapter(Counted | Troubled),
    SurveyRequest: TypeAdapter(Surveyed | Troubled),
    RenderRequest: TypeAdapter(Drawn | Troubled),
    CellsRequest: TypeAdapter(Counts | Troubled),
    ReleaseRequest: TypeAdapter(Troubled | Released),
}


class RequestTooLong(Exception):
    """A request does not fit into a pipe's buffer: its path or password is longer than any that was let in."""


class ProtocolBroken(Exception):
    """The child said something it cannot have said in good faith; it is to be replaced."""


def encode(message: Request | Answer) -> bytes:
    """One JSON line. The text is ASCII, so that a line ends where a newline byte is.

    Raises RequestTooLong for a request of more than ``MAX_REQUEST_BYTES``.
    """
    content = asdict(Troubled(message) if isinstance(message, Trouble) else message)
    line = json.dumps(content).encode("ascii") + b"\n"
    if isinstance(message, Request) and len(line) > MAX_REQUEST_BYTES:
        raise RequestTooLong(f"a {message.kind} request of {len(line)} bytes")
    return line


def decode_request(line: bytes) -> Request:
    """The parent's request. Raises ValueError where the two programs disagree, which is a fault of ours."""
    return REQUESTS.validate_python(json.loads(line))  # not ``validate_json``: a path may hold lone surrogates


def decode_answer(line: bytes, request: Request) -> Answer:
    """The child's answer to ``request``, checked. Raises ProtocolBroken."""
    try:
        answer: Answer | Troubled = ANSWERS[type(request)].validate_json(line, strict=True)
    except ValidationError as error:
        raise ProtocolBroken(f"{error.error_count()} fields do not validate") from None
    if isinstance(answer, Troubled):
        return answer.trouble
    if isinstance(request, RenderRequest) and isinstance(answer, Drawn):
        _check_pixels(answer, request.max_megapixels)
    if isinstance(request, SurveyRequest) and isinstance(answer, Surveyed):
        _check_survey(answer, request.pages)
    return answer


def _check_pixels(drawn: Drawn, max_megapixels: int) -> None:
    """A larger image would reach into the next page's place in the pixel file. Raises ProtocolBroken."""
    if drawn.width * drawn.height > max_megapixels * 1_000_000:
        raise ProtocolBroken("more pixels than asked for")


def _check_survey(surveyed: Surveyed, pages: int) -> None:
    """No more scans than pages, and no more pages than the document has. Raises ProtocolBroken."""
    if not surveyed.scanned <= surveyed.looked <= pages:
        raise ProtocolBroken("more pages than there are")
