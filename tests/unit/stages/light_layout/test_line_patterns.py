"""What the beginning of a line says: marks of items, and what only looks like one."""

import pytest

from pipeline.pages import Box
from pipeline.stages.light_layout.line_patterns import begins_note, has_bullet, has_number
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord
from tests.support.layout_pages import line


@pytest.mark.parametrize(
    "text", ["a. ropes", "b) ropes", "(c) ropes", "A.Ropes and lines", "iv. ropes", "5. ropes", "a.- ropes"]
)
def test_a_letter_or_number_marks_an_item(text: str) -> None:
    assert has_number(line(text, 60, 100))


@pytest.mark.parametrize(
    "text",
    [
        "e.g. ropes of hemp",
        "i.e., ropes of hemp",
        "E.g. by splicing",
        "d. h. im Hafen",
        "z. B. im Hafen",
        "K., Miller, B., and Stone, F. Ropes of hemp.",
        "J.R. Miller, F. Stone",
        "J.-P. Miller, F. Stone",
        "W.H.O. figures",
        "5.º andar",
    ],
)
def test_an_abbreviation_marks_none(text: str) -> None:
    assert not has_number(line(text, 60, 100))


@pytest.mark.parametrize("text", ["* * * * *", "∗ ∗ ∗", "- - - cut here"])
def test_signs_in_a_row_are_no_bullet(text: str) -> None:
    assert has_bullet(line("* ropes", 60, 100))
    assert not has_bullet(line(text, 60, 100))


def signed(first: str, second: str) -> LayoutLine:
    """A sign in a font of its own, apart from the text behind it."""
    words = (
        LayoutWord(first, Box(60, 100, 66, 110), "/Signs"),
        LayoutWord(second, Box(72, 100, 100, 110), "/Serif"),
        LayoutWord("0.7", Box(105, 100, 120, 110), "/Serif"),
    )
    return LayoutLine(f"{first} {second} 0.7", Box(60, 100, 120, 110), "/Serif", words)


def test_a_letter_of_a_symbol_font_is_a_bullet_unless_a_formula_begins_with_it() -> None:
    assert has_bullet(signed("l", "ropes"))
    assert has_bullet(signed("l", "<rope>"))
    assert not any(has_bullet(signed("s", relation)) for relation in ("=", "≡", "←", ":="))
    assert not any(has_bullet(signed(sign, "x")) for sign in ("(", "∫", "√"))


def test_a_raised_star_is_the_mark_of_a_note() -> None:
    word = LayoutWord("Both", Box(66, 100, 90, 110), "/Serif")
    for box, raised in ((Box(60, 99, 64, 106), True), (Box(60, 100, 64, 110), False)):
        words = (LayoutWord("*", box, "/Serif"), word)
        assert begins_note(LayoutLine("* Both", Box(60, 99, 90, 110), "/Serif", words)) is raised
