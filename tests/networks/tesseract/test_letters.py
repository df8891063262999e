"""Letters as people type them."""

import pytest

from pipeline.models.tesseract.letters import usual_letters


@pytest.mark.parametrize(
    ("text", "script", "usual"),
    [
        ("To πορθ\u00b5είο", "Greek", "Το πορθ\u03bcείο"),
        ("Bce pека", "Cyrillic", "Все река"),
        ("PDF и USB", "Cyrillic", "PDF и USB"),
        ("น\u0e4d\u0e49\u0e32", "Thai", "น\u0e49\u0e33"),
        ("To be", "Arabic", "To be"),
    ],
)
def test_letters_are_of_the_script_of_their_word(text: str, script: str, usual: str) -> None:
    assert usual_letters(text, {script}) == usual
