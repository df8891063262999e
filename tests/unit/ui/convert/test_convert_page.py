"""How the parts of the page are tied together."""

import gc

import gradio as gr
import pytest

from pipeline.settings import Settings
from pipeline.ui.convert.convert_page import build
from tests.support.scripted_runs import ScriptedRuns


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_estimate_writes_no_state(settings: Settings) -> None:
    """An upload that is inspected while an estimate is made has written a newer state, which must stay."""
    page = build(ScriptedRuns(settings.data_dir), settings)
    estimates = [function for function in page.fns.values() if function.name == "_estimate"]
    read = [sum(isinstance(part, gr.State) for part in function.inputs) for function in estimates]
    written = [sum(isinstance(part, gr.State) for part in function.outputs) for function in estimates]
    del page, estimates
    gc.collect()  # gradio leaves an event loop open that was never run
    assert len(read) >= 4, "after an upload and after a change of what an estimate rests on"
    assert all(read)
    assert not any(written)
