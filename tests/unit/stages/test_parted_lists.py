"""What stands between two items of a list stays between them."""

from typing import Any

import pytest
from docling.datamodel.base_models import AssembledUnit, Cluster, FigureElement, Page, PageElement, Table, TextElement
from docling.models.stages.reading_order.readingorder_model import ReadingOrderModel, ReadingOrderOptions
from docling_core.types.doc import CodeItem, DocItemLabel, ListItem, PictureItem, TableItem
from docling_core.types.doc.base import BoundingBox, Size

from pipeline.pages import PageSize
from pipeline.stages.assemble import build_pipeline
from pipeline.stages.docling_internals import PartedLists
from pipeline.stages.replay import ReplaySource, replay_result

SOURCE = ReplaySource("steps.pdf", "0" * 64, (PageSize(600, 800),), (1,))
ITEM = DocItemLabel.LIST_ITEM


def elements(between: DocItemLabel) -> list[PageElement]:
    """Two items of a list with something between them, then two more."""
    made: list[PageElement] = []
    for number, label in enumerate((ITEM, between, ITEM, ITEM)):
        top = 100.0 + 60 * number
        cluster = Cluster(id=number, label=label, bbox=BoundingBox(l=60, t=top, r=400, b=top + 40))
        named: dict[str, Any] = {
            "id": number,
            "label": label,
            "page_no": 1,
            "cluster": cluster,
            "text": f"Step {number}",
        }
        if label is DocItemLabel.TABLE:
            made.append(Table(**named, otsl_seq=[], num_rows=0, num_cols=0, table_cells=[]))
        elif label is DocItemLabel.PICTURE:
            made.append(FigureElement(**named))
        else:
            made.append(TextElement(**named))
    return made


def order(model: ReadingOrderModel, between: DocItemLabel) -> list[type[object]]:
    result = replay_result(SOURCE)
    result.pages = [Page(page_no=1, size=Size(width=600, height=800))]
    found = elements(between)
    result.assembled = AssembledUnit(elements=found, body=found, headers=[])
    return [type(item) for item, _ in model(result).iterate_items()]


@pytest.mark.parametrize(
    ("between", "kind"),
    [(DocItemLabel.CODE, CodeItem), (DocItemLabel.TABLE, TableItem), (DocItemLabel.PICTURE, PictureItem)],
)
def test_items_of_a_list_stay_on_their_side_of_what_parts_them(between: DocItemLabel, kind: type[object]) -> None:
    assert order(PartedLists(ReadingOrderOptions()), between) == [ListItem, kind, ListItem, ListItem]
    docling = ReadingOrderModel(ReadingOrderOptions())  # once it gives the same, Folio's class may go
    assert order(docling, between) == [ListItem, ListItem, ListItem, kind]


def test_items_that_nothing_parts_are_one_list() -> None:
    model = PartedLists(ReadingOrderOptions())
    result = replay_result(SOURCE)
    result.pages = [Page(page_no=1, size=Size(width=600, height=800))]
    found = elements(ITEM)
    result.assembled = AssembledUnit(elements=found, body=found, headers=[])
    assert len(model(result).groups) == 1


def test_the_pipeline_has_it() -> None:
    assert isinstance(build_pipeline().reading_order_model, PartedLists)
