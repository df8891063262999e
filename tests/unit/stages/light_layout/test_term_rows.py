"""Terms stay beside their texts, and a column of short lines beside running text is none of terms."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.term_rows import term_rows
from tests.support.layout_pages import labelled, line, region, sheet

BOLD = "/Serif-Bold"
LONG = "the first line of a text that says what the word left of it means, and"
LAST = "its last line."
TERMS = ("fodder", "hens_per_nest", "mill", "wheel")


def manual(*texts: tuple[str, ...], gap: float = 8) -> list[LayoutLine]:
    """A term beside the first line of each text, ``gap`` points between two texts."""
    found, top = [], 100.0
    for term, text in zip(TERMS, texts, strict=False):
        found.append(line(term, 60, top, font=BOLD))
        for each in text:
            found.append(line(each, 160, top))
            top += 12
        top += gap
    return found


def test_terms_stay_with_their_texts_though_the_network_sees_two_columns() -> None:
    lines = manual((LONG, LAST), (LONG, LONG, LAST), (LAST,), (LONG, LAST))
    columns = [region(LayoutLabel.TEXT, (55, 95, 150, 260)), region(LayoutLabel.TEXT, (155, 95, 560, 260))]
    assert labelled(regions(sheet(lines, *columns)), lines) == [
        ("text", f"{TERMS[0]} / {LONG} / {LAST}"),
        ("text", f"{TERMS[1]} / {LONG} / {LONG} / {LAST}"),
        ("text", f"{TERMS[2]} / {LAST}"),
        ("text", f"{TERMS[3]} / {LONG} / {LAST}"),
    ]


def test_a_margin_beside_text_that_goes_on_holds_no_terms() -> None:
    assert len(term_rows(manual((LONG, LAST), (LONG, LAST), (LONG, LAST), gap=0))) == 3
    assert term_rows(manual((LONG, LONG), (LONG, LONG), (LONG, LONG), gap=0)) == []


def test_rows_of_single_lines_and_few_rows_are_no_list_of_terms() -> None:
    assert term_rows(manual((LONG,), (LONG,), (LONG,))) == []
    assert term_rows(manual((LONG, LAST), (LONG, LAST))) == []


def test_narrow_texts_and_numbers_in_front_of_texts_are_no_list_of_terms() -> None:
    narrow = ("a narrow cell", "of two lines")
    assert term_rows(manual(narrow, narrow, narrow)) == []
    lines = [one for n in range(3) for one in (line(f"{n}", 60, 100 + 40 * n), line(LONG, 160, 100 + 40 * n))]
    assert term_rows([*lines, line(LAST, 160, 112)]) == []


def test_a_line_that_begins_between_the_edges_shows_columns_of_another_kind() -> None:
    lines = manual((LONG, LAST), (LONG, LAST), (LONG, LAST))
    assert term_rows([*lines, line("more", 100, 112)]) == []
