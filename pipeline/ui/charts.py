"""The dashboard's charts: gradio's native plots, over small tables made of an overview's buckets.

A native plot whose data alone changes draws the new data into the same picture, without a flicker. Colours are the page's own CSS
variables, so they follow light and dark.
"""

from typing import Any

import gradio as gr

from pipeline.records import RunStatus
from pipeline.runs.overview import Overview, Window

Plotted = dict[str, Any]
HEIGHT = 208
OUTCOMES = {
    RunStatus.OK: ("Done", "var(--accent)"),
    RunStatus.PARTIAL: ("With gaps", "var(--gaps)"),
    RunStatus.ERROR: ("Failed", "var(--bad)"),
    RunStatus.CANCELLED: ("Stopped", "var(--line-strong)"),
}
LANES = {"GPU, per GPU-second": "var(--accent)", "CPU, per second": "var(--ocr)"}
PERCENTILES = {"p50": "var(--accent)", "p95": "var(--gaps)"}
TIME = "Time"


def runs_chart() -> gr.BarPlot:
    """Runs over time by how they ended."""
    colours = dict(OUTCOMES.values())
    return gr.BarPlot(None, x=TIME, y="Runs", color="Outcome", color_map=colours, x_bin="1h", elem_id="chart-runs", **_plain("~s"))


def speed_chart() -> gr.LinePlot:
    """Pages per second over time, by lane."""
    return gr.LinePlot(None, x=TIME, y="Pages per second", color="Lane", color_map=LANES, elem_id="chart-speed", **_plain("~g"))


def time_chart() -> gr.LinePlot:
    """How long runs took, over time."""
    return gr.LinePlot(None, x=TIME, y="Seconds", color="Percentile", color_map=PERCENTILES, elem_id="chart-time", **_plain("~s"))


def _plain(y_format: str) -> dict[str, Any]:
    return {
        "x_title": "your time",
        "y_title": " ",
        "color_title": " ",
        "y_axis_format": y_format,
        "height": HEIGHT,
        "y_lim": [0, None],
        "tooltip": "all",
        "show_label": False,
        "container": False,
    }


def runs_data(of: Overview) -> Plotted:
    """One row per bucket and outcome, in the order of ``OUTCOMES``."""
    rows = [[bucket.start_ms, bucket.by_status[status], name] for status, (name, _) in OUTCOMES.items() for bucket in of.buckets]
    return _plotted([TIME, "Runs", "Outcome"], rows, "bar")


def speed_data(of: Overview) -> Plotted:
    """One row per bucket and lane in which pages were converted."""
    gpu, cpu = LANES
    rows = [[bucket.start_ms, bucket.pages_per_gpu_second, gpu] for bucket in of.buckets]
    rows += [[bucket.start_ms, bucket.pages_per_cpu_second, cpu] for bucket in of.buckets]
    return _plotted([TIME, "Pages per second", "Lane"], rows, "line")


def time_data(of: Overview) -> Plotted:
    """One row per bucket and percentile of the conversion time, in seconds."""
    rows = [[bucket.start_ms, _seconds(bucket.duration.p50), "p50"] for bucket in of.buckets]
    rows += [[bucket.start_ms, _seconds(bucket.duration.p95), "p95"] for bucket in of.buckets]
    return _plotted([TIME, "Seconds", "Percentile"], rows, "line")


def axis(of: Overview) -> dict[str, Any]:
    """The time axis that all charts share: from the window's start to the end of its last step, with hours or days as labels."""
    end = of.start_ms + len(of.buckets) * of.step_ms
    return {"x_lim": [of.start_ms / 1000, end / 1000], "x_axis_format": "%H:%M" if of.window is Window.DAY else "%b %-d"}


def step(of: Overview) -> str:
    """The bars' width as gradio's plots take it."""
    return f"{of.step_ms // 60_000}m"


def _plotted(columns: list[str], rows: list[list[Any]], mark: str) -> Plotted:
    """What gradio makes of a data frame with these columns; where nothing was measured there is no row."""
    time, value, series = columns
    measured = [[row[0], round(row[1], 3), row[2]] for row in rows if row[1] is not None]
    return {"columns": columns, "data": measured, "datatypes": {time: "temporal", value: "quantitative", series: "nominal"}, "mark": mark}


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000
