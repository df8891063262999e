"""The parts of the convert page and where they stand: plain gradio components, tied to nothing yet."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from pipeline.formats import FILE_FORMATS, FileFormat, PictureForm, TableForm
from pipeline.pages import LaneChoice, OcrMode
from pipeline.settings import Settings
from pipeline.ui.browser_scripts import script
from pipeline.ui.callers import STORAGE_KEY, STORAGE_SALT
from pipeline.ui.catalogue import text
from pipeline.ui.convert import present
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.convert.part_words import PartWords, lane_choices, language_choices, named_choices
from pipeline.ui.convert.repair_parts import RepairParts, build_repair
from pipeline.ui.limits import limit_list
from pipeline.ui.templating import render


@dataclass(frozen=True, slots=True)
class Form:
    """The left side: the documents, the options, and the buttons that start and stop. ``url`` takes the address of a
    PDF, ``url_note`` says what becomes of it, and ``fetched`` is where the file lies until it is listed.
    """

    upload: gr.File
    documents: gr.HTML
    add: gr.UploadButton
    url: gr.Textbox
    url_note: gr.HTML
    fetched: gr.State
    example: gr.Button
    start_over: gr.Button
    password: gr.Textbox
    pages: gr.Textbox
    ocr: gr.Radio
    tables: gr.Checkbox
    languages: gr.Dropdown
    spans: gr.Radio
    pictures: gr.Radio
    page_markers: gr.Checkbox
    lane: gr.Radio
    estimate: gr.HTML
    convert: gr.Button
    stop: gr.Button

    def options(self) -> tuple[Any, ...]:
        """The fields that make the options of a run."""
        fields = (self.pages, self.ocr, self.tables, self.languages)
        return (*fields, self.spans, self.pictures, self.page_markers, self.lane)


@dataclass(frozen=True, slots=True)
class EndedRun:
    """The buttons for a run that has ended.

    ``resume`` continues it; ``resume_fitting`` and ``resume_on_cpu`` do so where the GPU refused; ``repeat`` converts
    again. ``delete`` asks whether to delete, ``confirm_delete`` deletes, ``cancel_delete`` takes the question back.
    ``expiry`` tells how long the files stay.
    """

    row: gr.Row
    resume: gr.Button
    resume_fitting: gr.Button
    resume_on_cpu: gr.Button
    repeat: gr.Button
    expiry: gr.HTML
    delete: gr.Button
    confirm_delete: gr.Button
    cancel_delete: gr.Button

    def all(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Pager:
    """Turns the reader's pages: one stands above them, one below."""

    row: gr.Row
    earlier: gr.Button
    name: gr.HTML
    later: gr.Button


@dataclass(frozen=True, slots=True)
class Result:
    """The right side: the progress of the chosen document's run, its files and its pages."""

    welcome: gr.HTML
    earlier: gr.HTML
    panel: gr.Column
    card: gr.HTML
    share: gr.HTML
    strip: gr.HTML
    downloads: tuple[gr.DownloadButton, ...]
    ended_run: EndedRun
    pagers: tuple[Pager, Pager]
    page_number: gr.Number
    search: gr.Textbox
    hits: gr.HTML
    show_pages: gr.Checkbox
    source_heading: gr.HTML
    reader: gr.HTML
    source: gr.Code
    report: gr.HTML
    repair: RepairParts


@dataclass(frozen=True, slots=True)
class TabMemory:
    """What a tab remembers. gradio keeps ``state`` and ``signature`` (of what the reader shows) on the server, and the
    browser keeps ``visitor``, the token by which its runs are found again. The others are hidden fields for scripts:
    ``tick`` changes when a run has news, ``listed`` when the list of files has, ``link`` is the run's link for the
    address bar, ``back`` reports that the browser went back to another address, ``scroll_page`` is the page number to
    scroll to.
    """

    state: gr.State
    signature: gr.State
    visitor: gr.BrowserState
    tick: gr.Textbox
    listed: gr.Textbox
    link: gr.Textbox
    back: gr.HTML
    scroll_page: gr.Textbox

    def newest(self, state: PageState) -> PageState:
        """The state of the tab as gradio keeps it by now, which a listener may have written since another one was given
        ``state``; ``state`` where no listener is at work.
        """
        page, request = LocalContext.blocks.get(None), LocalContext.request.get(None)
        if page is None or request is None or not request.session_hash:
            return state
        by_now: PageState = page.state_holder[request.session_hash][self.state._id]
        return by_now


def build_memory() -> TabMemory:
    return TabMemory(
        gr.State(PageState()),
        gr.State(""),
        gr.BrowserState("", storage_key=STORAGE_KEY, secret=STORAGE_SALT),
        gr.Textbox(visible="hidden", elem_id="tick"),
        gr.Textbox(visible="hidden", elem_id="listed"),
        gr.Textbox(visible="hidden", elem_id="link"),
        gr.HTML(visible="hidden", js_on_load=script("back"), elem_id="back"),
        gr.Textbox(visible="hidden", elem_id="scroll-page"),
    )


