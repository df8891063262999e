"""Big numbers stay with their labels; numbers of tables and lone ones are none of that."""

import pytest

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.number_tiles import number_tiles
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, region, sheet


def tile(number: str, label: str, left: float, *, below: bool = True) -> list[LayoutLine]:
    big = line(number, left, 100 if below else 118, height=40, pitch=20)
    return [big, *([line(label, left, 146 if below else 104)] if label else [])]


def texts(lines: list[LayoutLine]) -> list[str]:
    return [block.text for block in number_tiles(lines)]


@pytest.mark.parametrize("number", ["42 %", "€ 17k", "3.7m", "1,204", "-5", "24/7", "#2", "98°C"])
def test_numbers_side_by_side_are_read_with_their_labels(number: str) -> None:
    row = [*tile("16", "boats", 50), *tile(number, "more crossings", 200)]
    assert texts(row) == ["16 boats", f"{number} more crossings"]
    row = [*tile("16", "boats", 50, below=False), *tile(number, "more crossings", 200, below=False)]
    assert texts(row) == ["boats 16", f"more crossings {number}"]


def test_a_label_of_two_lines_is_one() -> None:
    row = [*tile("16", "boats", 50), *tile("42", "more", 200), line("crossings", 200, 160)]
    assert texts(row) == ["16 boats", "42 more crossings"]


def test_the_boxes_of_a_number_and_its_label_may_overlap_a_little() -> None:
    numbers = [*tile("16", "", 50), *tile("42", "", 200)]
    assert texts([*numbers, line("boats", 50, 138), line("crossings", 200, 138)]) == ["16 boats", "42 crossings"]
    assert texts([*numbers, line("boats", 50, 134), line("crossings", 200, 134)]) == []


@pytest.mark.parametrize(
    "lines",
    [
        tile("3", "The upper lock", 50),
        [*tile("16", "boats", 50), *tile("42", "", 200)],
        [*tile("16", "boats", 50), *tile("May", "crossings", 200)],
        [*tile("16", "2019", 50), *tile("42", "2020", 200)],
        [*tile("16", "", 50), *tile("42", "", 200), LayoutLine("boats and crossings", Box(50, 146, 240, 156))],
        [line(text, left, top) for left in (50, 200) for text, top in (("16", 100), ("boats", 114))],
    ],
    ids=["alone", "without a label", "no number", "labels of digits", "one label", "no larger than its label"],
)
def test_what_is_no_tile_is_left_alone(lines: list[LayoutLine]) -> None:
    assert texts(lines) == []


def test_tiles_that_the_network_takes_for_headings_are_text_and_part_nothing_else() -> None:
    title = line("The ferry in figures", 50, 40, height=30, pitch=15)
    row = [*tile("16", "boats", 50), *tile("42 %", "more crossings", 200)]
    lines = [title, *row, *paragraph(3, 50, 220)]
    seen = [region(LayoutLabel.SECTION_HEADER, (45, 35, 420, 150)), region(LayoutLabel.TEXT, (45, 215, 400, 265))]
    found = labelled(regions(sheet(lines, *seen)), lines)
    assert ("text", "16 / boats") in found
    assert ("text", "42 % / more crossings") in found
    assert ("section_header", "The ferry in figures") in found
