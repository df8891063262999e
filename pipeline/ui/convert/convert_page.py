"""The convert page: what its parts trigger. Which parts there are lies in ``parts``, what is done in ``convert``, how
it looks in ``present``.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from pipeline.history.dashboard_data import DashboardData
from pipeline.pages import LaneChoice
from pipeline.runs.state import RunView
from pipeline.settings import Settings
from pipeline.ui import markup
from pipeline.ui.api.compare_endpoint import add_compare_endpoint
from pipeline.ui.api.endpoints import add_endpoints
from pipeline.ui.callers import browser, kept_token
from pipeline.ui.convert import present
from pipeline.ui.convert.actions import ConvertActions, FormValues, PageUpdate, told
from pipeline.ui.convert.downloads import OFFERS, Offer, Uploads, served_copy, served_example
from pipeline.ui.convert.gpu_price import cpu_label, estimate_text, offers_cpu, some_label
from pipeline.ui.convert.page_state import PAGES_AT_ONCE, PageState, files_at_once
from pipeline.ui.convert.parts import Form, Result, TabMemory, build_form, build_memory, build_result
from pipeline.ui.dashboard.dashboard_page import DASHBOARD_ROOM, add_dashboard
from pipeline.ui.dashboard.dashboard_parts import Room
from pipeline.ui.ports import Runs
from pipeline.ui.theme import STATIC

Updates = dict[Any, Any]
EXAMPLE = STATIC / "examples" / "paper-trail.pdf"
CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS = 600, 3600


def build(runs: Runs, settings: Settings, dashboard_data: DashboardData | None = None) -> gr.Blocks:
    """The page and its API, over ``runs``, with the dashboard of ``dashboard_data`` as a second tab.

    Launch it with ``serve``, which adds style, limits and queue.
    """
    uploads = Uploads()
    actions = ConvertActions(runs, files_at_once(settings), uploads)
    page = gr.Blocks(title="Folio", analytics_enabled=False, delete_cache=(CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS))
    with page:
        gr.HTML(markup.HEADER, js_on_load=markup.HEADER_JS, elem_id="masthead")
        if dashboard_data is None:
            _add_convert(page, actions, settings, runs.has_gpu)
        else:
            with gr.Tabs(elem_id="rooms") as rooms:
                with gr.Tab("Convert", id="convert-room"):
                    _add_convert(page, actions, settings, runs.has_gpu)
                with gr.Tab("Dashboard", id=DASHBOARD_ROOM) as tab:
                    add_dashboard(dashboard_data, page, Room(rooms, tab), runs)
        add_endpoints(runs, settings, uploads)
        add_compare_endpoint(runs)
    return page


def _add_convert(page: gr.Blocks, actions: ConvertActions, settings: Settings, has_gpu: bool) -> None:
    memory = build_memory()
    with gr.Row(elem_id="table"):
        form = build_form(settings, has_gpu)
        result = build_result()
    ConvertWiring(actions, settings, form, result, memory).connect(page)


class ConvertWiring:
    """Ties parts to actions. Every listener is private: what programs may call lies in ``api``.

    Outputs are dictionaries keyed by part, so that no listener depends on the order of another's.
    """

    def __init__(
        self, actions: ConvertActions, settings: Settings, form: Form, result: Result, memory: TabMemory
    ) -> None:
        self._actions, self._settings = actions, settings
        self._form, self._result, self._memory = form, result, memory

    def connect(self, page: gr.Blocks) -> None:
        form, result, memory = self._form, self._result, self._memory
        after, uploads = result.after, [form.upload, form.password]
        resumed = [memory.desk, form.password, memory.visitor]
        choices = [memory.desk, form.pages, form.ocr, form.tables, form.password, form.lane, memory.visitor]
        self._estimated(self._on(form.upload.change, self._inspect, uploads).then)
        self._estimated(form.pages.change, form.ocr.change, form.tables.change, form.lane.change)
        self._follow(self._on(form.password.submit, self._unlock, [*resumed, form.upload]))
        self._on(form.example.click, self._example, [])
        self._readdress(self._on(form.again.click, self._start_over, []))
        self._follow(self._on(form.convert.click, self._start, choices))
        self._follow(self._on(after.resume.click, self._resume, resumed))
        self._follow(self._on(after.some.click, self._resume_some, resumed))
        self._follow(self._on(after.on_cpu.click, self._resume_on_cpu, resumed))
        self._follow(self._on(after.repeat.click, self._repeat, choices))
        self._on(after.delete.click, self._ask, [memory.desk])
        self._on(after.keep.click, self._keep, [memory.desk])
        self._readdress(self._on(after.confirm.click, self._delete, [memory.desk]))
        self._on(form.stop.click, self._stop, [memory.desk])
        self._on(memory.tick.change, self._refresh, [memory.desk, memory.shown])
        self._on(form.documents.click, self._choose, [memory.desk])
        for event, action in (
            (result.strip.click, self._jump),
            (result.back.click, self._back),
            (result.forth.click, self._forth),
        ):
            turned = self._on(event, action, [memory.desk])
            turned.then(None, [memory.wanted], js=markup.SCROLL_JS, api_visibility="private")
        self._follow(self._on(page.load, self._open, [memory.visitor]))

    def _on(self, event: Callable[..., Any], action: Callable[..., Updates], inputs: list[Any]) -> Any:
        return event(
            action,
            inputs,
            self._parts(),
            show_progress="hidden",
            concurrency_limit=None,
            api_visibility="private",
        )

    def _estimated(self, *events: Callable[..., Any]) -> None:
        """What Convert would book is shown anew after each of ``events``."""
        form = self._form
        choices = [self._memory.desk, form.pages, form.ocr, form.tables, form.lane]
        for event in events:
            event(
                self._estimate,
                choices,
                [form.estimate],
                show_progress="hidden",
                concurrency_limit=None,
                api_visibility="private",
            )

    def _follow(self, started: Any) -> None:
        """After a listener put runs on the desk: write the link into the address bar, and tick until they have
        ended.
        """
        started.then(None, [self._memory.link], js=markup.ADDRESS_JS, api_visibility="private")
        started.then(
            self._actions.follow,
            [self._memory.desk],
            [self._memory.tick],
            show_progress="hidden",
            concurrency_id="convert",
            concurrency_limit=self._settings.concurrency + self._settings.queue_size,
            api_visibility="private",
        )

    def _readdress(self, changed: Any) -> None:
        """After a listener took runs off the desk: the address bar follows."""
        changed.then(None, [self._memory.link], js=markup.READDRESS_JS, api_visibility="private")

    def _parts(self) -> list[Any]:
        form, result, memory = self._form, self._result, self._memory
        after = result.after
        return [
            *(memory.desk, memory.shown, memory.visitor, memory.link, memory.wanted),
            *(
                form.upload,
                form.example,
                form.documents,
                form.again,
                form.password,
                form.estimate,
                form.convert,
                form.stop,
            ),
            *(result.welcome, result.panel, result.card, result.strip, *result.downloads),
            *(
                after.row,
                after.resume,
                after.some,
                after.on_cpu,
                after.repeat,
                after.kept,
                after.delete,
                after.confirm,
                after.keep,
            ),
            *(result.back, result.pager, result.pager_name, result.forth, result.reader, result.source, result.report),
        ]

    # -- listeners
    # -------------------------------------------------------------------------------------------------------

    def _inspect(self, paths: list[str] | None, password: str) -> Updates:
        return self._show(self._actions.inspect(list(paths or ()), password or ""))

    def _example(self) -> Updates:
        return {self._form.upload: [str(served_example(EXAMPLE))]}

    def _start_over(self) -> Updates:
        emptied = {self._form.upload: gr.File(value=None, visible=True), self._form.password: gr.Textbox(value="")}
        return {**self._show(PageState()), **emptied, self._memory.link: ""}

    def _start(
        self,
        desk: PageState,
        pages: str,
        ocr: str,
        tables: bool,
        password: str,
        lane: str,
        token: str,
        request: gr.Request,
    ) -> Updates:
        started = self._actions.start(desk, FormValues(pages, ocr, tables, password, lane), browser(request, token))
        return self._linked(started)

    def _repeat(
        self,
        desk: PageState,
        pages: str,
        ocr: str,
        tables: bool,
        password: str,
        lane: str,
        token: str,
        request: gr.Request,
    ) -> Updates:
        return self._linked(
            self._actions.again(desk, FormValues(pages, ocr, tables, password, lane), browser(request, token))
        )

    def _resume(self, desk: PageState, password: str, token: str, request: gr.Request) -> Updates:
        return self._linked(self._actions.resume(desk, password or "", browser(request, token)))

    def _resume_some(self, desk: PageState, password: str, token: str, request: gr.Request) -> Updates:
        return self._linked(self._actions.resume(desk, password or "", browser(request, token), fitting=True))

    def _resume_on_cpu(self, desk: PageState, password: str, token: str, request: gr.Request) -> Updates:
        return self._linked(self._actions.resume(desk, password or "", browser(request, token), LaneChoice.CPU))

    def _estimate(self, desk: PageState, pages: str, ocr: str, tables: bool, lane: str) -> str:
        return estimate_text(self._actions.estimate(desk, FormValues(pages, ocr, tables, "", lane)))

    def _unlock(
        self, desk: PageState, password: str, token: str, paths: list[str] | None, request: gr.Request
    ) -> Updates:
        """The password serves the run that lacked it to go on, and otherwise the uploads."""
        document = desk.document
        waiting = document is not None and document.locked and document.run_id
        return self._resume(desk, password, token, request) if waiting else self._inspect(paths, password)

    def _ask(self, desk: PageState) -> Updates:
        return self._show(replace(desk, deleting=True), self._actions.look(desk).signature)

    def _keep(self, desk: PageState) -> Updates:
        return self._show(replace(desk, deleting=False), self._actions.look(desk).signature)

    def _delete(self, desk: PageState) -> Updates:
        return self._linked(self._actions.delete(desk)) if desk.deleting else self._show(desk)

    def _linked(self, desk: PageState) -> Updates:
        """The desk, and the chosen document's run for the address bar."""
        return {**self._show(desk), self._memory.link: desk.document.run_id if desk.document else ""}

    def _stop(self, desk: PageState) -> Updates:
        self._actions.stop(desk)
        return {self._form.stop: gr.Button("Stopping …", interactive=False)}

    def _refresh(self, desk: PageState, shown: str) -> Updates:
        return self._show(desk, shown)

    def _choose(self, desk: PageState, event: gr.EventData) -> Updates:
        return self._show(desk.choose(_picked(event)))

    def _jump(self, desk: PageState, event: gr.EventData) -> Updates:
        return self._turn(desk, _picked(event))

    def _back(self, desk: PageState) -> Updates:
        return self._turn(desk, desk.first - 1)

    def _forth(self, desk: PageState) -> Updates:
        return self._turn(desk, desk.next_first)

    def _turn(self, desk: PageState, index: int) -> Updates:
        view = self._actions.look(desk).view
        if view is None or not view.pages:
            return self._show(desk)
        wanted = view.pages[min(max(index, 0), len(view.pages) - 1)].page
        return {**self._show(desk.turn_to(index, len(view.pages))), self._memory.wanted: str(wanted)}

    def _open(self, token: str, request: gr.Request) -> Updates:
        """A page that is loaded: its browser gets a token unless it has one, and a link its run."""
        run_id = str(request.query_params.get("run", ""))
        found = self._show(self._actions.find(run_id)) if run_id else {self._memory.shown: ""}
        return {**found, self._memory.visitor: kept_token(token)}

    # -- what a look becomes
    # ---------------------------------------------------------------------------------------------

    def _show(self, desk: PageState, shown: str = "") -> Updates:
        look = self._actions.look(desk)
        updates = {**self._form_updates(look), **self._panel_updates(look)}
        if look.view is not None and look.signature != shown:
            updates |= self._reader_updates(look.view, look.desk.first)
        return updates | {self._memory.desk: look.desk, self._memory.shown: look.signature}

    def _form_updates(self, look: PageUpdate) -> Updates:
        form, used = self._form, bool(look.desk.documents)
        return {
            form.documents: present.document_list(look.desk, look.views),
            form.password: gr.Textbox(visible=look.desk.locked),
            form.upload: gr.File(visible="hidden" if used else True),
            form.example: gr.Button(visible=not used),
            form.again: gr.Button(visible=used and not look.busy),
            **({form.estimate: ""} if look.desk.run_ids or not used else {}),
            form.convert: gr.Button(visible=not look.busy, interactive=look.desk.convertible),
            form.stop: gr.Button(
                "Stop all" if len(look.desk.run_ids) > 1 else "Stop", visible=look.busy, interactive=True
            ),
        }

    def _panel_updates(self, look: PageUpdate) -> Updates:
        result, view = self._result, look.view
        if view is None:
            return {result.welcome: gr.HTML(visible=True), result.panel: gr.Column(visible=False)}
        last = len(view.pages) <= look.desk.next_first
        return {
            result.welcome: gr.HTML(visible=False),
            result.panel: gr.Column(visible=True),
            result.card: present.run_card(view, look.desk.document),
            result.strip: present.page_strip(view, look.desk.first),
            result.pager: gr.Row(visible=len(view.pages) > PAGES_AT_ONCE),
            result.pager_name: present.window_name(view, look.desk.first),
            result.back: gr.Button(interactive=look.desk.first > 0),
            result.forth: gr.Button(interactive=not last),
            **self._after_updates(view, look.desk),
        }

    def _after_updates(self, view: RunView, desk: PageState) -> Updates:
        after, deleting = self._result.after, desk.deleting
        return {
            after.row: gr.Row(visible=view.status.ended),
            after.resume: gr.Button(present.resume_label(view), visible=view.resumable and not deleting),
            after.some: gr.Button(some_label(view), visible=bool(some_label(view)) and not deleting),
            after.on_cpu: gr.Button(cpu_label(view), visible=offers_cpu(view) and not deleting),
            after.repeat: gr.Button(visible=desk.document is not None and desk.document.reused and not deleting),
            after.kept: present.kept(view, self._settings.artifact_days, deleting),
            after.delete: gr.Button(visible=not deleting),
            after.confirm: gr.Button(visible=deleting),
            after.keep: gr.Button(visible=deleting),
        }

    def _reader_updates(self, view: RunView, first: int) -> Updates:
        result = self._result
        return {
            result.reader: present.reader(view, first),
            result.source: present.source(view, first),
            result.report: present.report(view),
            **{button: _download(offer, view) for offer, button in zip(OFFERS, result.downloads, strict=True)},
        }


def _picked(event: gr.EventData) -> int:
    """The position a click reported; -1, which is nowhere, for anything but a whole number."""
    value = event._data.get("pick") if isinstance(event._data, dict) else None
    return value if isinstance(value, int) else -1


def _download(offer: Offer, view: RunView) -> gr.DownloadButton:
    export = view.export(offer.format)
    if export is None:
        return gr.DownloadButton(visible=False, value=None)
    try:
        path = served_copy(view, export)
    except OSError as error:
        told(error)
        return gr.DownloadButton(visible=False, value=None)
    return gr.DownloadButton(f"{offer.label} · {present.size(export.size_bytes)}", value=str(path), visible=True)
