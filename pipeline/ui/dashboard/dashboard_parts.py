"""The parts of the dashboard and where they stand: plain gradio components, tied to nothing yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.history.overview import Window
from pipeline.ui.dashboard import charts, dashboard_markup
from pipeline.ui.dashboard.comparison_panel import Side
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
class DashboardView:
    """Where a reader is: the first row shown, the run whose receipt is open, the run that another is to be compared
    with.

    Of an open comparison, ``sides`` says which links the reader gave and ``texts`` is what they show of both runs'
    text.
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
class DashboardMemory:
    """What a browser tab remembers: the reader's place, and what each part shows, so that it is not sent twice."""

    view: gr.State
    shown: gr.State


def build_parts() -> tuple[Parts, Controls]:
    with gr.Row(elem_id="dash-head"):
        line = gr.HTML(
            '<section class="dash-status"><i></i><b>Reading the records …</b></section>',
            js_on_load=dashboard_markup.CLOCKS_JS,
            elem_id="dash-line",
        )
        window = gr.Radio(
            [item.value for item in Window],
            value=Window.DAY.value,
            show_label=False,
            container=False,
            elem_id="dash-window",
        )
    tiles = gr.HTML(elem_id="dash-tiles")
    plots = {window: _build_charts(window) for window in Window}
    with gr.Row(elem_id="dash-lists"):
        failures, spaces, resources = (
            gr.HTML(js_on_load=dashboard_markup.RECORD_JS, elem_classes="dash-list") for _ in range(3)
        )
    with gr.Column(elem_id="dash-table"):
        controls = _build_controls(window)
        waiting = gr.HTML(js_on_load=dashboard_markup.RECORD_JS, elem_id="dash-waiting")
        table = gr.HTML(js_on_load=dashboard_markup.RECORD_JS, elem_id="dash-runs")
        with gr.Row(visible=False, elem_id="dash-pager") as pager:
            newer = gr.Button("‹ Newer", size="sm")
            pager_name = gr.HTML()
            older = gr.Button("Older ›", size="sm")
    receipt = gr.HTML(js_on_load=dashboard_markup.RECORD_JS + dashboard_markup.ESCAPE_JS, elem_id="dash-receipt")
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
            placeholder="Search runs: id, error code, Space …",
            show_label=False,
            container=False,
            max_lines=1,
            elem_id="dash-search",
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