def build_form(settings: Settings, has_gpu: bool, books_gpu: bool, words: PartWords) -> Form:
    with gr.Column(elem_id="form", scale=4, min_width=320):
        several = {"file_count": "multiple", "file_types": [".pdf"]}
        upload = words.part(gr.File, {"label": "form.upload"}, **several, height=168, elem_id="upload")
        documents = gr.HTML(js_on_load=script("pick"), elem_id="documents")
        add = words.part(gr.UploadButton, {"label": "form.add"}, **several, size="sm", visible=False, elem_id="add")
        by_address = _build_url(settings, words)
        example = words.part(gr.Button, {"value": "form.example"}, size="sm", elem_id="example")
        start_over = words.part(gr.Button, {"value": "form.start_over"}, size="sm", visible=False, elem_id="start-over")
        password = words.part(
            gr.Textbox,
            {"label": "form.password", "info": "form.password_info"},
            type="password",
            visible=False,
            elem_id="password",
        )
        pages = words.part(
            gr.Textbox, {"label": "form.pages", "placeholder": "form.pages_hint"}, max_lines=1, elem_id="pages"
        )
        ocr, tables = _build_reading(words)
        with words.part(gr.Accordion, {"label": "form.more"}, open=False, elem_id="more"):
            languages = _build_languages(words)
            spans, pictures, page_markers = _build_markdown_form(words)
        lane = words.part(
            gr.Radio,
            {
                "choices": lane_choices,
                "label": "form.lane",
                "info": "form.lane_info" if books_gpu else "form.lane_info_own",
            },
            value=LaneChoice.GPU_THEN_CPU.value,
            visible=has_gpu,
            elem_id="lane",
        )
        estimate = gr.HTML(elem_id="estimate")
        convert = words.part(
            gr.Button, {"value": "form.convert"}, variant="primary", size="lg", interactive=False, elem_id="convert"
        )
        stop = words.part(gr.Button, {"value": "form.stop"}, variant="stop", size="lg", visible=False, elem_id="stop")
        _build_facts(settings, words)
    return Form(
        *(upload, documents, add, *by_address, example, start_over, password, pages, ocr, tables, languages),
        *(spans, pictures, page_markers, lane, estimate, convert, stop),
    )


def _build_url(settings: Settings, words: PartWords) -> tuple[gr.Textbox, gr.HTML, gr.State]:
    """A PDF by its address on the web."""
    url = words.part(
        gr.Textbox,
        {"label": "form.url", "placeholder": "form.url_hint", "submit_btn": "form.url_fetch"},
        show_label=False,
        max_lines=1,
        visible=settings.fetch_urls,
        html_attributes=gr.InputHTMLAttributes(autocapitalize="off", autocorrect="off", spellcheck=False),
        elem_id="url",
    )
    return url, words.part(gr.HTML, {"value": present.url_note}, elem_id="url-note"), gr.State("")


def _build_reading(words: PartWords) -> tuple[gr.Radio, gr.Checkbox]:
    """How the pages are read."""
    ocr = words.part(
        gr.Radio,
        {"choices": named_choices("form.ocr", OcrMode), "info": "form.ocr_info"},
        value=OcrMode.AUTO.value,
        label="OCR",
        elem_id="ocr",
    )
    return ocr, words.part(gr.Checkbox, {"label": "form.tables"}, value=True, elem_id="tables")


def _build_facts(settings: Settings, words: PartWords) -> None:
    """What the Space takes, and how programs use it."""
    words.part(gr.HTML, {"value": lambda: present.limits(settings)})
    with words.part(gr.Accordion, {"label": "form.limits"}, open=False, elem_id="limits"):
        words.part(gr.HTML, {"value": lambda: limit_list(settings)})
    with words.part(gr.Accordion, {"label": "form.program"}, open=False, elem_id="program"):
        words.part(gr.HTML, {"value": lambda: present.program(settings)}, js_on_load=script("program"))


def _build_languages(words: PartWords) -> gr.Dropdown:
    return words.part(
        gr.Dropdown,
        {"choices": language_choices, "label": "form.languages", "info": "form.languages_info"},
        multiselect=True,
        elem_id="languages",
    )


def _build_markdown_form(words: PartWords) -> tuple[gr.Radio, gr.Radio, gr.Checkbox]:
    """How the Markdown file is written."""
    spans = words.part(
        gr.Radio,
        {
            "choices": lambda: [("HTML", TableForm.HTML.value), (text("form.spans_pipes"), TableForm.PIPES.value)],
            "label": "form.spans",
            "info": "form.spans_info",
        },
        value=TableForm.HTML.value,
        elem_id="spans",
    )
    pictures = words.part(
        gr.Radio,
        {
            "choices": named_choices("form.pictures", PictureForm),
            "label": "form.pictures",
            "info": "form.pictures_info",
        },
        value=PictureForm.NONE.value,
        elem_id="pictures",
    )
    page_markers = words.part(gr.Checkbox, {"label": "form.page_markers"}, elem_id="page-markers")
    return spans, pictures, page_markers


