"""The dashboard: which parts it has, where they stand, and when they are drawn anew. How they look lies in ``dash_summary``,
``dash_runs`` and ``charts``; what is said in ``pipeline.runs``.

A timer asks every ten seconds. A part is sent only when it changed, and gradio then changes just what differs in the page, so nothing
flickers and the reader stays where they are. What a reader chose (window, filters, page, receipt) is kept per browser tab.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from pipeline.runs.observatory import Look, Observatory
from pipeline.runs.overview import Overview, Window
from pipeline.runs.selection import ROWS_AT_ONCE, Filter, choices, page_at
from pipeline.ui import charts, dash_markup, dash_runs, dash_summary, markup
from pipeline.ui.convert import told
from pipeline.ui.dash_api import add_record_endpoints
from pipeline.ui.dash_texts import Side, Texts
from pipeline.ui.ports import Runs
from pipeline.ui.present import notice
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


@dataclass(frozen=True, slots=True)
class View:
    """Where a reader is: the first row shown, the run whose receipt is open, the run that another is to be compared with.

    Of an open comparison, ``sides`` says which links the reader gave and ``texts`` is what they show of both runs' text.
    """

    first: int = 0
    record: str = ""
    beside: str = ""
    comparing: str = ""
    sides: tuple[Side, ...] = ()
    texts: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """The tab that a dashboard stands in, and the tabs around it."""

    rooms: gr.Tabs
    tab: gr.Tab


@dataclass(frozen=True, slots=True)
class Controls:
    """What a reader chooses with."""

    window: gr.Radio
    search: gr.Textbox
    status: gr.Dropdown
    bundle: gr.Dropdown
    space: gr.Dropdown
    day: gr.Dropdown

    def all(self) -> list[Any]:
        return [self.window, self.search, self.status, self.bundle, self.space, self.day]


@dataclass(frozen=True, slots=True)
class Plots:
    """The charts of one window."""

    row: gr.Row
    runs: gr.BarPlot
    speed: gr.LinePlot
    time: gr.LinePlot


@dataclass(frozen=True, slots=True)
class Parts:
    """What is drawn."""

    line: gr.HTML
    tiles: gr.HTML
    plots: dict[Window, Plots]
    failures: gr.HTML
    spaces: gr.HTML
    resources: gr.HTML
    waiting: gr.HTML
    table: gr.HTML
    pager: gr.Row
    pager_name: gr.HTML
    newer: gr.Button
    older: gr.Button
    receipt: gr.HTML

    def all(self) -> list[Any]:
        plots = [part for plots in self.plots.values() for part in (plots.row, plots.runs, plots.speed, plots.time)]
        return plots + [getattr(self, name) for name in self.__slots__ if name != "plots"]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a browser tab remembers: the reader's place, and what each part shows, so that it is not sent twice."""

    view: gr.State
    shown: gr.State


def build_dashboard(observatory: Observatory) -> gr.Blocks:
    """The dashboard alone on its page. Launch it with ``serve`` and both style sheets."""
    page = gr.Blocks(title="Folio dashboard", analytics_enabled=False)
    with page:
        gr.HTML(markup.HEADER, js_on_load=markup.HEADER_JS, elem_id="masthead")
        add_dashboard(observatory, page)
    return page


def add_dashboard(observatory: Observatory, page: gr.Blocks, room: Room | None = None, runs: Runs | None = None) -> None:
    """Put the dashboard and its endpoints into the page (or tab) under construction.

    In a tab it is first drawn, and its timer started, when the tab is opened; a receipt's link (``?record=<record id>``) opens it.
    ``runs`` are the runs of this server, whose text can be
    compared by their links; None where it converts nothing.
    """
    with gr.Column(elem_id="dash"):
        parts, controls = _build()
        memory = Memory(gr.State(View()), gr.State({}))
        timer = gr.Timer(REFRESH_SECONDS, active=room is None)
    wiring = Wiring(observatory, Texts(runs), parts, controls, memory)
    wiring.connect(page, room, timer)
    add_record_endpoints(observatory)


