"""What the endpoints of runs do. Every error leaves as ``gr.Error`` with a sentence of the error tree."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import gradio as gr

from pipeline.errors import InternalError, PageNotSelected
from pipeline.formats import AS_USUAL, MarkdownForm, PictureForm, TableForm
from pipeline.languages import language_codes
from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.state import Accepted, RunView, Source
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings
from pipeline.ui.api.parameters import one_document
from pipeline.ui.api.refusals import RunFailed, one_of, refusing
from pipeline.ui.api.run_summary import summary
from pipeline.ui.callers import caller
from pipeline.ui.convert.downloads import Uploads, delete_with_copies, served_copy
from pipeline.ui.limits import limits_json
from pipeline.ui.ports import Runs

SECONDS_BETWEEN_UPDATES = 1.0
Answer = tuple[str, dict[str, object], list[str]]
Status = dict[str, object]


class ConvertApi:
    """The endpoints' functions; their parameters are described in ``parameters``.

    gradio takes the names of an endpoint's parameters from its function, so two functions spell out the same ones. It
    also learns from there that ``file`` may be left out; the other defaults it has from the parameters' components.
    """

    def __init__(self, runs: Runs, settings: Settings, uploads: Uploads) -> None:
        self._runs, self._settings, self._uploads = runs, settings, uploads

    def convert(
        self,
        file: str | None = None,
        pages: str = "",
        ocr: str = OcrMode.AUTO.value,
        tables: bool = True,
        password: str = "",
        lane: str = LaneChoice.GPU_THEN_CPU.value,
        visitor: str = "",
        again: bool = False,
        languages: str = "",
        spans: str = TableForm.HTML.value,
        pictures: str = PictureForm.NONE.value,
        page_markers: bool = False,
        url: str = "",
        request: gr.Request | None = None,
    ) -> Iterator[Answer]:
        """Progress at most once a second, then the result."""
        with refusing():
            options = _options(pages, ocr, tables, lane, languages, _markdown_form(spans, pictures, page_markers))
            accepted = self._accept(file, url, options, password, caller(request, visitor or ""), again)
            yield from self._follow(accepted.run_id, accepted.reused)

    def submit(
        self,
        file: str | None = None,
        pages: str = "",
        ocr: str = OcrMode.AUTO.value,
        tables: bool = True,
        password: str = "",
        lane: str = LaneChoice.GPU_THEN_CPU.value,
        visitor: str = "",
        again: bool = False,
        languages: str = "",
        spans: str = TableForm.HTML.value,
        pictures: str = PictureForm.NONE.value,
        page_markers: bool = False,
        url: str = "",
        request: gr.Request | None = None,
    ) -> Status:
        """The run's first status."""
        with refusing():
            options = _options(pages, ocr, tables, lane, languages, _markdown_form(spans, pictures, page_markers))
            accepted = self._accept(file, url, options, password, caller(request, visitor or ""), again)
            return summary(self._runs.view(accepted.run_id), accepted.reused)

    def _accept(
        self, file: str | None, url: str, options: ConvertOptions, password: str, visitor: Visitor, again: bool
    ) -> Accepted:
        """The run of the PDF that is uploaded, or of the one at the address."""
        one_document(file, url)
        path = Path(file) if file else self._uploads.fetch(self._runs, url, Origin.API, visitor)
        source = Source(path, path.name, password or "")
        checked = self._runs.check(source, Origin.API)
        accepted = self._runs.convert(checked, options, Origin.API, visitor, again=again)
        self._uploads.remember(accepted.run_id, source.path)
        return accepted

    def _follow(self, run_id: str, reused: bool = False) -> Iterator[Answer]:
        last = 0.0
        for view in self._runs.watch(run_id):
            if view.status.ended:
                yield answer(view, reused)
            elif time.monotonic() - last >= SECONDS_BETWEEN_UPDATES:
                last = time.monotonic()
                yield answer(view)

    def status(self, run_id: str) -> Status:
        with refusing():
            return summary(self._runs.view(run_id or ""))

    def page(self, run_id: str, page: int) -> dict[str, object]:
        with refusing():
            return page_answer(self._runs.view(run_id or ""), int(page))

    def result(self, run_id: str) -> Answer:
        with refusing():
            return answer(self._runs.view(run_id or ""))

    def cancel(self, run_id: str) -> Status:
        with refusing():
            self._runs.cancel(run_id or "")
            return summary(self._runs.view(run_id))

    def resume(
        self, run_id: str, password: str, visitor: str, lane: str, most_pages: int, request: gr.Request
    ) -> Iterator[Answer]:
        """Progress at most once a second, then the result, of the run that continues this one."""
        with refusing():
            choice, by = one_of(LaneChoice, "lane", lane) if lane else None, caller(request, visitor or "")
            successor = self._runs.resume(run_id or "", password or "", Origin.API, by, choice, int(most_pages or 0))
            self._uploads.pass_on(run_id, successor)
            yield from self._follow(successor)

    def repair(
        self,
        run_id: str,
        pages: str,
        ocr: str,
        tables: bool,
        languages: str,
        lane: str,
        password: str,
        visitor: str,
        request: gr.Request,
    ) -> Status:
        """The first status of the run that reads pages again."""
        with refusing():
            options, by = _options(pages, ocr, tables, lane, languages), caller(request, visitor or "")
            second = self._runs.reread(run_id or "", options, password or "", Origin.API, by)
            self._uploads.pass_on(run_id, second)
            return summary(self._runs.view(second))

    def accept(self, run_id: str, pages: str, password: str, visitor: str, request: gr.Request) -> Status:
        """The first status of the run in which second readings take the place of first ones."""
        with refusing():
            by = caller(request, visitor or "")
            accepted = self._runs.accept(run_id or "", pages or "", password or "", Origin.API, by)
            self._uploads.pass_on(run_id, accepted)
            return summary(self._runs.view(accepted))

    def delete(self, run_id: str) -> Status:
        with refusing():
            view = delete_with_copies(self._runs, self._uploads, run_id or "")
        return {"run_id": view.run_id, "deleted": True}

    def estimate(self, page_count: int, pages: str, ocr: str, tables: bool, lane: str) -> dict[str, object]:
        with refusing():
            options = _options(pages, ocr, tables, lane)
            booked = self._runs.estimate(int(page_count), options) if self._runs.books_gpu else None
            return asdict(self._runs.time_estimate(int(page_count), options)) | {"gpu": booked and asdict(booked)}

    def limits(self) -> dict[str, object]:
        return limits_json(self._settings)


