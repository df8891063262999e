"""The parts of the convert page and where they stand: plain gradio components, tied to nothing yet."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.formats import FileFormat, PictureForm, TableForm
from pipeline.languages import LANGUAGES
from pipeline.pages import LaneChoice, OcrMode
from pipeline.settings import Settings
from pipeline.ui.browser_scripts import script
from pipeline.ui.callers import STORAGE_KEY, STORAGE_SALT
from pipeline.ui.convert import present
from pipeline.ui.convert.downloads import OFFERED_FORMATS
from pipeline.ui.convert.gpu_price import LANE_INFO, OWN_CARD_INFO
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.convert.repair_parts import RepairParts, build_repair
from pipeline.ui.limits import limit_list
from pipeline.ui.templating import render
from pipeline.ui.words import LANE_NAMES


@dataclass(frozen=True, slots=True)
class Form:
    """The left side: the documents, the options, and the buttons that start and stop."""

    upload: gr.File
    example: gr.Button
    documents: gr.HTML
    add: gr.UploadButton
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
    ``tick`` changes when a run has news, ``link`` is the run's link for the address bar, ``back`` reports that the
    browser went back to another address, ``scroll_page`` is the page number to scroll to.
    """

    state: gr.State
    signature: gr.State
    visitor: gr.BrowserState
    tick: gr.Textbox
    link: gr.Textbox
    back: gr.HTML
    scroll_page: gr.Textbox


def build_memory() -> TabMemory:
    return TabMemory(
        gr.State(PageState()),
        gr.State(""),
        gr.BrowserState("", storage_key=STORAGE_KEY, secret=STORAGE_SALT),
        gr.Textbox(visible="hidden", elem_id="tick"),
        gr.Textbox(visible="hidden", elem_id="link"),
        gr.HTML(visible="hidden", js_on_load=script("back"), elem_id="back"),
        gr.Textbox(visible="hidden", elem_id="scroll-page"),
    )


def build_form(settings: Settings, has_gpu: bool, books_gpu: bool) -> Form:
    with gr.Column(elem_id="form", scale=4, min_width=320):
        upload = gr.File(
            label="PDF documents", file_count="multiple", file_types=[".pdf"], height=168, elem_id="upload"
        )
        example = gr.Button("Try it with an example", size="sm", elem_id="example")
        documents = gr.HTML(js_on_load=script("pick"), elem_id="documents")
        add = gr.UploadButton(
            "Add files",
            file_count="multiple",
            file_types=[".pdf"],
            size="sm",
            visible=False,
            elem_id="add",
        )
        start_over = gr.Button("Start over with other files", size="sm", visible=False, elem_id="start-over")
        password = gr.Textbox(
            label="Password", info="For the locked documents above.", type="password", visible=False, elem_id="password"
        )
        pages = gr.Textbox(
            label="Pages", placeholder="All pages, or a range such as 1-3,7", max_lines=1, elem_id="pages"
        )
        ocr = gr.Radio(
            [("Auto", OcrMode.AUTO.value), ("Always", OcrMode.ALWAYS.value), ("Never", OcrMode.NEVER.value)],
            value=OcrMode.AUTO.value,
            label="OCR",
            info="Auto reads the image only where a page has no usable text.",
            elem_id="ocr",
        )
        tables = gr.Checkbox(value=True, label="Recognise tables", elem_id="tables")
        with gr.Accordion("More options", open=False, elem_id="more"):
            languages = _build_languages()
            spans, pictures, page_markers = _build_markdown_form()
        lane = gr.Radio(
            [(name, choice.value) for choice, name in LANE_NAMES.items()],
            value=LaneChoice.GPU_THEN_CPU.value,
            label="Runs on",
            info=LANE_INFO if books_gpu else OWN_CARD_INFO,
            visible=has_gpu,
            elem_id="lane",
        )
        estimate = gr.HTML(elem_id="estimate")
        convert = gr.Button("Convert", variant="primary", size="lg", interactive=False, elem_id="convert")
        stop = gr.Button("Stop", variant="stop", size="lg", visible=False, elem_id="stop")
        gr.HTML(present.limits(settings))
        with gr.Accordion("All limits", open=False, elem_id="limits"):
            gr.HTML(limit_list(settings))
        with gr.Accordion("Use it from a program", open=False, elem_id="program"):
            gr.HTML(present.program(settings), js_on_load=script("program"))
    return Form(
        *(upload, example, documents, add, start_over, password, pages, ocr, tables, languages),
        *(spans, pictures, page_markers, lane, estimate, convert, stop),
    )


def _build_languages() -> gr.Dropdown:
    return gr.Dropdown(
        [(language.name, language.code) for language in LANGUAGES],
        multiselect=True,
        label="Languages of scans",
        info="For scripts other than Latin, Chinese and Japanese; left empty, they are found out page by page.",
        elem_id="languages",
    )


