"""Texts of cards that the network saw as one region are parted; one paragraph in pieces, and fields, are not."""

import pytest

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.classify import pieces
from pipeline.stages.light_layout.lines import LayoutLine, typography
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, region, sheet

CARDS = (
    ("Foam strips cost little and last", "five winters when they are dry."),
    ("Three degrees less from ten to", "six save a tenth of the fuel."),
    ("Air in the pipes keeps the upper", "half of a radiator cold."),
)


def side_by_side(*columns: tuple[str, ...], left: float = 40, step: float = 180) -> list[LayoutLine]:
    """The lines of the columns, row by row."""
    return [
        line(text, left + step * column, 100 + 14 * row)
        for row, texts in enumerate(zip(*columns, strict=True))
        for column, text in enumerate(texts)
    ]


def texts(lines: list[LayoutLine], label: LayoutLabel = LayoutLabel.TEXT) -> list[str]:
    return [block.text for block in pieces(Block(label, 0.9, tuple(lines)), typography(lines), lines)]


def test_paragraphs_side_by_side_in_one_region_are_parted() -> None:
    assert texts(side_by_side(*CARDS)) == [" ".join(card) for card in CARDS]
    lines = side_by_side(*CARDS[:2])
    found = labelled(regions(sheet(lines, region(LayoutLabel.TEXT, (38, 98, 420, 130)))), lines)
    assert sorted(found) == sorted(("text", " / ".join(card)) for card in CARDS[:2])


def test_so_are_those_that_the_network_took_for_an_item() -> None:
    assert texts(side_by_side(*CARDS), LayoutLabel.LIST_ITEM) == [" ".join(card) for card in CARDS]


def test_a_paragraph_whose_lines_are_broken_in_two_is_read_across() -> None:
    left = ("The ferry leaves the old", "pier and takes all of the")
    right = ("landing twice a day from", "parcels to the islands.")
    across = " ".join(text for row in zip(left, right, strict=True) for text in row)
    assert " ".join(texts(side_by_side(left, right))) == across


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (("Customer number", "Date of the bill"), ("88 120", "4 March 2024")),
        (("Length", "Draught"), ("Seven metres", "One metre")),
    ],
)
def test_labels_are_read_with_the_values_beside_them(labels: tuple[str, str], values: tuple[str, str]) -> None:
    across = " ".join(text for row in zip(labels, values, strict=True) for text in row)
    assert " ".join(texts(side_by_side(labels, values))) == across


def test_a_line_across_the_gutter_keeps_them_together() -> None:
    across = line("a line that runs across both of the columns here", 40, 128)
    assert texts([*side_by_side(*CARDS[:2]), across])[0].startswith(f"{CARDS[0][0]} {CARDS[1][0]}")
