"""Small documents with the record of how they were printed, made line by line."""

from dataclasses import dataclass, field
from typing import Any

from docling_core.types.doc import DocItemLabel, DoclingDocument, ListGroup, ProvenanceItem, TextItem
from docling_core.types.doc.base import BoundingBox, CoordOrigin, Size
from docling_core.types.doc.page import (
    BoundingRectangle,
    PdfPageBoundaryType,
    PdfPageGeometry,
    SegmentedPdfPage,
    TextCell,
)

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box
from pipeline.stages.document.element_text import (
    ElementLine,
    ElementText,
    PrintedPage,
    StyledWord,
    TextRecord,
    key_of,
)

WIDTH, HEIGHT, BODY = 600.0, 800.0, 10.0
FRAME = TurnedPage(0, WIDTH, HEIGHT)


def line(text: str, top: float, left: float = 50.0, height: float = BODY, **style: Any) -> ElementLine:
    """A line whose characters are half as wide as high; ``style`` is that of all its words."""
    words = []
    place = left
    for word in text.split():
        right = place + 0.5 * height * len(word)
        words.append(StyledWord(word, Box(place, top, right, top + height), **style))
        place = right + 0.5 * height
    return ElementLine(text, Box(left, top, left + 0.5 * height * len(text), top + height), height, tuple(words))


def box_of(lines: tuple[ElementLine, ...]) -> Box:
    boxes = [one.box for one in lines]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


@dataclass
class Made:
    """A document under construction."""

    document: DoclingDocument = field(default_factory=lambda: DoclingDocument(name="made"))
    elements: dict[int, list[tuple[ElementText, bool]]] = field(default_factory=dict)

    def place(self, page: int, lines: tuple[ElementLine, ...], *, heading: bool = False) -> ProvenanceItem:
        """The provenance of an element of these lines, which the record has from now on."""
        if page not in self.document.pages:
            self.document.add_page(page_no=page, size=Size(width=WIDTH, height=HEIGHT))
        box = box_of(lines)
        self.elements.setdefault(page, []).append((ElementText(page, box, lines), heading))
        found = BoundingBox(l=box.left, t=box.top, r=box.right, b=box.bottom, coord_origin=CoordOrigin.TOPLEFT)
        return ProvenanceItem(page_no=page, bbox=found.to_bottom_left_origin(HEIGHT), charspan=(0, 0))

    def text(self, *lines: ElementLine, page: int = 1, label: DocItemLabel = DocItemLabel.TEXT) -> TextItem:
        """Add a text of these lines."""
        words = " ".join(one.text for one in lines)
        added: TextItem = self.document.add_text(label, words, prov=self.place(page, lines))
        return added

    def heading(self, *lines: ElementLine, page: int = 1) -> TextItem:
        """Add a heading of these lines."""
        words = " ".join(one.text for one in lines)
        added: TextItem = self.document.add_heading(words, prov=self.place(page, lines, heading=True))
        return added

    def item(self, group: ListGroup, *lines: ElementLine, page: int = 1, marker: str = "-") -> TextItem:
        """Add a list item of these lines."""
        words = " ".join(one.text for one in lines)
        added: TextItem = self.document.add_list_item(words, parent=group, marker=marker, prov=self.place(page, lines))
        return added

    @property
    def record(self) -> TextRecord:
        """How all of it was printed."""
        return TextRecord(
            PrintedPage(page, FRAME, BODY, {_key(text): text for text, _ in parts}, _cells(parts))
            for page, parts in self.elements.items()
        )


def _key(text: ElementText) -> tuple[int, float, float, float, float]:
    box = text.box
    return key_of(text.page, BoundingBox(l=box.left, t=box.top, r=box.right, b=box.bottom))


def _cells(parts: list[tuple[ElementText, bool]]) -> SegmentedPdfPage:
    """The parsed page with the lines of its headings."""
    whole = BoundingBox(l=0, b=0, r=WIDTH, t=HEIGHT, coord_origin=CoordOrigin.BOTTOMLEFT)
    boxes = {f"{name}_bbox": whole for name in ("art", "bleed", "crop", "media", "trim")}
    geometry = PdfPageGeometry(
        angle=0,
        rect=BoundingRectangle.from_bounding_box(whole),
        boundary_type=PdfPageBoundaryType.CROP_BOX,
        **boxes,
    )
    lines = [one for text, heading in parts if heading for one in text.lines]
    cells = [
        TextCell(
            index=index,
            rect=BoundingRectangle.from_bounding_box(
                BoundingBox(l=one.box.left, t=one.box.top, r=one.box.right, b=one.box.bottom)
            ),
            text=one.text,
            orig=one.text,
            from_ocr=False,
        )
        for index, one in enumerate(lines)
    ]
    return SegmentedPdfPage(dimension=geometry, char_cells=[], word_cells=[], textline_cells=cells)
