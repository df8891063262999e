"""The convert page: which listener answers which part. The parts stand in ``parts``, what they ask for is done in
``actions``, and ``page_drawing`` shows the outcome.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from pipeline.formats import MarkdownForm, PictureForm, TableForm
from pipeline.history.dashboard_data import DashboardData
from pipeline.pages import LaneChoice
from pipeline.settings import Settings
from pipeline.ui.api.compare_endpoint import add_compare_endpoint
from pipeline.ui.api.endpoints import add_endpoints
from pipeline.ui.browser_scripts import script
from pipeline.ui.callers import browser
from pipeline.ui.catalogue import text
from pipeline.ui.convert.actions import ConvertActions, FormValues
from pipeline.ui.convert.click_data import picked
from pipeline.ui.convert.downloads import Uploads, served_example
from pipeline.ui.convert.gpu_price import estimate_text
from pipeline.ui.convert.page_drawing import PageDrawing, Updates
from pipeline.ui.convert.page_state import PageState, files_at_once
from pipeline.ui.convert.part_words import PartWords
from pipeline.ui.convert.parts import Form, Result, TabMemory, build_form, build_memory, build_result
from pipeline.ui.convert.present import document_list
from pipeline.ui.convert.reader_pages import search, search_hits
from pipeline.ui.convert.repair_actions import RepairActions
from pipeline.ui.convert.repair_wiring import RepairWiring
from pipeline.ui.convert.run_visits import RunVisits
from pipeline.ui.convert.web_wiring import WebWiring
from pipeline.ui.convert.whole_page import Values, WholePage
from pipeline.ui.dashboard.dashboard_page import DASHBOARD_TAB, add_dashboard
from pipeline.ui.dashboard.dashboard_parts import DashboardTab
from pipeline.ui.owner_tab import Checks, add_owner_tab
from pipeline.ui.ports import Runs
from pipeline.ui.quiet_listeners import quiet
from pipeline.ui.spoken_page import SpokenPage
from pipeline.ui.swept_files import swept_with
from pipeline.ui.templating import render
from pipeline.ui.theme import STATIC
from pipeline.ui.visitor_language import in_visitors_language

EXAMPLE = STATIC / "examples" / "paper-trail.pdf"
CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS = 600, 3600
MOST_DRAWINGS = 3  # of one piece of news, while other listeners change what the tab shows
LASTING: dict[str, Any] = {"trigger_mode": "always_last"}
"""An event that comes while an answer is out is not lost: gradio asks again, with the inputs of that time, and with the
event data of the first.
"""


def build(
    runs: Runs, settings: Settings, dashboard_data: DashboardData | None = None, checks: Checks | None = None
) -> gr.Blocks:
    """The page and its API, over ``runs``, with the dashboard of ``dashboard_data`` as a second tab, and a third one
    for the owner with what ``checks`` finds.

    Launch it with ``serve``, which adds style, limits and queue.
    """
    words, sweep = PartWords(), (CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS)
    page = SpokenPage(words, title="Folio", analytics_enabled=False, delete_cache=sweep)
    swept_with(page)
    uploads = Uploads()
    actions = ConvertActions(runs, files_at_once(settings), uploads, settings.max_pages)
    with page:
        add_endpoints(runs, settings, uploads)
        add_compare_endpoint(runs)
        scripts = script("theme_toggle") + script("tab_keys") + script("page_language")
        words.part(gr.HTML, {"value": lambda: render("masthead")}, js_on_load=scripts, elem_id="masthead")
        if dashboard_data is None:
            _add_convert(page, actions, settings, runs, uploads, words)
        else:
            with gr.Tabs(elem_id="main-tabs") as tabs:
                with words.part(gr.Tab, {"label": "form.convert"}, id="convert-tab"):
                    _add_convert(page, actions, settings, runs, uploads, words)
                with gr.Tab("Dashboard", id=DASHBOARD_TAB) as tab:
                    add_dashboard(dashboard_data, page, DashboardTab(tabs, tab), runs)
                if checks is not None:
                    with gr.Tab("Owner", id="owner-tab"):
                        add_owner_tab(settings, checks)
    return page


def _add_convert(
    page: gr.Blocks, actions: ConvertActions, settings: Settings, runs: Runs, uploads: Uploads, words: PartWords
) -> None:
    memory = build_memory()
    with gr.Row(elem_id="table"):
        form = build_form(settings, runs.has_gpu, runs.books_gpu, words)
        result = build_result(runs.has_gpu, words)
    wiring = ConvertWiring(actions, settings, form, result, memory)
    wiring.connect(page)
    repairs = RepairActions(runs, uploads)
    RepairWiring(repairs, result.repair, form, memory).connect(wiring.page)
    WebWiring(actions, form, memory).connect(wiring.page)


class ConvertWiring:
    """Ties parts to actions. Every listener is private: the endpoints for programs lie in ``api``.

    Inputs and outputs are dictionaries keyed by part, so that no listener depends on the order of another's.
    """

    def __init__(
        self,
        actions: ConvertActions,
        settings: Settings,
        form: Form,
        result: Result,
        memory: TabMemory,
    ) -> None:
        self._actions, self._settings = actions, settings
        self._form, self._result, self._memory = form, result, memory
        self._drawing = PageDrawing(settings, form, result, memory, actions.facsimile)
        self._visits = RunVisits(actions, settings, self._drawing, form, result, memory)
        self._quiet = quiet(memory.tick)

    def connect(self, page: gr.Blocks) -> None:
        form, result, memory = self._form, self._result, self._memory
        ended_run, state = result.ended_run, {memory.state}
        upload = {memory.state, form.upload, form.password}
        resume = {memory.state, form.password, memory.visitor}
        options = set(form.options())
        listed = [self._on(form.upload.change, self._inspect, upload | {form.pages})]
        listed += [self._on(form.add.upload, self._add, {memory.state, form.add, form.password, form.pages})]
        listed += [self._on(form.documents.click, self._choose, {memory.state, form.password, form.pages})]
        for change in listed:
            self._estimated(change)
        self._estimate_after(memory.listed, form.pages, form.ocr, form.tables, form.lane)
        self._follow(self._on(form.password.submit, self._unlock, resume | upload | options))
        self._focused(self._on(form.example.click, self._example, set()))
        self._instantly(form.start_over.click, "leave_run")
        self._readdress(self._on(form.start_over.click, self._visits.start_over, set()))
        self._follow(self._focused(self._on(form.convert.click, self._start, resume | options)))
        resuming = [(ended_run.resume, self._resume), (ended_run.resume_fitting, self._resume_fitting)]
        for button, resumed in [*resuming, (ended_run.resume_on_cpu, self._resume_on_cpu)]:
            self._instantly(button.click, "same_step")
            self._follow(self._on(button.click, resumed, resume))
        self._follow(self._on(ended_run.repeat.click, self._repeat, resume | options))
        self._on(ended_run.delete.click, self._ask_to_delete, state)
        self._on(ended_run.cancel_delete.click, self._cancel_delete, state)
        self._readdress(self._on(ended_run.confirm_delete.click, self._delete, state))
        self._on(form.stop.click, self._stop, state)
        self._on(memory.tick.change, self._refresh, {memory.state, memory.signature})
        self._on(result.search.submit, self._search, {memory.state, result.search})
        turning: list[tuple[Any, Any, set[Any]]] = [(result.strip.click, self._jump, state)]
        turning += [(result.hits.click, self._jump, state)]
        turning += [(pager.earlier.click, self._earlier, state) for pager in result.pagers]
        turning += [(pager.later.click, self._later, state) for pager in result.pagers]
        turning += [(result.page_number.submit, self._go_to_page, {memory.state, result.page_number})]
        for event, listener, inputs in turning:
            turned = self._on(event, listener, inputs)
            turned.then(None, [memory.scroll_page], js=script("scroll_to_page"), api_visibility="private")
        self._on(result.earlier.click, self._visits.list_earlier, set(), trigger_mode="multiple")
        self._follow(self._on(result.earlier.select, self._visits.open_earlier, set()))
        self._follow(
            self._on(memory.back.click, self._visits.go_back, {memory.link}, js=script("linked_run"), **LASTING)
        )
        private: dict[str, Any] = {"api_visibility": "private"}
        result.show_pages.change(None, [result.show_pages], js=script("show_pages"), **private)
        page.load(None, None, [result.show_pages], js=script("pages_at_load"), **private)
        self._follow(self._on(page.load, self._visits.open, {memory.visitor}))

    @property
    def page(self) -> WholePage:
        """What parts of the page with listeners of their own need of it."""
        return WholePage(self._on, self._follow, self._focused, self._readdress, self._linked, self._estimated)

    def _on(
        self,
        event: Callable[..., Any],
        listener: Callable[..., Updates],
        inputs: set[Any],
        outputs: list[Any] | None = None,
        **settings: Any,
    ) -> Any:
        """Tie a listener to an event; it speaks the visitor's language."""
        return event(
            in_visitors_language(listener),
            inputs or None,
            self._drawing.parts() if outputs is None else outputs,
            concurrency_limit=None,
            **self._quiet,
            **settings,
        )

    def _estimated(self, listing: Any) -> None:
        """Show anew after a listener that changes the list of files what Convert would take."""
        listing.then(None, None, [self._memory.listed], js=script("changed_value"), api_visibility="private")

    def _estimate_after(self, *parts: Any) -> None:
        """Show anew after each change of ``parts`` what Convert would take, and whether it can be pressed.

        It is one listener, which asks again where a part changes while its answer is out: of two that answered beside
        each other, the earlier one could come last, and stay. The state of the tab is read and not written: an upload
        that is inspected meanwhile has written a newer one.
        """
        form, changes = self._form, [part.change for part in parts]
        inputs, shown = {self._memory.state, *form.options()}, [form.estimate, form.convert, form.documents]
        listener = in_visitors_language(self._estimate)
        gr.on(changes, listener, inputs, shown, concurrency_limit=None, **self._quiet, **LASTING)

    def _follow(self, started: Any) -> Any:
        """After a listener that shows a run: write the link into the address bar, and tick until the runs have
        ended.
        """
        self._readdress(started)
        return started.then(
            self._actions.follow,
            [self._memory.state],
            [self._memory.tick],
            concurrency_id="convert",
            concurrency_limit=self._settings.concurrency + self._settings.queue_size,
            **self._quiet,
        )

    def _focused(self, changed: Any) -> Any:
        """After a listener that hides the button that was pressed: the keyboard goes on at the next part."""
        changed.then(None, None, js=script("focus_next"), api_visibility="private")
        return changed

    def _readdress(self, changed: Any) -> None:
        """After a listener that shows another run, or none: the address bar follows, and the list of earlier runs."""
        changed.then(None, [self._memory.link], js=script("address"), api_visibility="private")

    def _instantly(self, event: Callable[..., Any], name: str) -> None:
        """A script that runs in the browser before anything is asked of the server."""
        event(None, None, None, js=script(name), api_visibility="private")

    # -- values --------------------------------------------------------------------------------------------------------

    def _state(self, values: Values) -> PageState:
        """The state of the tab, with the page range as it stands in the form where the listener asks for it."""
        state: PageState = values[self._memory.state]
        return replace(state, pages=values[self._form.pages] or "") if self._form.pages in values else state

    def _password(self, values: Values) -> str:
        return values[self._form.password] or ""

    def _choices(self, values: Values) -> FormValues:
        form = self._form
        pages, ocr, tables, lane = (values[part] for part in (form.pages, form.ocr, form.tables, form.lane))
        languages = tuple(values[form.languages] or ())
        spans, pictures = TableForm(values[form.spans]), PictureForm(values[form.pictures])
        markdown = MarkdownForm(spans, pictures, bool(values[form.page_markers]))
        return FormValues(pages, ocr, tables, values.get(form.password) or "", lane, languages, markdown)

    # -- listeners -----------------------------------------------------------------------------------------------------

    def _inspect(self, values: Values) -> Updates:
        """Files were added to a page without any. An upload that was emptied by Start over says nothing new, and by
        then the page may show a run.
        """
        if not values[self._form.upload]:
            return {self._form.estimate: gr.skip()}
        state = self._actions.inspect(list(values[self._form.upload]), self._password(values))
        return self._show(replace(state, pages=values[self._form.pages] or ""))

    def _add(self, values: Values) -> Updates:
        added = list(values[self._form.add] or ())
        return self._show(self._actions.add(self._state(values), added, self._password(values)))

    def _example(self) -> Updates:
        return {self._form.upload: [str(served_example(EXAMPLE))]}

    def _start(self, values: Values, request: gr.Request) -> Updates:
        visitor = browser(request, values[self._memory.visitor])
        return self._linked(self._actions.start(self._state(values), self._choices(values), visitor))

    def _repeat(self, values: Values, request: gr.Request) -> Updates:
        visitor = browser(request, values[self._memory.visitor])
        return self._linked(self._actions.again(self._state(values), self._choices(values), visitor))

    def _resume(
        self, values: Values, request: gr.Request, lane: LaneChoice | None = None, fitting: bool = False
    ) -> Updates:
        visitor = browser(request, values[self._memory.visitor])
        state, password = self._state(values), self._password(values)
        return self._linked(self._actions.resume(state, password, visitor, lane, fitting=fitting))

    def _resume_fitting(self, values: Values, request: gr.Request) -> Updates:
        return self._resume(values, request, fitting=True)

    def _resume_on_cpu(self, values: Values, request: gr.Request) -> Updates:
        return self._resume(values, request, LaneChoice.CPU)

    def _estimate(self, values: Values) -> Updates:
        state, choices, form = self._state(values), self._choices(values), self._form
        if not state.editable:
            return {form.estimate: gr.skip()}
        price = self._actions.price(state, choices)
        return {
            form.estimate: estimate_text(price.times, price.booked),
            form.convert: gr.Button(interactive=state.convertible),
            form.documents: document_list(state, (None,) * len(state.documents)),
        }

    def _unlock(self, values: Values, request: gr.Request) -> Updates:
        """The password serves the run that lacked it to go on, or to be converted again, and otherwise the uploads."""
        state = self._state(values)
        document = state.document
        if document is not None and document.locked and document.run_id:
            view = self._actions.update(state).view
            resumable = view is not None and view.resumable
            return self._resume(values, request) if resumable else self._start(values, request)
        return self._show(self._actions.unlock(self._state(values), self._password(values)))

    def _ask_to_delete(self, values: Values) -> Updates:
        return self._show_question(self._state(values), deleting=True)

    def _cancel_delete(self, values: Values) -> Updates:
        return self._show_question(self._state(values), deleting=False)

    def _delete(self, values: Values) -> Updates:
        state = self._state(values)
        return self._linked(self._actions.delete(state)) if state.deleting else self._show(state)

    def _stop(self, values: Values) -> Updates:
        self._actions.stop(self._state(values))
        return {self._form.stop: gr.Button(text("form.stopping"), interactive=False)}

    def _refresh(self, values: Values) -> Updates:
        """A run has news. The state is only written where a run has gone: a listener that worked meanwhile, such as one
        that turns pages or continues another run, has written a newer one. That one is drawn, and an end only once: an
        older state that arrives last would stay.
        """
        state, drawn = self._state(values), values[self._memory.signature]
        update = self._actions.update(state)
        if update.state == state and update.shown_by(drawn):
            return {self._form.estimate: gr.skip()}
        updates = self._drawing.draw(update, drawn)
        for _ in range(MOST_DRAWINGS):
            if (newest := self._memory.newest(state)) != state:
                state, updates = newest, self._show(newest)
        if updates[self._memory.state] == state:
            del updates[self._memory.state]
        return updates

    def _choose(self, values: Values, event: gr.EventData) -> Updates:
        """A row was chosen, or what it offers: to be removed, or to be converted as far as possible."""
        state = self._state(values)
        if (place := picked(event, "remove")) >= 0:
            left = self._actions.remove(state, place, self._password(values))
            emptied = {} if left.documents else {self._form.upload: gr.File(value=None, visible=True)}
            return {**self._show(left), **emptied}
        if (place := picked(event, "shorten")) >= 0:
            return self._show(self._actions.shorten(state, place))
        return self._show(state.choose(picked(event)))

    def _jump(self, values: Values, event: gr.EventData) -> Updates:
        return self._turn(self._state(values), picked(event))

    def _search(self, values: Values) -> Updates:
        """Name the pages of the chosen run on which something stands."""
        state, query = self._state(values), values[self._result.search] or ""
        view = self._actions.update(state).view
        hits = search(view, query) if view is not None else ()
        return {self._result.hits: search_hits(query, hits)}

    def _earlier(self, values: Values) -> Updates:
        state = self._state(values)
        return self._turn(state, state.first - 1)

    def _later(self, values: Values) -> Updates:
        state = self._state(values)
        return self._turn(state, state.next_first)

    def _go_to_page(self, values: Values) -> Updates:
        """Show the page of this number, or the next one that was chosen."""
        state, number = self._state(values), values[self._result.page_number] or 1
        view = self._actions.update(state).view
        pages = view.pages if view is not None else ()
        index = next((index for index, page in enumerate(pages) if page.page >= number), len(pages) - 1)
        return self._turn(state, index)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, state: PageState) -> Updates:
        return self._drawing.draw(self._actions.update(state))

    def _show_question(self, state: PageState, deleting: bool) -> Updates:
        """Ask whether to delete, or take the question back; the reader's pages stay as they are."""
        update = self._actions.update(replace(state, deleting=deleting))
        return self._drawing.draw(update, update.drawn)

    def _linked(self, state: PageState) -> Updates:
        """The state, and the chosen document's run for the address bar."""
        return {**self._show(state), self._memory.link: state.document.run_id if state.document else ""}

    def _turn(self, state: PageState, index: int) -> Updates:
        """Show the window of pages that holds ``index``, and scroll to that page."""
        view = self._actions.update(state).view
        if view is None or not view.pages:
            return self._show(state)
        page = view.pages[min(max(index, 0), len(view.pages) - 1)].page
        return {**self._show(state.turn_to(index, len(view.pages))), self._memory.scroll_page: str(page)}
