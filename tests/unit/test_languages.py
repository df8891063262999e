"""Codes of languages."""

import pytest

from pipeline.errors import LanguageUnknown
from pipeline.languages import LANGUAGES, language_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [("", ()), ("ru", ("rus",)), ("RUS, en", ("rus", "eng")), ("he iw heb", ("heb",)), ("chi-sim,ja", ("zho", "jpn"))],
)
def test_languages_are_named_by_their_codes(text: str, codes: tuple[str, ...]) -> None:
    assert language_codes(text) == codes


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(LanguageUnknown, match='"klingon"'):
        language_codes("en, klingon")


def test_no_code_stands_for_two_languages() -> None:
    codes = [code for language in LANGUAGES for code in (language.code, language.short)]
    assert len(set(codes)) == len(codes)
