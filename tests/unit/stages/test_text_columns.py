"""Pages in columns are read column by column, whichever begins higher."""

import pytest
from docling.models.postprocessing.reading_order_rb import PageElement
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.page_order import PageOrder
from pipeline.stages.text_columns import in_columns
from tests.support.page_elements import element

PROSE = "some words that fill a line of running text, and go on and on until the paragraph has its length at last. " * 2
TEXT, HEADING = DocItemLabel.TEXT, DocItemLabel.SECTION_HEADER


def order(page: list[PageElement]) -> list[int]:
    return [found.cid for found in PageOrder().predict_reading_order(page)]


def test_a_column_that_begins_lower_is_read_first_where_it_stands_first() -> None:
    page = [
        element(0, HEADING, (150, 60, 450, 85), "Title"),
        element(1, TEXT, (262, 95, 335, 105), "Author"),
        element(2, HEADING, (60, 140, 180, 155), "Left head"),
        element(3, TEXT, (60, 170, 290, 400), PROSE),
        element(4, TEXT, (305, 125, 534, 400), PROSE),
        element(5, TEXT, (60, 410, 290, 560), PROSE),
    ]
    assert order(page) == [0, 1, 2, 3, 5, 4]


def test_a_title_is_read_in_its_place_though_it_overlaps_no_line_beside_it() -> None:
    letter = [
        element(0, TEXT, (126, 150, 420, 164), "The sender's address"),
        element(1, TEXT, (126, 166, 231, 180), "11 October 2002"),
        element(2, HEADING, (245, 190, 525, 215), "A title in the middle"),
        element(3, TEXT, (126, 220, 236, 234), "Dear reader,"),
        element(4, TEXT, (103, 236, 667, 340), PROSE),
        element(5, TEXT, (126, 344, 235, 358), "With kind regards,"),
    ]
    assert order(letter) == [0, 1, 2, 3, 4, 5]


def test_what_spans_the_columns_parts_them() -> None:
    page = [
        element(0, TEXT, (60, 60, 290, 200), PROSE),
        element(1, TEXT, (305, 60, 534, 200), PROSE),
        element(2, HEADING, (60, 220, 534, 240), "Over both"),
        element(3, TEXT, (60, 250, 290, 400), PROSE),
        element(4, TEXT, (305, 250, 534, 400), PROSE),
    ]
    assert order(page) == [0, 1, 2, 3, 4]


def test_columns_of_text_that_runs_leftward_are_read_from_the_right() -> None:
    hebrew = "\u05d4\u05e1\u05e4\u05e8\u05d9\u05d9\u05d4 " * 40
    page = [element(0, TEXT, (60, 60, 290, 400), hebrew), element(1, TEXT, (305, 80, 534, 400), hebrew)]
    assert order(page) == [1, 0]


def two_stories(right: tuple[tuple[float, float], ...]) -> list[PageElement]:
    """Two headings over the left one of two columns; ``right`` are the tops and bottoms of the right one's texts."""
    page = [
        element(0, HEADING, (60, 40, 160, 56), "One story"),
        element(1, TEXT, (60, 60, 290, 300), PROSE),
        element(2, HEADING, (60, 325, 170, 341), "Another story"),
        element(3, TEXT, (60, 350, 290, 600), PROSE),
    ]
    return page + [element(4 + n, TEXT, (305, top, 534, bottom), PROSE) for n, (top, bottom) in enumerate(right)]


def test_a_heading_beside_which_nothing_stands_begins_another_story_over_both_columns() -> None:
    assert order(two_stories(((60, 310), (350, 590)))) == [0, 1, 4, 2, 3, 5]


def manual(heading: int) -> list[PageElement]:
    """Two columns of paragraphs with as much white between them; a heading stands in the white beside ``heading``'s
    column, level with that of the other one.
    """
    left, right = (60, 290), (305, 534)
    page = [
        element(number, TEXT, (left[0], top, left[1], top + 120), PROSE)
        for number, top in ((0, 60), (1, 197), (2, 334), (3, 471))
    ]
    page += [
        element(number, TEXT, (right[0], top, right[1], top + 120), PROSE)
        for number, top in ((4, 60), (5, 197), (6, 334), (7, 471))
    ]
    place = right if heading else left
    return [*page, element(8, HEADING, (place[0], 321, place[0] + 90, 329), "Another nut")]


def test_a_heading_level_with_the_white_between_two_paragraphs_stays_in_its_column() -> None:
    assert order(manual(0)) == [0, 1, 8, 2, 3, 4, 5, 6, 7]
    assert order(manual(1)) == [0, 1, 2, 3, 4, 5, 8, 6, 7]


def test_a_heading_within_a_column_parts_that_column_alone() -> None:
    assert order(two_stories(((60, 330), (335, 600)))) == [0, 1, 2, 3, 4, 5]
    assert order(two_stories(((60, 310),))) == [0, 1, 2, 3, 4]


