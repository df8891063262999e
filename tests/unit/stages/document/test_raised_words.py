"""How the words of a line are styled: raised and lowered ones, also where boxes hug the letters."""

from dataclasses import replace

import pytest
from docling_core.types.doc.page import BoundingRectangle

from pipeline.pages import Box
from pipeline.stages.docling_boxes import with_height
from pipeline.stages.document.raised_words import script_of, tight_fonts
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord

BASE = 110.0


def word(
    text: str, left: float, *, up: float = 0.0, size: float = 10.0, tight: bool = True, font: str = "/Serif"
) -> LayoutWord:
    """A word whose box hugs its letters if ``tight``; ``up`` raises its base line, in points."""
    tall = any(char in "bdfhkl" or char.isupper() or char.isdigit() for char in text)
    hangs = any(char in "gjpqy[]" for char in text)
    top, bottom = (0.7 if tall or not tight else 0.48), (0.2 if hangs or not tight else 0.0)
    box = Box(left, BASE - up - top * size, left + 0.5 * size * len(text), BASE - up + bottom * size)
    return LayoutWord(text, box, font)


def scripts(*words: LayoutWord) -> list[int]:
    line = LayoutLine(" ".join(one.text for one in words), Box(60, 100, 500, 112), "/Serif", words)
    return [script_of(one, line, tight_fonts(words)) for one in words]


def test_low_letters_are_not_lowered_where_boxes_hug_them() -> None:
    parts = ["Ferries", "was", "an", "aim", "of", "yielding", "men.", "History", "room"]
    words = [word(text, 60 + 60 * n) for n, text in enumerate(parts)]
    assert tight_fonts(words) == {"/Serif"}
    assert scripts(*words) == [0] * len(parts)


def test_raised_and_lowered_figures_are_seen_in_either_kind_of_box() -> None:
    for tight in (True, False):
        words = [
            word("Kilometres", 60, tight=tight),
            word("men", 130, tight=tight),
            word("2", 150, up=4, size=6, tight=tight),
            word("2", 170, up=-2, size=6, tight=tight),
        ]
        assert scripts(*words) == [0, 0, 1, -1]


def test_a_line_without_a_word_of_low_letters_shows_by_its_hanging_ones_that_boxes_hug_them() -> None:
    parts = ["Expert", "help", "to", "achieve", "your", "business", "requirements"]
    words = [word(text, 60 + 50 * n) for n, text in enumerate(parts)]
    assert tight_fonts(words) == {"/Serif"}
    assert scripts(*words) == [0] * len(parts)
    assert tight_fonts([word(text, 60, tight=False) for text in parts]) == frozenset()


def test_a_font_with_few_words_is_like_the_others_of_its_page() -> None:
    parts = ["Ferries", "was", "an", "aim", "of", "yielding"]
    words = [word(text, 60 + 60 * n) for n, text in enumerate(parts)]
    assert tight_fonts([*words, word("never", 450, font="/Sans")]) == {"/Serif", "/Sans"}
    loose = [word(text, 60 + 60 * n, tight=False, font="/Mono") for n, text in enumerate(parts)]
    assert tight_fonts([*words, *loose, word("never", 450, font="/Sans")]) == {"/Serif"}


def test_dashes_bullets_and_low_words_are_not_raised_where_boxes_hug_them() -> None:
    parts = ["Ferries", "was", "Kilometres", "of", "yielding"]
    page = [word(text, 60 + 60 * n) for n, text in enumerate(parts)]
    fonts = tight_fonts(page)
    bullet = LayoutWord("•", Box(60, BASE - 4.5, 64, BASE - 1.5), "/Signs")
    dash = LayoutWord("-", Box(140, BASE - 3, 145, BASE - 2.4), "/Serif")
    hanging = LayoutWord("fail.", Box(180, BASE - 7, 200, BASE + 3), "/Serif")  # as an italic f does
    words = (bullet, word("Kent", 100), dash, word("never", 150), hanging)
    line = LayoutLine("• Kent - never fail.", Box(60, 100, 500, 112), "/Serif", words)
    assert [script_of(one, line, fonts) for one in words] == [0] * 5


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_cell_is_made_as_high_as_its_type_across_its_direction(turn: int) -> None:
    corners = [(100.0, 50.0), (300.0, 50.0), (300.0, 40.0), (100.0, 40.0)]
    turned = [[(x, y), (-y, x), (-x, -y), (y, -x)][turn] for x, y in corners]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = turned
    rect = BoundingRectangle(r_x0=x0, r_y0=y0, r_x1=x1, r_y1=y1, r_x2=x2, r_y2=y2, r_x3=x3, r_y3=y3)
    rect = with_height(rect, 16.0)
    assert [rect.height, rect.width] == pytest.approx([16, 200])
    middle = [sum(place[axis] for place in turned) / 4 for axis in (0, 1)]
    xs, ys = (rect.r_x0, rect.r_x1, rect.r_x2, rect.r_x3), (rect.r_y0, rect.r_y1, rect.r_y2, rect.r_y3)
    assert [sum(xs) / 4, sum(ys) / 4] == pytest.approx(middle)


