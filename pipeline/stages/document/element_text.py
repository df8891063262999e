"""What the elements of a page look like: their lines with places and styles, kept when the page itself is let go.

docling's document has the text of each element and a box. Heading levels, nesting, code, verse and emphasis need more:
where lines stand and in which type. An element is found again by its page and box, which docling leaves as they are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from docling.datamodel.base_models import Page, Table, TextElement
from docling_core.types.doc import DocItem, DoclingDocument, ProvenanceItem, TableItem
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import SegmentedPdfPage, TextCell

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, FormulaReading
from pipeline.stages.docling_boxes import box_around, from_docling, to_docling, with_height
from pipeline.stages.document.raised_words import is_emphatic, is_slanted, script_of, tight_fonts
from pipeline.stages.light_layout.lines import LayoutLine, counts_lines, fixed_pitch, is_set_in, page_lines
from pipeline.stages.light_layout.turned import page_frame, upright_line
from pipeline.stages.light_layout.type_size import is_typewritten, type_height
from pipeline.stages.replay import ReplayPage
from pipeline.stages.tagged.tagged_page import BlockPlace

HEADINGS = (DocItemLabel.SECTION_HEADER, DocItemLabel.TITLE)
ElementKey = tuple[int, float, float, float, float]


@dataclass(frozen=True, slots=True)
class StyledWord:
    """A word as it is printed. ``script`` is 1 where it is raised, -1 where it is lowered; ``link`` its address."""

    text: str
    box: Box
    bold: bool = False
    italic: bool = False
    fixed: bool = False
    script: int = 0
    link: str = ""

    @property
    def style(self) -> tuple[bool, bool, bool, int, str]:
        """What sets it apart from other words."""
        return self.bold, self.italic, self.fixed, self.script, self.link


@dataclass(frozen=True)
class ElementLine:
    """A line of an element; ``height`` is that of its type, in points."""

    text: str
    box: Box
    height: float
    words: tuple[StyledWord, ...] = ()

    @property
    def fixed(self) -> bool:
        """Whether all of it is set in a fixed-pitch font, but for signs: TeX takes some from another."""
        lettered = [word for word in self.words if any(map(str.isalnum, word.text))] or self.words
        return bool(lettered) and all(word.fixed for word in lettered)


@dataclass(frozen=True)
class ElementText:
    """The lines of one element in reading order, and what the page's tags say of it."""

    page: int
    box: Box
    lines: tuple[ElementLine, ...]
    tag: BlockPlace | None = None

    @cached_property
    def height(self) -> float:
        """The height of its type in points, the median of its lines; 0 without lines."""
        return median(line.height for line in self.lines) if self.lines else 0.0

    @cached_property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        words = [word for line in self.lines for word in line.words]
        return bool(words) and all(word.bold for word in words)


@dataclass(frozen=True)
class PrintedPage:
    """The elements of a page, held so that most of its text is upright, and the height of its body type (0 where there
    is no text).

    ``frame`` is how the page as shown lies, in points. ``furniture`` are elements that are headers, footers or line
    numbers for sure.
    ``formulas`` are those that a network read as LaTeX; ``read`` says that the page's text is from its image.
    ``tables`` are the words of each table that has links or raised or lowered words.
    ``heading_cells`` is the parsed page as shown with the lines of its headings only, for docling's heading model.
    """

    page: int
    frame: TurnedPage
    body: float
    elements: dict[ElementKey, ElementText]
    heading_cells: SegmentedPdfPage | None = None
    furniture: frozenset[ElementKey] = frozenset()
    formulas: tuple[FormulaReading, ...] = ()
    read: bool = False
    tables: tuple[tuple[ElementKey, tuple[StyledWord, ...]], ...] = ()

    @property
    def width(self) -> float:
        """In points, of the page held upright."""
        return self.frame.upright_size[0]

    @property
    def height(self) -> float:
        """In points, of the page held upright."""
        return self.frame.upright_size[1]

    def upright(self, box: BoundingBox) -> Box:
        """Where a box of the page as shown, with its origin at the top left, lies on the page held upright."""
        return self.frame.upright_box(from_docling(box))

    @property
    def tagged(self) -> bool:
        """Whether the page was read by its tags."""
        return any(text.tag is not None for text in self.elements.values())


def key_of(page: int, box: BoundingBox) -> ElementKey:
    """An element's identity: page and box to a tenth of a point (flipping the origin twice costs less than that)."""
    return (page, round(box.l, 1), round(box.t, 1), round(box.r, 1), round(box.b, 1))


