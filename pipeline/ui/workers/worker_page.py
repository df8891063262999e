"""The page of one worker: how it stands (every five seconds), Pause and Resume, insights, iterations and findings."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from pipeline.history.dashboard_data import DashboardData
from pipeline.history.worker_overview import WorkerStanding
from pipeline.ui.api.worker_endpoints import add_worker_endpoints, refuse_strangers
from pipeline.ui.browser_scripts import script
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.convert.present import notice
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.workers.worker_parts import WORKER_TITLES, standing_line, worker_body
from pipeline.worker_iterations import Role

REFRESH_SECONDS = 5


def build_worker_page(dashboard_data: DashboardData, role: Role) -> gr.Blocks:
    """The page of the worker with this role. Launch it with ``serve`` and both style sheets."""
    page = gr.Blocks(title=f"Folio: {WORKER_TITLES[role].lower()}", analytics_enabled=False)
    with page:
        gr.HTML(render("masthead"), js_on_load=script("theme_toggle") + script("page_language"), elem_id="masthead")
        with gr.Column(elem_id="dash"):
            WorkerPage(dashboard_data, role).build(page)
        add_worker_endpoints(dashboard_data)
    return page


class WorkerPage:
    """The components of the page and their listeners, all of them private."""

    def __init__(self, dashboard_data: DashboardData, role: Role) -> None:
        self._data, self._role = dashboard_data, role

    def build(self, page: gr.Blocks) -> None:
        line = gr.HTML(js_on_load=script("clocks"), elem_id="worker-line")
        with gr.Row(elem_id="worker-switch"):
            pause, resume = gr.Button("Pause", size="sm"), gr.Button("Resume", size="sm")
            take_back = gr.Button("Take back the newest change", size="sm", visible=self._role is Role.TUNING)
        message, body = gr.HTML(elem_id="worker-message"), gr.HTML(elem_id="worker-body")
        parts: list[Any] = [line, body, pause, resume, message]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        page.load(self._draw, None, parts, **quiet)
        gr.Timer(REFRESH_SECONDS).tick(self._draw, None, parts, **quiet)
        pause.click(self._pause, None, parts, **quiet)
        resume.click(self._resume, None, parts, **quiet)
        take_back.click(self._take_back, None, parts, **quiet)

    def _draw(self, message: Any = NOTHING) -> tuple[Any, ...]:
        try:
            worker = self._standing()
            tuned = self._data.tuned() if self._role is Role.TUNING else ()
            here, paused = worker is not None and worker.here, worker is not None and worker.paused
            return (
                standing_line(worker, self._role),
                worker_body(worker, tuned),
                gr.Button(interactive=here and not paused),
                gr.Button(interactive=here and paused),
                message,
            )
        except Exception as error:
            return (gr.skip(), gr.skip(), gr.skip(), gr.skip(), notice(error_facts(error)))

    def _standing(self) -> WorkerStanding | None:
        return next((item for item in self._data.look().around.standings if item.role is self._role), None)

    def _pause(self, request: gr.Request) -> tuple[Any, ...]:
        return self._order(request, lambda: self._data.switch_worker(self._role, paused=True))

    def _resume(self, request: gr.Request) -> tuple[Any, ...]:
        return self._order(request, lambda: self._data.switch_worker(self._role, paused=False))

    def _take_back(self, request: gr.Request) -> tuple[Any, ...]:
        return self._order(request, self._data.take_back_tuning)

    def _order(self, request: gr.Request, order: Callable[[], object]) -> tuple[Any, ...]:
        try:
            refuse_strangers(request)
            order()
        except Exception as error:
            return self._draw(notice(error_facts(error)))
        return self._draw()
