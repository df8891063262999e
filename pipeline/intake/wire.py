"""What the parent and the parse child say to each other: JSON lines, and nothing the child says is believed unchecked.

Once it has opened a file the child counts as hostile. So the parent reads bounded lines, takes numbers only within
their ranges, and never takes a path or a sentence from the child.
"""

import json
import math
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipeline.pages import PageSize

MAX_REQUEST_BYTES = 32_768  # fits a pipe's buffer (64 KiB on Linux), so writing a request never blocks
MAX_ANSWER_BYTES = 1_048_576
MAX_PAGE_COUNT = 2_000_000_000  # pdfium counts pages in an int
SIZED_PAGES = 10_000  # sizes are sent for the first pages only; it is also the highest limit an owner can set
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
    kind: str = "preflight"


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
    kind: str = "render"


@dataclass(frozen=True, slots=True)
class CellsRequest:
    """Read one page's text with ``parser`` and write its ``SegmentedPdfPage`` to the file ``cells``.

    A page of more than ``most_cells`` words, or bitmaps, is too dense.
    """

    path: str
    password: str
    page: int
    cells: str
    parser: Parser
    most_cells: int
    seconds: int
    kind: str = "cells"


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """Close the document that is open."""

    seconds: int
    kind: str = "release"


DocumentRequest = PreflightRequest | RenderRequest | CellsRequest
Request = DocumentRequest | ReleaseRequest
REQUESTS: dict[str, type[Request]] = {
    "preflight": PreflightRequest,
    "render": RenderRequest,
    "cells": CellsRequest,
    "release": ReleaseRequest,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Answer to a preflight: the number of pages and the sizes of the first ``SIZED_PAGES``, in points."""

    page_count: int
    sizes: tuple[PageSize, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answer to a render: the image's size in pixels, its scale in pixels per point, the page's size in points."""

    width: int
    height: int
    scale: float
    size: PageSize


@dataclass(frozen=True, slots=True)
class Counts:
    """Answer to a cells request; the fields are those of ``PageFacts``."""

    cells: int
    characters: int
    hidden_characters: int
    garbled_share: float
    image_share: float


@dataclass(frozen=True, slots=True)
class Released:
    """Answer to a release."""


Answer = Counted | Drawn | Counts | Released | Trouble


class ProtocolBroken(Exception):
    """The child said something it cannot have said in good faith; it is to be replaced."""


def encode(message: Request | Answer) -> bytes:
    """One JSON line. The text is ASCII, so that a line ends where a newline byte is."""
    content = {"trouble": message.value} if isinstance(message, Trouble) else asdict(message)
    return json.dumps(content).encode("ascii") + b"\n"


def decode_request(line: bytes) -> Request:
    """The parent's request. Raises KeyError, TypeError or ValueError where the two programs disagree, which is a fault
    of ours.
    """
    fields = json.loads(line)
    if "parser" in fields:
        fields["parser"] = Parser(fields["parser"])
    return REQUESTS[fields["kind"]](**fields)


def decode_answer(line: bytes, request: Request) -> Answer:
    """The child's answer to ``request``, checked. Raises ProtocolBroken."""
    try:
        fields = json.loads(line)
        if "trouble" in fields:
            return Trouble(fields["trouble"])
        match request:
            case PreflightRequest():
                return _counted(fields)
            case RenderRequest():
                return _drawn(fields, request.max_megapixels)
            case CellsRequest():
                return _counts(fields)
            case ReleaseRequest():
                return Released()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProtocolBroken(type(error).__name__) from None


def _counted(fields: dict[str, object]) -> Counted:
    sizes = fields["sizes"]
    if not isinstance(sizes, list) or len(sizes) > SIZED_PAGES:
        raise ValueError("sizes")
    return Counted(_whole(fields["page_count"], 1, MAX_PAGE_COUNT), tuple(_size(size) for size in sizes))


def _drawn(fields: dict[str, object], max_megapixels: int) -> Drawn:
    width, height = _whole(fields["width"], 1, 1 << 24), _whole(fields["height"], 1, 1 << 24)
    if width * height > max_megapixels * 1_000_000:
        raise ValueError("pixels")
    return Drawn(width, height, _real(fields["scale"], 0.1, 10.0), _size(fields["size"]))


def _counts(fields: dict[str, object]) -> Counts:
    most = 1 << 31
    return Counts(
        cells=_whole(fields["cells"], 0, most),
        characters=_whole(fields["characters"], 0, most),
        hidden_characters=_whole(fields["hidden_characters"], 0, most),
        garbled_share=_real(fields["garbled_share"], 0.0, 1.0),
        image_share=_real(fields["image_share"], 0.0, 1.0),
    )


def _size(value: object) -> PageSize:
    if not isinstance(value, dict):
        raise TypeError("size")
    return PageSize(_real(value["width"], 0.0, 1e12), _real(value["height"], 0.0, 1e12))


def _whole(value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError("whole number")
    return value


def _real(value: object, low: float, high: float) -> float:
    if type(value) not in (int, float):
        raise TypeError("number")
    number = float(value)  # type: ignore[arg-type]
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError("number")
    return number
