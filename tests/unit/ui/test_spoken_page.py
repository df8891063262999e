"""The page is described in each language, and says the same in all of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from gradio.data_classes import BlocksConfigDict

from pipeline.settings import Settings
from pipeline.ui.catalogue import LANGUAGES, speaking, text
from pipeline.ui.convert.convert_page import build
from pipeline.ui.spoken_page import SpokenPage
from tests.support.event_loops import drop_event_loop
from tests.support.scripted_runs import ScriptedRuns

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def described(settings: Settings) -> Iterator[dict[str, BlocksConfigDict]]:
    """The page's description by language."""
    page = build(ScriptedRuns(settings.data_dir), settings)
    assert isinstance(page, SpokenPage)
    descriptions = {}
    for language in LANGUAGES:
        with speaking(language):
            descriptions[language] = page.config
    yield descriptions
    del page
    drop_event_loop()


def properties(description: BlocksConfigDict) -> dict[int, dict[str, Any]]:
    return {part["id"]: part["props"] for part in description["components"]}


def test_english_words_stand_where_gradio_put_them(settings: Settings) -> None:
    """So those of other languages do, too: a property that gradio would change on its way would differ here."""
    page = build(ScriptedRuns(settings.data_dir), settings)
    assert isinstance(page, SpokenPage)
    english, words = properties(page.config), page._words.properties()
    del page
    drop_event_loop()
    assert len(words) > 40
    for number, named in words.items():
        assert {name: english[number][name] for name in named} == named


def test_only_words_differ(described: dict[str, BlocksConfigDict]) -> None:
    english = properties(described["en"])
    for language, description in described.items():
        other = properties(description)
        assert other.keys() == english.keys()
        changed = {name for number, props in english.items() for name in props if props[name] != other[number][name]}
        assert changed <= {"label", "value", "choices", "info", "placeholder", "submit_btn"}, language
        assert {**description, "components": ()} == {**described["en"], "components": ()}


def test_each_language_is_its_own(described: dict[str, BlocksConfigDict]) -> None:
    for language, description in described.items():
        with speaking(language):
            convert = text("form.convert")
        assert convert in [props.get("value") for props in properties(description).values()]
