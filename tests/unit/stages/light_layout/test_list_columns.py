"""Lists side by side are lists; headings, prose and ticks side by side are none."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.list_columns import list_columns
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, region, sheet

HEAVY = "/Serif-Bold"


def texts(lines: list[LayoutLine]) -> list[list[str]]:
    return [[one.text for one in column] for column in list_columns(lines)]


def list_at(left: float, marks: str, *words: str) -> list[LayoutLine]:
    """A list of items of two lines each, with a mark before the first one."""
    found = []
    for number, (mark, word) in enumerate(zip(marks, words, strict=True)):
        found += [
            line(f"{mark} {word} of the old", left, 100 + 40 * number),
            line("orchard", left + 11, 114 + 40 * number),
        ]
    return found


def test_lists_side_by_side_are_read_one_after_the_other() -> None:
    left, right = list_at(60, "••", "apples", "pears"), list_at(320, "••", "plums", "quinces")
    assert texts([*left, *right]) == [[one.text for one in left], [one.text for one in right]]
    seen = region(LayoutLabel.TABLE, (50, 90, 500, 180))
    found = labelled(regions(sheet([*left, *right], seen)), [*left, *right])
    assert sorted(found) == sorted(
        ("list_item", f"• {word} of the old / orchard") for word in ("apples", "pears", "plums", "quinces")
    )


def test_their_headings_stay_with_them() -> None:
    heads = [line("Before", 60, 80, font=HEAVY), line("After", 320, 80, font=HEAVY)]
    lists = [*list_at(60, "••", "apples", "pears"), *list_at(320, "••", "plums", "quinces")]
    assert [column[0] for column in texts([*heads, *lists])] == ["Before", "After"]
    found = labelled(regions(sheet([*heads, *lists])), heads)
    assert [one for one in found if one[1]] == [("section_header", "Before"), ("section_header", "After")]


def test_columns_of_prose_with_items_in_them_are_no_lists() -> None:
    prose = [line("some words of running text", left, top) for left in (60, 320) for top in (128, 142, 156)]
    lists = [*list_at(60, "••", "apples", "pears"), *list_at(320, "••", "plums", "quinces")]
    assert texts([*prose, *lists]) == []


def test_ticks_in_the_columns_of_a_table_are_no_lists() -> None:
    ticks = [line("•", left, 100 + 20 * row) for left in (300, 450) for row in range(4)]
    names = [line(f"• name {row}", 60, 100 + 20 * row) for row in range(4)]
    assert texts([*names, *ticks]) == []


def test_one_list_and_lists_below_each_other_are_left_to_the_other_rules() -> None:
    assert texts(list_at(60, "•••", "apples", "pears", "plums")) == []
    lower = [line(f"• more {row}", 320, 400 + 20 * row) for row in range(3)]
    assert texts([*list_at(60, "••", "apples", "pears"), *lower]) == []
