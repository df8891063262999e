"""A heading neither begins nor ends inside a sentence, however its lines are set."""

from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, region, sheet

BOLD = "/Serif-Bold"
LARGE = "some words that fill one line of large type"


def block(*lines: LayoutLine, label: LayoutLabel = LayoutLabel.TEXT) -> list[tuple[str, str]]:
    """What the lines become above a paragraph, where the network sees one region."""
    page = [*lines, *paragraph(6, 60, 400)]
    right = max(one.box.right for one in lines)
    found = regions(sheet(page, region(label, (55, 95, right + 5, lines[-1].box.bottom + 5))))
    return labelled(found, page)[:-1]


def mixed(text: str, top: float, *, height: float = 10.0) -> LayoutLine:
    """A line of which all but the first word is bold."""
    made = line(text, 60, top, height=height, pitch=height / 2, font=BOLD)
    first = replace(made.words[0], font="/Serif")
    return replace(made, words=(first, *made.words[1:]))


def test_a_line_that_goes_on_with_a_word_is_no_heading_though_a_raised_mark_makes_it_high() -> None:
    upper = paragraph(3, 60, 100, text="some words that fill one whole line of running wa-")
    lower = line("ter.*", 60, 142, height=12.0)
    assert [label for label, _ in block(*upper, lower)] == ["text"]
    assert len(block(*upper, line("Ter", 60, 142, height=12.0))) == 2, "a capital begins something"
    whole = paragraph(3, 60, 100, text="some words that fill one whole line of running water")
    assert len(block(*whole, line("ter", 60, 142, height=12.0))) == 2


def test_a_line_with_words_of_the_next_ones_type_goes_on_with_it() -> None:
    """On a page of code in small type, all of its text is large."""
    lower = line("and the rest.", 60, 118, height=14.0, pitch=7.0)
    assert [label for label, _ in block(mixed(LARGE, 100, height=14.0), lower)] == ["text"]
    whole = line(LARGE, 60, 100, height=14.0, pitch=7.0, font=BOLD)
    assert [label for label, _ in block(whole, lower)] == ["section_header", "text"], "bold from end to end"
    larger = mixed(LARGE, 100, height=17.0)
    assert [label for label, _ in block(larger, replace(lower))] == ["section_header", "text"]


def test_what_holds_the_end_of_a_sentence_in_chinese_is_no_heading() -> None:
    sentence = "码头每天早上开门。下午还有一班"
    for text, label in ((sentence, "text"), (sentence.replace("。", ""), "section_header")):
        assert [found for found, _ in block(line(text, 60, 100, height=16.0, pitch=16.0))] == [label]
