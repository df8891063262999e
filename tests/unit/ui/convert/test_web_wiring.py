"""The field for a PDF's address."""

from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from pipeline.settings import Settings
from pipeline.ui.convert.convert_page import build
from tests.support.event_loops import drop_event_loop
from tests.support.scripted_runs import ScriptedRuns


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("allowed", [True, False])
def test_the_field_is_there_where_the_owner_lets_it_be(settings: Settings, allowed: bool) -> None:
    page = build(ScriptedRuns(settings.data_dir), replace(settings, fetch_urls=allowed))
    (field,) = (part for part in page.blocks.values() if getattr(part, "elem_id", "") == "url")
    shown = field.visible
    del page, field
    drop_event_loop()
    assert shown is allowed


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_fetching_touches_no_state_of_the_tab_and_its_file_is_named_on_the_server(settings: Settings) -> None:
    """What is added or removed while a fetch goes on stays; and a browser cannot name a file of the server."""
    page = build(ScriptedRuns(settings.data_dir), settings)
    listeners = {function.name: function for function in page.fns.values()}
    fetch, take_in = listeners["_fetch"], listeners["take_in"]
    kinds: dict[str, set[Any]] = {
        "read": {type(part) for part in fetch.inputs},
        "written": {type(part) for part in fetch.outputs},
        "handed on": {type(part) for part in set(fetch.outputs) & set(take_in.inputs)},
    }
    del page, listeners, fetch, take_in
    drop_event_loop()
    assert kinds == {
        "read": {gr.Textbox, gr.BrowserState},
        "written": {gr.Textbox, gr.HTML, gr.State},
        "handed on": {gr.State},
    }
