"""The dashboard's charts: gradio's native plots, over small tables made of an overview's buckets.

A native plot whose data alone changes draws the new data into the same picture, without a flicker; one whose data and
axes change at once may draw the old data (gradio 6.31). So each window has plots of its own, of which only the data
ever changes. Colours are the page's own CSS variables, so they follow light and dark.
"""

from typing import Any

import gradio as gr

from pipeline.history.overview import Overview, Window
from pipeline.records import RunStatus

PlotData = dict[str, Any]
HEIGHT = 208
OUTCOMES = {
    RunStatus.OK: ("Done", "var(--accent)"),
    RunStatus.PARTIAL: ("With gaps", "var(--gaps)"),
    RunStatus.ERROR: ("Failed", "var(--bad)"),
    RunStatus.CANCELLED: ("Stopped", "var(--stopped)"),
}
LANES = {"GPU, per GPU-second": "var(--accent)", "CPU, per second": "var(--ocr)"}
PERCENTILES = {"p50": "var(--accent)", "p95": "var(--gaps)"}
ABOVE = " "  # the series of one unseen point above the others: the axis ends there, and no line at the plot's edge
UNSEEN = {ABOVE: "transparent"}
HEADROOM = 1.1
TIME = "Time"
STEPS = {Window.DAY: "1h", Window.WEEK: "6h", Window.MONTH: "1d", Window.ALL: "1d"}
LABELS = {Window.DAY: "%H:%M"}


def runs_chart(window: Window) -> gr.BarPlot:
    """Runs over time by how they ended."""
    colours = dict(OUTCOMES.values())
    return gr.BarPlot(
        None, x=TIME, y="Runs", color="Outcome", color_map=colours, x_bin=STEPS[window], **_axes(window, "~s")
    )


def speed_chart(window: Window) -> gr.LinePlot:
    """Pages per second over time, by lane."""
    return gr.LinePlot(
        None, x=TIME, y="Pages per second", color="Lane", color_map=LANES | UNSEEN, **_axes(window, "~f")
    )


def time_chart(window: Window) -> gr.LinePlot:
    """How long runs took, over time."""
    return gr.LinePlot(
        None, x=TIME, y="Seconds", color="Percentile", color_map=PERCENTILES | UNSEEN, **_axes(window, "~s")
    )


def _axes(window: Window, y_format: str) -> dict[str, Any]:
    return {
        "x_title": "your time",
        "y_title": " ",
        "color_title": " ",
        "x_axis_format": LABELS.get(window, "%b %-d"),
        "y_axis_format": y_format,
        "height": HEIGHT,
        "y_lim": [0, None],
        "tooltip": "all",
        "show_label": False,
        "container": False,
    }


def runs_data(overview: Overview) -> PlotData:
    """One row per bucket and outcome, in the order of ``OUTCOMES``."""
    rows = [
        [bucket.start_ms, bucket.by_status[status], name]
        for status, (name, _) in OUTCOMES.items()
        for bucket in overview.buckets
    ]
    return _plot_data([TIME, "Runs", "Outcome"], rows, "bar")


def speed_data(overview: Overview) -> PlotData:
    """One row per bucket and lane in which pages were converted."""
    gpu, cpu = LANES
    rows = _line(overview, gpu, [bucket.pages_per_gpu_second for bucket in overview.buckets])
    rows += _line(overview, cpu, [bucket.pages_per_cpu_second for bucket in overview.buckets])
    return _plot_data([TIME, "Pages per second", "Lane"], rows + _headroom(rows), "line")


def time_data(overview: Overview) -> PlotData:
    """One row per bucket and percentile of the conversion time, in seconds."""
    rows = _line(overview, "p50", [_seconds(bucket.duration.p50) for bucket in overview.buckets])
    rows += _line(overview, "p95", [_seconds(bucket.duration.p95) for bucket in overview.buckets])
    return _plot_data([TIME, "Seconds", "Percentile"], rows + _headroom(rows), "line")


def _headroom(rows: list[list[Any]]) -> list[list[Any]]:
    """One point above the highest, where there is one: gradio ends the axis at the largest value."""
    highest = max((row for row in rows if row[1] is not None), key=lambda row: float(row[1]), default=None)
    return [] if highest is None else [[highest[0], round(highest[1] * HEADROOM, 3), ABOVE]]


def _line(overview: Overview, name: str, values: list[float | None]) -> list[list[Any]]:
    """The points of one series. The last step before a gap or the end is drawn over its own length, or a lone one would
    be no line at all.

    The first row has no value: it makes the series known to the plot, which gives out its colours once.
    """
    rows: list[list[Any]] = [[overview.start_ms, None, name]]
    for position, value in enumerate(values):
        if value is None:
            continue
        start = overview.start_ms + position * overview.step_ms
        rows.append([start, round(value, 3), name])
        if position + 1 == len(values) or values[position + 1] is None:
            rows.append([start + overview.step_ms - 1, round(value, 3), name])
    return rows


def _plot_data(columns: list[str], rows: list[list[Any]], mark: str) -> PlotData:
    """What gradio makes of a data frame with these columns."""
    time, value, series = columns
    return {
        "columns": columns,
        "data": rows,
        "datatypes": {time: "temporal", value: "quantitative", series: "nominal"},
        "mark": mark,
    }


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000
