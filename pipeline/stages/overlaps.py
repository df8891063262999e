"""Boxes of scanned lines and items, which are higher than their type and so overlap where one stands below the other.

docling's order asks what stands below what, and takes two such elements for neither.
"""

from collections.abc import Sequence

from docling.models.postprocessing.reading_order_rb import PageElement

from pipeline.stages.text_columns import Order

LEAST = 0.1  # points: a shared edge is no overlap
SHARED = 0.5  # of the lower height: elements that share more stand beside each other


def parted(order: Order) -> Order:
    """``order``, asked about elements whose boxes end where those below them begin. Those given are not changed."""

    def asked(elements: list[PageElement]) -> list[PageElement]:
        known = {element.cid: element for element in elements}
        return [known[element.cid] for element in order(_cut(elements))]

    return asked


def _cut(elements: Sequence[PageElement]) -> list[PageElement]:
    found = sorted(elements, key=lambda element: -element.t)
    for number in range(len(found)):
        for place in range(number + 1, len(found)):
            upper, lower = found[number], found[place]
            shared = lower.t - upper.b
            if shared <= LEAST:
                break  # all others begin lower still
            over = min(upper.r, lower.r) > max(upper.l, lower.l)
            if over and shared < SHARED * min(upper.t - upper.b, lower.t - lower.b):
                edge = (lower.t + upper.b) / 2
                found[number], found[place] = upper.model_copy(update={"b": edge}), lower.model_copy(update={"t": edge})
    changed = {element.cid: element for element in found}
    return [changed[element.cid] for element in elements]
