"""Headers, footers, stamps and page numbers, recognised over all pages: they repeat at their place.

The page stages see one page and guess. Here a guess is kept where another page or a strong sign bears it out: the same
words at the same place, a page number in the same row, text turned into the margin. A line that only looks like a
header goes back to the text, so that nothing is lost that stands on one page. What is furniture stays in the document's
furniture layer, which Markdown leaves out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from docling.datamodel.base_models import Page, TextElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.pages import Box
from pipeline.stages.document.chapter_heads import pairs_of_heads
from pipeline.stages.document.element_text import HEADINGS, ElementText, PrintedPage, StyledWord, key_of
from pipeline.stages.document.twin_pages import first_alike
from pipeline.stages.light_layout import line_patterns

OUTER = 0.15  # share of the page's height, at the top and at the bottom, in which furniture stands
EDGE = 0.1  # share of the page's height in which a row with a page number in it is a footer
LOWER = 0.75  # share of the page's height: a page number by itself stands below this where the margins are wide
APART = 0.08  # share of the page's height: white space between the text and a row at the foot that is none of it
ALONE = 2.0  # in its own heights: white space above such a number
SAME_PLACE = 0.012  # share of the page's height by which a repeated line may move
REPEATS = 3  # pages that a line stands on to be a running one; two are enough in a document of up to SHORT pages
SHORT = 4
OFTEN = 0.6  # share of the pages on which a line in display type stands to be a running one
LARGE = 1.15  # times the body's height: display type
SMALL = 0.93  # times the body's height: small print
PART_GAP = 1.5  # of a row's height: white space between two parts of a header
LEAST_PART = 8  # characters of a part that is looked for on other pages
SAME_ROW = 1.5  # points by which rows of headers at one height differ at most
ROW_GAP = 1.0  # of a row's height between two rows of a footer at most
TURNED = 3.0  # times as high as wide: text that runs up or down the page
MARGIN = 0.08  # share of the page's width that turned text in the margin takes at most
FURNITURE = (DocItemLabel.PAGE_HEADER, DocItemLabel.PAGE_FOOTER)
BODY_TEXT = (
    DocItemLabel.TEXT,
    DocItemLabel.SECTION_HEADER,
    DocItemLabel.LIST_ITEM,
    DocItemLabel.FOOTNOTE,
    DocItemLabel.FORMULA,
    DocItemLabel.CAPTION,
    DocItemLabel.CODE,
)
MOVABLE = (*BODY_TEXT, *FURNITURE)
_DIGITS = re.compile(r"\d+")
_COUNTED = re.compile(r"^\d+\s*[|•·–—-]\s+|\s+[|•·–—-]\s*\d+$")  # a page number and the sign beside it
_CHAPTER_PAGE = re.compile(r"[-–\s]*[A-Z\d]{1,3}\s?[-–.]\s?\d{1,4}[-–\s]*")  # pages counted by chapter: 4-7, A-12
_OF = re.compile(
    r"\b(page|sheet|seite|blatt|página|pagina|стр\.?)\s*\d+\s*(of|/|von|de|di|из)\s*\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A text element with its box, whether it is set in display type, the number of its lines, and whether it is
    furniture for sure, or in print smaller than the body's. ``columned`` says that its page is written in columns from
    top to bottom. ``parts`` are those of a row that white space keeps apart,
    each with its own ``text`` and box.
    """

    element: TextElement
    page: int
    box: Box
    height: float
    width: float
    large: bool
    rows: int = 1
    sure: bool = False
    small: bool = False
    columned: bool = False
    text: str = ""
    parts: "tuple[Placed, ...]" = ()

    @property
    def side(self) -> DocItemLabel | None:
        """Header or footer by where it stands; None in the body."""
        if self.box.bottom < OUTER * self.height:
            return DocItemLabel.PAGE_HEADER
        return DocItemLabel.PAGE_FOOTER if self.box.top > (1 - OUTER) * self.height else None

    @property
    def said(self) -> str:
        """What it says: the text of a part, or of the whole element."""
        return self.text or self.element.text

    @property
    def words(self) -> str:
        """Its text for comparison; numbers count only where they tell chapters apart: in display type, in "Part 4"."""
        text = _COUNTED.sub("", " ".join(self.said.casefold().split()))
        return text if self.large or line_patterns.counts_part(text) else _DIGITS.sub("#", text)

    @property
    def turned(self) -> bool:
        """Whether it runs up or down a page whose text does not."""
        if self.columned:
            return False
        return self.box.height > TURNED * self.box.width and len(self.element.text.strip()) > 2