def page_text(page: Page, backend: ReplayPage, places: Mapping[int, BlockPlace]) -> PrintedPage:
    """What ``page``, just assembled by docling's stages, looks like; ``places`` is what its tags say, by cluster."""
    size = backend.get_size()
    shown = page_lines(backend)
    frame = page_frame(shown, size.width, size.height)
    lines = [upright_line(line, frame) for line in shown]
    links = [(frame.upright_box(box), uri) for box, uri in _links(backend)]
    fixed = fixed_pitch(word for line in lines for word in line.words)
    tight = tight_fonts(word for line in lines for word in line.words)
    heights = [
        _height_across(line) if (line.turn - frame.turn) % 2 else height
        for line, height in zip(shown, _type_heights(lines), strict=True)
    ]
    known = {
        _spot(line.box, line.text): _styled(upright, height, fixed, tight, links)
        for line, upright, height in zip(shown, lines, heights, strict=True)
    }
    columns = backend.number_columns
    elements = {}
    furniture = {key_of(page.page_no, to_docling(mark.box)) for mark in backend.rendered.facts.watermarks}
    for element in page.assembled.elements if page.assembled else ():
        tag = places.get(element.cluster.id)
        if isinstance(element, TextElement) or tag is not None:
            cells = [(cell.text, box_around(cell.rect)) for cell in element.cluster.cells]
            found = tuple(
                known.get(_spot(box, text)) or part_of(known.values(), text, frame.upright_box(box))
                for text, box in cells
            )
            box = element.cluster.bbox
            whole = frame.upright_box(from_docling(box))
            elements[key_of(page.page_no, box)] = ElementText(page.page_no, whole, found, tag)
            counts = bool(cells) and all(counts_lines(box, columns) for _, box in cells)
            if counts or (tag is not None and tag.furniture):
                furniture.add(key_of(page.page_no, box))
    read = {_spot(line.box, line.text) for line in shown if not line.words}
    tables = tuple(_marked_tables(page, frame, known.values()))
    heading_cells = _heading_cells(page, backend, {spot: known[spot].height for spot in read})
    body = _body_height(lines, heights)
    said = backend.prediction
    return PrintedPage(
        page.page_no,
        frame,
        body,
        elements,
        heading_cells,
        frozenset(furniture),
        said.formulas,
        bool(backend.lines),
        tables,
    )


def _marked_tables(
    page: Page, frame: TurnedPage, lines: Iterable[ElementLine]
) -> Iterator[tuple[ElementKey, tuple[StyledWord, ...]]]:
    """Each table that has links or raised or lowered words, with the words of the upright ``lines`` in it."""
    words = [word for line in lines for word in line.words]
    marked = [word.box for word in words if word.script or word.link]
    for element in page.assembled.elements if page.assembled and marked else ():
        if isinstance(element, Table):
            box = element.cluster.bbox
            whole = frame.upright_box(from_docling(box))
            if any(map(whole.holds_middle, marked)):
                yield key_of(page.page_no, box), tuple(word for word in words if whole.holds_middle(word.box))


def _height_across(line: LayoutLine) -> float:
    """The height of a line of the page, of one that runs up or down the width of its box."""
    return line.box.width if line.turn % 2 else line.box.height


class TextRecord:
    """The page texts of a document, asked by item."""

    def __init__(self, pages: Iterable[PrintedPage]) -> None:
        self.pages = {page.page: page for page in pages}

    def of(self, item: DocItem, document: DoclingDocument) -> tuple[ElementText, ...]:
        """What the parts of ``item`` look like, one for each place it stands at; places without record are left
        out.
        """
        found = (self.at(place, document) for place in item.prov)
        return tuple(text for text in found if text is not None)

    def at(self, place: ProvenanceItem, document: DoclingDocument) -> ElementText | None:
        """What stands at ``place``."""
        page, key = self._find(place, document)
        return page.elements.get(key) if page is not None else None

    def table_words(self, table: TableItem, document: DoclingDocument) -> tuple[tuple[StyledWord, ...], ...]:
        """The words of ``table`` on each page where it has links or raised or lowered words."""
        found = (self._find(place, document) for place in table.prov)
        return tuple(words for page, key in found if page is not None for other, words in page.tables if other == key)

    def _find(self, place: ProvenanceItem, document: DoclingDocument) -> tuple[PrintedPage | None, ElementKey]:
        page, size = self.pages.get(place.page_no), document.pages.get(place.page_no)
        if page is None or size is None:
            return None, (place.page_no, 0.0, 0.0, 0.0, 0.0)
        return page, key_of(place.page_no, place.bbox.to_top_left_origin(size.size.height))

    def upright(self, place: ProvenanceItem, document: DoclingDocument) -> Box:
        """The box of ``place`` on its page held upright. Raises KeyError for a page that the document lacks."""
        size = document.pages[place.page_no].size
        page = self.pages.get(place.page_no)
        box = place.bbox.to_top_left_origin(size.height)
        return page.upright(box) if page is not None else from_docling(box)

    @cached_property
    def body(self) -> float:
        """The height of the document's body type in points: of most of its pages; 0 where no page has text."""
        heights = Counter(round(page.body, 1) for page in self.pages.values() if page.body)
        return heights.most_common(1)[0][0] if heights else 0.0


