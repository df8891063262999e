"""Rules in the place of underscores are letters of their words, and other short rules are none."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.geometry import respelled
from pipeline.intake.text_layer.underscores import MOST_IN_ROW, MOST_RULES, write_underscores
from tests.support.glyph_readers import glyph_readers
from tests.unit.intake.pdf_files import Page, PdfFile, text
from tests.unit.intake.text_layer.test_mending import lines, words

SIZE, FOOT, LEFT = 10.0, 700.0, 72.0
ADVANCES = {"c": 5.0, "s": 5.0, "t": 2.78, " ": 2.78, ".": 2.78}  # of Helvetica in points; others have 5.56
KERN, WIDTH = 0.06 * SIZE, 0.3 * SIZE


def filled(x: float, up: float = 0.0, width: float = WIDTH, thick: float = 0.4) -> bytes:
    """A filled rule that begins at ``x``, ``up`` above the base line."""
    return b"%g %g %g %g re f\n" % (x, FOOT + up, width, thick)


def stroked(x: float) -> bytes:
    """The rule as programs draw it that have lines only."""
    return b"0.4 w %g %g m %g %g l S\n" % (x, FOOT + 0.2, x + WIDTH, FOOT + 0.2)


def pictured(x: float) -> bytes:
    """The rule as a picture of one bit, stretched."""
    return b"q %g 0 0 0.4 %g %g cm BI /W 1 /H 1 /IM true /BPC 1 ID \x00 EI Q\n" % (WIDTH, x, FOOT)


def typeset(line: str, rule: Callable[[float], bytes] = filled) -> bytes:
    """The line as TeX sets it, with ``rule`` for each underscore."""
    drawn, x = b"", LEFT
    for part in re.findall("_|[^_]+", line):
        if part == "_":
            drawn += rule(x + KERN)
            x += KERN + WIDTH
        else:
            drawn += text(part, x, FOOT, SIZE)
            x += sum(ADVANCES.get(letter, 5.56) for letter in part)
    return drawn


def read(tmp_path: Path, operators: bytes, rotate: int = 0) -> tuple[list[str], list[str]]:
    """The page's words and lines."""
    path = PdfFile([Page(operators, rotate=rotate)]).write(tmp_path / "a.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        write_underscores(page, shown, shown_page(shown), *glyph_readers(shown))
    return words(page), lines(page)


@pytest.mark.parametrize("rule", [filled, stroked, pictured])
def test_rules_between_words_make_them_one(tmp_path: Path, rule: Callable[[float], bytes]) -> None:
    drawn = typeset("set too_bad_cents. to 20", rule)
    assert read(tmp_path, drawn) == (["set", "too_bad_cents.", "to", "20"], ["set too_bad_cents. to 20"])


def test_underscores_begin_and_end_names_and_stand_in_rows(tmp_path: Path) -> None:
    assert read(tmp_path, typeset("the __do__ and no_ one"))[1] == ["the __do__ and no_ one"]
    assert read(tmp_path, typeset("a__"))[1] == ["a__"]
    assert read(tmp_path, typeset("_a"))[1] == ["_a"]


def test_an_underscore_in_a_word_that_the_parser_did_not_part_stands_in_its_place(tmp_path: Path) -> None:
    path = PdfFile([Page(typeset("too_bad"))]).write(tmp_path / "a.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    whole = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    page.word_cells = [respelled(whole[0], "toobad")]
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        write_underscores(page, shown, shown_page(shown), *glyph_readers(shown))
    assert (words(page), lines(page)) == (["too_bad"], ["too_bad"])


def test_the_page_may_be_turned(tmp_path: Path) -> None:
    turned = b"q 0 1 -1 0 790 0 cm\n" + typeset("too_bad") + b"Q\n"
    assert read(tmp_path, turned, rotate=90)[1] == ["too_bad"]


@pytest.mark.parametrize(
    ("up", "width", "thick"),
    [
        (-1.2, WIDTH, 0.4),  # an underline
        (2.5, WIDTH, 0.4),  # a minus, or the bar of a fraction
        (0.0, WIDTH, 1.6),  # a full stop, or a box
        (0.0, 12.0, 0.4),  # a blank to fill in
    ],
)
def test_other_rules_are_no_underscores(tmp_path: Path, up: float, width: float, thick: float) -> None:
    x = LEFT + 2 * 5.56
    drawn = text("no", LEFT, FOOT, SIZE) + filled(x + KERN, up, width, thick)
    drawn += text("20", x + KERN + width, FOOT, SIZE)
    assert read(tmp_path, drawn)[0] == ["no", "20"]


def test_rules_below_letters_and_apart_from_words_are_none(tmp_path: Path) -> None:
    line = text("no", LEFT, FOOT, SIZE) + text("20", LEFT + 60, FOOT, SIZE)
    below = filled(LEFT + 6.5)
    between = filled(LEFT + 30)
    assert read(tmp_path, line + below + between)[1] == read(tmp_path, line)[1]


def test_dashes_of_a_line_to_write_on_and_the_sides_of_a_box_are_none(tmp_path: Path) -> None:
    x = LEFT + 2 * 5.56 + KERN
    line = text("no", LEFT, FOOT, SIZE)
    dashes = b"".join(filled(x + 2 * WIDTH * number) for number in range(MOST_IN_ROW + 1))
    assert read(tmp_path, line + dashes)[1] == ["no"]
    assert read(tmp_path, line + dashes[: len(filled(x))])[1] == ["no_"]
    assert read(tmp_path, line + filled(x) + filled(x, 3.0))[1] == ["no"]


def test_rules_behind_signs_and_small_letters_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, text(".", LEFT, FOOT, SIZE) + filled(LEFT + 2.78 + KERN))[1] == ["."]
    assert read(tmp_path, text("no", LEFT, FOOT, 5) + filled(LEFT + 5.56 + KERN))[1] == ["no"]


def test_a_line_is_as_wide_as_from_end_to_end(tmp_path: Path) -> None:
    small = text("o", LEFT, FOOT, 5) + b"0.4 w %g %g m %g %g l S\n" % (LEFT + 3.08, FOOT, LEFT + 4.58, FOOT)
    assert read(tmp_path, small)[1] == ["o_"]


def test_a_drawing_of_many_short_rules_costs_nothing(tmp_path: Path) -> None:
    drawing = b"".join(filled(100.0, -6.0 - number / 3) for number in range(MOST_RULES))
    assert read(tmp_path, typeset("too_bad"))[1] == ["too_bad"]
    assert read(tmp_path, typeset("too_bad") + drawing)[1] == ["too bad"]