def build_result(has_gpu: bool, words: PartWords) -> Result:
    with gr.Column(elem_id="result", scale=9, min_width=320):
        welcome = words.part(gr.HTML, {"value": lambda: render("welcome")}, elem_id="welcome")
        earlier = gr.HTML(js_on_load=script("earlier_runs"), elem_id="earlier")
        with gr.Column(visible=False, elem_id="panel") as panel:
            with gr.Column(elem_id="run"):
                card, share, strip = _build_card()
                with gr.Row(elem_id="downloads"):
                    downloads = tuple(_build_download(row) for row in FILE_FORMATS)
                ended_run = _build_ended_run(words)
            with gr.Row(elem_id="paging"):
                top = _build_pager("top-", words)
                page_number, search, show_pages = _build_finding(words)
            hits = gr.HTML(js_on_load=script("pick"), elem_id="hits")
            with gr.Tabs(elem_id="views"):
                with words.part(gr.Tab, {"label": "reader.tab_read"}, id="read"):
                    reader = gr.HTML(js_on_load=script("reader") + script("scrollers"), elem_id="reader")
                with words.part(gr.Tab, {"label": "reader.tab_source"}, id="source"):
                    source_heading = gr.HTML(js_on_load=script("copy_document"), elem_id="source-heading")
                    source = gr.Code(
                        language="markdown",
                        interactive=False,
                        wrap_lines=True,
                        show_label=False,
                        buttons=["copy"],
                        elem_id="source",
                    )
                with words.part(gr.Tab, {"label": "reader.tab_report"}, id="report"):
                    report = gr.HTML(elem_id="report")
                repair = build_repair(has_gpu, words)
            bottom = _build_pager("", words)
    pagers = (top, bottom)
    return Result(
        *(
            welcome,
            earlier,
            panel,
            card,
            share,
            strip,
            downloads,
            ended_run,
            pagers,
            page_number,
            search,
            hits,
            show_pages,
        ),
        *(source_heading, reader, source, report, repair),
    )


def _build_card() -> tuple[gr.HTML, gr.HTML, gr.HTML]:
    card = gr.HTML(elem_id="card")
    share = gr.HTML(js_on_load=script("copy_link"), elem_id="share")
    return card, share, gr.HTML(js_on_load=script("pick"), elem_id="strip")


def _build_finding(words: PartWords) -> tuple[gr.Number, gr.Textbox, gr.Checkbox]:
    """What leads to a page by its number, or by words on it; and whether the pages' images are shown."""
    page_number = words.part(
        gr.Number,
        {"label": "reader.go_to"},
        value=1,
        precision=0,
        minimum=1,
        visible=False,
        elem_id="page-number",
        min_width=80,
    )
    search = words.part(
        gr.Textbox,
        {"label": "reader.search", "placeholder": "reader.search_hint"},
        show_label=False,
        max_lines=1,
        visible=False,
        elem_id="search",
        min_width=120,
    )
    show_pages = words.part(gr.Checkbox, {"label": "reader.show_pages"}, elem_id="show-pages", min_width=120)
    return page_number, search, show_pages


def _build_pager(prefix: str, words: PartWords) -> Pager:
    with gr.Row(visible=False, elem_id=f"{prefix}pager", elem_classes="pager") as row:
        earlier = words.part(gr.Button, {"value": "reader.earlier"}, size="sm", elem_id=f"{prefix}earlier")
        name = gr.HTML(elem_id=f"{prefix}pager-name", elem_classes="pager-label")
        later = words.part(gr.Button, {"value": "reader.later"}, size="sm", elem_id=f"{prefix}later")
    return Pager(row, earlier, name, later)


def _build_download(row: FileFormat) -> gr.DownloadButton:
    return gr.DownloadButton(size="sm", visible=False, elem_id=f"download-{row.name}")


def _build_ended_run(words: PartWords) -> EndedRun:
    with gr.Row(visible=False, elem_id="ended-run") as row:
        resume = gr.Button(size="sm", visible=False, elem_id="resume")
        resume_fitting = gr.Button(size="sm", visible=False, elem_id="resume-fitting")
        resume_on_cpu = gr.Button(size="sm", visible=False, elem_id="resume-on-cpu")
        repeat = words.part(gr.Button, {"value": "run.repeat"}, size="sm", visible=False, elem_id="repeat")
        expiry = gr.HTML(elem_id="expiry")
        delete = words.part(gr.Button, {"value": "run.delete"}, size="sm", elem_id="delete")
        confirm = words.part(
            gr.Button,
            {"value": "run.delete_for_good"},
            variant="stop",
            size="sm",
            visible=False,
            elem_id="confirm-delete",
        )
        cancel = words.part(gr.Button, {"value": "run.keep"}, size="sm", visible=False, elem_id="cancel-delete")
    return EndedRun(row, resume, resume_fitting, resume_on_cpu, repeat, expiry, delete, confirm, cancel)
