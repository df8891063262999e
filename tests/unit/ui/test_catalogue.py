"""The words of the page: every language has the same ones, and the page uses no others."""

import re
import runpy
import shutil
import string
from pathlib import Path

import pytest

from pipeline.languages import BY_CODE
from pipeline.records import RunStatus
from pipeline.ui import words
from pipeline.ui.catalogue import ENGLISH, LANGUAGES, catalogue, counted, number, speaking, text, wanted

UI = Path(__file__).parents[3] / "pipeline" / "ui"
NO_LANGUAGE = "qaa"  # a code that ISO 639 leaves to whoever needs one: no catalogue can have it
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


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_left_in_english(language: str) -> None:
    """Single words, and numbers with their unit, may be the same in both. Few are: else words were forgotten."""
    english, other = catalogue(ENGLISH), catalogue(language)
    worded = {key: str(value) for key, value in english.items() if re.search("[a-z]{4}", str(value))}
    same = {key: value for key, value in worded.items() if other[key] == english[key]}
    assert [value for value in same.values() if len(re.findall(r"[a-zA-Z]+", re.sub("{.*?}", "", value))) > 1] == []
    assert len(same) <= len(worded) / 20


def test_another_language_is_one_more_folder(tmp_path: Path) -> None:
    """The module that reads the catalogues, over a copy of them with a language that is not there yet."""
    new = NO_LANGUAGE
    shutil.copytree(UI / "catalogues", tmp_path / "catalogues")
    shutil.copytree(UI / "catalogues" / ENGLISH, tmp_path / "catalogues" / new)
    names = tmp_path / "catalogues" / new / "names.toml"
    names.write_text(names.read_text(encoding="utf-8").replace('ok = "Done"', 'ok = "Fertig"'), encoding="utf-8")
    shutil.copy(UI / "catalogue.py", tmp_path)
    module = runpy.run_path(str(tmp_path / "catalogue.py"))
    assert module["LANGUAGES"] == tuple(sorted((*LANGUAGES, new)))
    assert (module["wanted"](f"{new}-AT, pt;q=0.5"), module["wanted"]("qab")) == (new, ENGLISH)
    with module["speaking"](new):
        assert module["text"]("status.ok") == "Fertig"
    assert module["text"]("status.ok") == "Done"


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
        (f"{NO_LANGUAGE};q=0.9, pt;q=0.5, en;q=0.4", "pt"),
        (f"{NO_LANGUAGE}, *;q=0.1", "en"),
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