def _build() -> tuple[Parts, Controls]:
    with gr.Row(elem_id="dash-head"):
        line = gr.HTML(
            '<section class="dash-status"><i></i><b>Reading the records …</b></section>',
            js_on_load=dash_markup.CLOCKS_JS,
            elem_id="dash-line",
        )
        window = gr.Radio([item.value for item in Window], value=Window.DAY.value, show_label=False, container=False, elem_id="dash-window")
    tiles = gr.HTML(elem_id="dash-tiles")
    plots = {window: _build_charts(window) for window in Window}
    with gr.Row(elem_id="dash-lists"):
        failures, spaces, resources = (gr.HTML(js_on_load=dash_markup.RECORD_JS, elem_classes="dash-list") for _ in range(3))
    with gr.Column(elem_id="dash-table"):
        controls = _build_controls(window)
        waiting = gr.HTML(js_on_load=dash_markup.RECORD_JS, elem_id="dash-waiting")
        table = gr.HTML(js_on_load=dash_markup.RECORD_JS, elem_id="dash-runs")
        with gr.Row(visible=False, elem_id="dash-pager") as pager:
            newer = gr.Button("‹ Newer", size="sm")
            pager_name = gr.HTML()
            older = gr.Button("Older ›", size="sm")
    receipt = gr.HTML(js_on_load=dash_markup.RECORD_JS + dash_markup.ESCAPE_JS, elem_id="dash-receipt")
    parts = Parts(
        line, tiles, plots, failures, spaces, resources, waiting, table, pager, pager_name, newer, older, receipt
    )  # fmt: skip
    return parts, controls


def _build_charts(window: Window) -> Plots:
    with gr.Row(visible=False, elem_classes="dash-charts") as row:
        runs = _chart("Runs", "by outcome", window, charts.runs_chart)
        speed = _chart("Speed", "pages per second, by lane", window, charts.speed_chart)
        time = _chart("Conversion time", "seconds, median and p95", window, charts.time_chart)
    return Plots(row, runs, speed, time)


def _chart(name: str, note: str, window: Window, make: Callable[[Window], Any]) -> Any:
    with gr.Column(elem_classes="card", min_width=280):
        gr.HTML(f"<header><h3>{name}</h3><span>{note}</span></header>")
        return make(window)


def _build_controls(window: gr.Radio) -> Controls:
    with gr.Row(elem_id="dash-filters"):
        search = gr.Textbox(
            placeholder="Search runs: id, error code, Space …", show_label=False, container=False, max_lines=1, elem_id="dash-search"
        )
        status = gr.Dropdown(STATUS_CHOICES, value=ANY, **_plain_dropdown("status"))
        bundle = gr.Dropdown([("Any bundle", ANY)], value=ANY, **_plain_dropdown("bundle"))
        space = gr.Dropdown([("Any Space", ANY)], value=ANY, **_plain_dropdown("space"))
        day = gr.Dropdown([("Any day", ANY)], value=ANY, **_plain_dropdown("day"))
    return Controls(window, search, status, bundle, space, day)


def _plain_dropdown(name: str) -> dict[str, Any]:
    return {
        "label": name.capitalize(),
        "show_label": False,
        "container": False,
        "min_width": 130,
        "filterable": False,
        "elem_id": f"dash-{name}",
    }


