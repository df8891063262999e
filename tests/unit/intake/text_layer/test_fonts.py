"""Fonts that lie are doubted by what they yield; fonts of any language, of code and of headings are not."""

from pathlib import Path

import pytest

from pipeline.intake import cells
from pipeline.intake.text_layer.fonts import _liars, doubt_fonts
from tests.support.mapped_fonts import MappedFont
from tests.unit.intake.pdf_files import FONT, Page, PdfFile, page_body, text

STORY = (
    "The council later asked for a fixed bridge but neither bank would carry the larger share of the cost and the "
    "survey found firm gravel below nine feet of silt on the eastern side of the channel near the old landing stage"
)
NAMES = ["Savings at Pellam bank", "Bonds of the Lime Board", "Cash box in the toll house"]
VOWELS = str.maketrans("aeioubcdfghjklmnpqrstvwxyz", "oiuaecdfghjklmnpqrstvwxyzb")


def shifted(text: str, by: int = 29) -> str:
    """Glyph numbers of a font made on Windows, taken for characters."""
    return "".join(char if char == " " else chr(ord(char) - by) for char in text)


def doubted(tmp_path: Path, lines: list[str]) -> tuple[int, list[str]]:
    font = MappedFont(tuple(dict.fromkeys("".join(lines))))
    shown = (b"BT /F1 9 Tf 72 %d Td %s Tj ET\n" % (700 - 14 * row, font.encode(line)) for row, line in enumerate(lines))
    path = PdfFile([Page(b"".join(shown), media_box=(0, 0, 1200, 792))], [font.table()], font.font()).write(
        tmp_path / "a.pdf"
    )
    page = cells.parse_page(cells.load(str(path), ""), 1)
    count = doubt_fonts(page)
    return count, [cell.text for cell in page.textline_cells if cell.confidence == 0]


@pytest.mark.parametrize(
    "lines",
    [
        [shifted(STORY)],
        [shifted(name) for name in NAMES],
        [shifted(name, 28) for name in NAMES],
        [shifted(name) for name in ("Velvet stool", "Brass lamp", "Oak card table with drawers")],
        [STORY.lower().translate(VOWELS)],
        ["çēēĊĝàÆėĚđĊĘÆċĔėÆęčĊÆēĊĜÆćĔĆę"],
        ["犬" * 30, "犬" * 12],
        ["\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd"],
        ["\ue012\ue013\ue014 \ue015\ue016"],
    ],
    ids=[
        "glyph numbers",
        "glyph numbers in a column",
        "glyph numbers of a font with two glyphs before its space",
        "glyph numbers of few capitals",
        "other letters",
        "letters beyond",
        "one character",
        "replacement",
        "private use",
    ],
)
def test_a_font_that_yields_no_language_is_doubted(tmp_path: Path, lines: list[str]) -> None:
    count, texts = doubted(tmp_path, lines)
    assert texts == lines
    assert count == sum(len(line.replace(" ", "")) for line in lines)


@pytest.mark.parametrize(
    "lines",
    [
        [STORY],
        [STORY.upper()],
        ["ANNUAL REPORT", "PART ONE: WATER", "APPENDIX B"],
        ["Der Fährmann hat in der Nacht nicht die Brücke, sondern das alte Boot genommen, und sein Hund ist mit ihm"],
        ["A régi révnél egy csónak várt, és a révész azt mondta, hogy nem megy át, mert az áradás nagy"],
        ["Điện nước ở đây được cung cấp", "đầy đủ, đường đi được sửa"],
        ["Žluťoučký kůň úpěl ďábelské ódy příliš"],
        ["for (int i = 0; i < n; ++i) { total += price[i] * count[i]; } return total;"],
        ["1,204.50 33.10 7.25 1998 2001 45% 12.5% 100.00 17.3 2.25"],
        ["-----------------------", "......................"],
        [f"{number} Choosing a cover for the market {'.' * 90} {number}" for number in range(11, 15)],
        ["مكتبــــــــــــــــة القرية"],
        ["渡船章程", "每辆货车付两枚铜钱，空车免费。"],
        ["x2 + y2 = z2", "E = mc2"],
        ["𝑃1 + 𝑃2 + 𝑃3 + 𝑃4 + 𝑃5 = 𝑃6", "𝑃1, 𝑃2, 𝑃3, 𝑃4, 𝑃5, 𝑃6"],
        ["XXXX XXX XXXX", "xxx@xxxxxx.xx"],
        ["⏞ˉˉˉˉˉˉˉˉˉˉˉˉ⏟⏟ˉˉˉˉˉˉˉˉˉˉ⏞"],
    ],
)
def test_a_font_that_tells_the_truth_is_believed(tmp_path: Path, lines: list[str]) -> None:
    assert doubted(tmp_path, lines) == (0, [])


