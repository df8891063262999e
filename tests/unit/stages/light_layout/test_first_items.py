"""The first item of a list that the network took for a heading."""

from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.first_items import with_first_items
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, region, sheet

HEADING, ITEM = LayoutLabel.SECTION_HEADER, LayoutLabel.LIST_ITEM


def block(label: LayoutLabel, text: str, top: float, left: float = 60) -> Block:
    return Block(label, 1.0, (line(text, left, top),))


def labels(*blocks: Block) -> list[LayoutLabel]:
    return [one.label for one in with_first_items(blocks)]


FIRST = block(HEADING, "1. 24 seasonal ferries", 100)


def test_a_heading_right_above_the_next_item_is_an_item() -> None:
    assert labels(FIRST, block(ITEM, "2. Mooring lines that were loaded", 114)) == [ITEM, ITEM]
    assert labels(block(HEADING, "(3) Ropes", 100), block(ITEM, "(4) Lines", 114)) == [ITEM, ITEM]


def test_two_headings_numbered_in_turn_with_nothing_between_are_items() -> None:
    nested = block(ITEM, "- Mooring lines", 128, left=80)
    assert labels(FIRST, block(HEADING, "2. 25 well-kept ropes", 114), nested) == [ITEM, ITEM, ITEM]
    assert labels(FIRST, block(HEADING, "2. Mooring lines", 160)) == [HEADING, HEADING]


def test_nested_items_may_stand_between_two_items() -> None:
    nested = [block(ITEM, f"- Mooring line {n}", 114 + 14 * n, left=80) for n in range(3)]
    second = block(HEADING, "2. 25 well-kept ropes", 156)
    assert labels(block(ITEM, "1. Ferries", 100), *nested, second) == [ITEM] * 5
    assert labels(block(ITEM, "1. Ferries", 100), block(LayoutLabel.TEXT, "Some text", 128), second)[2] is HEADING


def test_a_heading_above_anything_else_stays() -> None:
    bold = block(ITEM, "2. Lines", 114)
    for other in (
        block(ITEM, "3. Mooring lines", 114),
        block(ITEM, "1. Mooring lines", 114),
        block(ITEM, "2. Mooring lines", 160),
        block(ITEM, "2. Mooring lines", 114, left=90),
        replace(bold, lines=(replace(bold.lines[0], font="/Serif-Bold"),)),
    ):
        assert labels(FIRST, other)[0] is HEADING


def test_on_a_page_the_network_is_overruled() -> None:
    items = [line("1. Ferries", 60, 150), line("2. Mooring lines that were loaded at low water", 60, 164)]
    lines = [*paragraph(4, 60, 60), *items]
    seen = [region(LayoutLabel.TEXT, (55, 55, 400, 120)), region(HEADING, (55, 148, 130, 161), 0.95)]
    assert labelled(regions(sheet(lines, *seen)), lines)[1:] == [
        ("list_item", "1. Ferries"),
        ("list_item", "2. Mooring lines that were loaded at low water"),
    ]
