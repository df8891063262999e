"""A paragraph goes on in the next column or on the next page only where its sentence does."""

import pytest
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.page_order import PageOrder
from tests.support.page_elements import element

TEXT = DocItemLabel.TEXT
LEFT, RIGHT, NOTE = (60, 100, 280, 140), (320, 100, 540, 140), (60, 700, 280, 740)


@pytest.mark.parametrize(
    ("before", "after", "together"),
    [
        ("it ends in the", "middle of a line", True),
        ("it ends in the mid-", "dle of a line", True),
        ("by Idony,", "Marsh", True),
        ("the first of the two;", "the other one", True),
        ("le bord de la cité", "était de sable", True),
        ("у самого берега", "стояла мельница", True),
        ("East side, line one", "West side", False),
        ("It ends here.", "and so does this", False),
        ("as follows from (2)", "where it stands", False),
        ("in the year", "1963 of them", False),
    ],
)
def test_a_sentence_goes_on_in_small_letters(before: str, after: str, together: bool) -> None:
    page = [element(0, TEXT, LEFT, before), element(1, TEXT, RIGHT, after)]
    assert PageOrder().predict_merges(page) == ({0: [1]} if together else {})


@pytest.mark.parametrize(
    ("label", "expected"), [(DocItemLabel.FOOTNOTE, {0: [2]}), (DocItemLabel.SECTION_HEADER, {}), (TEXT, {})]
)
def test_notes_stand_between_the_parts_and_headings_part_them(
    label: DocItemLabel, expected: dict[int, list[int]]
) -> None:
    page = [
        element(0, TEXT, LEFT, "it ends in the"),
        element(1, label, NOTE, "∗ A note."),
        element(2, TEXT, RIGHT, "next"),
    ]
    assert PageOrder().predict_merges(page) == expected


def test_a_paragraph_goes_on_over_several_columns_and_pages_but_not_below_itself() -> None:
    page = [element(n, TEXT, box, "one of the words") for n, box in enumerate((LEFT, RIGHT, LEFT))]
    page[0] = page[0].model_copy(update={"text": "It is"})
    page[2] = page[2].model_copy(update={"page_no": 2})
    assert PageOrder().predict_merges(page) == {0: [1, 2]}
    assert PageOrder().predict_merges([page[0], element(1, TEXT, NOTE, "one of them")]) == {}


@pytest.mark.parametrize(
    ("after", "page", "together"),
    [("they are complete.", 2, True), ("7 They are complete.", 2, False), ("they are complete.", 3, False)],
)
def test_a_note_goes_on_at_the_foot_of_the_next_page(after: str, page: int, together: bool) -> None:
    note = DocItemLabel.FOOTNOTE
    elements = [
        element(0, TEXT, LEFT, "it ends in the"),
        element(1, note, NOTE, "6 in the years in which"),
        element(2, TEXT, LEFT, "middle"),
        element(3, note, NOTE, after).model_copy(update={"page_no": page}),
    ]
    elements[2] = elements[2].model_copy(update={"page_no": page})
    merges = PageOrder().predict_merges(elements)
    assert merges == ({0: [2], 1: [3]} if together else {0: [2]})


def test_a_caption_that_no_network_saw_stands_between_the_parts_of_a_paragraph() -> None:
    page = [
        element(0, TEXT, LEFT, "it ends in the"),
        element(1, TEXT, NOTE, "Table 1: All values in centimetres"),
        element(2, TEXT, RIGHT, "next"),
    ]
    assert PageOrder().predict_merges(page) == {0: [2]}


def test_a_paragraph_around_a_box_goes_on_right_below_itself() -> None:
    page = [
        element(0, TEXT, (60, 100, 280, 300), "the log that he kept of the"),
        element(1, TEXT, (300, 100, 540, 120), "In figures"),
        element(2, DocItemLabel.TABLE, (300, 130, 540, 298)),
        element(3, TEXT, (60, 303, 540, 360), "first winter names fourteen nights"),
    ]
    assert PageOrder().predict_merges(page) == {0: [3]}
    for moved in ((60, 330, 540, 360), (80, 303, 540, 360)):
        apart = [*page[:3], element(3, TEXT, moved, "first winter names fourteen nights")]
        assert PageOrder().predict_merges(apart) == {}
    ended = page[0].model_copy(update={"text": "He kept a log."})
    assert PageOrder().predict_merges([ended, *page[1:]]) == {}