class Wiring:
    """Ties parts to the observatory. Every listener is private; it takes the controls and the memory and returns what changed."""

    def __init__(self, observatory: Observatory, texts: Texts, parts: Parts, controls: Controls, memory: Memory) -> None:
        self._observatory, self._texts = observatory, texts
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

    # -- listeners -------------------------------------------------------------------------------------------------------

    def _arrive(  # gradio hands the request over by its annotation, so the inputs are named
        self, window: str, search: str, status: str, bundle: str, space: str, day: str, view: View, shown: Shown, request: gr.Request
    ) -> Updates:
        return self._draw(window, search, status, bundle, space, day, replace(view, record=_linked(request)), shown)

    def _arrive_by_link(
        self, window: str, search: str, status: str, bundle: str, space: str, day: str, view: View, shown: Shown, request: gr.Request
    ) -> Updates:
        return self._arrive(window, search, status, bundle, space, day, view, shown, request) if _linked(request) else gr.skip()

    def _refresh(self, *inputs: Any) -> Updates:
        return self._draw(*inputs)

    def _rewind(self, *inputs: Any) -> Updates:
        return self._moved(inputs, replace(inputs[-2], first=0))

    def _newer(self, *inputs: Any) -> Updates:
        return self._turn(-ROWS_AT_ONCE, *inputs)

    def _older(self, *inputs: Any) -> Updates:
        return self._turn(ROWS_AT_ONCE, *inputs)

    def _turn(self, by: int, *inputs: Any) -> Updates:
        view: View = inputs[-2]
        return self._moved(inputs, replace(view, first=max(view.first + by, 0)))

    def _moved(self, inputs: tuple[Any, ...], view: View) -> Updates:
        return self._draw(*(*inputs[:-2], view, inputs[-1]))

    def _clicked(  # gradio hands the event over by its annotation, so the inputs are named
        self, window: str, search: str, status: str, bundle: str, space: str, day: str, view: View, shown: Shown, event: gr.EventData
    ) -> Updates:
        data = event._data if isinstance(event._data, dict) else {}
        return self._draw(window, search, status, bundle, space, day, self._with_texts(after_click(view, data), data), shown)

    def _with_texts(self, view: View, data: dict[str, Any]) -> View:
        """Only a click reads texts, never the timer."""
        if not view.beside:
            return replace(view, sides=(), texts="")
        sides = self._texts.sides((view.beside, view.record), view.sides, data)
        first = data.get("change")
        return replace(view, sides=sides, texts=self._texts.section(sides, first if isinstance(first, int) else 0))

    # -- drawing ---------------------------------------------------------------------------------------------------------

    def _draw(self, window: str, search: str, status: str, bundle: str, space: str, day: str, view: View, shown: Shown) -> Updates:
        """Every part that shows something else than before."""
        chosen = Filter(search or "", *("" if value in (ANY, None) else value for value in (status, bundle, space, day)))
        try:
            look = self._observatory.look()
            of = self._observatory.overview(look, Window(window))
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

    def _summary(self, look: Look, of: Overview) -> Updates:
        parts = self._parts
        html = {
            parts.line: dash_summary.status_line(self._observatory.status(look, of), of),
            parts.tiles: dash_summary.tiles(of),
            parts.failures: dash_summary.failures(of),
            parts.spaces: dash_summary.spaces(of, look.around),
            parts.resources: dash_summary.resources(of, look.around),
        }
        return {part: (text, text) for part, text in html.items()}

    def _charts(self, of: Overview) -> Updates:
        plots, any_run = self._parts.plots[of.window], of.totals.runs > 0
        rows = {other.row: (shown, gr.Row(visible=shown)) for other in self._parts.plots.values() for shown in [any_run and other is plots]}
        data = {plots.runs: charts.runs_data(of), plots.speed: charts.speed_data(of), plots.time: charts.time_data(of)}
        return {**rows, **{plot: (str(values), values) for plot, values in data.items()}}

    def _choices(self, look: Look) -> Updates:
        offered, controls = choices(look.records), self._controls
        lists = (
            (controls.bundle, "Any bundle", offered.bundles),
            (controls.space, "Any Space", offered.spaces),
            (controls.day, "Any day", offered.days[:400]),
        )
        return {control: (values, gr.Dropdown([(name, ANY), *((value, value) for value in values)])) for control, name, values in lists}

    def _table(self, look: Look, chosen: Filter, view: View) -> Updates:
        parts, selection = self._parts, page_at(look.records, chosen, view.first)
        rows = dash_runs.run_table(selection, view.record, bool(len(look.records)))
        waiting, name = dash_runs.waiting(view.comparing), dash_runs.pager_name(selection)
        more, less = selection.first + len(selection.rows) < selection.matches, selection.first > 0
        return {
            parts.table: (rows, rows),
            parts.waiting: (waiting, waiting),
            parts.pager_name: (name, name),
            parts.pager: (more or less, gr.Row(visible=more or less)),
            parts.newer: (less, gr.Button(interactive=less)),
            parts.older: (more, gr.Button(interactive=more)),
        }

    def _receipt(self, view: View) -> Updates:
        html = self._receipt_html(view)
        return {self._parts.receipt: (html, html)}

    def _receipt_html(self, view: View) -> str:
        if not view.record:
            return ""
        record = self._observatory.find(view.record)
        beside = self._observatory.find(view.beside) if view.beside else None
        if record is None:
            return dash_runs.gone()
        return dash_runs.comparison(beside, record, view.texts) if beside else dash_runs.receipt(record)


def _linked(request: gr.Request) -> str:
    """The record whose receipt a link opens: ``?record=<record id>``. Unlike a run's own link it is no secret."""
    return str(request.query_params.get("record", ""))[:RECORD_ID_CHARS]


def _room_of_link(request: gr.Request) -> gr.Tabs:
    return gr.Tabs(selected=DASHBOARD_ROOM) if _linked(request) else gr.Tabs()


def after_click(view: View, data: dict[str, Any]) -> View:
    """Where a click leads: to a receipt, to a comparison, or back to the table. What a client sends is looked up, never trusted."""
    if data.get("close"):
        return replace(view, record="", beside="")
    if "compare" in data:
        return replace(view, record="", beside="", comparing=str(data["compare"])[:RECORD_ID_CHARS])
    record = str(data.get("record", ""))[:RECORD_ID_CHARS]
    if not record:
        return view
    return replace(view, record=record, beside=view.comparing if view.comparing != record else "", comparing="")
