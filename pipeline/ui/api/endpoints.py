"""The API for ``gradio_client`` and plain HTTP: the only public endpoints.

A run id is a secret its caller was given; whoever has it may read, stop, continue and delete the run, nobody else can.
There is no listing.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.errors import FileMissing, InternalError
from pipeline.languages import language_codes
from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings
from pipeline.ui.api.refusals import RunFailed, lane_choice, ocr_mode, refusing
from pipeline.ui.api.run_summary import summary
from pipeline.ui.callers import caller
from pipeline.ui.convert.downloads import Uploads, remove_copies, served_copy
from pipeline.ui.limits import limits_json
from pipeline.ui.ports import Runs

SECONDS_BETWEEN_UPDATES = 1.0
Answer = tuple[str, dict[str, object], list[str]]

CONVERT_HELP = """Convert one PDF and wait for the result.

Parameters: file (the PDF), pages (a range such as 1-3,7; empty for all), ocr (auto, always or never), tables (recognise
table structure), password (of an encrypted PDF), lane (gpu_then_cpu goes on on the CPU where the GPU refuses, gpu stops
there, cpu uses no GPU; without a GPU it is always the CPU), visitor (who you are: 32 random hexadecimal digits that you
keep secret; the same work of the same visitor is answered by its earlier result, and a visitor's runs count together;
empty: nothing is found again, and runs count by network address), again (convert even if there is an earlier result),
languages (codes of the languages of scanned text, such as ru,en; empty: found out page by page).

Returns: markdown (the whole document), status (run id, pages done and skipped with reasons, options, engines, times),
files (Markdown, JSON, HTML, plain text and a ZIP with pictures). While the run goes on, markdown and files are empty
and status tells the progress. A refused file, a full queue and a failed run raise an error with one sentence and its
code."""

STATUS_HELP = (
    """Look at a run again, for a caller that lost its connection. Takes the run id, returns what /convert returns."""
)

RESUME_HELP = """Continue a run that was stopped, was interrupted or has failed pages, and wait for the result.

Parameters: run_id, password (of an encrypted PDF), visitor (as in /convert), lane (in place of the run's own; empty
keeps that), most_pages (convert at most so many further pages, such as the status's fitting_pages after a refusal; 0
for all).

Finished pages are not repeated, also where the CPU has other models than the GPU: bundles in the status names the
models of each page, and on_cpu says beforehand how many pages would stay, how many would be converted on the CPU, and
with which models. It is a new run with an id of its own; a run that is complete or still goes on is returned as it is.
Progress and result are those of /convert."""

ESTIMATE_HELP = """What a run would book on the GPU: pages, calls, seconds as they count against your quota, and the
seconds if all pages are scans. Parameters: page_count (of the PDF), pages, ocr and tables as in /convert."""

DELETE_HELP = """Delete a run's PDF, pages and files now. Takes the run id; afterwards there is no such run. Returns the
run id and that it is deleted. A run that still goes on is refused; stop it first."""

LIMITS_HELP = """What this Space takes: every limit by name, with its value, its unit and what happens beyond it."""

CANCEL_HELP = """Stop a run. Takes the run id; finished pages are kept. Returns what /convert returns, as of now."""


def add_endpoints(runs: Runs, settings: Settings, uploads: Uploads) -> None:
    """Add the endpoints to the page under construction. They wait in the same queue as the page's own runs."""
    api = ConvertApi(runs, uploads)
    file = _pdf_input()
    pages = gr.Textbox("", label="pages", visible=False)
    ocr = _choice("ocr", [mode.value for mode in OcrMode], OcrMode.AUTO.value)
    tables = gr.Checkbox(True, label="tables", visible=False)
    password = gr.Textbox("", label="password", visible=False)
    lanes = [choice.value for choice in LaneChoice]
    lane = _choice("lane", lanes, LaneChoice.GPU_THEN_CPU.value)
    visitor = gr.Textbox("", label="visitor", visible=False)
    again = gr.Checkbox(False, label="again", visible=False)
    languages = gr.Textbox("", label="languages", visible=False)
    run_id = gr.Textbox(label="run_id", visible=False)
    new_lane = _choice("lane", ["", *lanes], "")
    most_pages = gr.Number(0, precision=0, minimum=0, label="most_pages", visible=False)
    answer = [
        gr.Textbox(label="markdown", visible=False),
        gr.JSON(label="status", visible=False),
        gr.File(label="files", file_count="multiple", visible=False),
    ]
    gr.Button(visible=False).click(
        api.convert,
        [file, pages, ocr, tables, password, lane, visitor, again, languages],
        answer,
        api_name="convert",
        api_description=CONVERT_HELP,
        concurrency_id="convert",
        concurrency_limit=settings.concurrency + settings.queue_size,
    )
    gr.Button(visible=False).click(
        api.resume,
        [run_id, password, visitor, new_lane, most_pages],
        answer,
        api_name="resume",
        api_description=RESUME_HELP,
        concurrency_id="convert",
    )
    if runs.books_gpu:
        page_count = gr.Number(1, precision=0, minimum=1, label="page_count", visible=False)
        booked = gr.JSON(label="estimate", visible=False)
        inputs = [page_count, pages, ocr, tables]
        gr.Button(visible=False).click(
            api.estimate, inputs, booked, api_name="estimate", api_description=ESTIMATE_HELP, concurrency_limit=None
        )
    _add_plain_endpoints(api, settings, run_id, answer)


