"""The language and direction of a text, as its letters and commonest words tell."""

from pathlib import Path

import pytest

from pipeline.stages.text_language import direction, language

DOCUMENTS = Path(__file__).parents[2] / "documents" / "pdf"
EXPECTED = {
    "multi_page": ("en", "ltr"),
    "german": ("de", "ltr"),
    "russian": ("ru", "ltr"),
    "greek": ("el", "ltr"),
    "arabic": ("ar", "rtl"),
    "chinese": ("zh", "ltr"),
    "japanese": ("ja", "ltr"),
    "korean_report": ("ko", "ltr"),
    "hindi": ("hi", "ltr"),
    "thai": ("th", "ltr"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_documents_tell_their_language(name: str) -> None:
    text = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
    assert (language(text), direction(text)) == EXPECTED[name]


@pytest.mark.parametrize("text", ["", "12 345", "Lorem ipsum dolor sit amet", "x" * 1000])
def test_what_is_not_clear_is_left_open(text: str) -> None:
    assert (language(text), direction(text)) == ("", "ltr")