ROWS = ["footbridge", "Timetable", "signal box", "brake van", "coal stage"]
NEXT_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyzST", "defghijklmnopqrstuvwxyzabcVW")


def doubted_column(tmp_path: Path, story: str, rows: list[str]) -> list[str]:
    """The doubted lines of a page with a story in Helvetica and a column of few words in a font of its own."""
    font = MappedFont(tuple(dict.fromkeys("".join(rows))))
    shown = [b"BT /F1 9 Tf 300 %d Td %s Tj ET\n" % (600 - 14 * row, font.encode(line)) for row, line in enumerate(rows)]
    paragraph = text(story, 72, 700, 9).replace(b"/F1", b"/F2")
    body = page_body(Page(), 7).replace(b"/F1", b"/F2 5 0 R /F1", 1)
    page = Page(paragraph + b"".join(shown), body=body)
    path = PdfFile([page], [font.table(), FONT], font.font()).write(tmp_path / "a.pdf")
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    doubt_fonts(parsed)
    return [cell.text for cell in parsed.textline_cells if cell.confidence == 0]


def test_a_font_of_a_few_cells_is_doubted_for_pairs_of_letters_that_no_word_has(tmp_path: Path) -> None:
    salad = [row.translate(NEXT_LETTERS) for row in ROWS]
    assert doubted_column(tmp_path, STORY, salad) == salad


@pytest.mark.parametrize(
    ("story", "rows"),
    [
        (STORY, ROWS),
        (STORY, ["oxygen", "luxury", "anxiety", "galaxy"]),
        (STORY, ["krzysztof", "Wojciechowski", "zbrozyna", "vishwanathaniel"]),
        (STORY, ["hvalfjord", "ksenia", "oro"]),
        (STORY, ["kgm", "xlsx", "kwh"]),
        (STORY, ["HTML", "XLSX", "KWH", "GMBH", "JPG", "MPEG"]),
        (STORY, ["jmlr amsmath", "jmlr jmlr amsmath", "amsmath jmlr"]),
        (STORY, ["http://www.htmlqa.org/", "https://www.xmltbx.com", "wfq@hjkl.net", "qxtpd.html"]),
        ("przez wszystkie lata rzeczywiscie znajduje krzyz chrzest dzwiek", ["szczyt", "grzbiet", "krzywda", "zbior"]),
    ],
    ids=[
        "words",
        "odd words",
        "names",
        "two rare pairs",
        "few pairs",
        "abbreviations",
        "the same words again",
        "addresses",
        "another language",
    ],
)
def test_the_few_words_of_an_honest_font_are_believed(tmp_path: Path, story: str, rows: list[str]) -> None:
    assert doubted_column(tmp_path, story, rows) == []


def test_a_font_of_words_with_signs_between_their_letters_is_doubted() -> None:
    pierced = ["mo|u", "v;b|u-|;", "o\u0474u\u0474", "ru;~vv|r", "r-|bo"]
    plain = ["a|b", "open", "or", "shut", "well;done", "river", "ford"]
    assert _liars({"/Serif": pierced, "/Other": STORY.split()}) == {"/Serif"}
    assert _liars({"/Serif": plain, "/Other": STORY.split()}) == set()
    assert _liars({"/ABCDEF+CMTT10": ["a|b|c", "d|e|f", "x|y|z", "u;v|w|x"]}) == set()


