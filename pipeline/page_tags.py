"""What a PDF says of its own structure, page by page: structure tags, marked content and bookmarks.

The values cross from the parse child to the stages in a file beside the page's cells. The child counts as hostile, so
the file is checked by pydantic, and a file that does not pass is as good as none.
"""

from dataclasses import field
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pipeline.pages import Box

MOST_NODES = 20_000  # of a page's structure tree; more are no document that a person tagged
MOST_DEPTH = 64
MOST_BOOKMARKS = 5_000  # of a document
MOST_TEXT = 2_000  # characters of an alternative text or a title
MOST_BYTES = 16_000_000
SUFFIX = ".tags"

_Text = Annotated[str, Field(max_length=MOST_TEXT)]
_Point = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
_Span = Annotated[int, Field(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One entry of the PDF's outline.

    ``level`` counts from 0. ``page`` is the file's page number from 1, and ``top`` the place on the page as shown, in
    points from its upper edge; both are None where the entry does not say them.
    """

    title: _Text
    level: Annotated[int, Field(ge=0, le=MOST_DEPTH)]
    page: int | None
    top: float | None


@dataclass(frozen=True, slots=True)
class TagNode:
    """One node of the structure tree, in the tree's order (ISO 32000-1, 14.7): an element, or marked content.

    ``depth`` counts from 0. An element has a ``role`` (the standard one its own is mapped to) and, where it has them,
    a replacement text, an alternative text, the spans of a table cell and the name of its list numbering. Marked
    content has the number ``mark`` instead of a role.
    """

    depth: Annotated[int, Field(ge=0, le=MOST_DEPTH)]
    role: Annotated[str, Field(max_length=100)] = ""
    mark: int = -1
    actual: _Text = ""
    alternative: _Text = ""
    rows: _Span = 1
    columns: _Span = 1


@dataclass(frozen=True, slots=True)
class MarkedBox:
    """Where a piece of content stands: its mark (-1: none), whether it is an artifact, and whether it is text.

    The box is in points of the page as shown, origin top left.
    """

    mark: int
    artifact: bool
    text: bool
    left: _Point
    top: _Point
    right: _Point
    bottom: _Point

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True, slots=True)
class PageTags:
    """What a PDF says of one page. ``bookmarks`` are those of the whole document, with its first page read only."""

    nodes: Annotated[tuple[TagNode, ...], Field(max_length=MOST_NODES)] = ()
    boxes: tuple[MarkedBox, ...] = ()
    bookmarks: Annotated[tuple[Bookmark, ...], Field(max_length=MOST_BOOKMARKS)] = field(default=())


_ADAPTER = TypeAdapter(PageTags)


def write_tags(tags: PageTags, cells: Path) -> None:
    """Write ``tags`` beside the page's cells file."""
    cells.with_suffix(SUFFIX).write_bytes(_ADAPTER.dump_json(tags, exclude_defaults=True))


def read_tags(cells: Path) -> PageTags:
    """The tags beside the page's cells file; empty where there are none, or none that can be believed."""
    file = cells.with_suffix(SUFFIX)
    try:
        if file.stat().st_size > MOST_BYTES:
            return PageTags()
        return _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError, RecursionError):
        return PageTags()
