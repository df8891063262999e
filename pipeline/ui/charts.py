"""The dashboard's charts: gradio's native plots, over small frames made of an overview's buckets.

A native plot whose data alone changes draws the new data into the same picture, without a flicker. Colours are the page's own CSS
variables, so they follow light and dark.
"""

from typing import Any

import gradio as gr
import pandas as pd

from pipeline.records import RunStatus
from pipeline.runs.overview import Overview

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
    colours = {name: colour for name, colour in OUTCOMES.values()}
    return gr.BarPlot(None, x=TIME, y="Runs", color="Outcome", color_map=colours, x_bin="1h", elem_id="chart-runs", **_plain("~s"))


def speed_chart() -> gr.LinePlot:
    """Pages per second over time, by lane."""
    return gr.LinePlot(None, x=TIME, y="Pages per second", color="Lane", color_map=LANES, elem_id="chart-speed", **_plain("~g"))


def time_chart() -> gr.LinePlot:
    """How long runs took, over time."""
    return gr.LinePlot(None, x=TIME, y="Seconds", color="Percentile", color_map=PERCENTILES, elem_id="chart-time", **_plain("~s"))


def _plain(y_format: str) -> dict[str, Any]:
    return {
        "x_title": " ",
        "y_title": " ",
        "color_title": " ",
        "y_axis_format": y_format,
        "height": HEIGHT,
        "y_lim": [0, None],
        "tooltip": "all",
        "show_label": False,
        "container": False,
    }


def runs_frame(of: Overview) -> pd.DataFrame:
    """One row per bucket and outcome, in the order of ``OUTCOMES``."""
    rows = [
        (_time(bucket.start_ms), bucket.by_status[status], name)
        for status, (name, _) in OUTCOMES.items()
        for bucket in of.buckets
    ]
    return pd.DataFrame(rows, columns=[TIME, "Runs", "Outcome"])


def speed_frame(of: Overview) -> pd.DataFrame:
    """One row per bucket and lane in which pages were converted."""
    names = list(LANES)
    rows = [(_time(bucket.start_ms), bucket.pages_per_gpu_second, names[0]) for bucket in of.buckets]
    rows += [(_time(bucket.start_ms), bucket.pages_per_cpu_second, names[1]) for bucket in of.buckets]
    return _measured(rows, [TIME, "Pages per second", "Lane"])


def time_frame(of: Overview) -> pd.DataFrame:
    """One row per bucket and percentile of the conversion time, in seconds."""
    rows = [(_time(bucket.start_ms), _seconds(bucket.duration.p50), "p50") for bucket in of.buckets]
    rows += [(_time(bucket.start_ms), _seconds(bucket.duration.p95), "p95") for bucket in of.buckets]
    return _measured(rows, [TIME, "Seconds", "Percentile"])


def step(of: Overview) -> str:
    """The bars' width as gradio's plots take it."""
    return f"{of.step_ms // 60_000}m"


def _measured(rows: list[tuple[pd.Timestamp, float | None, str]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([row for row in rows if row[1] is not None], columns=columns).astype({columns[1]: float})


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else round(ms / 1000, 2)


def _time(ms: int) -> pd.Timestamp:
    return pd.Timestamp(ms, unit="ms")
