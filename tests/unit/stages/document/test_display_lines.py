"""Documents whose tags name no heading have those that were only made larger."""

from dataclasses import replace

from docling_core.types.doc import SectionHeaderItem, TitleItem

from pipeline.stages.document.headings import set_headings
from pipeline.stages.tagged.tagged_page import BlockPlace
from tests.unit.stages.document.made import Made, line


def tagged(made: Made) -> Made:
    """The same document, each element of it from a tag."""
    for page, parts in made.elements.items():
        made.elements[page] = [(replace(text, tag=BlockPlace()), heading) for text, heading in parts]
    return made


def review() -> Made:
    made = Made()
    made.text(line("Review of the year", 40, height=18))
    made.text(line("Revenue grew by four per cent, of which three came from volume.", 80))
    made.text(line("Margins", 120, height=12))
    made.text(line("Gross margin improved as paper prices eased.", 140))
    made.text(line("All of it was made by hand.", 180, height=12))
    made.text(line("No machine took part, as none was there.", 200))
    made.text(line("Outlook", 240, height=12), line("for the next", 254, height=12), line("year", 268, height=12))
    made.text(line("The order book is full until the autumn of next year.", 300))
    made.text(line("2028", 340, height=14))
    made.text(line("Thank you", 380, height=12), page=2)
    return made


def headings(made: Made) -> list[str]:
    set_headings(made.document, made.record, ())
    return [item.text for item, _ in made.document.iterate_items() if isinstance(item, SectionHeaderItem | TitleItem)]


def test_larger_lines_head_the_smaller_text_below_them() -> None:
    assert headings(tagged(review())) == ["Review of the year", "Margins"]


def test_untagged_pages_are_left_to_the_layout() -> None:
    assert headings(review()) == ["Review of the year"], "the title alone"


def test_tags_that_name_one_heading_are_believed() -> None:
    made = review()
    made.heading(line("Statements", 600, height=12))
    assert "Margins" not in headings(tagged(made))
