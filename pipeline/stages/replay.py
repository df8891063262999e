"""docling's PDF backend, replayed: page images and cells come from the parse child, predictions from the models.

docling never opens the PDF. A ``ReplayPage`` answers what a PDF page backend is asked; the stages in this folder read
its ``prediction`` instead of running a network.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from docling.backend.pdf_backend import PdfDocumentBackend, PdfPageBackend
from docling.datamodel.backend_options import PdfBackendOptions
from docling.datamodel.base_models import InputFormat, Page
from docling.datamodel.document import ConversionResult, InputDocument
from docling_core.types.doc.base import BoundingBox, Size
from docling_core.types.doc.page import SegmentedPdfPage, TextCell
from numpy.typing import NDArray
from PIL import Image

from pipeline.numbered_lines import READ, margin_numbers, reach
from pipeline.page_tags import PageTags, read_tags
from pipeline.pages import Box, PagePrediction, PageSize, RenderedPage, TextLine
from pipeline.pixels import page_image
from pipeline.stages.check_boxes import BoxFinder, mark_choices, mark_read_choices
from pipeline.stages.docling_internals import backend_of, note_page_size
from pipeline.stages.read_dashes import with_read_dashes
from pipeline.stages.text_choice import choose_text, line_box

T = TypeVar("T")
LINE_IN_RECT = 0.5  # docling's own backends count a line into a rectangle from half of its area on


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """A rendered page with its predictions: all that assembling it takes.

    ``pixels`` is the batch's pixel file, with the cell files beside it. ``replace_text`` drops the page's native text
    for what OCR read (the text layer is garbled, or OCR was asked for on every page).
    """

    rendered: RenderedPage
    prediction: PagePrediction
    pixels: Path
    replace_text: bool = False

    @property
    def cells(self) -> Path:
        return self.pixels.parent / self.rendered.cells


def without_network(page: int) -> PagePrediction:
    """The prediction of a page that no network looks at."""
    return PagePrediction(page, (), (), (), False, 0.0, 0.0, 0.0)


def _number_columns(lines: Sequence[TextLine]) -> tuple[Box, ...]:
    boxes = [line_box(line) for line in lines]
    sides = np.array([(box.left, -box.bottom, box.right, -box.top) for box in boxes]).reshape(-1, 4)
    found = reach(margin_numbers([line.text.strip() for line in lines], sides, READ), sides)
    return tuple(Box(left, -top, right, -bottom) for left, bottom, right, top in found.tolist())


class ReplayPage(PdfPageBackend):
    """One page, answered from disk and memory.

    ``kept`` is what ``once_per_page`` keeps of it.
    """

    def __init__(self, finished: FinishedPage) -> None:
        self.rendered = finished.rendered
        self.prediction = finished.prediction
        self.replace_text = finished.replace_text
        self.pixels = finished.pixels
        self.kept: dict[object, Any] = {}
        self._cells = finished.cells

    def answered(self, finished: FinishedPage) -> "ReplayPage":
        """The page with its predictions. Where they change neither its text nor its image, it is this one, with what
        was read of it before they came.
        """
        said, known = finished.prediction, self.prediction
        if (said.lines, said.skew, finished.replace_text) != (known.lines, known.skew, self.replace_text):
            return ReplayPage(finished)
        self.prediction = said
        return self

    @property
    def page_no(self) -> int:
        return self.rendered.page

    @cached_property
    def _chosen(self) -> tuple[SegmentedPdfPage, tuple[TextLine, ...]]:
        page = SegmentedPdfPage.model_validate_json(self._cells.read_bytes())
        height = page.dimension.height
        for cell in (*page.textline_cells, *page.word_cells):
            cell.to_top_left_origin(height)
        lines = self.prediction.lines
        chosen = lines if self.replace_text else choose_text(page, lines)
        finder = BoxFinder(self.gray, self.rendered.scale)
        mark_choices(page, finder)
        return page, mark_read_choices(with_read_dashes(chosen), finder)

    @property
    def segmented(self) -> SegmentedPdfPage:
        """The page's cells as far as they are believed, origin top left."""
        return self._chosen[0]

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """The lines read from the image, as far as they are believed."""
        return self._chosen[1]

    @cached_property
    def number_columns(self) -> tuple[Box, ...]:
        """Where numbers stand that count the lines beside them, as the text layer or the image says."""
        known = () if self.replace_text else self.rendered.facts.number_columns
        return known or _number_columns(self.lines)

    @cached_property
    def tags(self) -> PageTags:
        """What the PDF says of the page's structure."""
        return read_tags(self._cells)

    @property
    def image(self) -> Image.Image:
        """The whole page as rendered, RGB; a page that lies aslant is turned straight, as its predictions are."""
        return self._straight if self.prediction.skew else Image.fromarray(self._shown)

    @cached_property
    def _shown(self) -> NDArray[np.uint8]:
        """The pixels of ``image``, (height, width, 3), without a copy of them where the page lies straight."""
        return np.asarray(self._straight) if self.prediction.skew else page_image(self.pixels, self.rendered)

    @cached_property
    def gray(self) -> NDArray[np.uint8]:
        """The brightness of ``image``, (height, width): its green channel, which is most of what the eye takes for
        brightness.
        """
        return np.ascontiguousarray(self._shown[:, :, 1])

    @cached_property
    def _straight(self) -> Image.Image:
        image = Image.fromarray(page_image(self.pixels, self.rendered))
        return image.rotate(self.prediction.skew, Image.Resampling.BILINEAR, fillcolor=image.getpixel((0, 0)))

    def is_valid(self) -> bool:
        return True

    def get_size(self) -> Size:
        size = self.rendered.facts.size
        return Size(width=size.width, height=size.height)

    def get_segmented_page(self) -> SegmentedPdfPage:
        return self.segmented

    def get_text_cells(self) -> Iterable[TextCell]:
        return self.segmented.textline_cells

    def get_text_in_rect(self, bbox: BoundingBox) -> str:
        cells = self.segmented.textline_cells
        return " ".join(c.text for c in cells if c.rect.to_bounding_box().intersection_over_self(bbox) > LINE_IN_RECT)

    def get_bitmap_rects(self, scale: float = 1) -> Iterable[BoundingBox]:
        height = self.segmented.dimension.height
        boxes = (bitmap.rect.to_bounding_box().to_top_left_origin(height) for bitmap in self.segmented.bitmap_resources)
        return [box.scaled(scale=scale) for box in boxes if box.area() > 0]

    def get_page_image(self, scale: float = 1, cropbox: BoundingBox | None = None) -> Image.Image:
        ratio = scale / self.rendered.scale
        image = self.image
        if cropbox is not None:
            box = cropbox.to_top_left_origin(self.get_size().height).scaled(scale=self.rendered.scale)
            image = image.crop(box.as_tuple())
        if ratio == 1:
            return image
        if ratio == 0.5:
            return image.reduce(2)
        return image.resize((max(round(image.width * ratio), 1), max(round(image.height * ratio), 1)))

    def unload(self) -> None:
        for held in ("_chosen", "tags", "_straight", "_shown", "gray"):
            self.__dict__.pop(held, None)
        self.kept.clear()


