"""How the parts of the page are tied together."""

from pathlib import Path

import gradio as gr
import pytest

from pipeline.settings import Settings
from pipeline.ui.convert.actions import ConvertActions
from pipeline.ui.convert.convert_page import ConvertWiring, build
from pipeline.ui.convert.page_state import Document, PageState
from pipeline.ui.convert.part_words import PartWords
from pipeline.ui.convert.parts import build_form, build_memory, build_result
from tests.support.event_loops import drop_event_loop
from tests.support.scripted_runs import ScriptedRuns


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_estimate_writes_no_state_and_is_made_again(settings: Settings) -> None:
    """An upload that is inspected while an estimate is made has written a newer state, which must stay; a row that is
    changed meanwhile wants another estimate.
    """
    page = build(ScriptedRuns(settings.data_dir), settings)
    estimates = [function for function in page.fns.values() if function.name == "_estimate"]
    read = [sum(isinstance(part, gr.State) for part in function.inputs) for function in estimates]
    written = [sum(isinstance(part, gr.State) for part in function.outputs) for function in estimates]
    modes = {function.trigger_mode for function in estimates}
    del page, estimates
    drop_event_loop()
    assert len(read) >= 4, "after an upload and after a change of what an estimate rests on"
    assert all(read)
    assert not any(written)
    assert modes == {"always_last"}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_news_of_a_run_write_the_state_only_where_a_run_has_gone(settings: Settings, tmp_path: Path) -> None:
    """Pages that are turned while news are drawn have written a newer state, which must stay."""
    runs = ScriptedRuns(settings.data_dir)
    with gr.Blocks() as page:
        words = PartWords()
        form, result, memory = build_form(settings, False, False, words), build_result(False, words), build_memory()
    wiring = ConvertWiring(ConvertActions(runs), settings, form, result, memory)
    waiting = PageState((Document(tmp_path / "a.pdf", "a.pdf", 1, 9),), first=5)
    gone = PageState((Document(None, "b.pdf", run_id="no-such-run"),))
    unchanged, changed = (wiring._refresh({memory.state: state, memory.signature: ""}) for state in (waiting, gone))
    del page
    drop_event_loop()
    assert memory.state not in unchanged
    assert form.documents in unchanged
    assert changed[memory.state].run_ids == ()
