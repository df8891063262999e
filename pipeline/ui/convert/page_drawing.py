"""From a page update to gradio's updates, part by part: which text, which button, visible or not."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from pipeline.errors import FolioError
from pipeline.formats import FILE_FORMATS, FileFormat
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.state import RunView
from pipeline.settings import Settings
from pipeline.ui.catalogue import text
from pipeline.ui.convert import present, reader_pages
from pipeline.ui.convert.actions import ENDED, PageUpdate, error_facts
from pipeline.ui.convert.downloads import (
    address_of,
    facsimile_address,
    picture_addresses,
    served_copy,
)
from pipeline.ui.convert.gpu_price import cpu_label, fitting_label, offers_cpu
from pipeline.ui.convert.page_state import PAGES_AT_ONCE, PageState
from pipeline.ui.convert.parts import Form, Result, TabMemory
from pipeline.ui.words import size

Updates = dict[Any, Any]
FindFacsimile = Callable[[str, int], Facsimile | None]


class PageDrawing:
    """Draws page updates into the page's parts. Updates are dictionaries keyed by part."""

    def __init__(
        self, settings: Settings, form: Form, result: Result, memory: TabMemory, facsimile: FindFacsimile
    ) -> None:
        """``facsimile`` finds how a page of a run looks."""
        self._settings, self._facsimile = settings, facsimile
        self._form, self._result, self._memory = form, result, memory

    def parts(self) -> list[Any]:
        """Every part that an update may change."""
        form, result, memory = self._form, self._result, self._memory
        hidden = (memory.state, memory.signature, memory.visitor, memory.link, memory.scroll_page)
        files = (form.upload, form.documents, form.add, form.url, form.url_note, form.fetched, form.example)
        left = (*files, form.start_over, form.password, form.estimate)
        run = (result.welcome, result.earlier, result.panel, result.card, result.share, result.strip, *result.downloads)
        pagers = [part for pager in result.pagers for part in (pager.row, pager.earlier, pager.name, pager.later)]
        pages = (
            result.page_number,
            result.search,
            result.hits,
            result.reader,
            result.source_heading,
            result.source,
            result.report,
        )
        return [
            *hidden,
            *left,
            *form.options(),
            form.convert,
            form.stop,
            *run,
            *result.ended_run.all(),
            *pagers,
            *pages,
        ]

    def draw(self, update: PageUpdate, drawn: str = "") -> Updates:
        """Everything that changed. The reader's pages are sent only where they differ from those of ``drawn``."""
        updates = {**self._left_side(update), **self._panel(update)}
        if update.view is not None and update.signature != drawn.removesuffix(ENDED):
            updates |= self._reader(update.view, update.state.first)
        return updates | {self._memory.state: update.state, self._memory.signature: update.drawn}

    def _left_side(self, update: PageUpdate) -> Updates:
        form, state = self._form, update.state
        used, several, read_only = bool(state.documents), len(state.run_ids) > 1, state.read_only
        note = text("form.read_only") if read_only else ""
        return {
            form.documents: present.document_list(state, update.views),
            form.password: gr.Textbox(visible=state.locked),
            form.upload: gr.File(visible="hidden" if used else True),
            form.example: gr.Button(visible=not used),
            form.add: gr.UploadButton(visible=state.editable),
            form.url: gr.Textbox(visible=self._settings.fetch_urls and (state.editable or not used)),
            form.start_over: gr.Button(visible=used and (read_only or not update.busy)),
            **({form.estimate: present.note(note)} if state.run_ids or not used else {}),
            form.convert: gr.Button(
                text("form.convert_again" if state.run_ids else "form.convert"),
                visible=not update.busy,
                interactive=state.convertible,
            ),
            form.stop: gr.Button(
                text("form.stop_all" if several else "form.stop"),
                visible=update.busy and not read_only,
                interactive=True,
            ),
        }

    def fill(self, view: RunView) -> Updates:
        """The form with the options of a run."""
        form, options = self._form, view.options
        return {
            form.pages: options.pages,
            form.ocr: options.ocr.value,
            form.tables: options.tables,
            form.languages: list(options.languages),
            form.spans: options.markdown.spans.value,
            form.pictures: options.markdown.pictures.value,
            form.page_markers: options.markdown.page_markers,
            form.lane: options.lane.value,
        }

    def _panel(self, update: PageUpdate) -> Updates:
        result, view, first = self._result, update.view, update.state.first
        if view is None:
            return {result.welcome: gr.HTML(visible=True), result.panel: gr.Column(visible=False)}
        return {
            result.welcome: gr.HTML(visible=False),
            result.panel: gr.Column(visible=True),
            result.card: present.run_card(view, update.state.document),
            result.share: present.share(view),
            result.strip: present.page_strip(view, first),
            **self._pagers(view, update.state),
            **self._ended_run(view, update.state),
        }

    def _pagers(self, view: RunView, state: PageState) -> Updates:
        several = len(view.pages) > PAGES_AT_ONCE
        searched = bool(view.texts)
        updates: Updates = {
            self._result.page_number: gr.Number(visible=several),
            self._result.search: gr.Textbox(visible=searched),
        }
        for pager in self._result.pagers:
            updates |= {
                pager.row: gr.Row(visible=several),
                pager.name: reader_pages.window_name(view, state.first),
                pager.earlier: gr.Button(interactive=state.first > 0),
                pager.later: gr.Button(interactive=state.next_first < len(view.pages)),
            }
        return updates

    def _ended_run(self, view: RunView, state: PageState) -> Updates:
        buttons, deleting = self._result.ended_run, state.deleting
        reused = state.document is not None and state.document.reused
        fitting = fitting_label(view)
        return {
            buttons.row: gr.Row(visible=view.status.ended),
            buttons.resume: gr.Button(present.resume_label(view), visible=view.resumable and not deleting),
            buttons.resume_fitting: gr.Button(fitting, visible=bool(fitting) and not deleting),
            buttons.resume_on_cpu: gr.Button(cpu_label(view), visible=offers_cpu(view) and not deleting),
            buttons.repeat: gr.Button(visible=reused and not deleting),
            buttons.expiry: present.expiry(view, self._settings.artifact_days, deleting),
            buttons.delete: gr.Button(visible=not deleting and not view.read_only),
            buttons.confirm_delete: gr.Button(visible=deleting),
            buttons.cancel_delete: gr.Button(visible=deleting),
        }

    def _reader(self, view: RunView, first: int) -> Updates:
        result = self._result
        pictures = picture_addresses(view, reader_pages.window_texts(view, first))
        looks = reader_pages.page_looks(view, first, lambda page: self._look(view, page))
        return {
            result.reader: reader_pages.reader(view, first, pictures, looks),
            result.source_heading: present.source_heading(view, first, _markdown_address(view)),
            result.source: present.source(view, first),
            result.report: present.report(view),
            **{
                button: _download(file_format, view)
                for file_format, button in zip(FILE_FORMATS, result.downloads, strict=True)
            },
        }

    def _look(self, view: RunView, page: int) -> reader_pages.PageLook | None:
        try:
            facsimile = self._facsimile(view.run_id, page)
            if facsimile is None:
                return None
            return reader_pages.PageLook(facsimile_address(view, facsimile), facsimile.regions)
        except (FolioError, OSError):
            return None


def _markdown_address(view: RunView) -> str:
    """Where the browser finds the whole Markdown; empty while there is none."""
    export = view.export("md")
    if export is None:
        return ""
    try:
        return address_of(served_copy(view, export))
    except OSError:
        return ""


def _download(file_format: FileFormat, view: RunView) -> gr.DownloadButton:
    export = view.export(file_format.name)
    if export is None:
        return gr.DownloadButton(visible=False, value=None)
    try:
        path = served_copy(view, export)
    except OSError as error:
        error_facts(error)  # to the log; the button stays away
        return gr.DownloadButton(visible=False, value=None)
    name = text(f"format.{file_format.name}")
    return gr.DownloadButton(f"{name} · {size(export.size_bytes)}", value=str(path), visible=True)
