"""Columns of running text: a page that has them is read column by column, between what spans them.

docling follows what stands below what and overlaps it across. So a column that begins higher than the one before it is
read first there, and a title that is too short to overlap the lines around it comes last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile

import numpy as np
from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.head_cells import by_cells, rows_of
from pipeline.stages.light_layout.match import reads_right_to_left

LEAST_TEXT = 200  # characters on either side of a gutter
PARAGRAPH = 100  # characters of a paragraph; each side has one at least
PARAGRAPH_WIDTH = 0.14  # of the page's width, at least
LIST_ITEMS = 8  # of a column without a paragraph, at least
LIST_SHARE = 0.7  # of its elements
BESIDE = 0.1  # of the page's height: text stands on both sides of a gutter over so much of it
MOST_ELEMENTS = 400  # of a page; more are no columns of text
KICKER = 60  # characters at most of a line that stands over what spans a gutter
KICKER_GAP = 1.5  # in its heights: what it stands over is nearer, and so many times as near as what is above it
SPANNED = 0.2  # of the height with text on both sides: more that spans the gutter there, and it is none
CROWDED = 0.35  # of a height: by so much the boxes of scanned items overlap of which one is set in below the other
CELLS = (DocItemLabel.TEXT, DocItemLabel.SECTION_HEADER, DocItemLabel.TITLE)
SET_IN = 20.0  # points: cells above the columns are set in from their edges by more, as what is centred
STEP = 0.03  # of a column's width: by which columns of one width differ
SLACK = 2.0  # points by which an element may reach into a gutter
STORY_GAP = 1.3  # times the usual white between two elements of a column: so much stands between two stories, at least
STORY_HEIGHTS = 2.2  # in heights of the heading: the same, where a page has no other white to compare with

Order = Callable[[list[PageElement]], list[PageElement]]


@dataclass(frozen=True, slots=True)
class Gutter:
    """A gutter at ``x`` points from the left, with the elements left and right of it, and those that span it or begin
    another story over both.
    """

    x: float
    left: tuple[PageElement, ...]
    right: tuple[PageElement, ...]
    spanning: tuple[PageElement, ...]

    @property
    def text(self) -> int:
        """The characters on the side that has less, less those of paragraphs and items that span the gutter beside
        others.
        """
        sides = (*self.left, *self.right)
        texts = [e for e in self.spanning if _is_prose(e) or e.label is DocItemLabel.LIST_ITEM]
        across = [e for e in texts if any(_is_beside(e, other) for other in sides)]
        return min(_characters(self.left), _characters(self.right)) - _characters(across)

    @property
    def top(self) -> float:
        """Where both sides have paragraphs at last, in points from the bottom."""
        return min(max((e.t for e in side if _is_prose(e)), default=0.0) for side in (self.left, self.right))


def in_columns(elements: list[PageElement], order: Order, known: tuple[float, ...] = ()) -> list[PageElement]:
    """The elements of one page in reading order; ``order`` is asked for what stands in one column. ``known`` is where
    columns of the page begin, in points from the left.
    """
    leftward = reads_right_to_left("".join(element.text for element in elements))
    gutter = _gutter(elements, leftward, known) if len(elements) <= MOST_ELEMENTS else None
    if gutter is None:
        return _stacked(elements) or order(elements)
    if head := _head(gutter):
        ids = {id(element) for element in head}
        return [*by_cells(head, leftward=leftward), *in_columns([e for e in elements if id(e) not in ids], order)]
    sides = (gutter.right, gutter.left) if leftward else (gutter.left, gutter.right)
    known += (gutter.x, min(element.l for element in _paragraphs(gutter.left) or gutter.left))
    spanning = sorted(gutter.spanning, key=lambda element: -element.t)
    ordered: list[PageElement] = []
    for number in range(len(spanning) + 1):
        for side in sides:
            band = [element for element in side if _above(spanning, element) == number]
            ordered += in_columns(band, order, known) if band else []
        ordered += spanning[number : number + 1]
    return ordered


def _head(gutter: Gutter) -> list[PageElement]:
    """What stands above the columns in cells of its own, and all above it: the authors of a paper below its title. Such
    cells are text beside text; they span the gutter, or begin where no column does.
    """
    rows = rows_of((*gutter.left, *gutter.right, *gutter.spanning))
    upper = list(takewhile(lambda row: not _is_columns_text(row, gutter), rows))
    centred = [number for number, row in enumerate(upper) if _is_centred(row, gutter)]
    if centred:
        return list(chain.from_iterable(upper[: centred[-1] + 1]))
    head = list(chain.from_iterable(upper))
    cells = [one for one in head if any(_is_beside(one, other) for other in head)]
    if not all(cell.label in CELLS for cell in cells):
        return []
    ids = {id(cell) for cell in cells}
    if any(id(element) in ids for element in gutter.spanning):
        return head
    set_in = 0
    for side in (gutter.left, gutter.right):
        edge = min(element.l for element in _paragraphs(side) or side)
        set_in += sum(element.l > edge + SET_IN for element in side if id(element) in ids)
    return head if 2 * set_in > len(cells) else []


def _is_columns_text(row: Sequence[PageElement], gutter: Gutter) -> bool:
    """Whether the row has much text, or a paragraph of each column."""
    ids = {id(element) for element in _paragraphs(row)}
    both = all(any(id(element) in ids for element in side) for side in (gutter.left, gutter.right))
    return both or any(len(element.text) >= LEAST_TEXT for element in row)


def _is_centred(row: Sequence[PageElement], gutter: Gutter) -> bool:
    """Whether cells beside each other stand together over the middle of the columns, set in from both outer edges."""
    if len(row) < 2 or not any(_is_beside(row[0], other) for other in row[1:]):
        return False
    if not all(cell.label in CELLS for cell in row) or not (_paragraphs(gutter.left) and _paragraphs(gutter.right)):
        return False
    left = min(element.l for element in row) - min(element.l for element in _paragraphs(gutter.left))
    right = max(element.r for element in _paragraphs(gutter.right)) - max(element.r for element in row)
    return min(left, right) > SET_IN and abs(left - right) < SET_IN


def _paragraphs(side: Sequence[PageElement]) -> list[PageElement]:
    return [element for element in side if _is_prose(element) and _is_column(element)]


def _stacked(elements: Sequence[PageElement]) -> list[PageElement]:
    """The elements from top to bottom where none stands beside another; none where two do."""
    ordered = sorted(elements, key=lambda element: -element.t)
    return [] if any(_stands_beside(upper, lower) for upper, lower in pairwise(ordered)) else ordered


def _is_beside(one: PageElement, other: PageElement) -> bool:
    """Whether the two share some height and no width."""
    return min(one.t, other.t) - max(one.b, other.b) > SLACK and min(one.r, other.r) <= max(one.l, other.l) + SLACK


def _stands_beside(upper: PageElement, lower: PageElement) -> bool:
    """Whether the two share some height, and more than the boxes of scanned lines do that stand one below the other."""
    shared = lower.t - upper.b
    across = min(upper.r, lower.r) - max(upper.l, lower.l)
    below = across > 0.5 * min(upper.r - upper.l, lower.r - lower.l)
    least = (0.5 if below else CROWDED) * min(upper.t - upper.b, lower.t - lower.b)
    return shared > max(least, SLACK)


def _above(spanning: Sequence[PageElement], element: PageElement) -> int:
    """How many of the ``spanning`` elements stand above the element."""
    return sum(other.t + other.b > element.t + element.b for other in spanning)


def _gutter(elements: Sequence[PageElement], leftward: bool, known: Sequence[float]) -> Gutter | None:
    """The gutter between columns of text with the most text on both sides; None where there is none. The first column
    is the right one where the text runs ``leftward``.

    A column that is as wide as a ``known`` one beside it needs no paragraph.
    """
    starts = sorted({element.l for element in elements})
    alone = [element for element in elements if _stands_alone(element, elements)]
    kickers = _kickers(elements)
    found = []
    for start in starts[1:]:
        right = tuple(element for element in elements if element.l >= start - SLACK)
        edge = min(element.l for element in right)
        left = tuple(element for element in elements if element.l < start - SLACK and element.r <= edge + SLACK)
        spanning = tuple(e for e in elements if e.l < start - SLACK and e.r > edge + SLACK)
        columns = (right, left) if leftward else (left, right)
        spans = [_prose_span(side) for side in columns]
        across = {id(e) for e in spanning}
        spanning += tuple(e for e, below in kickers if id(e) not in across and not below.isdisjoint(across))
        inside = [e for e in alone if all(low < e.t and e.b < high for low, high in spans)]
        heads = {id(e): e for e in inside if _begins_story(e, *columns)}
        apart = {*heads, *(id(e) for e in spanning)}
        left, right = (tuple(e for e in part if id(e) not in apart) for part in (left, right))
        spanning = tuple(e for e in spanning if id(e) not in heads)
        gutter = Gutter(edge, left, right, (*spanning, *heads.values()))
        in_step = _is_in_step(edge, known)
        if all(_is_text(side, in_step=in_step) for side in (left, right)) and _beside(gutter):
            found.append(gutter)
    return max(found, key=lambda gutter: gutter.text, default=None)


def _stands_alone(element: PageElement, elements: Sequence[PageElement]) -> bool:
    """Whether the element is a heading beside which nothing stands."""
    return element.label in (DocItemLabel.SECTION_HEADER, DocItemLabel.TITLE) and all(
        other is element or other.b >= element.t - SLACK or other.t <= element.b + SLACK for other in elements
    )


def _kickers(elements: Sequence[PageElement]) -> list[tuple[PageElement, set[int]]]:
    """Short lines with nothing beside them, each with the elements (by ``id``) that it stands right above, nearer than
    to what is above it: the word over a headline, the heading of a box. They go with what spans a gutter.
    """
    found = []
    for element in elements:
        text = element.text.strip()
        if len(text) > KICKER or text.endswith((".", ",", ";", "-", "\u00ad")):
            continue
        above = [other for other in elements if other is not element and other.b >= element.b]
        white = min((other.b - element.t for other in above), default=np.inf)
        below = {id(other) for other in elements if white > SLACK and _is_below(other, element, white)}
        if below:
            found.append((element, below))
    return found


def _is_below(other: PageElement, element: PageElement, white: float) -> bool:
    """Whether an element stands right below another one and at one edge with it. The box of display type reaches over
    the letters of a small line above it.
    """
    if not (other.t < element.t and (other.t + other.b) / 2 < element.b and _at_one_edge(element, other)):
        return False
    gap = max(element.b - other.t, 0.0)
    return gap <= KICKER_GAP * (element.t - element.b) and white > KICKER_GAP * gap


def _at_one_edge(one: PageElement, other: PageElement) -> bool:
    return min(abs(one.l - other.l), abs(one.r - other.r)) <= SLACK


def _begins_story(head: PageElement, first: Sequence[PageElement], second: Sequence[PageElement]) -> bool:
    """Whether a heading that stands alone begins another story over both columns, though it is no wider than the first
    one, in which it stands: the second column is white beside it, more than between its paragraphs.
    """
    column = [element for element in first if element is not head]
    if len(column) == len(first):
        return False
    middle = (head.t + head.b) / 2
    gaps = [gap for side in (column, second) for gap in _gaps(side)]
    beside = [high - low for high, low in gaps if high >= middle > low]
    others = [high - low for high, low in gaps if not high >= middle > low]
    usual = float(np.median(others or [0.0]))
    return min(beside, default=0.0) > max(STORY_GAP * usual, STORY_HEIGHTS * (head.t - head.b))


def _gaps(side: Sequence[PageElement]) -> list[tuple[float, float]]:
    """From where to where it is white between each element of a column and the next one, in points from the bottom."""
    ordered = sorted(side, key=lambda element: -element.t)
    return [(upper.b, lower.t) for upper, lower in pairwise(ordered)]


def _prose_span(side: Sequence[PageElement]) -> tuple[float, float]:
    """From where to where a heading has prose of ``side`` both above and below it, in points from the bottom."""
    prose = [element for element in side if _is_prose(element)]
    return min((e.t for e in prose), default=np.inf), max((e.b for e in prose), default=-np.inf)


def _is_prose(element: PageElement) -> bool:
    return element.label in (DocItemLabel.TEXT, DocItemLabel.LIST_ITEM) and len(element.text) >= PARAGRAPH


def _characters(elements: Sequence[PageElement]) -> int:
    return sum(len(element.text) for element in elements)


def _is_text(side: Sequence[PageElement], *, in_step: bool) -> bool:
    return _characters(side) >= LEAST_TEXT and (in_step or bool(_paragraphs(side)) or _is_list(side))


def _is_in_step(edge: float, known: Sequence[float]) -> bool:
    """Whether a column that begins at ``edge`` leaves the same room for those before and behind it as ``known`` columns
    have: the columns of a page are of one width.
    """
    before, behind = sorted(x for x in known if x < edge - SLACK), sorted(x for x in known if x > edge + SLACK)
    if not before or not (behind or len(before) > 1):
        return False
    width, other = edge - before[-1], behind[0] - edge if behind else before[-1] - before[-2]
    return abs(width - other) <= STEP * width


def _is_list(side: Sequence[PageElement]) -> bool:
    """Whether most of a column's elements are short items, as those of a book's index are."""
    items = sum(element.label is DocItemLabel.LIST_ITEM for element in side)
    return items >= max(LIST_ITEMS, LIST_SHARE * len(side))


def _is_column(element: PageElement) -> bool:
    """Whether the element is as wide as a column of text is at least."""
    return element.r - element.l >= PARAGRAPH_WIDTH * element.page_size.width


def _beside(gutter: Gutter) -> bool:
    """Whether text stands on both sides of the gutter over some height, and little spans it there, below what stands
    above the paragraphs.
    """
    height, top = int(gutter.left[0].page_size.height) + 1, max(int(gutter.top), 0)
    covered = np.zeros((3, height), dtype=np.bool_)
    for number, side in enumerate((gutter.left, gutter.right, gutter.spanning)):
        for element in side:
            covered[number, max(int(element.b), 0) : max(int(element.t), 0)] = True
    both = covered[0] & covered[1]
    spanned = (both & covered[2])[:top].sum() <= SPANNED * both[:top].sum()
    return bool(both.sum() >= BESIDE * height and spanned and gutter.text > 0)
