"""Title blocks: the small tables with which each page of a procedure or drawing begins or ends. They stay once."""

from collections.abc import Sequence

from docling.datamodel.base_models import Page, Table
from docling_core.types.doc import ContentLayer, DoclingDocument

from pipeline.stages.document.element_text import ElementKey, PrintedPage, key_of
from pipeline.stages.document.running_lines import OUTER
from pipeline.stages.document.twin_pages import first_alike

BLOCK_ROWS = 4  # rows of a title block at most
SAME_CELLS = 0.6  # share of a title block's cells that are the same on every page


def repeated_blocks(pages: Sequence[Page], texts: dict[int, PrintedPage]) -> set[ElementKey]:
    """Keys of the small tables that stand at the same place with the same cells on several pages, but for the first
    of each, and for those of pages that say the same as a whole.
    """
    first = first_alike(pages, texts)
    blocks = [
        (page.page_no, element)
        for page in pages
        if page.page_no in texts and page.assembled
        for element in page.assembled.elements
        if isinstance(element, Table) and _is_block(element, texts[page.page_no])
    ]
    found = set()
    for index, (page, block) in enumerate(blocks):
        if any(_same_block(block, earlier) for other, earlier in blocks[:index] if first[other] != first[page]):
            found.add(key_of(page, block.cluster.bbox))
    return found


def _is_block(table: Table, page: PrintedPage) -> bool:
    box = page.upright(table.cluster.bbox)
    outer = box.bottom < 2 * OUTER * page.height or box.top > (1 - 2 * OUTER) * page.height
    return outer and 0 < table.num_rows <= BLOCK_ROWS


def _same_block(one: Table, other: Table) -> bool:
    boxes = zip(one.cluster.bbox.as_tuple(), other.cluster.bbox.as_tuple(), strict=True)
    if any(abs(mine - theirs) > 3 for mine, theirs in boxes) or one.num_cols != other.num_cols:
        return False
    mine, theirs = [cell.text for cell in one.table_cells], [cell.text for cell in other.table_cells]
    same = sum(text == theirs[index] for index, text in enumerate(mine[: len(theirs)]) if text)
    return same >= SAME_CELLS * max(sum(map(bool, mine)), sum(map(bool, theirs)), 1)


def move_blocks(document: DoclingDocument, keys: set[ElementKey]) -> None:
    """Put the tables with these keys into the furniture layer."""
    for table in document.tables:
        place = table.prov[0] if table.prov else None
        size = document.pages.get(place.page_no) if place else None
        if place and size and key_of(place.page_no, place.bbox.to_top_left_origin(size.size.height)) in keys:
            table.content_layer = ContentLayer.FURNITURE