def test_the_boxes_of_scanned_lines_overlap_and_stand_one_below_the_other_all_the_same() -> None:
    entries = [element(n, TEXT, (60 - n % 2, 100 + 14 * n, 480, 119 + 14 * n), "An entry") for n in range(6)]
    assert order(entries) == [0, 1, 2, 3, 4, 5]


def test_scanned_items_whose_boxes_overlap_are_read_from_top_to_bottom() -> None:
    item = DocItemLabel.LIST_ITEM
    boxes = [(76, 87, 155, 102), (105, 100, 201, 117), (104, 111, 169, 128), (73, 125, 122, 143), (103, 138, 175, 155)]
    assert order([element(cid, item, box, "An item") for cid, box in enumerate(boxes)]) == [0, 1, 2, 3, 4]


def test_scanned_items_beside_others_are_read_from_top_to_bottom_in_each_column() -> None:
    page = [
        element(0, TEXT, (55, 133, 141, 150), "barley"),
        element(1, TEXT, (55, 146, 101, 164), "carrots"),
        element(2, TEXT, (55, 159, 89, 175), "leek"),
        element(3, TEXT, (245, 135, 511, 152), "Rinse the barley"),
        element(4, TEXT, (245, 148, 525, 177), "Cut the carrots"),
        element(5, TEXT, (245, 172, 525, 203), "Add the barley"),
    ]
    found = order(page)
    assert [cid for cid in found if cid < 3] == [0, 1, 2]
    assert [cid for cid in found if cid >= 3] == [3, 4, 5]
    assert page[0].b == 800 - 150, "the elements given are not changed"


def paper(*head: PageElement) -> list[PageElement]:
    """A title and what ``head`` adds below it, above two columns that begin with headings."""
    return [
        element(0, HEADING, (180, 40, 420, 60), "The Title of a Paper"),
        *head,
        element(20, HEADING, (40, 200, 100, 210), "Abstract"),
        element(21, TEXT, (40, 214, 290, 500), PROSE),
        element(22, TEXT, (40, 504, 150, 512), "Keywords: oak, tallow"),
        element(23, TEXT, (40, 600, 290, 700), PROSE),
        element(24, HEADING, (310, 200, 400, 210), "Introduction"),
        element(25, TEXT, (310, 214, 560, 450), PROSE),
        element(26, TEXT, (310, 454, 560, 700), PROSE),
    ]


def authors(count: int, top: float, first: int, across: tuple[float, ...]) -> list[PageElement]:
    """Names in a row whose middles are ``across``, a place of two lines below each."""
    found = []
    for number, middle in list(enumerate(across))[:count]:
        found.append(element(first + 2 * number, HEADING, (middle - 35, top, middle + 35, top + 10), "Ada Penn"))
        place = (middle - 60, top + 13, middle + 60, top + 33)
        found.append(element(first + 2 * number + 1, TEXT, place, "Ferry Trust Ostrin, Pellam"))
    return found


@pytest.mark.parametrize("across", [(120.0, 300.0, 480.0), (200.0, 400.0)])
def test_authors_above_the_columns_are_read_row_by_row_each_with_their_place(across: tuple[float, ...]) -> None:
    rows = [*authors(3, 75, 1, across), *authors(3, 125, 7, across)]
    numbers = sorted(author.cid for author in rows)
    found = order(paper(*reversed(rows)))
    assert found == [0, *numbers, 20, 21, 22, 23, 24, 25, 26]


def test_two_authors_over_the_middle_of_the_columns_stand_above_both() -> None:
    """The second one begins where the right column does."""
    pair = [
        element(1, TEXT, (190, 75, 280, 95), "Lorcan Achterberg University of the Sound"),
        element(2, TEXT, (320, 75, 410, 95), "Suvi Mandel Ferry Board"),
    ]
    assert order(paper(*reversed(pair))) == [0, 1, 2, 20, 21, 22, 23, 24, 25, 26]
    aside = [element(1, TEXT, (60, 75, 150, 95), "A remark"), element(2, TEXT, (310, 75, 410, 95), "Another remark")]
    assert order(paper(*aside)) == [0, 1, 20, 21, 22, 23, 2, 24, 25, 26]
    uneven = [element(1, TEXT, (150, 75, 200, 95), "A remark"), element(2, TEXT, (312, 75, 370, 95), "Another remark")]
    assert order(paper(*uneven)) == [0, 1, 20, 21, 22, 23, 2, 24, 25, 26]


def test_pictures_and_items_above_the_columns_text_are_read_in_their_columns() -> None:
    """A picture has its caption below it, however both are set in."""
    for first, second in (
        (DocItemLabel.PICTURE, DocItemLabel.CAPTION),
        (DocItemLabel.LIST_ITEM, DocItemLabel.LIST_ITEM),
    ):
        top = [(80.0, 250.0), (350.0, 520.0)]
        page = paper()
        for number, (left, right) in enumerate(top):
            page.append(element(1 + 2 * number, first, (left, 80, right, 150)))
            page.append(element(2 + 2 * number, second, (left + 20, 160, right - 20, 170), "Figure 1"))
        assert order(page) == [0, 1, 2, 20, 21, 22, 23, 3, 4, 24, 25, 26]