def test_code_is_in_no_language_and_still_believed() -> None:
    """Names of commands and files, as a manual of a typesetter has them."""
    commands = "LoadClass book usepackage inputenc newtoggle draft DeclareOption PassOptions ProcessOptions"
    words = commands.split() * 4
    assert _liars({"/ABCDEF+Garamond": words}) == set()
    assert _liars({"/ABCDEF+CMTT10": words}) == set()
    garbled = [word.lower().translate(NEXT_LETTERS) for word in STORY.split()]
    assert _liars({"/ABCDEF+CMTT10": garbled}) == {"/ABCDEF+CMTT10"}


def test_words_of_a_language_without_a_list_are_believed() -> None:
    """Their pairs of letters are those of any language; so are the few words of a text that says the same again."""
    swahili = (
        "mashua inaondoka bandarini asubuhi kila siku ikiwa bahari imetulia abiria wanapaswa kufika mapema mizigo "
        "mikubwa hulipiwa nahodha anaweza kuahirisha safari upepo ukizidi tiketi zinauzwa dukani pembeni mwa soko kuu "
        "wavuvi huuza samaki jioni baada kurudi nyumbani taa huwashwa giza linapoingia"
    )
    sample = "Sample remark text. " * 30 + "Morbi blandit ligula feugiat magna. Nunc eleifend consequat lorem. " * 3
    assert _liars({"/Gentium": swahili.split(), "/Gentium-Italic": sample.split()}) == set()
    garbled = [word.translate(NEXT_LETTERS) for word in swahili.split()]
    assert _liars({"/Gentium": garbled}) == {"/Gentium"}


def test_a_few_odd_words_prove_nothing_where_their_fonts_family_reads_well() -> None:
    odd = [row.translate(NEXT_LETTERS) for row in ROWS]
    roman, slanted, other = "/ABCDEF+Bera-Roman", "/ABCDEF+Bera-Slant", "/ABCDEF+Kepler"
    assert _liars({roman: STORY.split(), slanted: odd}) == set()
    assert _liars({other: STORY.split(), slanted: odd}) == {slanted}


def test_what_is_too_short_to_be_judged_goes_with_its_family() -> None:
    garbled = [word.translate(VOWELS) for word in STORY.lower().split()]
    assert _liars({"/Garamond": garbled, "/Garamond-Bold": ["Gizutti"]}) == {"/Garamond", "/Garamond-Bold"}


def test_a_title_in_a_font_of_its_own_is_doubted_on_a_page_that_is() -> None:
    garbled = [word.translate(VOWELS) for word in STORY.lower().split()]
    title = ["Gizutti", "hescuas", "sikfod"]
    assert _liars({"/Garamond": garbled, "/Futura": title}) == {"/Garamond", "/Futura"}
    assert _liars({"/Garamond": garbled, "/Futura": ["Gazette", "harbour", "town"]}) == {"/Garamond"}, "it reads well"
    assert _liars({"/Garamond": garbled, "/Futura": title[:2]}) == {"/Garamond"}, "too few to tell"
    assert _liars({"/Garamond": garbled, "/Kepler": 2 * STORY.split(), "/Futura": title}) == {"/Garamond"}, (
        "the lesser part"
    )


def test_a_few_shifted_words_of_any_language_are_doubted(tmp_path: Path) -> None:
    rows = ["Torno pie", "Horno gas", "Barro rojo sacos", "Esmalte verde", "Vaciadores alambre", "Pinceles pelo largo"]
    salad = [shifted(row) for row in rows]
    assert doubted_column(tmp_path, "La lista recoge las herramientas del taller", salad) == salad


def test_codes_of_capitals_are_believed(tmp_path: Path) -> None:
    rows = ["QXRT", "ZVKM", "HWJB", "XGFQ", "VKZP"]
    assert doubted_column(tmp_path, STORY, rows) == []
