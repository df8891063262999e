"""The parts of the dashboard and where they stand: plain gradio components, tied to nothing yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.history.overview import Window
from pipeline.records import RunStatus
from pipeline.ui.browser_scripts import script
from pipeline.ui.dashboard import charts
from pipeline.ui.dashboard.charts import OUTCOMES
from pipeline.ui.dashboard.comparison_panel import Side
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.theme import STATIC
from pipeline.ui.words import STATUS_NAMES

STYLE = STATIC / "dashboard.css"
ANY = "Any"
STATUS_CHOICES = [("Any status", ANY), *((STATUS_NAMES[status], status.value) for status in OUTCOMES)]
STATUS_CHOICES.append(("Under way", RunStatus.RUNNING.value))


@dataclass(frozen=True, slots=True)
class DashboardView:
    """Where a reader is. ``first`` is the first row shown, ``record`` the run whose receipt is open, ``beside`` the run
    that it is compared with, ``comparing`` the run for which a second one is still to be chosen.

    Of an open comparison, ``sides`` holds the links that the reader gave and ``texts`` is the HTML of both runs' text.
    """

    first: int = 0
    record: str = ""
    beside: str = ""
    comparing: str = ""
    sides: tuple[Side, ...] = ()
    texts: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class DashboardTab:
    """The tab that a dashboard stands in, and the tabs around it."""

    tabs: gr.Tabs
    tab: gr.Tab


@dataclass(frozen=True, slots=True)
class Controls:
    """What a reader chooses with: the window of time, and filters of the table."""

    window: gr.Radio
    search: gr.Textbox
    status: gr.Dropdown
    bundle: gr.Dropdown
    space: gr.Dropdown
    day: gr.Dropdown

    @property
    def filters(self) -> tuple[Any, ...]:
        """The controls that choose rows of the table."""
        return (self.search, self.status, self.bundle, self.space, self.day)

    @property
    def lists(self) -> tuple[gr.Dropdown, ...]:
        """The filters whose choices come from the records."""
        return (self.bundle, self.space, self.day)

    def all(self) -> tuple[Any, ...]:
        return (self.window, *self.filters)


@dataclass(frozen=True, slots=True)
class Plots:
    """The charts of one window."""

    row: gr.Row
    runs: gr.BarPlot
    speed: gr.LinePlot
    time: gr.LinePlot


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that show something."""

    line: gr.HTML
    tiles: gr.HTML
    plots: dict[Window, Plots]
    failures: gr.HTML
    spaces: gr.HTML
    resources: gr.HTML
    workers: gr.HTML
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
    """What a browser tab remembers: the reader's place, and a signature of each part's content, so that nothing is
    sent twice.
    """

    view: gr.State
    signatures: gr.State


def build_parts() -> tuple[Parts, Controls]:
    with gr.Row(elem_id="dash-head"):
        line = gr.HTML(
            render("dashboard/loading"),
            js_on_load=script("clocks"),
            elem_id="dash-line",
        )
        window = gr.Radio(
            [item.value for item in Window],
            value=Window.DAY.value,
            label="Window of time",
            show_label=False,
            container=False,
            elem_id="dash-window",
        )
    tiles = gr.HTML(elem_id="dash-tiles")
    gr.HTML(render("dashboard/words"), elem_id="dash-words")
    plots = {window: _build_charts(window) for window in Window}
    with gr.Row(elem_id="dash-lists"):
        failures, spaces, resources = (
            gr.HTML(js_on_load=script("records"), elem_classes="dash-list") for _ in range(3)
        )
    workers = gr.HTML(js_on_load=script("records"), elem_classes="dash-list", elem_id="dash-workers")
    with gr.Column(elem_id="dash-table"):
        controls = _build_controls(window)
        waiting = gr.HTML(js_on_load=script("records"), elem_id="dash-waiting")
        table = gr.HTML(js_on_load=script("records"), elem_id="dash-runs")
        with gr.Row(visible=False, elem_id="dash-pager") as pager:
            newer = gr.Button("‹ Newer", size="sm")
            pager_name = gr.HTML()
            older = gr.Button("Older ›", size="sm")
    receipt = gr.HTML(js_on_load=script("records") + script("escape_key"), elem_id="dash-receipt")
    parts = Parts(
        line, tiles, plots, failures, spaces, resources, workers, waiting, table, pager, pager_name, newer, older,
        receipt,
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
        gr.HTML(render("dashboard/chart_head", name=name, note=note))
        return make(window)


def _build_controls(window: gr.Radio) -> Controls:
    with gr.Row(elem_id="dash-filters"):
        search = gr.Textbox(
            label="Search runs",
            placeholder="Search runs: id, error code, Space …",
            show_label=False,
            container=False,
            max_lines=1,
            elem_id="dash-search",
        )
        status = gr.Dropdown(STATUS_CHOICES, value=ANY, **_dropdown("status"))
        bundle = gr.Dropdown([("Any bundle", ANY)], value=ANY, **_dropdown("bundle"))
        space = gr.Dropdown([("Any Space", ANY)], value=ANY, **_dropdown("space"))
        day = gr.Dropdown([("Any day (UTC)", ANY)], value=ANY, **_dropdown("day"))
    return Controls(window, search, status, bundle, space, day)


def _dropdown(name: str) -> dict[str, Any]:
    return {
        "label": name.capitalize(),
        "show_label": False,
        "container": False,
        "min_width": 130,
        "filterable": False,
        "elem_id": f"dash-{name}",
    }
