"""What is measured of lines, and what their text says."""

from dataclasses import replace

import pytest

from pipeline.pages import Box
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.lines import MOST_MARKS, LayoutLine, typography, with_margin_numbers
from pipeline.stages.light_layout.match import LayoutWord
from tests.support.layout_pages import FIXED, line, paragraph


def test_the_body_is_what_most_text_is_set_in() -> None:
    page = [line("A Long Title in Large Type", 60, 40, height=30, font="/Bold"), *paragraph(4, 60, 100)]
    assert (typography(page).font, typography(page).height) == ("/Serif", 10.0)


def test_bold_is_not_the_body_where_there_is_enough_plain_text() -> None:
    page = [line("labels of a form in bold type", 60, 100 + 14 * n, font="/Serif-Bold") for n in range(5)] + paragraph(
        1, 60, 300
    )
    assert typography(page).font == "/Serif"


def test_fonts_of_even_width_are_fixed() -> None:
    page = [line("while true return nothing else", 60, 100, font=FIXED), *paragraph(2, 60, 120)]
    assert typography(page).fixed == {FIXED}


def test_a_superscript_does_not_raise_the_height() -> None:
    own = (LayoutWord("institute", Box(0, 4, 45, 13)), LayoutWord("2", Box(45, 0, 49, 5)))
    assert LayoutLine("institute 2", Box(0, 0, 49, 13), "", own).height == 9


@pytest.mark.parametrize(
    ("text", "bullet", "number"),
    [
        ("• item", True, False),
        ("\x84 item", True, False),
        ("- item", True, False),
        ("- - - - - x", False, False),
        ("3) item", False, True),
        ("(b) item", False, True),
        ("3.11 percent", False, False),
        ("2020. was a year", False, False),
        ("a word", False, False),
        ("well-known", False, False),
    ],
)
def test_list_marks(text: str, bullet: bool, number: bool) -> None:
    plain = LayoutLine(text, Box(0, 0, 50, 10))
    assert (line_patterns.has_bullet(plain), line_patterns.has_number(plain)) == (bullet, number)


@pytest.mark.parametrize("text", ["。6 gauges", "·Write it down", "oA spare engine", "o Keep it"])
def test_marks_that_were_read_close_to_their_texts_are_bullets_on_scans_only(text: str) -> None:
    box = Box(0, 0, 50, 10)
    assert line_patterns.has_bullet(LayoutLine(text, box)) == (not text.startswith("o "))
    assert not line_patterns.has_bullet(LayoutLine(text, box, "/Serif", (LayoutWord(text, box, "/Serif"),)))


def test_a_narrow_glyph_in_another_font_is_a_bullet() -> None:
    text = LayoutWord("words", Box(16, 0, 40, 10), "/Serif")
    assert line_patterns.has_bullet(
        LayoutLine("r words", Box(0, 0, 40, 10), "/Serif", (LayoutWord("r", Box(0, 0, 6, 10), "/Signs"), text))
    )
    assert not line_patterns.has_bullet(
        LayoutLine("M words", Box(0, 0, 40, 10), "/Serif", (LayoutWord("M", Box(5, 0, 13, 10), "/Math"), text))
    )


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Figure 3 A map", True),
        ("Table 2-1 Names", True),
        ("[표 1] 비교", True),
        ("Figures Example", False),
        ("Tables are set", False),
    ],
)
def test_captions(text: str, caption: bool) -> None:
    assert line_patterns.is_caption(text) is caption


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Notices . . . . . vii", True),
        ("Roles ..... 8", True),
        ("Roles ..... 2-11", True),
        ("and so on ... 8 of them", False),
        ("Roles 8", False),
    ],
)
def test_contents_entries(text: str, entry: bool) -> None:
    assert line_patterns.is_contents_entry(text) is entry


@pytest.mark.parametrize(
    ("text", "number"), [("12", True), ("- 7 -", True), ("Page 3 of 9", True), ("xiv", True), ("12 men", False)]
)
def test_page_numbers(text: str, number: bool) -> None:
    assert line_patterns.is_page_number(text) is number


