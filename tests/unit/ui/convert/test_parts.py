"""What the page is made of."""

import gradio as gr
import pytest

from pipeline.ui.convert.part_words import PartWords
from pipeline.ui.convert.parts import build_memory
from pipeline.ui.convert.repair_parts import build_repair
from tests.support.event_loops import drop_event_loop


def test_a_browser_is_still_known_after_the_server_was_restarted() -> None:
    before, after = build_memory().visitor, build_memory().visitor
    assert (before.storage_key, before.secret) == (after.storage_key, after.secret) == ("folio-visitor", "folio")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_button_that_names_pages_keeps_its_words_when_the_page_is_translated() -> None:
    """A run's link shows its second reading and translates the page at the same time."""
    words = PartWords()
    with gr.Blocks() as page:
        repair = build_repair(True, words)
    translated = words.parts()
    del page
    drop_event_loop()
    assert repair.discard in translated
    assert repair.accept not in translated
