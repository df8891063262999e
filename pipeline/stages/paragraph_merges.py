"""Paragraphs that go on in the next column or on the next page.

docling's own rule takes ASCII letters for the middle of a sentence, and so joins no Greek or Russian paragraph, and no
French one that breaks behind an accent; and it takes any letter for its going on. Here a paragraph breaks off behind a
small letter, comma, semicolon or hyphen of any script, and goes on in small letters, or behind a comma or hyphen with a
name.
"""

from collections.abc import Sequence
from itertools import pairwise

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.light_layout.line_patterns import is_titled_caption

OPEN_ENDS = ("-", ",", "\u00ad")  # behind these a sentence goes on with a name, too
BREAKS = (*OPEN_ENDS, ";")
SAME_EDGE = 3.0  # points by which lines of one paragraph begin apart
LEADING = 10.0  # points: white space between them at most
MOST_IN_BOX = 40  # elements of a box
BETWEEN = (
    DocItemLabel.PAGE_HEADER,
    DocItemLabel.PAGE_FOOTER,
    DocItemLabel.TABLE,
    DocItemLabel.PICTURE,
    DocItemLabel.CAPTION,
    DocItemLabel.FOOTNOTE,
)


def paragraph_merges(elements: Sequence[PageElement]) -> dict[int, list[int]]:
    """The ``cid`` of each paragraph's first part with those of the parts that go on, for elements in reading order;
    what stands between two parts belongs to neither. A column's or page's last note goes on in the first of the next.
    """
    notes = [element for element in elements if element.label is DocItemLabel.FOOTNOTE]
    found = {
        last.cid: [first.cid]
        for last, first in pairwise(notes)
        if first.page_no - last.page_no <= 1 and _goes_on(last, last, first)
    }
    home: PageElement | None = None
    before: PageElement | None = None
    for element in (e for e in elements if e.label not in BETWEEN and not is_titled_caption(e.text)):
        text = element.label is DocItemLabel.TEXT
        if text and home is not None and before is not None and _goes_on(home, before, element):
            found.setdefault(home.cid, []).append(element.cid)
        else:
            home = element if text else None
        before = element
    return found | _around_boxes(elements, found)


def _around_boxes(elements: Sequence[PageElement], known: dict[int, list[int]]) -> dict[int, list[int]]:
    """The paragraphs that run beside a box and go on right below, at its full width, though the box comes between."""
    joined = {cid for cids in known.values() for cid in cids}
    found = {}
    for number, element in enumerate(elements):
        if element.label is not DocItemLabel.TEXT or element.cid in joined:
            continue
        box: list[PageElement] = []
        for place in range(number - 1, -1, -1):
            home = elements[place]
            if home.page_no != element.page_no or len(box) > MOST_IN_BOX:
                break
            if home.label is DocItemLabel.TEXT and _is_right_above(home, element):
                free = home.cid not in known and home.cid not in joined
                if box and free and all(home.is_strictly_left_of(e) for e in box) and _reads_on(home, element):
                    found[home.cid] = [element.cid]
                break
            box.append(home)
    return found


def _is_right_above(home: PageElement, element: PageElement) -> bool:
    return abs(home.l - element.l) <= SAME_EDGE and -SAME_EDGE <= home.b - element.t <= LEADING


def _goes_on(home: PageElement, before: PageElement, element: PageElement) -> bool:
    if home.page_no == element.page_no and not home.is_strictly_left_of(element):
        return False
    return _reads_on(before, element)


def _reads_on(before: PageElement, element: PageElement) -> bool:
    end, start = before.text.rstrip(), element.text.lstrip()[:1]
    if not start.isalpha() or not (end[-1:].islower() or end.endswith(BREAKS)):
        return False
    return not start.isupper() or end.endswith(OPEN_ENDS)
