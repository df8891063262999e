"""Ties the tab that repairs pages to what it asks for. Every listener is private."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import ConvertOptions
from pipeline.ui.callers import browser
from pipeline.ui.convert import repair_drawing
from pipeline.ui.convert.click_data import picked
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.convert.parts import Form, TabMemory
from pipeline.ui.convert.repair_actions import RepairActions
from pipeline.ui.convert.repair_drawing import Updates
from pipeline.ui.convert.repair_parts import RepairParts
from pipeline.ui.convert.whole_page import Values, WholePage
from pipeline.ui.quiet_listeners import quiet
from pipeline.ui.visitor_language import in_visitors_language


class RepairWiring:
    """The tab's listeners."""

    def __init__(self, actions: RepairActions, parts: RepairParts, form: Form, memory: TabMemory) -> None:
        self._actions, self._parts, self._form, self._memory = actions, parts, form, memory

    def connect(self, page: WholePage) -> None:
        parts, memory = self._parts, self._memory
        asking = {memory.state, memory.visitor, self._form.password, parts.signature}
        page.focused(page.follow(self._on(parts.read.click, self._read, asking | parts.asked)))
        self._on(parts.stop.click, self._stop, {memory.state, parts.signature})
        self._on(parts.outcome.click, self._choose, {memory.state, parts.signature})
        self._on(parts.discard.click, self._discard, {memory.state, parts.signature})
        taken = page.follow(self._on(parts.accept.click, self._accept, asking))
        settled = page.on(
            taken.then, lambda values: page.linked(self._actions.settle(self._state(values))), {memory.state}
        )
        page.readdress(page.focused(settled))
        for event in (memory.signature.change, memory.tick.change):
            event(
                in_visitors_language(self._redraw),
                {memory.state, parts.signature},
                list(parts.all()),
                concurrency_limit=None,
                **quiet(memory.tick),
            )

    def _on(self, event: Callable[..., Any], listener: Callable[..., Updates], inputs: set[Any]) -> Any:
        return event(
            in_visitors_language(listener),
            inputs,
            [*self._parts.all(), self._memory.state],
            concurrency_limit=None,
            **quiet(self._memory.tick),
        )

    def _options(self, values: Values) -> ConvertOptions:
        parts = self._parts
        ocr, lane, tables = OcrMode(values[parts.ocr]), LaneChoice(values[parts.lane]), bool(values[parts.tables])
        pages, languages = (values[parts.pages] or "").strip(), tuple(values[parts.languages] or ())
        return ConvertOptions(pages, ocr, tables, lane, languages)

    def _read(self, values: Values, request: gr.Request) -> Updates:
        visitor, password = browser(request, values[self._memory.visitor]), values[self._form.password] or ""
        return self._show(values, self._actions.start(self._state(values), self._options(values), password, visitor))

    def _accept(self, values: Values, request: gr.Request) -> Updates:
        visitor, password = browser(request, values[self._memory.visitor]), values[self._form.password] or ""
        return self._show(values, self._actions.accept(self._state(values), password, visitor))

    def _stop(self, values: Values) -> Updates:
        self._actions.stop(self._state(values))
        return {self._parts.stop: gr.Button(interactive=False)}

    def _choose(self, values: Values, event: gr.EventData) -> Updates:
        state = self._state(values)
        for action in ("old", "new"):
            if (page := picked(event, action)) >= 0:
                return self._show(values, self._actions.choose(state, page, action == "new"))
        return {self._memory.state: state}

    def _discard(self, values: Values) -> Updates:
        return self._show(values, self._actions.discard(self._state(values)))

    def _redraw(self, values: Values) -> Updates:
        """A run has news, or another is shown."""
        return repair_drawing.draw(
            self._parts, self._actions.update(self._state(values)), values[self._parts.signature]
        )

    def _state(self, values: Values) -> PageState:
        state: PageState = values[self._memory.state]
        return state

    def _show(self, values: Values, state: PageState) -> Updates:
        drawn = repair_drawing.draw(self._parts, self._actions.update(state), values[self._parts.signature])
        return {**drawn, self._memory.state: state}
