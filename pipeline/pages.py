"""Pages, batches and predictions: the frozen values that cross every seam between intake, models and stages.

Units: a *point* is 1/72 inch. Every box is in points of the unrotated-as-shown page (rotation applied), origin at the
top left, y down. Page numbers are the file's own, from 1. Pixels are RGB, uint8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

RENDER_DPI = 144
POINTS_PER_INCH = 72
MOST_PAGES = 10_000  # of a document that are ever listed or measured, whatever its page count claims
RANGE_DASHES = "‐‑‒–—−"  # as word processors and keyboards write a range of pages, beside the plain hyphen
MIN_DPI = 36  # below this even headings cannot be read, so a page that would need less is refused


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box in points, origin top left: ``left <= right`` and ``top <= bottom``."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    def intersection(self, other: "Box") -> float:
        """Area shared with ``other``, in square points."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def holds_middle(self, other: "Box") -> bool:
        """Whether the middle of ``other`` lies in it or on its edge."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def shares_width(self, other: "Box") -> bool:
        """Whether a plumb line goes through both."""
        return min(self.right, other.right) > max(self.left, other.left)

    def overlap(self, other: "Box") -> float:
        """Intersection over union, in [0, 1]; 0 for empty boxes."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


def format_page_range(pages: Sequence[int]) -> str:
    """Page numbers, in order, as a page range: ``1-3,7``."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


class OcrMode(StrEnum):
    """Which pages have their text read from the image."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Lane(StrEnum):
    """Where the models run: on the GPU, whose seconds are booked and paid for, or on the CPU, which costs time only."""

    CPU = "cpu"
    GPU = "gpu"


class LaneChoice(StrEnum):
    """Which lane a run may use. ``GPU`` stops, to be continued later, where the GPU refuses; ``GPU_THEN_CPU`` goes on
    on the CPU.
    """

    GPU_THEN_CPU = "gpu_then_cpu"
    GPU = "gpu"
    CPU = "cpu"


class PageStatus(StrEnum):
    """How a page of a run ended."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class PageSize:
    """Size of a page as shown, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Watermark:
    """What lies aslant over a page's text, and where."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the parser counted on one page, which decides how the page is treated.

    ``cells`` and ``characters`` count text that leaves ink (hidden OCR layers count as ``hidden_characters``);
    ``garbled_share`` is the share of characters that are replacement or unmapped glyphs; ``image_share`` is the share
    of the page's area that lies under bitmaps, ``ink_share`` that of its image that is neither paper nor a word of its
    text layer, in [0, 1].
    ``doubtful_characters`` are in fonts that seem to lie about their letters; their cells have confidence 0.
    ``unread_share`` is the share of the page's area that shows lines of text which its text layer does not have.
    ``number_columns`` are where numbers stand that count the lines beside them.
    ``watermarks`` lie aslant over the text, of which they are no part.
    ``notices`` are what intake has to tell of the page.
    """

    page: int
    size: PageSize
    cells: int
    characters: int
    hidden_characters: int
    garbled_share: float
    image_share: float
    doubtful_characters: int = 0
    unread_share: float = 0.0
    notices: "tuple[PageNotice, ...]" = ()
    ink_share: float = 0.0
    number_columns: tuple[Box, ...] = ()
    watermarks: tuple[Watermark, ...] = ()


