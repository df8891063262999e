"""The words of the page: every language has the same ones, and the page uses no others."""

import re
import string
from pathlib import Path

import pytest

from pipeline.languages import BY_CODE
from pipeline.records import RunStatus
from pipeline.ui import words
from pipeline.ui.catalogue import ENGLISH, LANGUAGES, catalogue, counted, number, speaking, text, wanted

UI = Path(__file__).parents[3] / "pipeline" / "ui"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
QUOTED = re.compile(r"[\"']([a-z_]+\.[a-z_.]+)[\"']")
MADE = re.compile(r"""(?:f"|Names\("|_choices\(")([a-z_]+(?:\.[a-z_]+)?)(?:[._]\{|"|\{)""")


def placeholders(words_of: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(words_of)) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english, other = catalogue(ENGLISH), catalogue(language)
    assert list(other) == list(english), "in the same order, too"
    assert {key: placeholders(value) for key, value in other.items()} == {
        key: placeholders(value) for key, value in english.items()
    }
    assert len(other["months"]) == 12
    assert all(str(value).strip() for value in other.values())


def test_no_word_is_left_in_english() -> None:
    """What is the same in both languages is the same on purpose."""
    english, portuguese = catalogue(ENGLISH), catalogue("pt")
    same = {str(value) for key, value in english.items() if portuguese[key] == value}
    assert {value for value in same if re.search(r"[a-z]{4}", value)} <= {
        "Layout",
        "Auto",
        "Markdown",
        "DocTags",
        "{n} megapixels",
        "{done} of {total}",
    }


def test_the_page_asks_for_keys_that_there_are_and_for_all_of_them() -> None:
    english = set(catalogue(ENGLISH))
    known = english | {key.rpartition(".")[0] for key in english if key.endswith((".one", ".other"))}
    sections = {key.partition(".")[0] for key in english if "." in key}
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(UI.rglob("*")) if path.suffix in (".py", ".jinja")
    )
    files = {"report.pdf", "repair.css"}
    quoted = {key for key in QUOTED.findall(sources) if key.partition(".")[0] in sections} - files
    made = set(MADE.findall(sources))  # beginnings of keys that end with a value
    assert len(quoted) > 150
    assert {key for key in quoted - known if key not in made} == set()
    asked = {key for key in known if key in quoted or any(key.startswith(beginning) for beginning in made)}
    unused = {key for key in english if key not in asked and key.rpartition(".")[0] not in asked}
    assert unused == {"months", "thousands", "decimal"}, "what catalogue.py itself reads"


def test_languages_of_scans_are_named_as_everywhere_else() -> None:
    assert LANGUAGES == ("en", "pt")
    assert {code: words.LANGUAGE_NAMES[code] for code in BY_CODE} == {code: one.name for code, one in BY_CODE.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_style_sheet_end_no_string_and_no_element(language: str) -> None:
    drop_words = catalogue(language)["form.drop"] + catalogue(language)["form.choose"]
    assert not set(drop_words) & set("\"\\\n<>&'{}$`")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7", "pt"),
        ("en-GB,en;q=0.9,pt;q=0.8", "en"),
        ("de;q=0.9, pt;q=0.5, en;q=0.4", "pt"),
        ("fr, *;q=0.1", "en"),
        ("pt;q=many, en", "en"),
        ("pt;q=0, *", "en"),
        ("PT-br", "pt"),
        (",;q=,\x00" * 500, "en"),
    ],
)
def test_the_browser_chooses_the_language(header: str, language: str) -> None:
    assert wanted(header) == language


def test_words_are_of_the_language_in_force() -> None:
    assert (words.STATUS_NAMES[RunStatus.OK], counted("count.page", 2000), number(12345)) == (
        "Done",
        "2,000 pages",
        "12,345",
    )
    with speaking("pt"):
        assert (words.STATUS_NAMES[RunStatus.OK], counted("count.page", 1)) == ("Pronto", "1 página")
        assert (counted("count.page", 2000), words.remaining(44)) == ("2.000 páginas", "cerca de 40 s")
        assert words.text_source("ocr:rus") == "Lido da imagem da página em russo"
        assert (words.size(1_250_000), words.percent(0.987)) == ("1,2 MB", "98,7 %")
        assert (
            text("run.before_as", name="a {b}.pdf", moment="x")
            == "Já convertido como a {b}.pdf, em x; este é aquele resultado."
        )
    assert words.STATUS_NAMES[RunStatus.OK] == "Done"
