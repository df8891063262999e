"""Initials of names look like the letters of items, but stand alone."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.initials import without_initials
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, sheet

ITEM, TEXT = LayoutLabel.LIST_ITEM, LayoutLabel.TEXT


def labels(*texts: str) -> list[LayoutLabel]:
    blocks = [Block(ITEM, 1.0, (line(text, 60, 100 + 14 * n),)) for n, text in enumerate(texts)]
    return [block.label for block in without_initials(blocks)]


def test_a_letter_alone_is_an_initial() -> None:
    assert labels("D. Miller, F. Stone and B. Weaver") == [TEXT]
    assert labels("D. Miller, F. Stone and B. Weaver", "H. Stone and B. Weaver") == [TEXT, TEXT]


def test_a_letter_beside_the_one_before_or_after_it_marks_an_item() -> None:
    assert labels("d. ropes", "e. lines") == [ITEM, ITEM]
    assert labels("c. ropes", "D. Miller") == [TEXT, TEXT]
    assert labels("D. Miller and F. Stone", "C. Stone") == [TEXT, TEXT]


def test_a_first_letter_among_initials_is_one() -> None:
    assert labels("I. Miller", "C. Stone", "K. Weaver", "A. Cooper") == [TEXT] * 4
    assert labels("I. Miller", "C. Stone") == [ITEM, TEXT]


def test_lists_at_other_edges_have_letters_of_their_own() -> None:
    places = [("a. ropes", 60, 100), ("c. hemp", 300, 107), ("b. lines", 60, 114), ("d. flax", 300, 121)]
    blocks = [Block(ITEM, 1.0, (line(text, left, top),)) for text, left, top in places]
    assert [block.label for block in without_initials(blocks)] == [ITEM] * 4


def test_a_first_letter_and_other_marks_stay() -> None:
    assert labels("a. ropes") == labels("4. ropes") == labels("d) ropes") == labels("• D. Miller") == [ITEM]


def test_a_line_of_authors_on_a_page_is_text() -> None:
    lines = [line("D. Miller, F. Stone and B. Weaver", 60, 60), *paragraph(6, 60, 120)]
    assert labelled(regions(sheet(lines)), lines)[0] == ("text", "D. Miller, F. Stone and B. Weaver")
