"""Dashes that text recognition read as lines of their own belong to the items behind them."""

import pytest

from pipeline.pages import TextLine
from pipeline.stages.read_dashes import with_read_dashes


def read(text: str, left: float, top: float, right: float, bottom: float) -> TextLine:
    return TextLine(text, 0.9, ((left, top), (right, top), (right, bottom), (left, bottom)))


ITEM = read("Replace the hull", 98, 333, 238, 346)


@pytest.mark.parametrize("dash", ["一", "—", "-", "ー", "_"])
def test_a_dash_right_before_a_line_begins_it(dash: str) -> None:
    (found,) = with_read_dashes([read(dash, 85, 335, 102, 343), ITEM])
    assert found.text == "– Replace the hull"
    assert found.corners == ((85, 333), (238, 333), (238, 346), (85, 346))


def test_other_signs_and_dashes_elsewhere_stay() -> None:
    for other in (
        read("=", 85, 335, 102, 343),
        read("–", 20, 335, 37, 343),
        read("–", 85, 315, 102, 323),
        read("–", 240, 335, 257, 343),
        read("一", 85, 333, 97, 346),
    ):
        assert with_read_dashes([other, ITEM]) == (other, ITEM)


def test_a_dash_between_two_texts_of_a_row_stays() -> None:
    row = (read("1990", 50, 333, 80, 346), read("–", 85, 335, 95, 343), ITEM)
    assert with_read_dashes(row) == row


def test_a_figure_before_chinese_text_stays() -> None:
    lines = (read("一", 85, 335, 97, 343), read("总则与范围", 98, 333, 238, 346))
    assert with_read_dashes(lines) == lines