def part_of(lines: Iterable[ElementLine], text: str, box: Box) -> ElementLine:
    """A line that is part of one of the page's ``lines``, as an item's text is behind its mark, with its words."""
    whole = next((line for line in lines if text in line.text and line.box.holds_middle(box)), None)
    words = tuple(word for word in whole.words if box.holds_middle(word.box)) if whole is not None else ()
    return ElementLine(text, box, box.height, words)


def _heading_cells(
    page: Page, backend: ReplayPage, heights: Mapping[tuple[float, float, str], float]
) -> SegmentedPdfPage | None:
    """``heights`` are those of the lines that were read from the page's image, by place."""
    elements = page.assembled.elements if page.assembled else []
    headings = [element.cluster for element in elements if element.label in HEADINGS]
    if not headings:
        return None
    cells = [_as_high(cell, heights) for cluster in headings for cell in cluster.cells]
    emptied = {"textline_cells": cells, "char_cells": [], "word_cells": [], "bitmap_resources": [], "hyperlinks": []}
    return backend.segmented.model_copy(update=emptied)


def _as_high(cell: TextCell, heights: Mapping[tuple[float, float, str], float]) -> TextCell:
    """A cell of a line in ``heights``, as high as its type is; any other one as it is."""
    height = heights.get(_spot(box_around(cell.rect), cell.text), 0.0)
    return cell.model_copy(update={"rect": with_height(cell.rect, height)}) if height else cell


def _spot(box: Box, text: str) -> tuple[float, float, str]:
    return round(box.left, 1), round(box.top, 1), text.strip()


def _body_height(lines: Sequence[LayoutLine], heights: Sequence[float]) -> float:
    weights: Counter[float] = Counter()
    for line, height in zip(lines, heights, strict=True):
        if line.upright:
            weights[round(height, 1)] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _links(backend: ReplayPage) -> list[tuple[Box, str]]:
    height = backend.segmented.dimension.height
    return [
        (from_docling(link.rect.to_bounding_box().to_top_left_origin(height)), str(link.uri))
        for link in backend.segmented.hyperlinks
        if link.uri is not None
    ]


def _type_heights(lines: Sequence[LayoutLine]) -> list[float]:
    """The heights of the lines' type in points; those of lines that were read, by their widths."""
    typed = is_typewritten([(line.text, line.box) for line in lines if not line.words])
    read = (0.0 if line.words else type_height(line.text, line.box, typewritten=typed) for line in lines)
    return [height or line.height for height, line in zip(read, lines, strict=True)]


def _styled(
    line: LayoutLine,
    height: float,
    fixed: frozenset[str],
    tight: frozenset[str],
    links: Sequence[tuple[Box, str]],
) -> ElementLine:
    """The line with its words' styles."""
    near = [(box, uri) for box, uri in links if box.intersection(line.box) > 0]
    words = sorted(line.words, key=lambda word: word.box.left)
    styled = tuple(
        StyledWord(
            word.text,
            word.box,
            bold=is_emphatic(word.font),
            italic=is_slanted(word.font),
            fixed=is_set_in(word, fixed),
            script=script_of(word, line, tight),
            link=next((uri for box, uri in near if _covers(box, word.box)), ""),
        )
        for word in words
    )
    return ElementLine(line.text, line.box, height, styled)


def _covers(link: Box, word: Box) -> bool:
    return word.area > 0 and link.intersection(word) > 0.5 * word.area
