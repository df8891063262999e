"""Lines to write on are short in the text."""

import pytest

from pipeline.stages.document.blanks import shorten_blanks, shortened
from tests.unit.stages.document.made import Made, line


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("Name: Odile Marrow__________________", "Name: Odile Marrow"),
        ("Name: ______________ Date: ________", "Name: ___ Date: ___"),
        ("the __init__ of a class", "the __init__ of a class"),
        ("paid on 3 May.__________", "paid on 3 May."),
    ],
)
def test_underscores_are_cut(printed: str, text: str) -> None:
    assert shortened(printed) == text


def test_the_files_own_words_stay_beside_them() -> None:
    made = Made()
    made.text(line("Place: ____________", 40))
    shorten_blanks(made.document)
    assert (made.document.texts[0].text, made.document.texts[0].orig) == ("Place: ___", "Place: ____________")
