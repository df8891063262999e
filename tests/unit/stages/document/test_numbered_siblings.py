"""A line with a section's number is a heading where another section of its depth is headed by a line set as it is."""

from dataclasses import replace
from typing import Any

from docling_core.types.doc import SectionHeaderItem

from pipeline.stages.document.numbered_siblings import name_siblings
from pipeline.stages.tagged.tagged_page import BlockPlace
from tests.unit.stages.document.made import Made, line


def named(text: str, *, heading: str = "2.1 Hulls", height: float = 10.0, tagged: bool = False, **style: Any) -> bool:
    """Whether a text so set is a heading beside one in bold."""
    made = Made()
    made.heading(line(heading, 40, bold=True))
    made.text(line("Some words of an ordinary paragraph.", 80))
    made.text(line(text, 120, height=height, **{"bold": True, **style}))
    made.text(line("Some words of an ordinary paragraph.", 160))
    for page, parts in made.elements.items() if tagged else ():
        made.elements[page] = [(replace(part, tag=BlockPlace(level=2 * known)), known) for part, known in parts]
    name_siblings(made.document, made.record)
    return any(item.text == text for item in made.document.texts if isinstance(item, SectionHeaderItem))


def test_a_line_set_as_a_heading_with_a_number_of_as_many_parts_is_one() -> None:
    assert named("2.2 Ropes")
    assert named("B.4 Ropes", heading="A.1 Hulls")
    assert not named("2.2.1 Ropes"), "deeper"
    assert not named("3 Ropes"), "one part: an item's number"
    assert not named("Ropes")
    assert not named("2.2 Ropes are kept dry."), "a sentence"
    assert not named("2.2 Ropes . . . . . . . . 14"), "an entry of the contents"
    assert not named("2.2 1 4"), "figures"


def test_another_style_is_another_kind_of_line() -> None:
    assert not named("2.2 Ropes", height=12)
    assert not named("2.2 Ropes", italic=True)
    assert not named("2.2 ROPES")
    assert not named("2.2 Ropes", bold=False)


def test_tags_say_what_is_a_heading() -> None:
    assert not named("2.2 Ropes", tagged=True)


def test_headings_set_as_the_text_show_nothing() -> None:
    """Clauses of a contract have numbers too."""
    made = Made()
    made.heading(line("2.1 Hulls", 40))
    made.text(line("2.2 The owner keeps all ropes dry", 80))
    name_siblings(made.document, made.record)
    assert [item.text for item in made.document.texts if isinstance(item, SectionHeaderItem)] == ["2.1 Hulls"]


def test_small_capitals_are_as_high_as_their_number() -> None:
    made = Made()
    made.heading(line("2.1 HULLS", 40))
    small = line("2.2 ROPES", 80, height=8)
    number = replace(small.words[0], box=replace(small.words[0].box, bottom=90))
    made.text(replace(small, words=(number, *small.words[1:])))
    name_siblings(made.document, made.record)
    assert sum(isinstance(item, SectionHeaderItem) for item in made.document.texts) == 2
    chinese = Made()
    chinese.heading(line("2.1 缆绳 DVD", 40))
    chinese.text(line("2.2 缆绳 CD", 80))
    name_siblings(chinese.document, chinese.record)
    assert sum(isinstance(item, SectionHeaderItem) for item in chinese.document.texts) == 1, "not in capitals"