def _build_markdown_form() -> tuple[gr.Radio, gr.Radio, gr.Checkbox]:
    """How the Markdown file is written."""
    spans = gr.Radio(
        [("HTML", TableForm.HTML.value), ("Pipes", TableForm.PIPES.value)],
        value=TableForm.HTML.value,
        label="Tables with spans in Markdown",
        info="Pipes repeat a cell in every row and column that it spans.",
        elem_id="spans",
    )
    pictures = gr.Radio(
        [
            ("None", PictureForm.NONE.value),
            ("Linked", PictureForm.LINKED.value),
            ("Embedded", PictureForm.EMBEDDED.value),
        ],
        value=PictureForm.NONE.value,
        label="Pictures in the Markdown file",
        info="The ZIP has them in any case.",
        elem_id="pictures",
    )
    page_markers = gr.Checkbox(label="Mark where each page begins", elem_id="page-markers")
    return spans, pictures, page_markers


def build_result(has_gpu: bool) -> Result:
    with gr.Column(elem_id="result", scale=9, min_width=320):
        welcome = gr.HTML(render("welcome"), elem_id="welcome")
        earlier = gr.HTML(js_on_load=script("earlier_runs"), elem_id="earlier")
        with gr.Column(visible=False, elem_id="panel") as panel:
            with gr.Column(elem_id="run"):
                card, share, strip = _build_card()
                with gr.Row(elem_id="downloads"):
                    downloads = tuple(_build_download(row) for row in OFFERED_FORMATS)
                ended_run = _build_ended_run()
            with gr.Row(elem_id="paging"):
                top = _build_pager("top-")
                page_number, search, show_pages = _build_finding()
            hits = gr.HTML(js_on_load=script("pick"), elem_id="hits")
            with gr.Tabs(elem_id="views"):
                with gr.Tab("Read", id="read"):
                    reader = gr.HTML(js_on_load=script("reader"), elem_id="reader")
                with gr.Tab("Markdown", id="source"):
                    source_heading = gr.HTML(js_on_load=script("copy_document"), elem_id="source-heading")
                    source = gr.Code(
                        language="markdown",
                        interactive=False,
                        wrap_lines=True,
                        show_label=False,
                        buttons=["copy"],
                        elem_id="source",
                    )
                with gr.Tab("Report", id="report"):
                    report = gr.HTML(elem_id="report")
                repair = build_repair(has_gpu)
            bottom = _build_pager("")
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


def _build_finding() -> tuple[gr.Number, gr.Textbox, gr.Checkbox]:
    """What leads to a page by its number, or by words on it; and whether the pages' images are shown."""
    page_number = gr.Number(
        1,
        label="Go to page",
        precision=0,
        minimum=1,
        visible=False,
        elem_id="page-number",
        min_width=80,
    )
    search = gr.Textbox(
        label="Search",
        placeholder="Find in the document",
        show_label=False,
        max_lines=1,
        visible=False,
        elem_id="search",
        min_width=120,
    )
    return page_number, search, gr.Checkbox(label="Show the pages", elem_id="show-pages", min_width=120)


def _build_pager(prefix: str) -> Pager:
    with gr.Row(visible=False, elem_id=f"{prefix}pager", elem_classes="pager") as row:
        earlier = gr.Button("‹ Earlier", size="sm", elem_id=f"{prefix}earlier")
        name = gr.HTML(elem_id=f"{prefix}pager-name", elem_classes="pager-label")
        later = gr.Button("Later ›", size="sm", elem_id=f"{prefix}later")
    return Pager(row, earlier, name, later)


def _build_download(row: FileFormat) -> gr.DownloadButton:
    return gr.DownloadButton(row.label, size="sm", visible=False, elem_id=f"download-{row.name}")


def _build_ended_run() -> EndedRun:
    with gr.Row(visible=False, elem_id="ended-run") as row:
        resume = gr.Button("Continue", size="sm", visible=False, elem_id="resume")
        resume_fitting = gr.Button(size="sm", visible=False, elem_id="resume-fitting")
        resume_on_cpu = gr.Button(size="sm", visible=False, elem_id="resume-on-cpu")
        repeat = gr.Button("Convert again", size="sm", visible=False, elem_id="repeat")
        expiry = gr.HTML(elem_id="expiry")
        delete = gr.Button("Delete now", size="sm", elem_id="delete")
        confirm = gr.Button("Delete for good", variant="stop", size="sm", visible=False, elem_id="confirm-delete")
        cancel = gr.Button("Keep it", size="sm", visible=False, elem_id="cancel-delete")
    return EndedRun(row, resume, resume_fitting, resume_on_cpu, repeat, expiry, delete, confirm, cancel)
