"""What the elements of a page look like: their lines with places and styles, kept when the page itself is let go.

docling's document has the text of each element and a box. Heading levels, nesting, code, verse and emphasis need more:
where lines stand and in which type. An element is found again by its page and box, which docling leaves as they are.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from statistics import median

from docling.datamodel.base_models import Page, TextElement
from docling.utils.font_style import parse_font_style
from docling_core.types.doc import DocItem, DoclingDocument, ProvenanceItem
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import SegmentedPdfPage, TextCell

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, FormulaReading
from pipeline.stages.docling_boxes import box_around, from_docling, to_docling, with_height
from pipeline.stages.light_layout.lines import LayoutLine, counts_lines, fixed_pitch, page_lines
from pipeline.stages.light_layout.match import LayoutWord, reads_right_to_left
from pipeline.stages.light_layout.turned import page_frame, upright_line
from pipeline.stages.light_layout.type_size import is_typewritten, type_height
from pipeline.stages.replay import ReplayPage
from pipeline.stages.tagged.tagged_page import BlockPlace
from pipeline.stages.tex_fonts import is_tex_bold, is_tex_italic

HEADINGS = (DocItemLabel.SECTION_HEADER, DocItemLabel.TITLE)
ElementKey = tuple[int, float, float, float, float]

BOLD = 600  # CSS weight from which a font stands out of a text set in the regular weight
SMALLER = 0.85  # of the line's height: what is raised or lowered is smaller too
SMALLER_BESIDE = 0.7  # the same beside letters of Hebrew, Arabic, Chinese, Japanese or Korean: Latin ones are lower
RAISED, LOWERED = 0.15, -0.06  # of the line's height: how far the base line moves
_LOW = re.compile("[acemnorsuvwxz]{2,}")
_LOW_WORD = re.compile("[acemnorsuvwxz]{3,}[.,;:]?")  # lower than other words anyway; what is raised is mostly shorter
_TALL = re.compile("[A-Zbdfhkl][a-z]+")
_STANDING = re.compile("(?=.*[A-Zbdfhkl])[A-IK-PR-Za-fhik-orstu-xz]{2,}")  # with a high letter, and none that hangs
_BOTH = re.compile("(?=.*[A-Zbdfhkl])(?=.*[gpqy])[A-Za-z]{2,}")
_CONTRASTS = ((_LOW, _TALL), (_STANDING, _BOTH))  # words that are lower than others where boxes hug the ink
_HANGING = re.compile("[gjpqyQ,;()\\[\\]{}|@/$]")  # characters that reach below the base line
_RAISABLE = re.compile(r"[\w*†‡§¶]")  # the ink of dashes, dots and bullets stands above the base line anyway
# Kana, ideographs and Hangul: letters that fill a square.
_SQUARE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")
DESCENT = 0.2  # of a font's height lies below its base line, within a few hundredths for text fonts


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
            found = tuple(known.get(_spot(box, text)) or _line(text, frame.upright_box(box)) for text, box in cells)
            box = element.cluster.bbox
            whole = frame.upright_box(from_docling(box))
            elements[key_of(page.page_no, box)] = ElementText(page.page_no, whole, found, tag)
            counts = bool(cells) and all(counts_lines(box, columns) for _, box in cells)
            if counts or (tag is not None and tag.furniture):
                furniture.add(key_of(page.page_no, box))
    read = {_spot(line.box, line.text) for line in shown if not line.words}
    heading_cells = _heading_cells(page, backend, {spot: known[spot].height for spot in read})
    body = _body_height(lines, heights)
    said = backend.prediction
    return PrintedPage(
        page.page_no, frame, body, elements, heading_cells, frozenset(furniture), said.formulas, bool(backend.lines)
    )


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
        page, size = self.pages.get(place.page_no), document.pages.get(place.page_no)
        if page is None or size is None:
            return None
        return page.elements.get(key_of(place.page_no, place.bbox.to_top_left_origin(size.size.height)))

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


def _line(text: str, box: Box) -> ElementLine:
    return ElementLine(text, box, box.height)


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
            bold=_bold(word.font),
            italic=_italic(word.font),
            fixed=word.font in fixed,
            script=script_of(word, line, tight),
            link=next((uri for box, uri in near if _covers(box, word.box)), ""),
        )
        for word in words
    )
    return ElementLine(line.text, line.box, height, styled)


def _covers(link: Box, word: Box) -> bool:
    return word.area > 0 and link.intersection(word) > 0.5 * word.area


def _bold(font: str) -> bool:
    return parse_font_style(font).weight >= BOLD or is_tex_bold(font)


def _italic(font: str) -> bool:
    return parse_font_style(font).italic or is_tex_italic(font)


def tight_fonts(words: Iterable[LayoutWord]) -> frozenset[str]:
    """The fonts whose boxes hug the ink of each word, since the file tells their ascent and descent wrongly: words of
    small letters alone are lower than others, and so are words that stand on the base line than words that reach below.
    Fonts with too few words to show it are like the others of the page, where those are all alike.
    """
    heights: dict[tuple[str, re.Pattern[str]], list[float]] = {}
    fonts: set[str] = set()
    for word in words:
        fonts.add(word.font)
        for kind in chain.from_iterable(_CONTRASTS):
            if kind.fullmatch(word.text):
                heights.setdefault((word.font, kind), []).append(word.box.height)
    shown = [
        (font, median(lower) < SMALLER * median(heights[font, high]))
        for (font, kind), lower in heights.items()
        for low, high in _CONTRASTS
        if kind is low and (font, high) in heights
    ]
    tight = frozenset(font for font, hugs in shown if hugs)
    loose = {font for font, _ in shown} - tight
    return tight if loose else frozenset(fonts if tight else ())


def script_of(word: LayoutWord, line: LayoutLine, tight: frozenset[str]) -> int:
    """Whether a word is raised or lowered against the line it stands in."""
    least = SMALLER_BESIDE if _SQUARE.search(line.text) or reads_right_to_left(line.text) else SMALLER
    if not line.upright or word.box.height > least * line.height:
        return 0
    full = [other for other in line.words if other.box.height > SMALLER * line.height]
    if not full:
        return 0
    hugged = word.font in tight or any(other.font in tight for other in full)
    if hugged:
        if not _RAISABLE.search(word.text) or _LOW_WORD.fullmatch(word.text):
            return 0
        loose = {other.font for other in full} - tight  # of another font in the line, which says its descent rightly
        bottoms = [_foot(other, loose) for other in full if other.font in loose or not _hangs(other)]
        if not bottoms or (_hangs(word) and _foot(word, loose) > median(bottoms)):
            return 0
        rise = (median(bottoms) - _foot(word, loose)) / line.height
    else:
        base = median(other.box.bottom - DESCENT * other.box.height for other in full)
        rise = (base - (word.box.bottom - DESCENT * word.box.height)) / line.height
    if rise >= RAISED:
        return 1
    return -1 if rise <= LOWERED else 0


def _hangs(word: LayoutWord) -> bool:
    """Whether a letter of the word reaches below its base line, as an italic f does, too."""
    return _HANGING.search(word.text) is not None or ("f" in word.text and _italic(word.font))


def _foot(word: LayoutWord, loose: Container[str]) -> float:
    """Where a word stands: its base line in a font that says its descent, else the foot of its ink."""
    return word.box.bottom - (DESCENT * word.box.height if word.font in loose else 0.0)