def test_a_title_of_few_words_shows_by_its_capitals_that_boxes_hug_them() -> None:
    words = [word(text, 60 + 60 * n) for n, text in enumerate(["Costs", "of", "Irrigation"])]
    assert scripts(*words) == [0, 0, 0]


def test_digits_beside_hebrew_are_lower_and_not_raised() -> None:
    letters = [
        LayoutWord(text, Box(400 - 60 * n, 98, 440 - 60 * n, 110), "/Hebrew")
        for n, text in enumerate(["\u05d1\u05e9\u05e0\u05ea", "\u05e9\u05dc"])
    ]
    number = LayoutWord("12.50", Box(360, 98, 390, 107), "/Hebrew")
    line = LayoutLine(
        "\u05d1\u05e9\u05e0\u05ea \u05e9\u05dc 12.50", Box(300, 98, 440, 110), "/Hebrew", (*letters, number)
    )
    assert script_of(number, line, frozenset()) == 0


def test_words_beside_a_font_that_says_its_descent_stand_on_one_line_with_it() -> None:
    """Its boxes reach below the base line though no letter of the word does."""
    parts = ["Ferries", "was", "Kilometres", "of", "yielding"]
    fonts = tight_fonts([word(text, 60 + 60 * n) for n, text in enumerate(parts)])
    mono = [word(text, 200 + 60 * n, tight=False, font="/Mono") for n, text in enumerate(("unstable", "fixed"))]
    leaning = LayoutWord("for", Box(320, BASE - 7, 335, BASE + 2), "/Serif-Italic")  # its f hangs
    raised = word("2", 345, up=4, size=6)
    words = (word("For", 60), word("handled", 90), word("yielding", 150), *mono, leaning, raised)
    line = LayoutLine("For handled yielding unstable fixed for 2", Box(60, 100, 500, 112), "/Serif", words)
    assert [script_of(one, line, fonts | {"/Serif-Italic"}) for one in words] == [0, 0, 0, 0, 0, 0, 1]


def test_latin_words_beside_higher_letters_are_not_lowered() -> None:
    words = (
        LayoutWord("執行", Box(60, 100, 80, 110), "/Sans"),
        LayoutWord("debmake", Box(82, 102, 110, 111), "/Serif"),
        LayoutWord("命令", Box(112, 100, 132, 110), "/Sans"),
        LayoutWord("2", Box(132, 99, 136, 104.5), "/Sans"),
    )
    line = LayoutLine("執行 debmake 命令 2", Box(60, 100, 136, 111), "/Sans", words)
    assert [script_of(one, line, frozenset()) for one in words] == [0, 0, 0, 1]


def test_digits_beside_thai_are_lower_and_not_lowered() -> None:
    """Its signs stand above and below the letters, so that the boxes of its words are higher."""
    thai = LayoutWord("\u0e27\u0e31\u0e19\u0e17\u0e35\u0e48", Box(60, 90, 100, 110), "/Thai")
    number = LayoutWord("3", Box(104, 100, 110, 110), "/Thai")
    line = LayoutLine(f"{thai.text} 3", Box(60, 90, 110, 110), "/Thai", (thai, number))
    assert script_of(number, line, frozenset()) == 0
    assert script_of(number, replace(line, text="other 3"), frozenset()) == -1


def test_a_capital_that_reaches_below_the_base_line_raises_no_word_beside_it() -> None:
    """The J of DejaVu does, where boxes hug the ink: of the words beside it, others hang as well."""
    parts = ["Signed", "by", "Haverkamp", "for", "the", "office"]
    words = [word(text, 60 + 60 * n) for n, text in enumerate(parts)]
    name = LayoutWord("Jun", Box(440, BASE - 7, 455, BASE + 2), "/Serif")
    line = LayoutLine("Signed by Haverkamp for the office Jun", Box(60, 100, 500, 112), "/Serif", (*words, name))
    assert [script_of(one, line, frozenset({"/Serif"})) for one in (*words, name)] == [0] * 7
