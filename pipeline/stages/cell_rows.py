"""The lines of a block whose drawing began at the right: the points of a question, which browsers draw before it.

docling reads the lines of a block in the order of drawing.
"""

from collections.abc import Sequence
from itertools import combinations

from docling.datamodel.base_models import Cluster
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.page import TextCell

from pipeline.stages.light_layout.lines import cell_turn
from pipeline.stages.light_layout.match import reads_right_to_left

MOST = 60  # lines of a block that are looked at in pairs


def in_rows(cluster: Cluster) -> None:
    """Put the cells of ``cluster`` into the order of its rows, each from left to right, where one was drawn before
    another that stands in its row at its left.
    """
    cells = cluster.cells
    if not 1 < len(cells) <= MOST or any(cell.from_ocr or cell_turn(cell) for cell in cells):
        return  # text recognition reads rows, and what is turned has none across the page
    if reads_right_to_left("".join(cell.text for cell in cells)):
        return
    boxes = [cell.rect.to_bounding_box() for cell in cells]
    if any(later.r <= earlier.l and _level(earlier, later) for earlier, later in combinations(boxes, 2)):
        cluster.cells = [cell for row in _rows(cells, boxes) for cell in row]


def _rows(cells: Sequence[TextCell], boxes: Sequence[BoundingBox]) -> list[list[TextCell]]:
    rows: list[list[tuple[BoundingBox, TextCell]]] = []
    for box, cell in sorted(zip(boxes, cells, strict=True), key=lambda pair: pair[0].t):
        if rows and _level(rows[-1][0][0], box):
            rows[-1].append((box, cell))
        else:
            rows.append([(box, cell)])
    return [[cell for _, cell in sorted(row, key=lambda pair: pair[0].l)] for row in rows]


def _level(one: BoundingBox, other: BoundingBox) -> bool:
    """Whether two boxes, measured from the top, share more than half of the lower one's height."""
    shared = min(one.b, other.b) - max(one.t, other.t)
    return bool(shared > 0.5 * min(one.height, other.height))
