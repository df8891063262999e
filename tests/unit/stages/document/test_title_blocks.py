"""The title block of a procedure stays once; what all of a page repeats stays."""

from docling.datamodel.base_models import AssembledUnit, Cluster, Page, Table, TextElement
from docling_core.types.doc import ContentLayer, DocItemLabel, DoclingDocument, ProvenanceItem, TableCell, TableData
from docling_core.types.doc.base import BoundingBox, Size

from pipeline.stages.document.element_text import PrintedPage
from pipeline.stages.document.title_blocks import move_blocks, repeated_blocks
from tests.unit.stages.document.test_running_lines import BODY, FRAME, HEIGHT, WIDTH, sheet


def block(number: int, sheet: str) -> tuple[Page, PrintedPage]:
    texts = ["WORKS", "Procedure 118", "Rev. C", "Office", "Approved", sheet]
    cells = [
        TableCell(
            text=text,
            start_row_offset_idx=index // 3,
            end_row_offset_idx=index // 3 + 1,
            start_col_offset_idx=index % 3,
            end_col_offset_idx=index % 3 + 1,
        )
        for index, text in enumerate(texts)
    ]
    cluster = Cluster(id=0, label=DocItemLabel.TABLE, bbox=BoundingBox(l=60, t=30, r=540, b=70), cells=[])
    table = Table(
        label=DocItemLabel.TABLE,
        id=0,
        page_no=number,
        cluster=cluster,
        text="",
        otsl_seq=[],
        num_rows=2,
        num_cols=3,
        table_cells=cells,
    )
    made = Page(page_no=number, size=Size(width=WIDTH, height=HEIGHT))
    made.assembled = AssembledUnit(elements=[table], body=[table], headers=[])
    return made, PrintedPage(number, FRAME, BODY, {})


def test_a_title_block_stays_once() -> None:
    pages = [block(number, f"Sheet {number} of 3") for number in (1, 2, 3)]
    texts = {made.page_no: text for made, text in pages}
    keys = repeated_blocks([made for made, _ in pages], texts)
    document = DoclingDocument(name="made")
    for number in (1, 2, 3):
        document.add_page(page_no=number, size=Size(width=WIDTH, height=HEIGHT))
        box = BoundingBox(l=60, t=30, r=540, b=70).to_bottom_left_origin(HEIGHT)
        document.add_table(
            TableData(table_cells=[], num_rows=0, num_cols=0),
            prov=ProvenanceItem(page_no=number, bbox=box, charspan=(0, 0)),
        )
    move_blocks(document, keys)
    layers = [table.content_layer for table in document.tables]
    assert layers == [ContentLayer.BODY, ContentLayer.FURNITURE, ContentLayer.FURNITURE]


def test_the_block_of_a_page_that_says_the_same_stays() -> None:
    pages = []
    for number in (1, 2):
        (made, text), (other, known) = block(number, "Sheet"), sheet(number, changed=20 * (number - 1))
        assert made.assembled
        assert other.assembled
        made.assembled.elements += other.assembled.elements
        pages.append((made, PrintedPage(number, FRAME, BODY, text.elements | known.elements)))
    texts = {made.page_no: text for made, text in pages}
    assert len(repeated_blocks([made for made, _ in pages], texts)) == 1
    first, second = (made.assembled.elements[1] for made, _ in pages if made.assembled)
    assert isinstance(first, TextElement)
    assert isinstance(second, TextElement)
    second.text = first.text
    assert repeated_blocks([made for made, _ in pages], texts) == set()