def settle_furniture(pages: Sequence[Page], texts: dict[int, PrintedPage]) -> None:
    """Set the labels of running lines and of what only looks like one, on all ``pages``."""
    placed = [item for page in pages if page.page_no in texts for item in _placed(page, texts[page.page_no])]
    by_page: dict[int, list[Placed]] = defaultdict(list)
    for item in placed:
        by_page[item.page].append(item)
    running = _running(placed, first_alike(pages, texts))
    running -= _below_text(by_page.values(), running)
    running |= _named(placed, running)
    elements = {page.page_no: len(page.assembled.elements) for page in pages if page.assembled}
    for number, items in by_page.items():
        sure = [item for item in items if id(item.element) in running or _strong(item, items)]
        sure += [item for item in (*_of_chapters(items), *_beside_numbers(items)) if item not in sure]
        sure += _in_rows(sure, items)
        # Lines that repeat beside nothing else are what the page says: no page ends empty but for its number.
        counted = [item for item in sure if id(item.element) in running and item.element.text.strip().isdecimal()]
        _settle(items, sure if len(sure) < elements[number] else counted)


def _placed(page: Page, text: PrintedPage) -> Iterator[Placed]:
    columned = _is_columned(text)
    for element in page.assembled.elements if page.assembled else ():
        if isinstance(element, TextElement) and element.label in MOVABLE and element.text.strip():
            box = text.upright(element.cluster.bbox)
            known = text.elements.get(key_of(page.page_no, element.cluster.bbox))
            large = known is not None and text.body > 0 and known.height > LARGE * text.body
            sure = key_of(page.page_no, element.cluster.bbox) in text.furniture
            rows = len(known.lines) if known is not None else 1
            small = known is not None and known.height < SMALL * text.body
            whole = Placed(element, page.page_no, box, text.height, text.width, large, rows, sure, small, columned)
            yield replace(whole, parts=tuple(_parts(whole, known))) if known and whole.side is not None else whole


def _is_columned(text: PrintedPage) -> bool:
    """Whether most of the page's text stands in lines that are taller than wide, as Japanese in columns does."""
    lines = [line for element in text.elements.values() for line in element.lines]
    tall = sum(len(line.text) for line in lines if line.box.height > TURNED * line.box.width)
    return 2 * tall > sum(len(line.text) for line in lines)


def _parts(whole: Placed, known: ElementText) -> Iterator[Placed]:
    """The parts of an element in one row that white space keeps apart; none where it is in one piece."""
    words = sorted((word for line in known.lines for word in line.words), key=lambda word: word.box.left)
    if any(abs(line.box.top - known.lines[0].box.top) > 0.5 * line.height for line in known.lines):
        return
    parts: list[list[StyledWord]] = [words[:1]]
    for before, word in pairwise(words):
        if word.box.left - before.box.right > PART_GAP * known.height:
            parts.append([])
        parts[-1].append(word)
    for part in parts if len(parts) > 1 else ():
        box = Box(part[0].box.left, whole.box.top, part[-1].box.right, whole.box.bottom)
        text = " ".join(word.text for word in part)
        if len(text) >= LEAST_PART:
            yield replace(whole, box=box, text=text)


def _running(placed: Sequence[Placed], first: Mapping[int, int]) -> set[int]:
    """The elements that repeat: the same words, what a page was said to head or end with, or numbers that count with
    the pages, at the same place. Pages that say the same as a whole, by the ``first`` of them, count as one: all of
    their text repeats.
    """
    pages = len(set(first.values()))
    groups: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
    for item in placed:
        if item.element.text.strip().isdecimal() and not item.large and item.box.top > LOWER * item.height:
            groups["counted", int(item.element.text) - item.page].append(item)
    for item in (part for whole in placed for part in (whole, *whole.parts)):
        if item.side is not None or item.turned:
            groups[item.words, item.side, item.turned].append(item)
            if item.element.label in FURNITURE and not item.large:
                groups["", item.side, round(item.box.height), item.turned].append(item)
    found: set[int] = set()
    for group in groups.values():
        for item in group:
            near = {first[other.page] for other in group if _same_place(item, other)}
            least = 2 if pages <= SHORT else REPEATS
            guessed = item.element.label in FURNITURE
            if len(near) >= max(least, OFTEN * pages if item.large and not guessed else 0):
                found.add(id(item.element))
    return found