@dataclass(frozen=True, slots=True)
class Preflight:
    """A source that was accepted: its SHA-256 in hexadecimal, its size in bytes, its page count.

    ``sizes`` has the sizes of its pages as shown, in order; past the first 10,000 pages they are left out.
    """

    sha256: str
    size_bytes: int
    page_count: int
    sizes: tuple[PageSize, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """One page on local disk.

    Pixels: ``height`` × ``width`` × 3 uint8 RGB, row-major, at ``offset`` bytes into the batch's pixel file.
    ``scale`` is pixels per point (2.0 at 144 dpi; less where the page would exceed the pixel limit). ``cells`` names
    the page's ``SegmentedPdfPage`` JSON file beside the pixel file.
    """

    page: int
    width: int
    height: int
    offset: int
    scale: float
    cells: str
    facts: PageFacts

    @property
    def end(self) -> int:
        """Where its pixels end in the pixel file, in bytes."""
        return self.offset + 3 * self.width * self.height


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that was lost, as a value in the stream: its code from the error tree and its sentence."""

    page: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageNotice:
    """Something a reader of a converted page should know, as a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PageTask:
    """What the models shall do with one rendered page. ``languages`` are codes of the languages that its text may be
    in, where the caller named them (``pipeline.languages``). A page whose tags or lines say what it holds needs no
    network. ``formulas`` says that display formulas are to be read as LaTeX where they are found.
    """

    page: RenderedPage
    ocr: bool
    tables: bool
    languages: tuple[str, ...] = ()
    needs_network: bool = True
    formulas: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """What the GPU takes, in seconds: for the start of a call up to its first pages, and then for each page.

    ``table_seconds`` come on top for a page whose tables are recognised, ``ocr_seconds`` for one whose text is read.
    The defaults are provisional until calls have been measured (``gpu/booking.py``): about four times what the slower
    bundle took on an H200 (docs/measurements.md), because an overrun kills the call while a second too many only weighs
    against the quota that is left. ``margin`` multiplies the pages' part of a booking: a slow neighbour on the same
    device, pages with many tables.
    """

    start_seconds: float = 4.0
    page_seconds: float = 0.05
    table_seconds: float = 0.03
    ocr_seconds: float = 0.2
    margin: float = 1.5


@dataclass(frozen=True, slots=True)
class PageRegion:
    """One element of a finished page: its label as docling names it, and where it stands.

    ``place`` is left, top, right and bottom as shares of the page's width and height, in [0, 1], origin top left.
    ``text`` is how the element's text begins; ``confidence`` is the layout's in [0, 1], None where it gave none.
    """

    label: str
    place: tuple[float, float, float, float]
    text: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PageBatch:
    """The argument of one GPU call: paths and small numbers only, since it is pickled into a forked worker.

    ``pixels`` is the path of the batch's pixel file; ``rates`` are what its booking is computed from.
    """

    index: int
    pixels: str
    tasks: tuple[PageTask, ...]
    rates: Rates = Rates()

    @property
    def pages(self) -> tuple[int, ...]:
        return tuple(task.page.page for task in self.tasks)


class LayoutLabel(StrEnum):
    """Kinds of layout regions; the values are docling's own label names (``DocItemLabel``)."""

    TEXT = "text"
    TITLE = "title"
    SECTION_HEADER = "section_header"
    LIST_ITEM = "list_item"
    PICTURE = "picture"
    TABLE = "table"
    CAPTION = "caption"
    FORMULA = "formula"
    FOOTNOTE = "footnote"
    PAGE_HEADER = "page_header"
    PAGE_FOOTER = "page_footer"
    CODE = "code"
    DOCUMENT_INDEX = "document_index"
    CHECKBOX_SELECTED = "checkbox_selected"
    CHECKBOX_UNSELECTED = "checkbox_unselected"
    FORM = "form"
    KEY_VALUE_REGION = "key_value_region"


@dataclass(frozen=True, slots=True)
class LayoutRegion:
    """One region found by the layout network, with its confidence in [0, 1]."""

    label: LayoutLabel
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line read by OCR, with its confidence in [0, 1].

    ``corners`` are four (x, y) points in page points, origin top left, clockwise from the corner where reading starts,
    so that a rotated line keeps its angle.
    """

    text: str
    score: float
    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a table structure: its first row and column from 0, its spans, and its box where the network gave
    one.

    ``header`` cells head columns, ``row_header`` cells a row, ``section`` cells the rows below them.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    header: bool
    box: Box | None
    row_header: bool = False
    section: bool = False


@dataclass(frozen=True, slots=True)
class TableStructure:
    """The structure of the table in ``box``, before any text is put into its cells."""

    box: Box
    score: float
    rows: int
    columns: int
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class FormulaReading:
    """The display formula in ``box`` as LaTeX, without the signs that open and close it."""

    box: Box
    latex: str


@dataclass(frozen=True, slots=True)
class PagePrediction:
    """Everything the models said of one page. ``lines`` is empty where OCR was not asked for.

    ``turn`` is the number of quarter turns clockwise, 0 to 3, by which the text lies turned on the page (a page scanned
    on its side); it is 0 where OCR was not asked for. ``lines`` are in reading order of the page turned back; every
    place is one on the page as shown. ``settled`` regions and tables are of networks that docling itself trusts, and go
    to it as they are; others are corrected by the page's own text and drawn rules. ``languages`` are those in which
    Tesseract read the page; empty where PP-OCR read it. ``text_score`` is how sure the recogniser is of the page's
    text as a whole, in [0, 1]. ``skew`` is by how many degrees clockwise the page lies aslant; every place is then one
    on the page turned straight around its middle. ``formulas`` are those that were read to their end. ``bundle`` and
    ``revision`` are of the models that said it, filled in by the run.
    """

    page: int
    regions: tuple[LayoutRegion, ...]
    lines: tuple[TextLine, ...]
    tables: tuple[TableStructure, ...]
    ocr: bool
    layout_ms: float
    ocr_ms: float
    table_ms: float
    turn: int = 0
    settled: bool = False
    languages: tuple[str, ...] = ()
    notices: tuple[PageNotice, ...] = ()
    text_score: float = 1.0
    skew: float = 0.0
    formulas: tuple[FormulaReading, ...] = ()
    formula_ms: float = 0.0
    bundle: str = ""
    revision: str = ""


PageResult = PagePrediction | PageFailure


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which engine runs which network, as shown to people and recorded: task ``layout``, engine ``onnxruntime``, …"""

    task: str
    model: str
    engine: str
