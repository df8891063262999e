"""The convert page: which parts it has, where they stand and what they trigger. What is done lies in ``convert``, how it
looks in ``present``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.pages import OcrMode
from pipeline.runs.state import RunView
from pipeline.settings import Settings
from pipeline.ui import markup, present
from pipeline.ui.api import add_endpoints
from pipeline.ui.convert import Choices, ConvertActions, Look, told
from pipeline.ui.desk import PAGES_AT_ONCE, Desk
from pipeline.ui.downloads import OFFERS, Offer, served_copy, served_example
from pipeline.ui.ports import Runs
from pipeline.ui.theme import STATIC

Updates = dict[Any, Any]
EXAMPLE = STATIC / "examples" / "paper-trail.pdf"
CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS = 600, 3600


@dataclass(frozen=True, slots=True)
class Form:
    """The left side: what is converted, and how."""

    upload: gr.File
    example: gr.Button
    documents: gr.HTML
    again: gr.Button
    password: gr.Textbox
    pages: gr.Textbox
    ocr: gr.Radio
    tables: gr.Checkbox
    convert: gr.Button
    stop: gr.Button


@dataclass(frozen=True, slots=True)
class Result:
    """The right side: how the chosen document's run goes and what came out of it."""

    welcome: gr.HTML
    panel: gr.Column
    card: gr.HTML
    strip: gr.HTML
    downloads: tuple[gr.DownloadButton, ...]
    back: gr.Button
    pager: gr.Row
    pager_name: gr.HTML
    forth: gr.Button
    reader: gr.Markdown
    source: gr.Code
    report: gr.HTML


@dataclass(frozen=True, slots=True)
class Memory:
    """What a tab remembers: its desk and what its reader shows; and hidden fields for its scripts.

    ``tick`` changes when a run did, ``link`` is the run id for the address bar, ``wanted`` the page to scroll to.
    """

    desk: gr.State
    shown: gr.State
    tick: gr.Textbox
    link: gr.Textbox
    wanted: gr.Textbox


def build(runs: Runs, settings: Settings) -> gr.Blocks:
    """The page and its API, over ``runs``. Launch it with ``serve``, which adds style, limits and queue."""
    actions = ConvertActions(runs)
    page = gr.Blocks(title="Folio", analytics_enabled=False, delete_cache=(CACHE_SWEEP_SECONDS, CACHE_AGE_SECONDS))
    with page:
        gr.HTML(markup.HEADER, js_on_load=markup.HEADER_JS, elem_id="masthead")
        memory = Memory(
            gr.State(Desk()),
            gr.State(""),
            gr.Textbox(visible="hidden", elem_id="tick"),
            gr.Textbox(visible="hidden", elem_id="link"),
            gr.Textbox(visible="hidden", elem_id="wanted"),
        )
        with gr.Row(elem_id="table"):
            form = _build_form(settings)
            result = _build_result()
        Wiring(actions, settings, form, result, memory).connect(page)
        add_endpoints(runs, settings)
    return page


def _build_form(settings: Settings) -> Form:
    with gr.Column(elem_id="form", scale=4, min_width=320):
        upload = gr.File(label="PDF documents", file_count="multiple", file_types=[".pdf"], height=168, elem_id="upload")
        example = gr.Button("Try it with an example", size="sm", elem_id="example")
        documents = gr.HTML(js_on_load=markup.PICK_JS, elem_id="documents")
        again = gr.Button("Start over with other files", size="sm", visible=False, elem_id="again")
        password = gr.Textbox(label="Password", info="For the locked documents above.", type="password", visible=False, elem_id="password")
        pages = gr.Textbox(label="Pages", placeholder="All pages, or a range such as 1-3,7", max_lines=1, elem_id="pages")
        ocr = gr.Radio(
            [("Auto", OcrMode.AUTO.value), ("Always", OcrMode.ALWAYS.value), ("Never", OcrMode.NEVER.value)],
            value=OcrMode.AUTO.value,
            label="OCR",
            info="Auto reads the image only where a page has no usable text.",
            elem_id="ocr",
        )
        tables = gr.Checkbox(value=True, label="Recognise tables", elem_id="tables")
        convert = gr.Button("Convert", variant="primary", size="lg", interactive=False, elem_id="convert")
        stop = gr.Button("Stop", variant="stop", size="lg", visible=False, elem_id="stop")
        gr.HTML(present.limits(settings))
    return Form(upload, example, documents, again, password, pages, ocr, tables, convert, stop)