def _options(
    pages: str, ocr: str, tables: bool, lane: str, languages: str = "", markdown: MarkdownForm = AS_USUAL
) -> ConvertOptions:
    mode, choice = one_of(OcrMode, "ocr", ocr), one_of(LaneChoice, "lane", lane)
    return ConvertOptions((pages or "").strip(), mode, bool(tables), choice, language_codes(languages or ""), markdown)


def _markdown_form(spans: str, pictures: str, page_markers: bool) -> MarkdownForm:
    return MarkdownForm(
        one_of(TableForm, "spans", spans), one_of(PictureForm, "pictures", pictures), bool(page_markers)
    )


def answer(view: RunView, reused: bool = False) -> Answer:
    """The three return values. Raises RunFailed for a run that ended without a result."""
    if view.status is RunStatus.ERROR and not view.exports:
        raise RunFailed(view.error.code, view.error.message) if view.error else InternalError
    if not view.status.ended:
        return "", summary(view), []
    files = [str(served_copy(view, export)) for export in view.exports]
    return whole_markdown(view), summary(view, reused), files


def page_answer(view: RunView, number: int) -> dict[str, object]:
    """One page of a run. Raises PageNotSelected."""
    outcome = next((page for page in view.pages if page.page == number), None)
    if outcome is None:
        raise PageNotSelected(number)
    text = next((text.markdown for text in view.texts if text.page == number), None)
    return {
        "run_id": view.run_id,
        "page": number,
        "status": outcome.status.value,
        "markdown": text,
        "confidence": outcome.confidence,
        "ocr": outcome.ocr,
        "code": outcome.code or None,
        "reason": outcome.reason or None,
    }


def whole_markdown(view: RunView) -> str:
    """The document as its Markdown file has it; page by page where that file could not be written."""
    export = view.export("md")
    if export is None:
        return "\n\n".join(text.markdown for text in view.texts)
    return export.path.read_text(encoding="utf-8")