def _below_text(pages: Iterable[Sequence[Placed]], running: set[int]) -> set[int]:
    """The running elements that are headings in the text: each stands below another line at the top that runs on no
    page, as the first part of every section does below its title.
    """
    return {
        id(item.element)
        for items in pages
        for item in items
        if id(item.element) in running
        and item.element.label in HEADINGS
        and item.side is DocItemLabel.PAGE_HEADER
        and any(_is_over(other, item) and id(other.element) not in running for other in items)
    }


def _is_over(other: Placed, item: Placed) -> bool:
    """Whether the other element is text in the column of the item, all of it further up."""
    text = other.element.label not in FURNITURE and not other.sure and not other.turned
    return text and other.box.bottom <= item.box.top and other.box.shares_width(item.box)


def _named(placed: Sequence[Placed], running: set[int]) -> set[int]:
    """The elements that stand where other pages have their running line, and repeat words of a heading: the name of a
    section that is over before it has headed many pages.
    """
    lines = [item for item in placed if id(item.element) in running and item.side is not None]
    headings = [item for item in placed if item.element.label in HEADINGS]
    found = set()
    for item in placed:
        if item.large or item.rows > 1 or not _at_edge(item) or len(item.words) < LEAST_PART:
            continue
        level = {line.page for line in lines if _same_row(item, line) and _same_place(item, line)}
        if len(level - {item.page}) >= REPEATS and any(
            item.words in heading.words for heading in headings if heading.element is not item.element
        ):
            found.add(id(item.element))
    return found


def _same_row(one: Placed, other: Placed) -> bool:
    return max(abs(one.box.top - other.box.top), abs(one.box.bottom - other.box.bottom)) <= SAME_ROW


def _same_place(one: Placed, other: Placed) -> bool:
    most = SAME_PLACE * one.height
    if abs(one.box.top - other.box.top) > most and abs(one.box.bottom - other.box.bottom) > most:
        return False
    mirrored = abs((one.width - one.box.right) - other.box.left) < 3 * most  # left pages are set like right ones turned
    return mirrored or any(
        abs(mine - theirs) < 3 * most
        for mine, theirs in (
            (one.box.left, other.box.left),
            (one.box.right, other.box.right),
            (one.box.left + one.box.right, other.box.left + other.box.right),
        )
    )


def _of_chapters(items: Sequence[Placed]) -> list[Placed]:
    """The lines at the top edge of a page that name a chapter and, beside it, a section of it."""
    rows: dict[int, list[Placed]] = defaultdict(list)
    for item in items:
        if item.side is DocItemLabel.PAGE_HEADER and item.rows == 1 and not item.turned and _at_edge(item):
            rows[round(item.box.bottom)] += item.parts or (item,)
    named = [row[place] for row in rows.values() for place in pairs_of_heads([part.said for part in row])]
    elements = {id(part.element) for part in named}
    return [item for item in items if id(item.element) in elements]


def _beside_numbers(items: Sequence[Placed]) -> list[Placed]:
    """What the page's stages took for furniture in the row of a page number that they took for it too: where the
    margins are wide, that is no edge.
    """
    guessed = [item for item in items if item.element.label in FURNITURE and item.side is not None and item.rows == 1]
    numbers = [item for item in guessed if _is_number(item, items) and _is_outermost(item, items)]
    return [item for item in guessed if any(_same_row(item, number) for number in numbers if number is not item)]


def _is_outermost(item: Placed, items: Sequence[Placed]) -> bool:
    """Whether nothing stands between the item and the page's edge on its side: the lines of forms have numbers, too."""
    if item.side is DocItemLabel.PAGE_HEADER:
        return not any(other.box.bottom <= item.box.top for other in items)
    return not any(other.box.top >= item.box.bottom for other in items)


def _is_number(item: Placed, items: Sequence[Placed]) -> bool:
    """Whether it is a page number: a single letter, as the sign of a table's cell or a Roman five, only by itself."""
    text = item.element.text.strip()
    if not line_patterns.is_page_number(text):
        return False
    lone = not any(_same_row(item, other) for other in items if other is not item)
    return lone or text.isdecimal() or sum(map(str.isalpha, text)) > 1