def _build_result() -> Result:
    with gr.Column(elem_id="result", scale=9, min_width=320):
        welcome = gr.HTML(markup.WELCOME, elem_id="welcome")
        with gr.Column(visible=False, elem_id="panel") as panel:
            with gr.Column(elem_id="run"):
                card = gr.HTML(js_on_load=markup.LINK_JS, elem_id="card")
                strip = gr.HTML(js_on_load=markup.PICK_JS, elem_id="strip")
                with gr.Row(elem_id="downloads"):
                    downloads = tuple(_build_download(offer) for offer in OFFERS)
            with gr.Tabs(elem_id="views"):
                with gr.Tab("Read", id="read"):
                    reader = gr.Markdown(sanitize_html=True, elem_id="reader", latex_delimiters=markup.LATEX)
                with gr.Tab("Markdown", id="source"):
                    source = gr.Code(
                        language="markdown", interactive=False, wrap_lines=True, show_label=False, buttons=["copy"], elem_id="source"
                    )
                with gr.Tab("Report", id="report"):
                    report = gr.HTML(elem_id="report")
            with gr.Row(visible=False, elem_id="pager") as pager:
                back = gr.Button("‹ Earlier", size="sm", elem_id="back")
                pager_name = gr.HTML(elem_id="pager-name")
                forth = gr.Button("Later ›", size="sm", elem_id="forth")
    return Result(welcome, panel, card, strip, downloads, back, pager, pager_name, forth, reader, source, report)


def _build_download(offer: Offer) -> gr.DownloadButton:
    return gr.DownloadButton(offer.label, size="sm", visible=False, elem_id=f"download-{offer.format}")


