"""The dashboard: which parts it has, where they stand, and when they are drawn anew. How they look lies in ``summary``,
``runs_table`` and ``charts``; the facts come from ``pipeline.history``.

A timer asks every ten seconds. A part is sent only when it changed, and gradio then changes just what differs in the
page, so nothing flickers and the reader stays where they are. What a reader chose (window, filters, page, receipt) is
kept per browser tab.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.history.dashboard_data import DashboardData, Snapshot
from pipeline.history.overview import Overview, Window
from pipeline.history.selection import ROWS_AT_ONCE, Filter, choices, page_at
from pipeline.ui.api.record_endpoints import add_record_endpoints
from pipeline.ui.api.worker_endpoints import add_worker_endpoints, refuse_strangers
from pipeline.ui.browser_scripts import script
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.convert.present import notice
from pipeline.ui.dashboard import charts, runs_table, summary
from pipeline.ui.dashboard.comparison_panel import Texts
from pipeline.ui.dashboard.dashboard_parts import (
    ANY,
    Controls,
    DashboardMemory,
    DashboardTab,
    DashboardView,
    Parts,
    build_parts,
)
from pipeline.ui.ports import Runs
from pipeline.ui.quiet_listeners import quiet
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.workers.worker_parts import workers_card
from pipeline.worker_iterations import Role

Updates = dict[Any, Any]
Values = dict[Any, Any]
"""The values of a listener's inputs, by component: gradio hands a set of inputs over as a dictionary."""

REFRESH_SECONDS = 10
DASHBOARD_TAB = "dashboard-tab"
RECORD_ID_CHARS = 36
DAYS_OFFERED = 400


def build_dashboard(dashboard_data: DashboardData) -> gr.Blocks:
    """The dashboard alone on its page. Launch it with ``serve`` and both style sheets."""
    page = gr.Blocks(title="Folio dashboard", analytics_enabled=False)
    with page:
        gr.HTML(render("masthead"), js_on_load=script("theme_toggle") + script("page_language"), elem_id="masthead")
        add_dashboard(dashboard_data, page)
    return page


def add_dashboard(
    dashboard_data: DashboardData, page: gr.Blocks, tab: DashboardTab | None = None, runs: Runs | None = None
) -> None:
    """Put the dashboard and its endpoints into the page (or tab) under construction.

    In a tab it is first drawn, and its timer started, when the tab is opened; a receipt's link (``?record=<record
    id>``) opens it. ``runs`` are the runs of this server, whose text can be compared by their links; None where it
    converts nothing.
    """
    with gr.Column(elem_id="dash"):
        parts, controls = build_parts()
        memory = DashboardMemory(gr.State(DashboardView()), gr.State({}))
        timer = gr.Timer(REFRESH_SECONDS, active=tab is None)
    wiring = DashboardWiring(dashboard_data, Texts(runs), parts, controls, memory)
    wiring.connect(page, tab, timer)
    add_record_endpoints(dashboard_data)
    add_worker_endpoints(dashboard_data)


