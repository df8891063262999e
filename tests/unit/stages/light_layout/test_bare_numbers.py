"""Numbers without a dot begin the items of a list where they count up and stand apart from texts that hang."""

import pytest

from pipeline.stages.light_layout.bare_numbers import with_bare_numbers
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from tests.support.layout_pages import line, paragraph


def numbered(number: str, text: str, top: float, left: float = 50.0, edge: float = 68.0) -> LayoutLine:
    """One line with a number at ``left`` and its text at ``edge``."""
    parts = line(number, left, top), line(text, edge, top)
    words = (*parts[0].words, *parts[1].words)
    return LayoutLine(f"{number} {text}", bounds([part.box for part in parts]), parts[1].font, words)


def marked(lines: list[LayoutLine]) -> list[str]:
    return [one.text for one in with_bare_numbers(lines) if one.numbered]


@pytest.mark.parametrize("numbers", ["12", "ab", ["i", "ii"]])
def test_items_with_bare_numbers_are_marked_and_their_further_lines_are_not(numbers: list[str]) -> None:
    lines = [numbered(numbers[0], "Wash the pan", 100), line("with sand", 68, 114), numbered(numbers[1], "Dry it", 128)]
    assert marked(lines) == [f"{numbers[0]} Wash the pan", f"{numbers[1]} Dry it"]


def test_numbers_of_two_figures_stand_nearer_to_their_texts() -> None:
    lines = [numbered(str(n), "Wash the pan", 14 * n, edge=64.5) for n in (9, 10, 11)]
    assert len(marked(lines)) == 3
    assert marked([numbered(str(n), "Wash the pan", 14 * n, edge=64.5) for n in (10, 11, 12)]) == []


def test_a_number_with_a_line_of_its_own_joins_its_text() -> None:
    lines = [part for n in (1, 2) for part in (line(str(n), 50, 80 + 20 * n), line("Dry it", 75, 80 + 20 * n))]
    assert marked(lines) == ["1 Dry it", "2 Dry it"]
    assert len(with_bare_numbers(lines)) == 2


def test_rows_of_numbers_that_count_up_are_a_tables() -> None:
    assert marked([numbered(str(n), f"{40 + n} {70 + n}", 14 * n) for n in (1, 2, 3, 4)]) == []
    assert len(marked([numbered(str(n), f"{40 + n} eggs", 14 * n) for n in (1, 2, 3, 4)])) == 4


def test_a_list_within_an_item_does_not_end_the_list_around_it() -> None:
    lines = [numbered("1", "Wash", 100), numbered("a", "twice", 114, 68, 86), numbered("b", "with soap", 128, 68, 86)]
    assert marked([*lines, numbered("2", "Dry it", 142)]) == ["1 Wash", "a twice", "b with soap", "2 Dry it"]
    outer = [numbered(number, text, top, edge=80) for number, text, top in (("1", "Wash", 100), ("2", "Dry it", 142))]
    within = [line(text, left, top) for top in (114, 128) for text, left in (("\u2022", 66), ("with soap", 80))]
    assert marked([*outer, *within]) == ["1 Wash", "2 Dry it"]


@pytest.mark.parametrize(
    "lines",
    [
        [line("1 Wash the pan", 50, 100), line("2 Dry it", 50, 114)],
        [numbered("1", "Wash the pan", 100), numbered("3", "Dry it", 114)],
        [numbered("4", "Wash the pan", 100), numbered("5", "Dry it", 114)],
        [numbered("1", "Scope", 100), *paragraph(2, 50, 120), numbered("2", "Terms", 160)],
        [numbered("1", "Scope ........ 7", 100), numbered("2", "Terms ........ 9", 114)],
        [numbered("1", "Scope ........iv", 100), numbered("2", "Terms .........x", 114)],
        [numbered("1", "Scope 7", 100), numbered("2", "Terms 9", 114)],
        [numbered(str(n), text, 90 + 14 * n) for n, text in enumerate(("The clerk then", "asked the", "witness"), 1)],
        [
            *(numbered(str(n), text, 86 + 14 * n) for n, text in enumerate(("The clerk then", "asked the witness"), 1)),
            line("of the night", 68, 128),
            numbered("3", "Nothing came of it", 142),
        ],
        [
            numbered(str(n), text, 90 + 14 * n)
            for n, text in enumerate(
                ("Q. Was it late?", "A. It was.", "Q. When did", "the boat leave?", "A. At six.", "I. So."), 1
            )
        ],
        [numbered("1", "Wash the pan", 100), numbered("2", "Dry it", 114, edge=90)],
    ],
    ids=[
        "a word's gap",
        "no count",
        "two from four on",
        "headings",
        "contents",
        "contents with Roman pages",
        "contents without leaders",
        "numbered lines",
        "numbered lines and one without",
        "a transcript",
        "two edges",
    ],
)
def test_what_is_no_list_is_left_alone(lines: list[LayoutLine]) -> None:
    assert marked(lines) == []


def test_rows_of_a_table_are_no_items() -> None:
    rows = []
    for n in (1, 2, 3):
        cells = [line(text, left, 100 + 14 * n) for text, left in ((str(n), 50), ("oil tank", 70), ("1,204", 200))]
        words = tuple(word for cell in cells for word in cell.words)
        rows.append(LayoutLine(f"{n} oil tank 1,204", bounds([cell.box for cell in cells]), cells[0].font, words))
    assert marked(rows) == []
