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


def test_a_line_larger_than_every_named_heading_heads_them() -> None:
    made = Made()
    for number, (chapter, section) in enumerate((("Who may join", "Subscriptions"), ("Travel", "Dress")), start=1):
        made.text(line(chapter, 40, height=18), page=number)
        made.text(line("Anyone over sixteen who can hold a part may sing with us.", 80), page=number)
        made.heading(line(section, 120, height=11), page=number)
        made.text(line("The sum is the same for all, and covers what is sung.", 140), page=number)
    made.text(line("a remark of its own size", 180, height=12), page=2)
    made.text(line("The last words of the document say nothing new.", 200), page=2)
    for page, parts in made.elements.items():
        made.elements[page] = [(replace(t, tag=BlockPlace(level=2 if h else 0)), h) for t, h in parts]
    set_headings(made.document, made.record, ())
    levels = {item.text: item.level for item in made.document.texts if isinstance(item, SectionHeaderItem)}
    assert levels == {"Who may join": 1, "Subscriptions": 2, "Travel": 1, "Dress": 2}
