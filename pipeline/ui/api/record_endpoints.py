"""The dashboard for programs: ``/system_status``, ``/runs`` and ``/run``, all read-only and free of secrets.

They return what the public page shows. A run is named by its record's public id, which opens none of its files.
"""

from dataclasses import asdict
from typing import Any

import gradio as gr

from pipeline.errors import RecordNotFound, RowLimitOutside
from pipeline.history.dashboard_data import DashboardData
from pipeline.history.health import online, publishing
from pipeline.history.overview import SpaceActivity, Totals, Window
from pipeline.history.selection import Filter, RunRow, select, space_name
from pipeline.records import IterationRecord
from pipeline.ui.api.named_endpoint import add_endpoint
from pipeline.ui.api.parameters import FIRST, LIMIT, RECORD_ID, SELECTION
from pipeline.ui.api.refusals import refusing

MOST_ROWS = 100

STATUS_HELP = """How the whole system stands. Takes nothing. Returns status (operational, degraded or offline), reasons,
spaces with the time of their last record, publishing, and totals: today, the last 24 hours and ever. Times are
milliseconds since 1970 (UTC)."""

RUNS_HELP = """Runs, newest first, without names or content of documents. Returns runs and matches, the number of runs
that match."""

RUN_HELP = """One run by the public id of its record: options, versions, engines, stage times, how each page ended, and
its error; or the totals of a batch job by its id."""


def add_record_endpoints(dashboard_data: DashboardData) -> None:
    """Add the endpoints to the page under construction."""
    api = RecordApi(dashboard_data)
    answer = gr.JSON(label="answer", visible=False)
    add_endpoint("system_status", api.system_status, (), answer, STATUS_HELP)
    add_endpoint("runs", api.runs, (FIRST, LIMIT, *SELECTION), answer, RUNS_HELP)
    add_endpoint("run", api.run, (RECORD_ID,), answer, RUN_HELP)


class RecordApi:
    """The endpoints' functions. Every error leaves as ``gr.Error``."""

    def __init__(self, dashboard_data: DashboardData) -> None:
        self._data = dashboard_data

    def system_status(self) -> dict[str, Any]:
        with refusing():
            return self._system_status()

    def runs(
        self,
        first: float = 0,
        limit: float = 20,
        search: str = "",
        status: str = "",
        bundle: str = "",
        space: str = "",
        day: str = "",
    ) -> dict[str, Any]:
        with refusing():
            if not 1 <= limit <= MOST_ROWS:
                raise RowLimitOutside(MOST_ROWS)
            chosen = Filter(search or "", status or "", bundle or "", space or "", day or "")
            found = select(self._data.look().records, chosen, int(first), int(limit))
        return {"first": found.first, "matches": found.matches, "runs": [_row(row) for row in found.rows]}

    def run(self, record_id: str) -> dict[str, Any]:
        with refusing():
            if batch := self._data.batch(record_id or ""):
                return asdict(batch)
            record = self._data.find(record_id or "")
            if record is None:
                raise RecordNotFound
        return _shown(record)

    def _system_status(self) -> dict[str, Any]:
        snapshot = self._data.look()
        overview = self._data.overview(snapshot, Window.DAY)
        load = snapshot.around.load
        status, state = self._data.status(snapshot, overview), publishing(snapshot.around)
        return {
            "status": status.level.value,
            "reasons": list(status.reasons),
            "now_ms": overview.now_ms,
            "spaces": [_space(space, overview.now_ms) for space in overview.workers],
            "load": load and asdict(load),
            "publishing": None
            if state is None
            else {
                "state": state.sentence,
                "waiting": state.depth,
                "oldest_ms": state.oldest_ms,
                "last_commit_ms": state.last_commit_ms,
            },
            "today": _totals(overview.today),
            "last_24_hours": _totals(overview.totals),
            "ever": _totals(overview.ever),
            "refused_in_24_hours": {refusal.code: refusal.runs for refusal in overview.refusals},
        }


def _shown(record: IterationRecord) -> dict[str, Any]:
    """The record without what would tell whoever has a file that it was converted here: hashes, and the size to the
    byte.
    """
    shown = asdict(record)
    del shown["input"]["sha256"]
    shown["input"]["bytes"] = round(record.input.bytes, -4)
    if record.output is not None:
        del shown["output"]["sha256"]
    return shown


def _space(space: SpaceActivity, now_ms: int) -> dict[str, Any]:
    return {
        "space": space_name(space.space),
        "online": online(space, now_ms),
        "last_record_ms": space.last_ms,
        "hardware": space.hardware,
        "bundle": space.bundle,
        "version": space.app,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "runs": totals.runs,
        "reused": totals.reused,
        "running": totals.running,
        "pages": totals.pages,
        "success_rate": totals.success,
        "gpu_seconds": {"used": totals.gpu_used, "booked": totals.gpu_booked, "saved": totals.gpu_saved},
        "queue_ms": {"p50": totals.queue.p50, "p95": totals.queue.p95},
        "duration_ms": {"p50": totals.duration.p50, "p95": totals.duration.p95},
    }


def _row(row: RunRow) -> dict[str, Any]:
    return {
        "record_id": row.iteration_id,
        "status": row.status.value,
        "started_ms": row.started_ms,
        "duration_ms": row.duration_ms,
        "queue_ms": row.queue_ms,
        "pages_ok": row.pages_ok,
        "pages_failed": row.pages_failed,
        "gpu_seconds": row.gpu_used,
        "kind": row.kind,
        "bundle": row.bundle,
        "space": row.space,
        "origin": row.origin,
        "documents": row.documents,
        "error": row.code or None,
    }
