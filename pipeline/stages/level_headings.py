"""Headings side by side, each with its own text below, as cards and notices have them: a heading is read with its text.

docling's order goes across where the text of two cards begins at one height: both headings first, then both texts.
"""

from collections.abc import Sequence

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

LEVEL = 0.5  # share of the lower heading's height that stands beside the other one


def with_their_texts(ordered: Sequence[PageElement]) -> list[PageElement]:
    """The elements of one page, ``ordered`` for reading, where each of several headings side by side comes right before
    what stands below it alone.
    """
    found: list[PageElement] = []
    while rest := ordered[len(found) :]:
        heads = _level_heads(rest) or rest[:1]
        texts = _texts(rest[len(heads) :], heads)
        cards = [[head, *(text for text, home in texts if home is head)] for head in heads]
        whole = len(cards) > 1 and all(len(card) > 1 for card in cards)
        found += [element for card in cards for element in card] if whole else rest[:1]
    return found


def _level_heads(elements: Sequence[PageElement]) -> list[PageElement]:
    """The headings that the elements begin with, as far as they stand side by side."""
    heads: list[PageElement] = []
    for element in elements:
        if element.label is not DocItemLabel.SECTION_HEADER or not all(_beside(element, head) for head in heads):
            break
        heads.append(element)
    return heads


def _beside(one: PageElement, other: PageElement) -> bool:
    shared = min(one.t, other.t) - max(one.b, other.b)
    return not _overlap(one, other) and shared >= LEVEL * min(one.t - one.b, other.t - other.b)


def _overlap(one: PageElement, other: PageElement) -> bool:
    """Whether the two share some of their width."""
    return min(one.r, other.r) > max(one.l, other.l)


def _texts(elements: Sequence[PageElement], heads: Sequence[PageElement]) -> list[tuple[PageElement, PageElement]]:
    """What comes next and stands below one of the heads alone, close to what it has already, with that head."""
    found: list[tuple[PageElement, PageElement]] = []
    for element in elements:
        over = [head for head in heads if _overlap(head, element)]
        if element.label is DocItemLabel.SECTION_HEADER or len(over) != 1 or element.t > over[0].t:
            break
        lowest = min([over[0].b, *(text.b for text, home in found if home is over[0])])
        if lowest - element.t > over[0].t - over[0].b:
            break
        found.append((element, over[0]))
    return found
