"""Lists of references that came as one block: cut into entries, by their numbers or by their hanging indent."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from docling.datamodel.base_models import Cluster, Page, PageElement, TextElement
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel

from pipeline.pages import Box
from pipeline.stages.docling_boxes import box_around

HANGING = (0.8, 6.0)  # in heights of the type: how far an entry's further lines are set in
ALIGNED = 0.3  # of the type's height by which lines of one edge may differ
_NUMBERED = re.compile(r"\[\d{1,3}\]\s")
_ENDING = re.compile(r"[.\d)\]”\"’/]\s*$")
CUT = (DocItemLabel.TEXT, DocItemLabel.LIST_ITEM)


def split_entries(page: Page, joined: Callable[[list[str]], str]) -> None:
    """Cut the reference lists among ``page``'s elements; ``joined`` makes a text of lines, as docling does."""
    if page.assembled is None:
        return
    number = max((element.cluster.id for element in page.assembled.elements), default=0)
    for element in list(page.assembled.elements):
        if not isinstance(element, TextElement) or element.label not in CUT:
            continue
        cells = element.cluster.cells
        lines = [(cell.text.strip(), box_around(cell.rect)) for cell in cells]
        starts = entry_starts(lines)
        if len(starts) < 2:
            continue
        ends = [*starts[1:], len(cells)]
        parts = []
        for start, end in zip(starts, ends, strict=True):
            number += 1
            parts.append(_part(element, start, end, number, joined))
        for place in (page.assembled.elements, page.assembled.body):
            _replace(place, element, parts)


def _part(element: TextElement, start: int, end: int, number: int, joined: Callable[[list[str]], str]) -> TextElement:
    cells = element.cluster.cells[start:end]
    boxes = [cell.rect.to_bounding_box() for cell in cells]
    text = joined([cell.text.replace("\x02", "-").strip() for cell in cells if cell.text.strip()])
    label = DocItemLabel.LIST_ITEM if _NUMBERED.match(text) else element.label
    box = BoundingBox.enclosing_bbox(boxes)
    cluster = Cluster(id=number, label=label, bbox=box, confidence=element.cluster.confidence, cells=cells)
    return TextElement(label=label, id=number, page_no=element.page_no, cluster=cluster, text=text)


def _replace(elements: list[PageElement], old: TextElement, new: Sequence[TextElement]) -> None:
    places = [index for index, element in enumerate(elements) if element is old]
    if places:
        elements[places[0] : places[0] + 1] = new


def entry_starts(lines: Sequence[tuple[str, Box]]) -> list[int]:
    """The numbers of the lines (text and box) that begin an entry; fewer than two where the block is no list."""
    numbered = [index for index, (text, _) in enumerate(lines) if _NUMBERED.match(text)]
    if len(numbered) > 1 and numbered[0] == 0:
        return numbered
    if len(lines) < 3:
        return []
    height = median(box.height for _, box in lines)
    edge = min(box.left for _, box in lines)
    indents = [box.left - edge for _, box in lines if box.left - edge > ALIGNED * height]
    if not indents or max(indents) - min(indents) > 2 * ALIGNED * height:
        return []
    starts = [index for index, (_, box) in enumerate(lines) if box.left - edge <= ALIGNED * height]
    ended = all(_ENDING.search(lines[start - 1][0]) for start in starts[1:])
    hanging = HANGING[0] * height <= min(indents) and max(indents) <= HANGING[1] * height
    falls = all(after[1].top >= before[1].top for before, after in pairwise(lines))
    return starts if starts[0] == 0 and ended and hanging and falls and len(starts) <= 2 * len(indents) else []