def once_per_page(way: Callable[[ReplayPage], T]) -> Callable[[ReplayPage], T]:
    """``way``, which reads something of a page, made to keep it. It must not depend on the page's regions."""

    @wraps(way)
    def read(page: ReplayPage) -> T:
        if way not in page.kept:
            page.kept[way] = way(page)
        found: T = page.kept[way]
        return found

    return read


class ReplayDocument(PdfDocumentBackend):
    """A document without bytes: it knows how many pages the source has and serves the pages it was given."""

    def __init__(
        self, in_doc: InputDocument, path_or_stream: BytesIO | Path, options: PdfBackendOptions | None = None
    ) -> None:
        super().__init__(in_doc, path_or_stream, options)
        self.pages: dict[int, ReplayPage] = {}
        self.count = 0

    def is_valid(self) -> bool:
        return True

    def page_count(self) -> int:
        return self.count

    def load_page(self, page_no: int) -> ReplayPage:
        """The page with zero-based index ``page_no``; raises KeyError where it was not given."""
        return self.pages[page_no + 1]


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """What docling is told of the source: its name and SHA-256, the size of every page, and the pages selected, in
    order.
    """

    name: str
    sha256: str
    sizes: tuple[PageSize, ...]
    selected: tuple[int, ...]


def replay_result(source: ReplaySource) -> ConversionResult:
    """An empty conversion result over a ``ReplayDocument``.

    Pages that fail keep their place and size in the document, so that page numbers stay the file's own.
    """
    document = InputDocument(
        path_or_stream=BytesIO(b""), format=InputFormat.PDF, backend=ReplayDocument, filename=source.name
    )
    document.document_hash = source.sha256
    document.page_count = len(source.sizes)
    document.limits.page_range = (source.selected[0], source.selected[-1])
    result = ConversionResult(input=document)
    for number, size in enumerate(source.sizes, start=1):
        note_page_size(result, number, Size(width=size.width, height=size.height))
    return result


def replay_of(page: Page) -> ReplayPage:
    """The replay backend under a docling page."""
    backend = backend_of(page)
    if not isinstance(backend, ReplayPage):
        raise TypeError("the replay stages work on replayed pages only")
    return backend
