"""The largest line of a cover is the title, by the cover's own measure."""

from docling_core.types.doc import DocItemLabel, SectionHeaderItem, TitleItem

from pipeline.stages.document.cover_titles import MOST, cover_title
from pipeline.stages.document.element_text import ElementLine
from pipeline.stages.document.headings import set_headings
from tests.unit.stages.document.made import Made, line

PROSE = "The council later asked for a fixed bridge but neither bank would carry the larger share of the cost " * 2


def drawn(text: str, top: float, height: float) -> ElementLine:
    """A line that was read from a picture: none of its words is known."""
    made = line(text, top, height=height)
    return ElementLine(made.text, made.box, height)


def with_text(made: Made) -> Made:
    """The document goes on with a chapter in type larger than that of most covers."""
    made.heading(line("The landing stage", 40, height=24), page=2)
    made.text(line(PROSE, 80), page=2)
    return made


def title(made: Made) -> str:
    found = cover_title(made.document, made.record)
    return found.text if found is not None else ""


def test_the_largest_line_of_a_cover_is_the_title_though_chapters_are_set_larger() -> None:
    made = Made()
    made.text(line("River Ferries", 200, height=16))
    made.text(line("Tomas Birk", 300, height=12))
    set_headings(with_text(made).document, made.record, ())
    assert [item.text for item in made.document.texts if isinstance(item, TitleItem)] == ["River Ferries"]


def test_the_only_bold_line_of_the_largest_is_the_title() -> None:
    made = Made()
    made.text(line("Harbour papers", 180, height=12))
    made.text(line("River Ferries", 200, height=12, bold=True))
    assert title(with_text(made)) == "River Ferries"
    made.text(line("A handbook", 220, height=12, bold=True))
    assert title(made) == "", "two of them"


def test_what_is_drawn_on_a_cover_is_neither_title_nor_heading() -> None:
    made = Made()
    made.heading(drawn("PELLAM", 60, 60))
    made.heading(line("q7", 120, height=40))
    made.heading(line("River Ferries", 200, height=16))
    set_headings(with_text(made).document, made.record, ())
    assert [item.text for item in made.document.texts if isinstance(item, TitleItem)] == ["River Ferries"]
    headings = [item.text for item in made.document.texts if isinstance(item, SectionHeaderItem)]
    assert headings == ["The landing stage"]


def test_a_first_page_of_anything_else_is_no_cover() -> None:
    def first(*more: str, label: DocItemLabel = DocItemLabel.TEXT, top: float = 200, size: float = 16) -> Made:
        made = Made()
        made.text(line("River Ferries", top, height=size))
        for number, text in enumerate(more):
            made.text(line(text, 300 + 20 * number), label=label)
        return made

    assert title(with_text(first())) == "River Ferries"
    assert title(first()) == "", "nothing after it"
    assert title(with_text(first(PROSE))) == "", "prose"
    assert title(with_text(first("A ferry crosses here on every day but one."))) == "", "a sentence"
    assert title(with_text(first("a rope", label=DocItemLabel.FORMULA))) == ""
    assert title(with_text(first(*(f"Rope {number}" for number in range(MOST))))) == "", "many lines"
    assert title(with_text(first(top=700))) == "", "at the foot"
    assert title(with_text(first(size=10))) == "", "as large as the text"


def test_a_date_is_no_title_however_large() -> None:
    made = Made()
    made.text(line("14 March 2019", 200, height=20))
    assert title(with_text(made)) == ""
