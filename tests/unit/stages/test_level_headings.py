"""Headings side by side are read with their own texts, whatever the order across them."""

from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.level_headings import with_their_tables, with_their_texts
from pipeline.stages.page_order import PageOrder
from tests.support.page_elements import element

HEAD, TEXT, TABLE = DocItemLabel.SECTION_HEADER, DocItemLabel.TEXT, DocItemLabel.TABLE


def order(*elements: PageElement) -> list[int]:
    return [one.cid for one in with_their_texts(elements)]


CARDS = (
    element(0, HEAD, (40, 80, 150, 95)),
    element(1, HEAD, (220, 80, 300, 95)),
    element(2, TEXT, (40, 100, 200, 125)),
    element(3, TEXT, (220, 100, 350, 125)),
    element(4, TEXT, (40, 130, 200, 140)),
)
BELOW = element(5, TEXT, (40, 160, 350, 180))


def test_each_heading_comes_before_what_stands_below_it_alone() -> None:
    assert order(*CARDS, BELOW) == [0, 2, 4, 1, 3, 5]
    assert [one.cid for one in PageOrder().predict_reading_order([*CARDS, BELOW])] == [0, 2, 4, 1, 3, 5]


def test_cards_in_rows_are_read_row_by_row() -> None:
    lower = [
        one.model_copy(update={"cid": one.cid + 10, "t": one.t - 100, "b": one.b - 100}) for one in (*CARDS, BELOW)
    ]
    assert order(*CARDS, *lower) == [0, 2, 4, 1, 3, 10, 12, 14, 11, 13, 15]


def test_headings_without_texts_of_their_own_and_headings_below_each_other_stay() -> None:
    assert order(CARDS[0], CARDS[1], BELOW) == [0, 1, 5]
    assert order(CARDS[0], CARDS[1], CARDS[2], BELOW) == [0, 1, 2, 5]
    under = element(6, HEAD, (220, 98, 300, 113))
    assert order(CARDS[0], under, CARDS[2], CARDS[3]) == [0, 6, 2, 3]
    assert order() == []


def test_what_stands_further_below_belongs_to_none_of_them() -> None:
    far = element(7, TEXT, (40, 160, 150, 175))
    assert order(*CARDS, far) == [0, 2, 4, 1, 3, 7]
    assert order(*CARDS[:3], CARDS[4], far, CARDS[3]) == [0, 2, 4, 1, 3, 7], "below all cards, wherever it came"
    beside = element(8, TEXT, (40, 118, 150, 124))
    high = element(9, TEXT, (220, 100, 350, 170))
    assert order(CARDS[0], CARDS[1], far, beside, high) == [0, 1, 7, 8, 9], "no card below which all of it stands"


def test_a_table_comes_right_after_the_heading_under_which_it_begins() -> None:
    heads = [element(0, HEAD, (40, 80, 100, 90)), element(1, HEAD, (220, 80, 300, 90))]
    tables = [element(2, TABLE, (220, 95, 380, 140)), element(3, TABLE, (40, 95, 200, 150))]
    apart = [element(4, TABLE, (40, 200, 200, 240)), element(5, TABLE, (400, 95, 500, 140))]
    found = with_their_tables([*heads, *tables, *apart])
    assert [one.cid for one in found] == [0, 3, 1, 2, 4, 5]
    far = element(7, TABLE, (40, 115, 200, 150))
    assert [one.cid for one in with_their_tables([*heads, far])] == [0, 1, 7]
    assert [one.cid for one in with_their_tables([heads[0], element(6, TEXT, (40, 95, 200, 150))])] == [0, 6]
