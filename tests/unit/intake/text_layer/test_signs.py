"""Signs in front of items that their font calls something else."""

import pytest

from pipeline.intake.text_layer.geometry import placed
from pipeline.intake.text_layer.signs import bullets
from tests.unit.intake.text_layer.test_unmapped import SYMBOLS, TIMES, cell

SYMBOL = "/ABCDEF+SymbolMT"


@pytest.mark.parametrize(("font", "found"), [(SYMBOL, [0, 2]), (SYMBOLS, [])])
def test_the_only_sign_of_the_symbol_font_in_front_of_texts_is_a_bullet(font: str, found: list[int]) -> None:
    words = []
    for foot in (700, 680):
        words.append(placed(cell("\u221e", 0, 0, font), "\u221e", (72, foot, 78, foot + 10)))
        words.append(placed(cell("mill", 0, 0, TIMES), "mill", (90, foot, 120, foot + 10)))
    assert bullets(words) == found