class DashboardWiring:
    """Ties parts to the dashboard's data. Every listener is private; it takes the values of the controls and of the
    tab's memory, and returns what changed.
    """

    def __init__(
        self, dashboard_data: DashboardData, texts: Texts, parts: Parts, controls: Controls, memory: DashboardMemory
    ) -> None:
        self._data, self._texts = dashboard_data, texts
        self._parts, self._controls, self._memory = parts, controls, memory

    def connect(self, page: gr.Blocks, tab: DashboardTab | None, timer: gr.Timer) -> None:
        controls, parts = self._controls, self._parts
        hidden = quiet(parts.line)
        if tab is None:
            self._on(page.load, self._arrive)
        else:
            self._on(page.load, self._arrive_by_link).then(_tab_of_link, None, tab.tabs, **hidden)
            self._on(tab.tab.select, self._refresh).then(lambda: gr.Timer(active=True), None, timer, **hidden)
        self._on(timer.tick, self._refresh)
        self._on(controls.window.input, self._refresh)
        for control in controls.filters:
            self._on(control.input, self._rewind)
        self._on(parts.newer.click, self._newer)
        self._on(parts.older.click, self._older)
        for part in (parts.failures, parts.workers, parts.table, parts.receipt, parts.waiting):
            self._on(part.click, self._clicked)

    def _on(self, event: Callable[..., Any], action: Callable[..., Updates]) -> Any:
        memory = self._memory
        return event(
            action,
            {*self._controls.all(), memory.view, memory.signatures},
            [*self._parts.all(), *self._controls.lists, memory.view, memory.signatures],
            trigger_mode="always_last",
            concurrency_limit=None,
            **quiet(self._parts.line),
        )

    # -- listeners -----------------------------------------------------------------------------------------------------

    def _arrive(self, values: Values, request: gr.Request) -> Updates:
        return self._draw(values, replace(self._view(values), record=_linked(request)))

    def _arrive_by_link(self, values: Values, request: gr.Request) -> Updates:
        return self._arrive(values, request) if _linked(request) else gr.skip()

    def _refresh(self, values: Values) -> Updates:
        return self._draw(values, self._view(values))

    def _rewind(self, values: Values) -> Updates:
        return self._draw(values, replace(self._view(values), first=0))

    def _newer(self, values: Values) -> Updates:
        return self._turn(values, -ROWS_AT_ONCE)

    def _older(self, values: Values) -> Updates:
        return self._turn(values, ROWS_AT_ONCE)

    def _turn(self, values: Values, rows: int) -> Updates:
        view = self._view(values)
        return self._draw(values, replace(view, first=max(view.first + rows, 0)))

    def _clicked(self, values: Values, event: gr.EventData, request: gr.Request) -> Updates:
        click = event._data if isinstance(event._data, dict) else {}
        if "worker" in click:
            return self._ordered(values, click, request)
        return self._draw(values, self._with_texts(after_click(self._view(values), click), click))

    def _ordered(self, values: Values, click: dict[str, Any], request: gr.Request) -> Updates:
        """A worker pauses or goes on, for whoever is signed in."""
        try:
            refuse_strangers(request)
            self._data.switch_worker(Role(str(click["worker"])), paused=click.get("order") == "pause")
        except Exception as error:
            return {self._parts.line: notice(error_facts(error)), self._memory.view: self._view(values)}
        return self._refresh(values)

    def _view(self, values: Values) -> DashboardView:
        view: DashboardView = values[self._memory.view]
        return view

    def _with_texts(self, view: DashboardView, click: dict[str, Any]) -> DashboardView:
        """The view with both runs' text. Only a click reads texts, never the timer."""
        if not view.beside:
            return replace(view, sides=(), texts=NOTHING)
        sides = self._texts.sides((view.beside, view.record), view.sides, click)
        first = click.get("change")
        return replace(view, sides=sides, texts=self._texts.section(sides, first if isinstance(first, int) else 0))

    # -- drawing -------------------------------------------------------------------------------------------------------

    def _draw(self, values: Values, view: DashboardView) -> Updates:
        """Every part that shows something else than before."""
        try:
            snapshot = self._data.look()
            overview = self._data.overview(snapshot, Window(values[self._controls.window]))
            drawn = {
                **self._summary(snapshot, overview),
                **self._charts(overview),
                **self._choices(snapshot),
                **self._table(snapshot, self._filter(values), view),
                **self._receipt(view),
            }
        except Exception as error:
            return {self._parts.line: notice(error_facts(error)), self._memory.view: view}
        before: dict[str, int] = values[self._memory.signatures]
        now = {**before, **{str(part._id): hash(signature) for part, (signature, _) in drawn.items()}}
        changed = {part: value for part, (_, value) in drawn.items() if before.get(str(part._id)) != now[str(part._id)]}
        return {**changed, self._memory.view: view, self._memory.signatures: now}

    def _filter(self, values: Values) -> Filter:
        search, *chosen = (values[control] for control in self._controls.filters)
        return Filter(search or "", *("" if value in (ANY, None) else value for value in chosen))

    def _summary(self, snapshot: Snapshot, overview: Overview) -> Updates:
        parts = self._parts
        html = {
            parts.line: summary.status_line(self._data.status(snapshot, overview), overview),
            parts.tiles: summary.tiles(overview, snapshot.around.load),
            parts.failures: summary.failures(overview),
            parts.spaces: summary.spaces(overview, snapshot.around),
            parts.resources: summary.resources(overview, snapshot.around),
            parts.workers: workers_card(snapshot.around.standings),
        }
        return {part: (text, text) for part, text in html.items()}

    def _charts(self, overview: Overview) -> Updates:
        plots, any_run = self._parts.plots[overview.window], overview.totals.runs > 0
        rows = {
            other.row: (visible, gr.Row(visible=visible))
            for other in self._parts.plots.values()
            for visible in [any_run and other is plots]
        }
        data = {
            plots.runs: charts.runs_data(overview),
            plots.speed: charts.speed_data(overview),
            plots.time: charts.time_data(overview),
        }
        return {**rows, **{plot: (str(points), points) for plot, points in data.items()}}

    def _choices(self, snapshot: Snapshot) -> Updates:
        offered, controls = choices(snapshot.records), self._controls
        lists = (
            (controls.bundle, "Any bundle", offered.bundles),
            (controls.space, "Any Space", offered.spaces),
            (controls.day, "Any day (UTC)", offered.days[:DAYS_OFFERED]),
        )
        return {
            control: (names, gr.Dropdown([(any_name, ANY), *((name, name) for name in names)]))
            for control, any_name, names in lists
        }

    def _table(self, snapshot: Snapshot, chosen: Filter, view: DashboardView) -> Updates:
        parts, selection = self._parts, page_at(snapshot.records, chosen, view.first)
        rows = runs_table.run_table(selection, view.record, bool(len(snapshot.records)))
        waiting, name = runs_table.waiting(view.comparing), runs_table.pager_name(selection)
        older, newer = selection.first + len(selection.rows) < selection.matches, selection.first > 0
        return {
            parts.table: (rows, rows),
            parts.waiting: (waiting, waiting),
            parts.pager_name: (name, name),
            parts.pager: (older or newer, gr.Row(visible=older or newer)),
            parts.newer: (newer, gr.Button(interactive=newer)),
            parts.older: (older, gr.Button(interactive=older)),
        }

    def _receipt(self, view: DashboardView) -> Updates:
        html = self._receipt_html(view)
        return {self._parts.receipt: (html, html)}

    def _receipt_html(self, view: DashboardView) -> Markup:
        if not view.record:
            return NOTHING
        if batch := self._data.batch(view.record):
            return runs_table.batch_receipt(batch)
        record = self._data.find(view.record)
        beside = self._data.find(view.beside) if view.beside else None
        if record is None:
            return runs_table.missing_record()
        return runs_table.comparison(beside, record, view.texts) if beside else runs_table.receipt(record)


def _linked(request: gr.Request) -> str:
    """The record whose receipt a link opens: ``?record=<record id>``. Unlike a run's own link it is no secret."""
    return str(request.query_params.get("record", ""))[:RECORD_ID_CHARS]


def _tab_of_link(request: gr.Request) -> gr.Tabs:
    return gr.Tabs(selected=DASHBOARD_TAB) if _linked(request) else gr.Tabs()


def after_click(view: DashboardView, click: dict[str, Any]) -> DashboardView:
    """Where a click leads: to a receipt, to a comparison, or back to the table. What a client sends is looked up, never
    trusted.
    """
    if click.get("close"):
        return replace(view, record="", beside="")
    if "compare" in click:
        return replace(view, record="", beside="", comparing=str(click["compare"])[:RECORD_ID_CHARS])
    record = str(click.get("record", ""))[:RECORD_ID_CHARS]
    if not record:
        return view
    return replace(view, record=record, beside=view.comparing if view.comparing != record else "", comparing="")
