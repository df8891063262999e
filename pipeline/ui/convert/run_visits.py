"""Listeners that show a run that was made before: by its link, by Back, or from the list of this browser's runs."""

from dataclasses import replace
from typing import Any

import gradio as gr

from pipeline.settings import Settings
from pipeline.ui.callers import browser_token
from pipeline.ui.convert.actions import ConvertActions
from pipeline.ui.convert.click_data import reported, text_of
from pipeline.ui.convert.earlier_runs import delete, earlier_runs, look
from pipeline.ui.convert.page_drawing import PageDrawing, Updates
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.convert.parts import Form, Result, TabMemory
from pipeline.ui.convert.present import url_note


class RunVisits:
    """The listeners; ``convert_page`` ties them to the parts."""

    def __init__(
        self,
        actions: ConvertActions,
        settings: Settings,
        drawing: PageDrawing,
        form: Form,
        result: Result,
        memory: TabMemory,
    ) -> None:
        self._actions, self._settings, self._drawing = actions, settings, drawing
        self._form, self._result, self._memory = form, result, memory

    def open(self, values: dict[Any, Any], request: gr.Request) -> Updates:
        """A page that is loaded: its browser gets a token unless it has one, and a link its run."""
        link = str(request.query_params.get("run", ""))
        shown = self._found(link) if link else {self._memory.signature: "", self._memory.link: ""}
        return {**shown, self._memory.visitor: browser_token(values[self._memory.visitor])}

    def go_back(self, values: dict[Any, Any]) -> Updates:
        """The browser went back, or forward, to the address of a run, or of none."""
        link = values[self._memory.link]
        return self._found(link) if link else self.start_over()

    def start_over(self) -> Updates:
        """The page as it is without any document."""
        form, drawn = self._form, self._drawing.draw(self._actions.update(PageState()))
        emptied = {form.upload: gr.File(value=None, visible=True), form.password: gr.Textbox(value="")}
        return {**drawn, **emptied, form.url_note: url_note(), self._memory.link: ""}

    def list_earlier(self, event: gr.EventData) -> Updates:
        """The runs of this browser, after what is to happen with one of them."""
        earlier = look(self._actions, reported(event).get("runs"))
        if record_id := text_of(event, "delete"):
            earlier = delete(self._actions, earlier, record_id)
        earlier = replace(earlier, asked=text_of(event, "ask"))
        return {self._result.earlier: earlier_runs(earlier, self._settings.artifact_days)}

    def open_earlier(self, event: gr.EventData) -> Updates:
        """Show one of the runs of this browser."""
        view = look(self._actions, reported(event).get("runs")).find(text_of(event, "open"))
        return self._found(view.run_id if view is not None else "")

    def _found(self, link: str) -> Updates:
        """The run of a link, with its options in the form; or a sentence where there is none."""
        state = self._actions.find(link)
        update = self._actions.update(state)
        filled = self._drawing.fill(update.view) if update.view is not None else {}
        return {**self._drawing.draw(update), **filled, self._memory.link: "".join(state.run_ids)}