def _add_plain_endpoints(api: "ConvertApi", settings: Settings, run_id: gr.Textbox, answer: list[Any]) -> None:
    """The endpoints that wait for nothing: limits, deletion, status, cancellation."""
    listed = gr.JSON(label="limits", visible=False)
    gr.Button(visible=False).click(
        lambda: limits_json(settings),
        None,
        listed,
        api_name="limits",
        api_description=LIMITS_HELP,
        concurrency_limit=None,
    )
    deleted = gr.JSON(label="status", visible=False)
    gr.Button(visible=False).click(
        api.delete, run_id, deleted, api_name="delete", api_description=DELETE_HELP, concurrency_limit=None
    )
    for action, name, text in ((api.status, "status", STATUS_HELP), (api.cancel, "cancel", CANCEL_HELP)):
        gr.Button(visible=False).click(
            action, run_id, answer, api_name=name, api_description=text, concurrency_limit=None
        )


def _pdf_input() -> gr.File:
    """A file parameter whose documentation does not propose an address, which would be refused.

    Methods are replaced on the instance, since gradio writes a stub file beside every module that derives a component.
    """
    file = gr.File(label="file", visible=False)
    documented = {**file.api_info(), "additional_description": "The PDF to convert; the client uploads it."}
    example = {"path": "report.pdf", "url": "report.pdf", "meta": {"_type": "gradio.FileData"}}
    file.api_info = lambda: documented  # type: ignore[method-assign]
    file.example_payload = lambda: example  # type: ignore[method-assign]
    return file


def _choice(label: str, values: list[str], default: str) -> gr.Textbox:
    """A parameter that takes one of ``values``. gradio documents them and leaves the check to the endpoint, whose
    refusal has a code.
    """
    parameter = gr.Textbox(default, label=label, visible=False)
    documented = {**parameter.api_info(), "enum": values}
    parameter.api_info = lambda: documented  # type: ignore[method-assign]
    return parameter


class ConvertApi:
    """The endpoints' functions. Every error leaves as ``gr.Error`` with a sentence of the error tree."""

    def __init__(self, runs: Runs, uploads: Uploads) -> None:
        self._runs, self._uploads = runs, uploads

    def convert(
        self,
        file: str | None,
        pages: str,
        ocr: str,
        tables: bool,
        password: str,
        lane: str,
        visitor: str,
        again: bool,
        languages: str,
        request: gr.Request,
    ) -> Iterator[Answer]:
        """Progress at most once a second, then the result."""
        with refusing():
            options = ConvertOptions(
                (pages or "").strip(), ocr_mode(ocr), bool(tables), lane_choice(lane), language_codes(languages or "")
            )
            yield from self._convert(file, options, password or "", caller(request, visitor or ""), again)

    def _convert(
        self, file: str | None, options: ConvertOptions, password: str, visitor: Visitor, again: bool
    ) -> Iterator[Answer]:
        if file is None:
            raise FileMissing
        source = Source(Path(file), Path(file).name, password)
        checked = self._runs.check(source, Origin.API)
        accepted = self._runs.convert(checked, options, Origin.API, visitor, again=again)
        self._uploads.remember(accepted.run_id, source.path)
        yield from self._follow(accepted.run_id, accepted.reused)

    def _follow(self, run_id: str, reused: bool = False) -> Iterator[Answer]:
        last = 0.0
        for view in self._runs.watch(run_id):
            if view.status.ended:
                yield answer(view, reused)
            elif time.monotonic() - last >= SECONDS_BETWEEN_UPDATES:
                last = time.monotonic()
                yield answer(view)

    def status(self, run_id: str) -> Answer:
        with refusing():
            return answer(self._runs.view(run_id or ""))

    def cancel(self, run_id: str) -> Answer:
        with refusing():
            self._runs.cancel(run_id or "")
            return answer(self._runs.view(run_id))

    def estimate(self, page_count: int, pages: str, ocr: str, tables: bool) -> dict[str, object]:
        with refusing():
            options = ConvertOptions((pages or "").strip(), ocr_mode(ocr), bool(tables))
            return asdict(self._runs.estimate(int(page_count), options))

    def resume(
        self, run_id: str, password: str, visitor: str, lane: str, most_pages: int, request: gr.Request
    ) -> Iterator[Answer]:
        """Progress at most once a second, then the result, of the run that continues this one."""
        with refusing():
            choice, by = lane_choice(lane) if lane else None, caller(request, visitor or "")
            successor = self._runs.resume(run_id or "", password or "", Origin.API, by, choice, int(most_pages or 0))
            self._uploads.pass_on(run_id, successor)
            yield from self._follow(successor)

    def delete(self, run_id: str) -> dict[str, object]:
        with refusing():
            view = self._runs.view(run_id or "")
            self._runs.delete(view.run_id)
            remove_copies(view)
            self._uploads.remove(view.run_id)
        return {"run_id": view.run_id, "deleted": True}


def answer(view: RunView, reused: bool = False) -> Answer:
    """The three return values. Raises RunFailed for a run that ended without a result."""
    if view.status is RunStatus.ERROR and not view.exports:
        raise RunFailed(view.error.code, view.error.message) if view.error else InternalError
    if not view.status.ended:
        return "", summary(view), []
    files = [str(served_copy(view, export)) for export in view.exports]
    return whole_markdown(view), summary(view, reused), files


def whole_markdown(view: RunView) -> str:
    """The document as its Markdown file has it; page by page where that file could not be written."""
    export = view.export("md")
    if export is None:
        return "\n\n".join(text.markdown for text in view.texts)
    return export.path.read_text(encoding="utf-8")
