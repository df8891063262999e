"""What stands above another heading is a heading itself where it begins a chapter, and a slogan elsewhere."""

import pytest

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import line, paragraph, sheet

BODY = paragraph(12, 60, 300)
BOLD = "/Serif-Bold"


def heads(upper: str, lower: str) -> list[str]:
    """The headings of two large lines, of which the lower one stands right above the text."""
    large = [line(text, 60, top, height=18.0, pitch=9.0, font=BOLD) for text, top in ((upper, 60), (lower, 270))]
    found = regions(sheet([*large, *BODY]))
    tops = [region.box.top for region in found if region.label is LayoutLabel.SECTION_HEADER]
    return [one.text for one in large if one.box.top in tops]


@pytest.mark.parametrize("number", ["Chapter 4", "PART II", "Anhang B", "Chapitre 12"])
def test_the_number_of_a_chapter_is_a_heading_above_its_title(number: str) -> None:
    assert heads(number, "Required files") == [number, "Required files"]


def test_a_chapters_title_is_a_heading_above_its_first_section() -> None:
    assert heads("Relationships between files", "7.1 Syntax of fields") == [
        "Relationships between files",
        "7.1 Syntax of fields",
    ]


@pytest.mark.parametrize("slogan", ["Ferries for everybody", "Chapter by chapter", "Part of the harbour"])
def test_other_large_type_above_a_heading_is_a_slogan(slogan: str) -> None:
    assert heads(slogan, "Required files") == ["Required files"]


@pytest.mark.parametrize(("text", "is_head"), [("I. ROPES AND LINES", True), ("I. Ropes and lines", False)])
def test_a_roman_number_and_capitals_over_the_middle_of_the_text_head_it(text: str, is_head: bool) -> None:
    own = line(text, 0, 250)
    middle = (BODY[0].box.left + BODY[0].box.right - own.box.width) / 2
    lines = [line(text, middle, 270), *BODY]
    first = min(regions(sheet(lines)), key=lambda region: region.box.top)
    assert (first.label is LayoutLabel.SECTION_HEADER) is is_head
