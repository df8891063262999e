"""Headings side by side, each with its own text below, as cards and notices have them: a heading is read with its text.

docling's order goes across where the text of two cards begins at one height: both headings first, then both texts.
"""

from collections.abc import Sequence
from itertools import chain, islice

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

LEVEL = 0.5  # share of the lower heading's height that stands beside the other one
MOST = 12  # headings side by side
SLACK = 2.0  # points by which boxes may overlap


def with_their_texts(ordered: Sequence[PageElement]) -> list[PageElement]:
    """The elements of one page, ``ordered`` for reading, where each of several headings side by side comes right before
    what stands below it alone.
    """
    found: list[PageElement] = []
    while len(found) < len(ordered):
        cards, after = _cards(ordered, len(found))
        whole = len(cards) > 1 and all(len(card) > 1 for card in cards)
        floor = min((card[-1].b for card in cards), default=0.0)
        if whole and all(element.t <= floor for element in after):
            found += [*chain.from_iterable(cards), *after]
        else:
            found.append(ordered[len(found)])
    return found


def with_their_tables(ordered: Sequence[PageElement]) -> list[PageElement]:
    """The elements, where a table comes right after the heading under which it begins: small tables side by side have
    no other order.
    """
    found = list(ordered)
    for table in [element for element in ordered if element.label is DocItemLabel.TABLE]:
        heads = [element for element in found if _heads(element, table)]
        if heads:
            found.remove(table)
            found.insert(found.index(min(heads, key=lambda head: head.b)) + 1, table)
    return found


def _heads(element: PageElement, table: PageElement) -> bool:
    height = element.t - element.b
    below = 0 <= element.b - table.t + SLACK <= height + SLACK
    return element.label is DocItemLabel.SECTION_HEADER and below and abs(element.l - table.l) <= height


def _cards(ordered: Sequence[PageElement], start: int) -> tuple[list[list[PageElement]], list[PageElement]]:
    """The headings side by side that come from ``start`` on, each with the texts after them that stand below it alone
    and close to what it has already; and what stands farther below one of them.
    """
    cards: list[list[PageElement]] = []
    after: list[PageElement] = []
    for element in islice(ordered, start, None):
        heading = element.label is DocItemLabel.SECTION_HEADER
        if heading and len(cards) < MOST and all(len(card) == 1 and _beside(element, card[0]) for card in cards):
            cards.append([element])
            continue
        over = [card for card in cards if _overlap(card[0], element)]
        if heading or len(cards) < 2 or len(over) != 1 or (not _is_below(element, over[0]) and len(after) == MOST):
            break
        (over[0] if _is_below(element, over[0]) else after).append(element)
    return cards, after


def _beside(one: PageElement, other: PageElement) -> bool:
    shared = min(one.t, other.t) - max(one.b, other.b)
    return not _overlap(one, other) and shared >= LEVEL * min(one.t - one.b, other.t - other.b)


def _overlap(one: PageElement, other: PageElement) -> bool:
    """Whether the two share some of their width."""
    return min(one.r, other.r) > max(one.l, other.l)


def _is_below(element: PageElement, card: Sequence[PageElement]) -> bool:
    """Whether the element stands below the card's heading, no farther from what it holds than that is high."""
    head = card[0]
    return element.t <= head.t and card[-1].b - element.t <= head.t - head.b