def _strong(item: Placed, items: Sequence[Placed]) -> bool:
    """A sign that needs no other page: the page's own word, a page number, "page 2 of 7", text in the margin."""
    text = item.element.text.strip()
    if item.sure:
        return True
    counted = _OF.search(text) and (item.rows == 1 or _at_edge(item))
    if item.side is not None and len(text) < 60 and (counted or _is_number(item, items)):
        return not item.large or item.element.label in FURNITURE
    if item.element.label in FURNITURE and _CHAPTER_PAGE.fullmatch(text):
        return True
    if line_patterns.is_page_number(text) and not item.large and _alone_below(item, items):
        return True
    return _is_lone_row(item, items) or (item.turned and _in_margin(item, items))


def _is_lone_row(item: Placed, items: Sequence[Placed]) -> bool:
    """Whether the element is in small print, in a row far below the text with two others, or with one where the page's
    stages saw footers: a form has its number, version and date there.
    """
    if item.side is not DocItemLabel.PAGE_FOOTER or item.rows > 1 or not item.small:
        return False
    row = [other for other in items if other is not item and _same_row(item, other)]
    reach = max((other.box.bottom for other in items if other.box.bottom <= item.box.top), default=item.box.top)
    seen = all(other.element.label in FURNITURE for other in (item, *row))
    return (seen or len(row) > 1) and bool(row) and item.box.top - reach > APART * item.height


def _alone_below(item: Placed, items: Sequence[Placed]) -> bool:
    """Whether nothing stands beside or below the element in the lower part of the page, and white space above it."""
    if item.box.top < LOWER * item.height:
        return False
    others = [other.box for other in items if other is not item and not other.turned]
    reach = max((box.bottom for box in others), default=item.box.top)
    return bool(others) and item.box.top - reach > ALONE * item.box.height


def _in_margin(item: Placed, items: Sequence[Placed]) -> bool:
    others = [other for other in items if other is not item and not other.turned]
    if not others or item.box.width > MARGIN * item.width or 2 * _length(others) < _length(items):
        return False
    left = item.box.right <= min(other.box.left for other in others)
    return left or item.box.left >= max(other.box.right for other in others)


def _length(items: Sequence[Placed]) -> int:
    return sum(len(item.element.text) for item in items)


def _in_rows(sure: Sequence[Placed], items: Sequence[Placed]) -> list[Placed]:
    """What stands beside sure furniture at the page's edge, in short lines: the other parts of the same footer, also in
    a next row where the page's stages took them for one, or in small print.
    """
    found: list[Placed] = []
    known = [item for item in sure if not item.turned and _at_edge(item)]
    grown = True
    while grown:
        grown = False
        for item in items:
            display = item.large and item.element.label not in FURNITURE
            if item in sure or item in found or display or not _at_edge(item):
                continue
            fits = (_beside, _is_next) if item.element.label in FURNITURE or item.small else (_beside,)
            if any(fit(item.box, other.box) for fit in fits for other in (*known, *found)):
                found.append(item)
                grown = True
    return found


def _at_edge(item: Placed) -> bool:
    return item.box.bottom < EDGE * item.height or item.box.top > (1 - EDGE) * item.height


def _beside(one: Box, other: Box) -> bool:
    rows = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.right <= other.left or other.right <= one.left
    return apart and rows > 0.3 * min(one.height, other.height)


def _is_next(one: Box, other: Box) -> bool:
    """Whether two lines stand right below each other."""
    upper, lower = sorted((one, other), key=lambda box: box.top)
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0 and 0 <= lower.top - upper.bottom < ROW_GAP * min(one.height, other.height)


def _settle(items: Sequence[Placed], sure: Sequence[Placed]) -> None:
    certain = {id(item.element) for item in sure}
    for item in items:
        if id(item.element) in certain:
            middle = DocItemLabel.PAGE_HEADER if item.box.top < item.height / 2 else DocItemLabel.PAGE_FOOTER
            _label(item.element, item.side or middle)
        elif item.element.label in FURNITURE:
            _label(item.element, DocItemLabel.SECTION_HEADER if _heads(item, items) else DocItemLabel.TEXT)


def _heads(item: Placed, items: Sequence[Placed]) -> bool:
    """Display type at the top, with text below it."""
    text = item.element.text.strip()
    below = any(other.box.top >= item.box.bottom for other in items if other.element.label not in FURNITURE)
    return item.large and below and item.side is DocItemLabel.PAGE_HEADER and not line_patterns.ends_sentence(text)


def _label(element: TextElement, label: DocItemLabel) -> None:
    element.label = label
    element.cluster.label = label