def test_a_clause_number_in_the_margin_makes_one_line_with_its_clause() -> None:
    lines = [line(".1", 60, 100), line("This call seeks a firm", 110, 100), line("in good repair", 110, 114)]
    found = with_margin_numbers(lines)
    assert [one.text for one in found] == [".1 This call seeks a firm", "in good repair"]
    assert (found[0].box.left, found[0].box.right) == (60, lines[1].box.right)


def test_a_bullet_apart_makes_one_line_with_its_text() -> None:
    mark = line("-", 60, 100)
    text = line("ropes of hemp", mark.box.right + 20, 100)
    assert [one.text for one in with_margin_numbers([mark, text])] == ["- ropes of hemp"]
    far = line("ropes of hemp", mark.box.right + 40, 100)
    assert with_margin_numbers([mark, far]) == [mark, far], "an empty cell and another one"
    assert with_margin_numbers([mark, text, line("12", 300, 100)])[0] is mark


def test_very_many_marks_are_those_of_a_table() -> None:
    rows = [(line("-", 60, 14 * n), line("ropes of hemp", 85, 14 * n)) for n in range(MOST_MARKS + 1)]
    assert len(with_margin_numbers([each for row in rows for each in row])) == 2 * len(rows)
    assert len(with_margin_numbers([each for row in rows[1:] for each in row])) == len(rows) - 1


def test_numbers_in_rows_of_several_pieces_or_far_away_stay_apart() -> None:
    row = [line("1.", 60, 100), line("Abel", 110, 100), line("Fox", 200, 100)]
    far = [line("2.", 60, 200), line("far away", 400, 200)]
    plain = [line("1956", 60, 300), line("a year", 100, 300)]
    assert with_margin_numbers([*row, *far, *plain]) == [*row, *far, *plain]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("{tallis,varga}@example.org", True),
        ("ada.penn@mail.example.org", True),
        ("https://example.org/a?b=1", True),
        ("www.example.org", True),
        ("pip install folio@1.0", False),
        ("@decorator", False),
        ("user@host:~$ ls", False),
    ],
)
def test_an_address_is_nothing_but_an_address(text: str, address: bool) -> None:
    assert line_patterns.is_address(text) is address


def test_text_as_large_as_sentences_of_its_font_heads_nothing_beside_a_table_in_small_type() -> None:
    table = [
        line(f"entry {n} of the long small table that fills the page", 60, 200 + 9 * n, height=8) for n in range(30)
    ]
    address = line("Holt Works", 60, 100)
    sentence = line("Please pay within a month of the date above.", 60, 500)
    type_ = typography([address, sentence, *table])
    assert type_.height == 8
    assert not type_.is_large(address)
    assert type_.is_large(line("INVOICE OF THE YEAR", 60, 60, height=14))
    assert typography([address, *table]).is_large(replace(address, text=address.text.upper())), "no sentence as large"


def code(count: int) -> list[LayoutLine]:
    return [
        line("if ready then return nothing else wait for it end", 60, 300 + 12 * n, font=FIXED) for n in range(count)
    ]


def test_the_body_of_a_page_of_code_is_what_explains_it() -> None:
    prose = [line("Here is what you write at its end.", 60, 100), line("It is as short as it can be. Then", 60, 114)]
    page = [*code(12), *prose]
    assert typography(page).font == "/Serif"
    assert typography([*code(12), line("A Letter Head without any sentence", 60, 100)]).font == FIXED
    assert not any(typography(page).is_large(one) for one in page)


def test_sentences_without_spaces_explain_code_too() -> None:
    told = [line(f"码头每天早上九点开门，船也{n}", 60, 100 + 14 * n, height=11.0) for n in range(2)]
    assert typography([*code(12), *told]).font == "/Serif"
    heads = [replace(one, text=one.text.replace("，", "")) for one in told]
    assert typography([*code(12), *heads]).font == FIXED


def test_prose_in_larger_type_than_most_of_the_page_is_no_display_type() -> None:
    small = [
        line("an example of an invoice in small print", 60, 300 + 12 * n, height=8, font="/Light") for n in range(9)
    ]
    said = line("The titles can be changed with these two commands. Then", 60, 100)
    told = line("The heads as well", 60, 200)
    page = typography([*small, said, told])
    assert (page.font, page.is_large(told), page.is_plain({told.font})) == ("/Light", False, True)
    other = typography([*small, told])
    assert (other.is_large(told), other.is_plain({told.font})) == (True, False)
