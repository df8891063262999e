"""The dashboard: which parts it has, where they stand, and when they are drawn anew. How they look lies in
``dash_summary``, ``dash_runs`` and ``charts``; what is said in ``pipeline.runs``.

A timer asks every ten seconds. A part is sent only when it changed, and gradio then changes just what differs in the
page, so nothing flickers and the reader stays where they are. What a reader chose (window, filters, page, receipt) is
kept per browser tab.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from pipeline.history.dashboard_data import DashboardData, Snapshot
from pipeline.history.overview import Overview, Window
from pipeline.history.selection import ROWS_AT_ONCE, Filter, choices, page_at
from pipeline.ui import markup
from pipeline.ui.api.record_endpoints import add_record_endpoints
from pipeline.ui.convert.actions import told
from pipeline.ui.convert.present import notice
from pipeline.ui.dashboard import charts, runs_table, summary
from pipeline.ui.dashboard.comparison_panel import Texts
from pipeline.ui.dashboard.dashboard_parts import (
    Controls,
    DashboardMemory,
    DashboardView,
    Parts,
    Room,
    build_parts,
)
from pipeline.ui.ports import Runs
from pipeline.ui.theme import STATIC

Updates = dict[Any, Any]
Shown = dict[str, int]
REFRESH_SECONDS = 10
STYLE = STATIC / "dashboard.css"
ANY = "Any"
DASHBOARD_ROOM = "dashboard-room"
RECORD_ID_CHARS = 36
STATUS_CHOICES = [
    ("Any status", ANY),
    ("Done", "ok"),
    ("Done, with gaps", "partial"),
    ("Failed", "error"),
    ("Stopped", "cancelled"),
    ("Under way", "running"),
]


def build_dashboard(dashboard_data: DashboardData) -> gr.Blocks:
    """The dashboard alone on its page. Launch it with ``serve`` and both style sheets."""
    page = gr.Blocks(title="Folio dashboard", analytics_enabled=False)
    with page:
        gr.HTML(markup.HEADER, js_on_load=markup.HEADER_JS, elem_id="masthead")
        add_dashboard(dashboard_data, page)
    return page


def add_dashboard(
    dashboard_data: DashboardData, page: gr.Blocks, room: Room | None = None, runs: Runs | None = None
) -> None:
    """Put the dashboard and its endpoints into the page (or tab) under construction.

    In a tab it is first drawn, and its timer started, when the tab is opened; a receipt's link (``?record=<record
    id>``) opens it. ``runs`` are the runs of this server, whose text can be compared by their links; None where it
    converts nothing.
    """
    with gr.Column(elem_id="dash"):
        parts, controls = build_parts()
        memory = DashboardMemory(gr.State(DashboardView()), gr.State({}))
        timer = gr.Timer(REFRESH_SECONDS, active=room is None)
    wiring = DashboardWiring(dashboard_data, Texts(runs), parts, controls, memory)
    wiring.connect(page, room, timer)
    add_record_endpoints(dashboard_data)


class DashboardWiring:
    """Ties parts to the dashboard_data. Every listener is private; it takes the controls and the memory and returns what
    changed.
    """

    def __init__(
        self, dashboard_data: DashboardData, texts: Texts, parts: Parts, controls: Controls, memory: DashboardMemory
    ) -> None:
        self._data, self._texts = dashboard_data, texts
        self._parts, self._controls, self._memory = parts, controls, memory

    def connect(self, page: gr.Blocks, room: Room | None, timer: gr.Timer) -> None:
        controls, parts = self._controls, self._parts
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        if room is None:
            self._on(page.load, self._arrive)
        else:
            self._on(page.load, self._arrive_by_link).then(_room_of_link, None, room.rooms, **quiet)
            self._on(room.tab.select, self._refresh).then(lambda: gr.Timer(active=True), None, timer, **quiet)
        self._on(timer.tick, self._refresh)
        self._on(controls.window.input, self._refresh)
        for control in controls.all()[1:]:
            self._on(control.input, self._rewind)
        self._on(parts.newer.click, self._newer)
        self._on(parts.older.click, self._older)
        for part in (parts.failures, parts.table, parts.receipt, parts.waiting):
            self._on(part.click, self._clicked)

    def _on(self, event: Callable[..., Any], action: Callable[..., Updates]) -> Any:
        memory = self._memory
        return event(
            action,
            [*self._controls.all(), memory.view, memory.shown],
            [*self._parts.all(), *self._controls.all()[3:], memory.view, memory.shown],
            show_progress="hidden",
            trigger_mode="always_last",
            concurrency_limit=None,
            api_visibility="private",
        )

    # -- listeners
    # -------------------------------------------------------------------------------------------------------

    def _arrive(  # gradio hands the request over by its annotation, so the inputs are named
        self,
        window: str,
        search: str,
        status: str,
        bundle: str,
        space: str,
        day: str,
        view: DashboardView,
        shown: Shown,
        request: gr.Request,
    ) -> Updates:
        return self._draw(window, search, status, bundle, space, day, replace(view, record=_linked(request)), shown)

    def _arrive_by_link(
        self,
        window: str,
        search: str,
        status: str,
        bundle: str,
        space: str,
        day: str,
        view: DashboardView,
        shown: Shown,
        request: gr.Request,
    ) -> Updates:
        return (
            self._arrive(window, search, status, bundle, space, day, view, shown, request)
            if _linked(request)
            else gr.skip()
        )

    def _refresh(self, *inputs: Any) -> Updates:
        return self._draw(*inputs)

    def _rewind(self, *inputs: Any) -> Updates:
        return self._moved(inputs, replace(inputs[-2], first=0))

    def _newer(self, *inputs: Any) -> Updates:
        return self._turn(-ROWS_AT_ONCE, *inputs)

    def _older(self, *inputs: Any) -> Updates:
        return self._turn(ROWS_AT_ONCE, *inputs)

    def _turn(self, by: int, *inputs: Any) -> Updates:
        view: DashboardView = inputs[-2]
        return self._moved(inputs, replace(view, first=max(view.first + by, 0)))

    def _moved(self, inputs: tuple[Any, ...], view: DashboardView) -> Updates:
        return self._draw(*(*inputs[:-2], view, inputs[-1]))

    def _clicked(  # gradio hands the event over by its annotation, so the inputs are named
        self,
        window: str,
        search: str,
        status: str,
        bundle: str,
        space: str,
        day: str,
        view: DashboardView,
        shown: Shown,
        event: gr.EventData,
    ) -> Updates:
        data = event._data if isinstance(event._data, dict) else {}
        return self._draw(
            window, search, status, bundle, space, day, self._with_texts(after_click(view, data), data), shown
        )

    def _with_texts(self, view: DashboardView, data: dict[str, Any]) -> DashboardView:
        """Only a click reads texts, never the timer."""
        if not view.beside:
            return replace(view, sides=(), texts="")
        sides = self._texts.sides((view.beside, view.record), view.sides, data)
        first = data.get("change")
        return replace(view, sides=sides, texts=self._texts.section(sides, first if isinstance(first, int) else 0))

    # -- drawing
    # ---------------------------------------------------------------------------------------------------------

    def _draw(
        self,
        window: str,
        search: str,
        status: str,
        bundle: str,
        space: str,
        day: str,
        view: DashboardView,
        shown: Shown,
    ) -> Updates:
        """Every part that shows something else than before."""
        chosen = Filter(
            search or "", *("" if value in (ANY, None) else value for value in (status, bundle, space, day))
        )
        try:
            look = self._data.look()
            of = self._data.overview(look, Window(window))
            drawn = {
                **self._summary(look, of),
                **self._charts(of),
                **self._choices(look),
                **self._table(look, chosen, view),
                **self._receipt(view),
            }
        except Exception as error:
            return {self._parts.line: notice(told(error)), self._memory.view: view}
        now = {**shown, **{str(part._id): hash(signature) for part, (signature, _) in drawn.items()}}
        updates = {part: value for part, (_, value) in drawn.items() if shown.get(str(part._id)) != now[str(part._id)]}
        return {**updates, self._memory.view: view, self._memory.shown: now}

    def _summary(self, look: Snapshot, of: Overview) -> Updates:
        parts = self._parts
        html = {
            parts.line: summary.status_line(self._data.status(look, of), of),
            parts.tiles: summary.tiles(of),
            parts.failures: summary.failures(of),
            parts.spaces: summary.spaces(of, look.around),
            parts.resources: summary.resources(of, look.around),
        }
        return {part: (text, text) for part, text in html.items()}

    def _charts(self, of: Overview) -> Updates:
        plots, any_run = self._parts.plots[of.window], of.totals.runs > 0
        rows = {
            other.row: (shown, gr.Row(visible=shown))
            for other in self._parts.plots.values()
            for shown in [any_run and other is plots]
        }
        data = {plots.runs: charts.runs_data(of), plots.speed: charts.speed_data(of), plots.time: charts.time_data(of)}
        return {**rows, **{plot: (str(values), values) for plot, values in data.items()}}

    def _choices(self, look: Snapshot) -> Updates:
        offered, controls = choices(look.records), self._controls
        lists = (
            (controls.bundle, "Any bundle", offered.bundles),
            (controls.space, "Any Space", offered.spaces),
            (controls.day, "Any day", offered.days[:400]),
        )
        return {
            control: (values, gr.Dropdown([(name, ANY), *((value, value) for value in values)]))
            for control, name, values in lists
        }

    def _table(self, look: Snapshot, chosen: Filter, view: DashboardView) -> Updates:
        parts, selection = self._parts, page_at(look.records, chosen, view.first)
        rows = runs_table.run_table(selection, view.record, bool(len(look.records)))
        waiting, name = runs_table.waiting(view.comparing), runs_table.pager_name(selection)
        more, less = selection.first + len(selection.rows) < selection.matches, selection.first > 0
        return {
            parts.table: (rows, rows),
            parts.waiting: (waiting, waiting),
            parts.pager_name: (name, name),
            parts.pager: (more or less, gr.Row(visible=more or less)),
            parts.newer: (less, gr.Button(interactive=less)),
            parts.older: (more, gr.Button(interactive=more)),
        }

    def _receipt(self, view: DashboardView) -> Updates:
        html = self._receipt_html(view)
        return {self._parts.receipt: (html, html)}

    def _receipt_html(self, view: DashboardView) -> str:
        if not view.record:
            return ""
        record = self._data.find(view.record)
        beside = self._data.find(view.beside) if view.beside else None
        if record is None:
            return runs_table.gone()
        return runs_table.comparison(beside, record, view.texts) if beside else runs_table.receipt(record)


def _linked(request: gr.Request) -> str:
    """The record whose receipt a link opens: ``?record=<record id>``. Unlike a run's own link it is no secret."""
    return str(request.query_params.get("record", ""))[:RECORD_ID_CHARS]


def _room_of_link(request: gr.Request) -> gr.Tabs:
    return gr.Tabs(selected=DASHBOARD_ROOM) if _linked(request) else gr.Tabs()


def after_click(view: DashboardView, data: dict[str, Any]) -> DashboardView:
    """Where a click leads: to a receipt, to a comparison, or back to the table. What a client sends is looked up, never
    trusted.
    """
    if data.get("close"):
        return replace(view, record="", beside="")
    if "compare" in data:
        return replace(view, record="", beside="", comparing=str(data["compare"])[:RECORD_ID_CHARS])
    record = str(data.get("record", ""))[:RECORD_ID_CHARS]
    if not record:
        return view
    return replace(view, record=record, beside=view.comparing if view.comparing != record else "", comparing="")
