"""The lines of a block whose drawing began at the right: the points of a question, which browsers draw before it.

docling reads the lines of a block in the order of drawing.
"""

from docling.datamodel.base_models import Cluster

from pipeline.stages.docling_boxes import box_around
from pipeline.stages.light_layout.lines import cell_turn
from pipeline.stages.light_layout.match import LayoutWord, reads_right_to_left
from pipeline.stages.light_layout.whitespace import text_rows


def in_rows(cluster: Cluster) -> None:
    """Put the cells of ``cluster`` into the order of its rows, each from left to right, where one was drawn before
    another that stands in its row at its left.
    """
    cells = cluster.cells
    if len(cells) < 2 or any(cell.from_ocr or cell_turn(cell) for cell in cells):
        return  # text recognition reads rows, and what is turned has none across the page
    if reads_right_to_left("".join(cell.text for cell in cells)):
        return
    lines = [LayoutWord(cell.text, box_around(cell.rect)) for cell in cells]
    drawn = {id(line): number for number, line in enumerate(lines)}
    rows = [[drawn[id(line)] for line in row.words] for row in text_rows(lines)]
    if any(row != sorted(row) for row in rows):
        cluster.cells = [cells[number] for row in rows for number in row]
