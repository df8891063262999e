"""Signs in front of items that their font calls something else."""

import pytest

from pipeline.intake.text_layer.geometry import placed
from pipeline.intake.text_layer.signs import bullets
from tests.unit.intake.text_layer.test_unmapped import LOST, SYMBOLS, TIMES, cell

SYMBOL = "/ABCDEF+SymbolMT"


@pytest.mark.parametrize(
    ("font", "sign", "found"),
    [
        (SYMBOL, "\u221e", [0, 2]),
        (SYMBOLS, "\u221e", []),
        ("/ABCDEF+Wingdings", LOST, [0, 2]),
        (TIMES + "-Bold", LOST, []),
    ],
)
def test_the_only_sign_of_a_font_of_signs_in_front_of_texts_is_a_bullet(font: str, sign: str, found: list[int]) -> None:
    words = []
    for foot in (700, 680):
        words.append(placed(cell(sign, 0, 0, font), sign, (72, foot, 78, foot + 10)))
        words.append(placed(cell("mill", 0, 0, TIMES), "mill", (90, foot, 120, foot + 10)))
    assert bullets(words) == found
