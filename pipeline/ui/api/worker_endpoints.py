"""The workers for programs: ``/workers``, ``/switch_worker`` and ``/take_back_tuning``.

Anybody may read how they stand, as the page shows it. Orders are for whoever is signed in (AUTH).
"""

from typing import Any

import gradio as gr

from pipeline.errors import OptionUnknown, SignInNeeded
from pipeline.history.dashboard_data import DashboardData
from pipeline.ui.api.named_endpoint import add_endpoint
from pipeline.ui.api.parameters import PAUSED, ROLE
from pipeline.ui.api.refusals import refusing
from pipeline.ui.callers import user_of
from pipeline.ui.workers.worker_parts import standing_json
from pipeline.worker_iterations import WORKER_ROLES, Role

WORKERS_HELP = """How the workers stand. Takes nothing. Returns workers: role, state, whether it is online, paused or
silent, when it was last heard of (milliseconds since 1970, UTC), its iteration, what that found, and all insights so
far."""

SWITCH_HELP = """Let a worker beside this server pause, or go on. Parameters: role (inbox, analysis, test-planning or
tuning), paused. Only for whoever is signed in. Returns how the workers stand."""

TAKE_BACK_HELP = """Undo the newest change that the tuning worker made. Takes nothing, and only from whoever is signed
in. Returns whether there was one."""


def add_worker_endpoints(dashboard_data: DashboardData) -> None:
    """Add the endpoints to the page under construction."""
    api = WorkerApi(dashboard_data)
    answer = gr.JSON(label="answer", visible=False)
    add_endpoint("workers", api.workers, (), answer, WORKERS_HELP)
    add_endpoint("switch_worker", api.switch, (ROLE, PAUSED), answer, SWITCH_HELP)
    add_endpoint("take_back_tuning", api.take_back, (), answer, TAKE_BACK_HELP)


def refuse_strangers(request: gr.Request | None) -> None:
    """Raises SignInNeeded for a caller who is not signed in."""
    if not user_of(request):
        raise SignInNeeded


class WorkerApi:
    """The endpoints' functions. Every error leaves as ``gr.Error``."""

    def __init__(self, dashboard_data: DashboardData) -> None:
        self._data = dashboard_data

    def workers(self) -> dict[str, Any]:
        with refusing():
            return {"workers": [standing_json(worker) for worker in self._data.look().around.standings]}

    def switch(self, role: str, paused: bool, request: gr.Request) -> dict[str, Any]:
        with refusing():
            refuse_strangers(request)
            names = tuple(item.value for item in WORKER_ROLES)
            if role not in names:
                raise OptionUnknown("role", names)
            self._data.switch_worker(Role(role), paused=bool(paused))
        return self.workers()

    def take_back(self, request: gr.Request) -> dict[str, Any]:
        with refusing():
            refuse_strangers(request)
            return {"taken_back": self._data.take_back_tuning()}
