"""The title is found, and heading levels follow bookmarks, numbers and type."""

import pytest
from docling_core.types.doc import SectionHeaderItem, TitleItem
from docling_core.types.doc.base import Size

from pipeline.page_tags import Bookmark
from pipeline.stages.document.headings import find_title, merged_levels, set_headings
from tests.unit.stages.document.made import Made, line


def levels(made: Made) -> list[tuple[int, str]]:
    return [
        (item.level if isinstance(item, SectionHeaderItem) else 0, item.text)
        for item, _ in made.document.iterate_items()
        if isinstance(item, SectionHeaderItem | TitleItem)
    ]


def test_the_largest_line_high_on_the_first_page_is_the_title() -> None:
    made = Made()
    made.heading(line("A Handbook", 40, height=20))
    made.text(line("Some words of an ordinary paragraph.", 80))
    made.heading(line("Boats", 120, height=14))
    made.heading(line("Ropes", 160, height=14))
    made.heading(line("Hemp", 200, height=12))
    set_headings(made.document, made.record, ())
    assert levels(made) == [(0, "A Handbook"), (1, "Boats"), (1, "Ropes"), (2, "Hemp")]


def test_a_title_that_no_stage_saw_as_a_heading_is_found() -> None:
    made = Made()
    made.text(line("A Handbook", 40, height=16))
    made.text(line("Some words of an ordinary paragraph.", 80))
    made.heading(line("Boats", 120, height=12))
    set_headings(made.document, made.record, ())
    assert levels(made) == [(0, "A Handbook"), (1, "Boats")]


@pytest.mark.parametrize(
    ("text", "page", "top", "height"),
    [
        ("3 Boats", 1, 40, 20),
        ("Boats", 2, 40, 20),
        ("Boats", 1, 700, 20),
        ("Boats", 1, 40, 10.5),
        ("118", 1, 40, 20),
        ("\u0131\u0131", 1, 40, 84),
    ],
)
def test_what_is_no_title(text: str, page: int, top: float, height: float) -> None:
    made = Made()
    made.heading(line(text, top, height=height), page=page)
    made.text(line("Some words of an ordinary paragraph.", 400), page=page)
    assert find_title(made.document, made.record) is None


def test_numbers_say_the_level_and_headings_of_the_same_type_follow() -> None:
    made = Made()
    for index, (text, height) in enumerate(
        [("Foreword", 16), ("1 Boats", 16), ("1.1 Hulls", 13), ("Tar", 13), ("1.1.1 Pitch", 13), ("2 Ropes", 16)]
    ):
        made.heading(line(text, 40 + 40 * index, height=height))
    set_headings(made.document, made.record, ())
    assert levels(made) == [
        (1, "Foreword"),
        (1, "1 Boats"),
        (2, "1.1 Hulls"),
        (2, "Tar"),
        (3, "1.1.1 Pitch"),
        (1, "2 Ropes"),
    ]


def test_bookmarks_go_before_type() -> None:
    made = Made()
    made.heading(line("Boats", 40, height=14))
    made.heading(line("Hulls", 80, height=14))
    outline = (Bookmark("Boats", 0, 1, 40.0), Bookmark("Hulls", 1, 1, 80.0), Bookmark("Nowhere", 1, None, None))
    set_headings(made.document, made.record, outline)
    assert levels(made) == [(1, "Boats"), (2, "Hulls")]


@pytest.mark.parametrize(
    ("told", "shown", "expected"),
    [
        ([0, 0, 0], [1, 2, 2], [1, 2, 2]),
        ([0, 1, 2], [1, 2, 3], [1, 2, 3]),
        ([1, 0, 0], [1, 1, 2], [1, 1, 2]),
        ([1, 3, 0], [1, 2, 2], [1, 2, 2]),
        ([0, 0], [0, 0], [1, 1]),
        ([2, 1, 2], [2, 1, 2], [2, 1, 2]),
    ],
)
def test_levels_are_brought_together(told: list[int], shown: list[int], expected: list[int]) -> None:
    assert merged_levels(told, shown) == expected


def test_a_first_slide_is_headed_by_the_title_though_others_are_set_as_large() -> None:
    made = Made()
    made.heading(line("River Ferries", 200, height=34))
    made.text(line("Tomas Birk, 2018", 300, height=24))
    made.heading(line("Landing stages", 40, height=40), page=2)
    for page in (1, 2):
        made.document.pages[page].size = Size(width=800, height=600)
    set_headings(made.document, made.record, ())
    assert levels(made) == [(0, "River Ferries"), (1, "Landing stages")]


def test_a_first_slide_with_a_list_has_no_title_by_its_place() -> None:
    made = Made()
    made.heading(line("Ferries", 40, height=34))
    made.item(made.document.add_list_group(), line("a landing stage", 300, height=24))
    made.heading(line("Landing stages", 40, height=40), page=2)
    for page in (1, 2):
        made.document.pages[page].size = Size(width=800, height=600)
    set_headings(made.document, made.record, ())
    assert [text for level, text in levels(made) if level == 0] == []
