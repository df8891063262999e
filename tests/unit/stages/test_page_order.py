"""Text in pictures: out of docling's picture clusters, and in reading order right after its picture."""

from docling.datamodel.base_models import Cluster, LayoutPrediction, Page
from docling.datamodel.pipeline_options import LayoutPostprocessorOptions
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.document import RefItem
from docling_core.types.doc.labels import DocItemLabel

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.page_order import IN_ORDER, LiftedText, PageOrder, order_turned
from pipeline.stages.replay import ReplayPage, ReplaySource, replay_result
from tests.support.page_elements import SIZE, element

PAGE = [
    element(0, DocItemLabel.TEXT, (60, 400, 500, 440), "after"),
    element(1, DocItemLabel.PICTURE, (60, 100, 500, 300)),
    element(2, DocItemLabel.TEXT, (80, 240, 200, 260), "lower label"),
    element(3, DocItemLabel.TEXT, (80, 120, 200, 140), "upper label"),
    element(4, DocItemLabel.CAPTION, (60, 310, 500, 330), "Figure 1"),
    element(5, DocItemLabel.TEXT, (60, 40, 500, 80), "before"),
]


def test_the_text_of_a_picture_comes_right_after_it() -> None:
    assert [e.cid for e in PageOrder().predict_reading_order(PAGE)] == [5, 1, 3, 2, 4, 0]


def test_a_block_beside_an_address_is_read_before_the_table_that_reaches_under_it() -> None:
    page = [
        element(0, DocItemLabel.TEXT, (63, 63, 142, 74), "Ms Odalys Frame"),
        element(1, DocItemLabel.TEXT, (63, 74, 121, 97), "3 Weir Street"),
        element(2, DocItemLabel.TEXT, (458, 63, 533, 97), "Account 88-1203"),
        element(3, DocItemLabel.SECTION_HEADER, (63, 109, 284, 126), "Statement"),
        element(4, DocItemLabel.TABLE, (67, 141, 529, 238)),
        element(5, DocItemLabel.TEXT, (63, 250, 163, 262), "All amounts in crowns."),
    ]
    found = [each.cid for each in PageOrder().predict_reading_order(page)]
    assert found.index(2) < found.index(4)
    assert [cid for cid in found if cid != 2] == [0, 1, 3, 4, 5]


def test_a_block_at_the_right_is_read_before_the_heading_below_it_and_what_that_heads() -> None:
    page = [
        element(0, DocItemLabel.SECTION_HEADER, (36, 80, 80, 92), "Ada Penn"),
        element(1, DocItemLabel.TEXT, (36, 102, 140, 130), "Ferry Trust, Pellam"),
        element(2, DocItemLabel.SECTION_HEADER, (38, 138, 250, 150), "Experience"),
        element(3, DocItemLabel.TABLE, (36, 160, 550, 220)),
        element(4, DocItemLabel.TEXT, (420, 80, 550, 130), "ada@example.org"),
    ]
    assert [each.cid for each in PageOrder().predict_reading_order(page)] == [0, 1, 4, 2, 3]


def test_a_title_above_two_columns_comes_first_though_it_is_narrower_than_the_gap_to_them() -> None:
    page = [
        element(0, DocItemLabel.TEXT, (60, 100, 200, 110), "authors"),
        element(1, DocItemLabel.TEXT, (320, 100, 540, 400), "right column"),
        element(2, DocItemLabel.SECTION_HEADER, (230, 60, 372, 80), "Title"),
        element(3, DocItemLabel.TEXT, (60, 130, 280, 400), "left column"),
    ]
    assert [e.cid for e in PageOrder().predict_reading_order(page)] == [2, 0, 3, 1]


def test_clusters_numbered_in_order_are_read_in_that_order() -> None:
    numbered = [
        e.model_copy(update={"ref": RefItem.model_validate({"$ref": f"#/1/{IN_ORDER + 10 - e.cid}"})}) for e in PAGE
    ]
    assert [e.cid for e in PageOrder().predict_reading_order(numbered)] == [5, 4, 3, 2, 1, 0]


def test_turned_regions_are_read_from_the_top_of_the_page_turned_back() -> None:
    page = TurnedPage(1, 600, 800)
    upright = [Box(60, 40, 500, 80), Box(60, 100, 500, 140), Box(60, 200, 500, 240)]
    regions = [LayoutRegion(LayoutLabel.TEXT, 1.0, page.on_page(box)) for box in reversed(upright)]
    assert [page.upright_box(region.box) for region in order_turned(regions, page)] == upright


def test_a_caption_stays_with_its_picture_though_text_of_the_picture_lies_between() -> None:
    order = PageOrder()
    assert order.predict_to_captions(order.predict_reading_order(PAGE)) == {1: [4]}


def test_a_paragraph_that_is_taken_for_a_caption_leaves_the_real_ones_their_places() -> None:
    page = [
        element(0, DocItemLabel.CAPTION, (60, 60, 500, 92), "The sizes follow one rule."),
        element(1, DocItemLabel.TABLE, (60, 100, 500, 260)),
        element(2, DocItemLabel.CAPTION, (60, 268, 300, 280), "Table 1. Five sheets."),
        element(3, DocItemLabel.PICTURE, (60, 290, 500, 460)),
        element(4, DocItemLabel.CAPTION, (60, 468, 300, 480), "Figure 1. One sheet."),
    ]
    assert PageOrder().predict_to_captions(page) == {1: [2], 3: [4]}
    assert PageOrder().predict_to_captions([page[0], page[1], page[4]]) == {1: [4]}
    assert PageOrder().predict_to_captions(page[:2]) == {1: [0]}


class Present(ReplayPage):
    """The backend of a page that was read; nothing is asked of it."""

    def __init__(self) -> None:
        pass


def cluster(number: int, label: DocItemLabel, *children: Cluster) -> Cluster:
    box = BoundingBox(l=0, t=0, r=10, b=10, coord_origin=CoordOrigin.TOPLEFT)
    return Cluster(id=number, label=label, bbox=box, children=list(children))


def test_text_in_a_picture_becomes_a_cluster_of_the_page_and_text_in_a_table_does_not() -> None:
    label, cell = cluster(2, DocItemLabel.TEXT), cluster(3, DocItemLabel.TEXT)
    page = Page(page_no=1)
    page._backend = Present()
    page.size = SIZE
    page.predictions.layout = LayoutPrediction(
        clusters=[cluster(0, DocItemLabel.TABLE, cell), cluster(1, DocItemLabel.PICTURE, label, cell)]
    )
    result = replay_result(ReplaySource("a.pdf", "0" * 64, (), (1,)))
    (lifted,) = LiftedText(options=LayoutPostprocessorOptions(run_postprocessor=False)).postprocess_layout(
        result, [page]
    )
    assert [found.id for found in lifted.clusters] == [0, 1, 2]
    assert lifted.clusters[1].children == []


def test_notes_below_a_picture_or_table_are_text_where_they_stand() -> None:
    for label in (DocItemLabel.PICTURE, DocItemLabel.TABLE):
        page = [
            element(0, label, (60, 100, 500, 300)),
            element(1, DocItemLabel.FOOTNOTE, (60, 310, 500, 320), "∗ A note"),
        ]
        assert PageOrder().predict_to_footnotes(page) == {}
        assert [e.cid for e in PageOrder().predict_reading_order(page)] == [0, 1]