class Wiring:
    """Ties parts to actions. Every listener is private: the API is ``/convert``, ``/status`` and ``/cancel`` alone.

    Outputs are dictionaries keyed by part, so that no listener depends on the order of another's.
    """

    def __init__(self, actions: ConvertActions, settings: Settings, form: Form, result: Result, memory: Memory) -> None:
        self._actions, self._settings = actions, settings
        self._form, self._result, self._memory = form, result, memory

    def connect(self, page: gr.Blocks) -> None:
        form, result, memory = self._form, self._result, self._memory
        uploads = [form.upload, form.password]
        choices = [memory.desk, form.pages, form.ocr, form.tables, form.password]
        self._on(form.upload.change, self._inspect, uploads)
        self._on(form.password.submit, self._inspect, uploads)
        self._on(form.example.click, self._example, [])
        self._on(form.again.click, self._start_over, []).then(None, None, js=markup.NO_ADDRESS_JS, api_visibility="private")
        started = self._on(form.convert.click, self._start, choices)
        self._follow(started)
        self._on(form.stop.click, self._stop, [memory.desk])
        self._on(memory.tick.change, self._refresh, [memory.desk, memory.shown])
        self._on(form.documents.click, self._choose, [memory.desk])
        for event, action in ((result.strip.click, self._jump), (result.back.click, self._back), (result.forth.click, self._forth)):
            turned = self._on(event, action, [memory.desk])
            turned.then(None, [memory.wanted], js=markup.SCROLL_JS, api_visibility="private")
        self._follow(self._on(page.load, self._open, []))

    def _on(self, event: Callable[..., Any], action: Callable[..., Updates], inputs: list[Any]) -> Any:
        return event(
            action,
            inputs,
            self._parts(),
            show_progress="hidden",
            concurrency_limit=None,
            api_visibility="private",
        )

    def _follow(self, started: Any) -> None:
        """After a listener put runs on the desk: write the link into the address bar, and tick until they have ended."""
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

    def _parts(self) -> list[Any]:
        form, result, memory = self._form, self._result, self._memory
        return [
            *(memory.desk, memory.shown, memory.link, memory.wanted),
            *(form.upload, form.example, form.documents, form.again, form.password, form.convert, form.stop),
            *(result.welcome, result.panel, result.card, result.strip, *result.downloads),
            *(result.back, result.pager, result.pager_name, result.forth, result.reader, result.source, result.report),
        ]

    # -- listeners -------------------------------------------------------------------------------------------------------

    def _inspect(self, paths: list[str] | None, password: str) -> Updates:
        return self._show(self._actions.inspect(list(paths or ()), password or ""))

    def _example(self) -> Updates:
        return {self._form.upload: [str(served_example(EXAMPLE))]}

    def _start_over(self) -> Updates:
        return {**self._show(Desk()), self._form.upload: gr.File(value=None, visible=True), self._form.password: gr.Textbox(value="")}

    def _start(self, desk: Desk, pages: str, ocr: str, tables: bool, password: str) -> Updates:
        started = self._actions.start(desk, Choices(pages, ocr, tables, password))
        link = started.document.run_id if started.document else ""
        return {**self._show(started), self._memory.link: link}

    def _stop(self, desk: Desk) -> Updates:
        self._actions.stop(desk)
        return {self._form.stop: gr.Button("Stopping …", interactive=False)}

    def _refresh(self, desk: Desk, shown: str) -> Updates:
        return self._show(desk, shown)

    def _choose(self, desk: Desk, event: gr.EventData) -> Updates:
        return self._show(desk.choose(_picked(event)))

    def _jump(self, desk: Desk, event: gr.EventData) -> Updates:
        return self._turn(desk, _picked(event))

    def _back(self, desk: Desk) -> Updates:
        return self._turn(desk, desk.first - 1)

    def _forth(self, desk: Desk) -> Updates:
        return self._turn(desk, desk.next_first)

    def _turn(self, desk: Desk, index: int) -> Updates:
        view = self._actions.look(desk).view
        if view is None or not view.pages:
            return self._show(desk)
        wanted = view.pages[min(max(index, 0), len(view.pages) - 1)].page
        return {**self._show(desk.turn_to(index, len(view.pages))), self._memory.wanted: str(wanted)}

    def _open(self, request: gr.Request) -> Updates:
        run_id = str(request.query_params.get("run", ""))
        return self._show(self._actions.find(run_id)) if run_id else {self._memory.shown: ""}

    # -- what a look becomes ---------------------------------------------------------------------------------------------

    def _show(self, desk: Desk, shown: str = "") -> Updates:
        look = self._actions.look(desk)
        updates = {**self._form_updates(look), **self._panel_updates(look)}
        if look.view is not None and look.signature != shown:
            updates |= self._reader_updates(look.view, look.desk.first)
        return updates | {self._memory.desk: look.desk, self._memory.shown: look.signature}

    def _form_updates(self, look: Look) -> Updates:
        form, used = self._form, bool(look.desk.documents)
        return {
            form.documents: present.document_list(look.desk, look.views),
            form.password: gr.Textbox(visible=look.desk.locked),
            form.upload: gr.File(visible="hidden" if used else True),
            form.example: gr.Button(visible=not used),
            form.again: gr.Button(visible=used and not look.busy),
            form.convert: gr.Button(visible=not look.busy, interactive=look.desk.convertible),
            form.stop: gr.Button("Stop all" if len(look.desk.run_ids) > 1 else "Stop", visible=look.busy, interactive=True),
        }

    def _panel_updates(self, look: Look) -> Updates:
        result, view = self._result, look.view
        if view is None:
            return {result.welcome: gr.HTML(visible=True), result.panel: gr.Column(visible=False)}
        last = len(view.pages) <= look.desk.next_first
        return {
            result.welcome: gr.HTML(visible=False),
            result.panel: gr.Column(visible=True),
            result.card: present.run_card(view),
            result.strip: present.page_strip(view, look.desk.first),
            result.pager: gr.Row(visible=len(view.pages) > PAGES_AT_ONCE),
            result.pager_name: present.window_name(view, look.desk.first),
            result.back: gr.Button(interactive=look.desk.first > 0),
            result.forth: gr.Button(interactive=not last),
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
