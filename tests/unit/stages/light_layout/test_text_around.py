"""A paragraph beside a table and below it is cut where it grows wider: no text of the table stands in its box."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.text_around import parted_around
from tests.support.layout_pages import line, paragraph

TABLE = Box(320, 90, 520, 150)
NARROW, WIDE = (
    "some words beside the table",
    "some words that fill one whole line of running text, from edge to edge of it",
)


def test_what_goes_around_a_table_is_cut_below_it() -> None:
    lines = (*paragraph(4, 60, 100, text=NARROW), *paragraph(3, 60, 156, text=WIDE))
    block = Block(LayoutLabel.TEXT, 0.9, lines)
    found = parted_around([block], [TABLE])
    assert [len(part.lines) for part in found] == [4, 3]
    assert all(part.box.intersection(TABLE) == 0 for part in found)


def test_what_stands_beside_or_over_it_stays_whole() -> None:
    beside = Block(LayoutLabel.TEXT, 0.9, tuple(paragraph(4, 60, 100, text=NARROW)))
    over = replace(beside, lines=(*beside.lines, line(WIDE, 60, 128)))
    assert parted_around([beside, over], [TABLE]) == [beside, over]
