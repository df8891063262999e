"""A document as data: blocks in reading order. Every renderer prints it and ``truth`` writes it down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

LETTER, A4, SLIDE, SPREAD = (612.0, 792.0), (595.0, 842.0), (720.0, 405.0), (1224.0, 792.0)  # points


@dataclass(frozen=True)
class Span:
    """A run of text in one style. ``note`` is the mark of a footnote, raised behind the text."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    note: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    spans: Spans


@dataclass(frozen=True)
class Item:
    """An entry of a list, with the list under it."""

    spans: Spans
    inner: "Listing | None" = None


@dataclass(frozen=True)
class Listing:
    """A list; ``ordered`` ones are numbered from 1."""

    items: tuple[Item, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell that covers ``rows`` times ``columns`` places of its table's grid."""

    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False
    numeric: bool = False


class Rules(StrEnum):
    """Which rules a table is printed with."""

    ALL = "all"
    ROWS = "rows"
    HEAD = "head"
    NONE = "none"


@dataclass(frozen=True)
class Table:
    """A table. A row holds only cells that begin in it: places under a cell that spans are left out."""

    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    rules: Rules = Rules.ALL

    @property
    def columns(self) -> int:
        """The width of the grid, in places."""
        return sum(cell.columns for cell in self.rows[0])

    @property
    def spans(self) -> bool:
        """Whether a cell covers more than one place."""
        return any(cell.rows > 1 or cell.columns > 1 for row in self.rows for cell in row)

    def places(self) -> Iterator[tuple[int, int, Cell]]:
        """(row, column, cell) of every cell, rows and columns from 0."""
        taken: set[tuple[int, int]] = set()
        for row, cells in enumerate(self.rows):
            column = 0
            for cell in cells:
                while (row, column) in taken:
                    column += 1
                yield row, column, cell
                taken |= {(row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
                column += cell.columns


@dataclass(frozen=True)
class Code:
    """A listing in a fixed-pitch font."""

    text: str
    language: str = ""


class Drawing(StrEnum):
    """What a figure shows."""

    BARS = "bars"
    CURVE = "curve"
    MAP = "map"
    PHOTO = "photo"


@dataclass(frozen=True)
class Figure:
    """A drawing that holds no text, with its caption. ``seed`` settles its shapes; ``height`` is in points."""

    drawing: Drawing
    caption: str
    seed: int = 0
    height: float = 140.0


@dataclass(frozen=True)
class Formula:
    """A formula on a line of its own, as LaTeX, as plain signs for renderers that set no mathematics, and in typst's
    notation.
    """

    latex: str
    plain: str
    typst: str


@dataclass(frozen=True)
class Note:
    """The text of a footnote."""

    mark: str
    text: str


@dataclass(frozen=True)
class Box:
    """A framed text beside or between the running text."""

    title: str
    spans: Spans


class Entry(StrEnum):
    """How a field of a form is filled in."""

    TEXT = "text"
    TICK = "tick"


@dataclass(frozen=True)
class Field:
    """A field of a form; a tick's value is ``x`` or empty."""

    label: str
    value: str
    entry: Entry = Entry.TEXT


@dataclass(frozen=True)
class Form:
    """Fields to fill in, one below the other."""

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ContentsLine:
    """A line of a table of contents; level 1 stands at the margin."""

    level: int
    text: str
    page: str


@dataclass(frozen=True)
class Contents:
    """A table of contents, its page numbers at the right behind dots."""

    lines: tuple[ContentsLine, ...]


@dataclass(frozen=True)
class PageBreak:
    """The following block begins a page."""


Block = Heading | Paragraph | Listing | Table | Code | Figure | Formula | Note | Box | Form | Contents | PageBreak


@dataclass(frozen=True)
class Style:
    """How a document looks. ``page`` is (width, height) in points; ``columns`` count the text columns below the
    title, ``gap`` apart.
    """

    page: tuple[float, float] = A4
    columns: int = 1
    serif: bool = False
    size: float = 10.5
    margin: float = 62.0
    gap: float = 18.0
    dark: bool = False
    frame: bool = False
    centred: bool = False

    @property
    def column_width(self) -> float:
        """In points."""
        return (self.page[0] - 2 * self.margin - self.gap * (self.columns - 1)) / self.columns


@dataclass(frozen=True)
class Document:
    """A document. ``header`` and ``footer`` run on every page; ``{page}`` in them is the page's number, which starts
    at ``first_page``.
    """

    name: str
    kind: str
    language: str
    blocks: tuple[Block, ...]
    style: Style = field(default_factory=Style)
    header: str = ""
    footer: str = ""
    first_page: int = 1

    @property
    def rightward(self) -> bool:
        """Whether the document's language is written from left to right."""
        return self.language not in {"ar", "he"}

    @property
    def title(self) -> str:
        """The text of the first heading."""
        return next((block.text for block in self.blocks if isinstance(block, Heading)), self.name)


def plain(*texts: str) -> Spans:
    """Text in no particular style."""
    return tuple(Span(text) for text in texts)


def text_of(spans: Spans) -> str:
    """The text alone, without marks of footnotes."""
    return "".join(span.text for span in spans)
