"""Ties the field for a PDF's address to what it asks for. Every listener is private.

Fetching takes long, so that the listener which does it neither reads nor writes the state of the tab; the next one adds
what was fetched to the state as it is by then. The file's place is kept on the server: a browser cannot name another.
"""

from dataclasses import replace

import gradio as gr

from pipeline.records import ErrorFacts
from pipeline.ui.browser_scripts import script
from pipeline.ui.callers import browser
from pipeline.ui.convert.actions import ConvertActions
from pipeline.ui.convert.page_drawing import Updates
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.convert.parts import Form, TabMemory
from pipeline.ui.convert.present import url_note
from pipeline.ui.convert.whole_page import Values, WholePage


class WebWiring:
    """The field's listeners."""

    def __init__(self, actions: ConvertActions, form: Form, memory: TabMemory) -> None:
        self._actions, self._form, self._memory = actions, form, memory

    def connect(self, page: WholePage) -> None:
        form, memory = self._form, self._memory
        outputs = [form.url, form.url_note, form.fetched]
        fetched = page.on(form.url.submit, self._fetch, {form.url, memory.visitor}, outputs, js=script("fetching"))
        fetched.then(None, None, js=script("fetched"), api_visibility="private")

        def take_in(values: Values) -> Updates:
            return self._take_in(values, page)

        taken = page.on(fetched.then, take_in, {memory.state, form.fetched, form.password, form.pages})
        page.estimated(taken)

    def _fetch(self, values: Values, request: gr.Request) -> Updates:
        """The field is empty afterwards, or has the address that could not be fetched, with the reason below."""
        form, url = self._form, str(values[self._form.url] or "").strip()
        if not url:
            return {form.url_note: url_note(), form.fetched: ""}
        found = self._actions.fetch(url, browser(request, values[self._memory.visitor]))
        if isinstance(found, ErrorFacts):
            return {form.url_note: url_note(found), form.fetched: ""}
        return {form.url: "", form.url_note: url_note(), form.fetched: str(found)}

    def _take_in(self, values: Values, page: WholePage) -> Updates:
        """Add what was fetched to the list of files, unless these are converted by now."""
        form, path = self._form, values[self._form.fetched]
        state: PageState = replace(values[self._memory.state], pages=values[form.pages] or "")
        if not path or (state.documents and not state.editable):
            return {form.fetched: ""}
        return {**page.linked(self._actions.add(state, [path], values[form.password] or "")), form.fetched: ""}