def test_a_paragraph_beside_a_column_spans_no_gutter_of_short_lines() -> None:
    """Short lines in a row of two columns end before a name that stands above: that is no gutter."""
    found = order(
        paper(element(1, TEXT, (265, 80, 335, 90), "Ada Penn"), element(2, TEXT, (265, 93, 400, 103), "Pellam"))
    )
    assert found == [0, 1, 2, 20, 21, 22, 23, 24, 25, 26]


def test_notices_that_are_level_in_two_columns_are_read_down_each_of_them() -> None:
    """Their heads stand in the middle and their numbers at the right, set in as the cells of a paper's authors are."""
    notice = "some words of a notice that is short, but as wide as its column and of several lines, like all of them."
    page = []
    for column, left in enumerate((60, 305)):
        for row in range(3):
            top, number = 60 + 120 * row, 9 * column + 3 * row
            page += [
                element(number, HEADING, (left + 70, top, left + 160, top + 10), "A head"),
                element(number + 1, TEXT, (left, top + 16, left + 229, top + 70), notice),
                element(number + 2, TEXT, (left + 170, top + 80, left + 229, top + 90), "No. 311"),
            ]
    assert order(page) == list(range(18))


def test_columns_of_short_items_are_read_one_after_the_other() -> None:
    item, entry = DocItemLabel.LIST_ITEM, "an entry with the number of its page, 12"
    page = [
        element(
            20 * column + row,
            item,
            (left + (12 if row == 3 else 0), 100 + 14 * row + shift, left + 100, 110 + 14 * row + shift),
            entry,
        )
        for column, (left, shift) in enumerate(((60, 7), (200, 0), (340, 3)))
        for row in range(18)
    ]
    assert order(page) == sorted(each.cid for each in page)


@pytest.mark.parametrize(("bottom", "text", "place"), [(208, "Markets", 2), (208, "Markets.", 1), (192, "Markets", 1)])
def test_a_word_right_above_a_headline_is_no_part_of_the_column(bottom: int, text: str, place: int) -> None:
    page = [
        element(0, TEXT, (60, 60, 290, 180), PROSE),
        element(1, TEXT, (60, bottom - 10, 130, bottom), text),
        element(2, TEXT, (305, 60, 534, 170), PROSE),
        element(4, HEADING, (60, 215, 534, 240), "A headline over both columns"),
        element(5, TEXT, (60, 245, 290, 400), PROSE),
        element(6, TEXT, (305, 245, 534, 400), PROSE),
    ]
    assert order(page).index(1) == place


def card(third: float) -> list[PageElement]:
    """Three columns, the last one of short notes alone, which begins at ``third``."""
    item, note, page = (
        DocItemLabel.LIST_ITEM,
        "What it is about and for whom.",
        [element(0, TEXT, (60, 60, 210, 400), PROSE)],
    )
    for column, left in enumerate((230, third)):
        for row in range(5):
            top, cid = 60 + 54 * row + 14 * column, 40 * column + 4 * row
            page.append(element(cid + 1, item, (left + 17, top, left + 60, top + 10), "a name"))
            page.append(element(cid + 2, TEXT, (left, top + 14, left + 140 - 9 * row, top + 24), note))
            page.append(element(cid + 3, item, (left, top + 28, left + 120 + 9 * row, top + 38), note))
    page.append(element(20, HEADING, (230, 336, 300, 348), "More"))
    return [*page, element(21, TEXT, (230, 352, 380, 400), PROSE)]


def test_a_column_of_short_notes_is_one_where_it_is_as_wide_as_the_columns_before_it() -> None:
    for third, apart in ((400, True), (450, False)):
        page = in_columns(card(third), lambda column: sorted(column, key=lambda other: -other.t))
        found = [each.cid for each in page]
        assert (found == sorted(found)) is apart


def test_authors_above_paragraphs_of_many_lines_are_a_row_of_their_own() -> None:
    """The second one stands over the gutter; the paragraphs begin right below the three."""
    boxes = ((60, 150, 210, 196), (225, 150, 375, 196), (390, 150, 540, 172), (391, 175, 540, 196))
    names = [element(n, TEXT, box, "Orla Fenn of the Mill Board of Pellam") for n, box in enumerate(boxes)]
    columns = [
        element(4, TEXT, (40, 220, 290, 400), PROSE),
        element(5, TEXT, (40, 410, 290, 700), PROSE),
        element(6, TEXT, (310, 219, 560, 330), PROSE),
        element(7, TEXT, (310, 340, 560, 700), PROSE),
    ]
    assert order([*reversed(names), *columns]) == list(range(8))
