"""How the parts of the page are tied together."""

from pathlib import Path

import gradio as gr
import pytest
from gradio.context import LocalContext

from pipeline.settings import Settings
from pipeline.ui.convert.actions import ConvertActions
from pipeline.ui.convert.convert_page import ConvertWiring, build
from pipeline.ui.convert.page_state import Document, PageState
from pipeline.ui.convert.part_words import PartWords
from pipeline.ui.convert.parts import build_form, build_memory, build_result
from tests.support.event_loops import drop_event_loop
from tests.support.scripted_runs import ScriptedRuns


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_estimates_come_in_the_order_of_what_they_rest_on_and_write_no_state(settings: Settings) -> None:
    """Two listeners would answer beside each other, and the earlier answer could come last: Convert stayed locked where
    pages were typed right after Undo. An upload that is inspected meanwhile has written a newer state, which must stay.
    """
    page = build(ScriptedRuns(settings.data_dir), settings)
    (estimate,) = [function for function in page.fns.values() if function.name == "_estimate"]
    started_by = {(getattr(page.blocks[part or 0], "elem_id", None), event) for part, event in estimate.targets}
    listings = [
        function
        for function in page.fns.values()
        if [getattr(part, "elem_id", None) for part in function.outputs] == ["listed"]
    ]
    states = [[isinstance(part, gr.State) for part in parts] for parts in (estimate.inputs, estimate.outputs)]
    mode = estimate.trigger_mode
    del page, estimate
    drop_event_loop()
    assert started_by == {(part, "change") for part in ("listed", "pages", "ocr", "tables", "lane")}
    assert len(listings) == 4, "after an upload, a further one, a click on a row and a fetched file"
    assert [any(parts) for parts in states] == [True, False]
    assert mode == "always_last"


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


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_listener_whose_progress_is_hidden_names_one_part_for_it(settings: Settings) -> None:
    """Without one, the browser would be busy with each of its outputs at each of its steps."""
    page = build(ScriptedRuns(settings.data_dir), settings)
    hidden = [function for function in page.fns.values() if function.fn and function.show_progress == "hidden"]
    named = {function.name: function.show_progress_on for function in hidden if len(function.outputs) > 4}
    del page, hidden
    drop_event_loop()
    assert len(named) > 20
    assert [name for name, parts in named.items() if not parts or len(parts) != 1] == []


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_news_show_the_state_that_a_click_has_written_meanwhile(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Start over does while the last news of a run are drawn: nothing later would show the page as it is again."""
    with gr.Blocks() as page:
        words = PartWords()
        form, result, memory = build_form(settings, False, False, words), build_result(False, words), build_memory()
    page.state_holder.set_blocks(page)
    wiring = ConvertWiring(ConvertActions(ScriptedRuns(settings.data_dir)), settings, form, result, memory)
    asked = PageState((Document(tmp_path / "a.pdf", "a.pdf", 1, 9),))
    LocalContext.blocks.set(page)
    LocalContext.request.set(gr.Request(session_hash="tab"))
    page.state_holder["tab"][memory.state._id] = PageState()
    started_over = wiring._refresh({memory.state: asked, memory.signature: ""})
    page.state_holder["tab"][memory.state._id] = asked
    still_there = wiring._refresh({memory.state: asked, memory.signature: ""})
    LocalContext.blocks.set(None)
    LocalContext.request.set(None)
    del page
    drop_event_loop()
    assert started_over[form.documents] == ""
    assert "a.pdf" in still_there[form.documents]
    assert memory.state not in started_over


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_end_of_a_run_is_drawn_once(settings: Settings, tmp_path: Path) -> None:
    """News that come after it show nothing new, and could arrive after what a click shows."""
    with gr.Blocks() as page:
        words = PartWords()
        form, result, memory = build_form(settings, False, False, words), build_result(False, words), build_memory()
    wiring = ConvertWiring(ConvertActions(ScriptedRuns(settings.data_dir)), settings, form, result, memory)
    state = PageState((Document(tmp_path / "a.pdf", "a.pdf", 1, 9),))
    first = wiring._refresh({memory.state: state, memory.signature: "empty"})
    second = wiring._refresh({memory.state: state, memory.signature: first[memory.signature]})
    del page
    drop_event_loop()
    assert "a.pdf" in first[form.documents]
    assert list(second) == [form.estimate]
