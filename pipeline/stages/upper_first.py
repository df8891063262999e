"""What stands above another element, over a good part of its width, is read before it.

docling may leave a block at the right for the end, as that beside the address of a letter, though a table below reaches
under it.
"""

from collections.abc import Sequence

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.text_columns import MOST_ELEMENTS, SLACK

SHARED = 0.5  # of the narrower one's width


def upper_first(ordered: Sequence[PageElement]) -> list[PageElement]:
    """The elements of one page, ``ordered`` for reading, each moved right before the first one that it stands above and
    before the heading of that one, if it stands higher than the heading, too.
    """
    found: list[PageElement] = []
    for element in ordered:
        below = (n for n, other in enumerate(found) if _stands_above(element, other))
        place = next(below, len(found)) if len(ordered) <= MOST_ELEMENTS else len(found)
        while 0 < place < len(found) and _heads_lower(found[place - 1], element):
            place -= 1
        found.insert(place, element)
    return found


def _heads_lower(head: PageElement, element: PageElement) -> bool:
    return head.label is DocItemLabel.SECTION_HEADER and element.b >= head.t - SLACK


def _stands_above(one: PageElement, other: PageElement) -> bool:
    shared = min(one.r, other.r) - max(one.l, other.l)
    return one.b >= other.t - SLACK and shared >= SHARED * min(one.r - one.l, other.r - other.l)
