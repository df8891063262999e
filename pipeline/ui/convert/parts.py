"""The parts of the convert page and where they stand: plain gradio components, tied to nothing yet."""

from dataclasses import dataclass

import gradio as gr

from pipeline.pages import LaneChoice, OcrMode
from pipeline.settings import Settings
from pipeline.ui import markup
from pipeline.ui.callers import STORAGE_KEY, STORAGE_SALT
from pipeline.ui.convert import present
from pipeline.ui.convert.downloads import OFFERS, Offer
from pipeline.ui.convert.gpu_price import LANE_INFO, LANE_NAMES
from pipeline.ui.convert.page_state import PageState
from pipeline.ui.limits import limits_list


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
    lane: gr.Radio
    estimate: gr.HTML
    convert: gr.Button
    stop: gr.Button


@dataclass(frozen=True, slots=True)
class After:
    """What can be done with a run that has ended. ``some`` and ``on_cpu`` continue it where the GPU refused.

    ``delete`` asks, ``confirm`` does it and ``keep`` takes the question back.
    """

    row: gr.Row
    resume: gr.Button
    some: gr.Button
    on_cpu: gr.Button
    repeat: gr.Button
    kept: gr.HTML
    delete: gr.Button
    confirm: gr.Button
    keep: gr.Button


@dataclass(frozen=True, slots=True)
class Result:
    """The right side: how the chosen document's run goes and what came out of it."""

    welcome: gr.HTML
    panel: gr.Column
    card: gr.HTML
    strip: gr.HTML
    downloads: tuple[gr.DownloadButton, ...]
    after: After
    back: gr.Button
    pager: gr.Row
    pager_name: gr.HTML
    forth: gr.Button
    reader: gr.Markdown
    source: gr.Code
    report: gr.HTML


@dataclass(frozen=True, slots=True)
class TabMemory:
    """What a tab remembers: its desk and what its reader shows; what the browser does: who its visitor is; and hidden
    fields for scripts.

    ``tick`` changes when a run did, ``link`` is the run id for the address bar, ``wanted`` the page to scroll to.
    """

    desk: gr.State
    shown: gr.State
    visitor: gr.BrowserState
    tick: gr.Textbox
    link: gr.Textbox
    wanted: gr.Textbox


def build_memory() -> TabMemory:
    return TabMemory(
        gr.State(PageState()),
        gr.State(""),
        gr.BrowserState("", storage_key=STORAGE_KEY, secret=STORAGE_SALT),
        gr.Textbox(visible="hidden", elem_id="tick"),
        gr.Textbox(visible="hidden", elem_id="link"),
        gr.Textbox(visible="hidden", elem_id="wanted"),
    )


def build_form(settings: Settings, has_gpu: bool) -> Form:
    with gr.Column(elem_id="form", scale=4, min_width=320):
        upload = gr.File(
            label="PDF documents", file_count="multiple", file_types=[".pdf"], height=168, elem_id="upload"
        )
        example = gr.Button("Try it with an example", size="sm", elem_id="example")
        documents = gr.HTML(js_on_load=markup.PICK_JS, elem_id="documents")
        again = gr.Button("Start over with other files", size="sm", visible=False, elem_id="again")
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
        lane = gr.Radio(
            [(name, choice.value) for choice, name in LANE_NAMES.items()],
            value=LaneChoice.GPU_THEN_CPU.value,
            label="Runs on",
            info=LANE_INFO,
            visible=has_gpu,
            elem_id="lane",
        )
        estimate = gr.HTML(visible=has_gpu, elem_id="estimate")
        convert = gr.Button("Convert", variant="primary", size="lg", interactive=False, elem_id="convert")
        stop = gr.Button("Stop", variant="stop", size="lg", visible=False, elem_id="stop")
        gr.HTML(present.limits(settings))
        with gr.Accordion("All limits", open=False, elem_id="limits"):
            gr.HTML(limits_list(settings))
    return Form(upload, example, documents, again, password, pages, ocr, tables, lane, estimate, convert, stop)


def build_result() -> Result:
    with gr.Column(elem_id="result", scale=9, min_width=320):
        welcome = gr.HTML(markup.WELCOME, elem_id="welcome")
        with gr.Column(visible=False, elem_id="panel") as panel:
            with gr.Column(elem_id="run"):
                card = gr.HTML(js_on_load=markup.LINK_JS, elem_id="card")
                strip = gr.HTML(js_on_load=markup.PICK_JS, elem_id="strip")
                with gr.Row(elem_id="downloads"):
                    downloads = tuple(_build_download(offer) for offer in OFFERS)
                after = _build_after()
            with gr.Tabs(elem_id="views"):
                with gr.Tab("Read", id="read"):
                    reader = gr.Markdown(sanitize_html=True, elem_id="reader", latex_delimiters=markup.LATEX)
                with gr.Tab("Markdown", id="source"):
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
            with gr.Row(visible=False, elem_id="pager") as pager:
                back = gr.Button("‹ Earlier", size="sm", elem_id="back")
                pager_name = gr.HTML(elem_id="pager-name")
                forth = gr.Button("Later ›", size="sm", elem_id="forth")
    return Result(welcome, panel, card, strip, downloads, after, back, pager, pager_name, forth, reader, source, report)


def _build_download(offer: Offer) -> gr.DownloadButton:
    return gr.DownloadButton(offer.label, size="sm", visible=False, elem_id=f"download-{offer.format}")


def _build_after() -> After:
    with gr.Row(visible=False, elem_id="after") as row:
        resume = gr.Button("Continue", size="sm", visible=False, elem_id="resume")
        some = gr.Button(size="sm", visible=False, elem_id="some")
        on_cpu = gr.Button(size="sm", visible=False, elem_id="on-cpu")
        repeat = gr.Button("Convert again", size="sm", visible=False, elem_id="repeat")
        kept = gr.HTML(elem_id="kept")
        delete = gr.Button("Delete now", size="sm", elem_id="delete")
        confirm = gr.Button("Delete for good", variant="stop", size="sm", visible=False, elem_id="confirm")
        keep = gr.Button("Keep it", size="sm", visible=False, elem_id="keep")
    return After(row, resume, some, on_cpu, repeat, kept, delete, confirm, keep)
