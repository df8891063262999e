"""The endpoints by name, in the order in which readers meet them: one row each.

A run id is a secret its caller was given; whoever has it may read, stop, continue and delete the run. Whoever has the
run's reading id instead may read it. Nobody else can do anything with it, and there is no listing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.settings import Settings
from pipeline.ui.api import parameters
from pipeline.ui.api.convert_api import ConvertApi
from pipeline.ui.api.named_endpoint import add_endpoint
from pipeline.ui.api.parameters import CHOSEN, Parameter, component
from pipeline.ui.convert.downloads import Uploads
from pipeline.ui.ports import Runs

CONVERT_HELP = """Convert one PDF and wait for the result. Returns markdown (the whole document), status (the run's id,
its pages, skipped ones with reasons, options, engines, times) and files (every format, and a ZIP with pictures). While
the run goes on, markdown and files are empty and status tells the progress. A long document is better asked for with
/submit and read with /page."""

SUBMIT_HELP = """Queue one PDF and return at once: status, with the run_id that every other endpoint takes. The run goes
on whether or not anybody asks about it."""

STATUS_HELP = """How a run stands: its progress, skipped pages with reasons, confidence, times. Without texts and files,
so it is cheap to ask every few seconds."""

PAGE_HELP = """One page of a run as soon as it is finished, also while the run goes on: its Markdown (null until then),
how it ended, and how far its text is to be trusted. Pictures are referred to as in the ZIP."""

RESULT_HELP = """The whole document and its files: markdown, status and files as /convert returns them. Markdown and
files are empty until the run has ended; a run that failed as a whole is an error with its code."""

CANCEL_HELP = """Stop a run. Finished pages are kept and exported. Returns its status."""

RESUME_HELP = """Continue a run that was stopped, was interrupted or has failed pages, and wait for the result.
Finished pages are not repeated, also where the CPU has other models than the GPU: bundles in the status names the
models of each page, and on_cpu says beforehand what would be done on the CPU. It is a new run with an id of its own; a
run that is complete or still goes on is returned as it is. Progress and result are those of /convert."""

REPAIR_HELP = """Read some pages of an ended run again with other options, from the PDF that is still there. Returns the
status of a run that reads just these pages and changes nothing of the first. Once it has ended, /compare shows how the
two texts differ, and /accept takes pages over."""

ACCEPT_HELP = """Take pages that /repair read again into their run. Returns the status of a new run that reads nothing
and writes every file anew; rereadings in its status and receipt name the pages and their options. Once it is complete,
the first run's link leads to it."""

DELETE_HELP = """Delete a run's PDF, pages and files now; afterwards there is no such run. A run that still goes on is
refused; stop it first."""

ESTIMATE_HELP = """What a run would take, before it is asked for: pages, seconds, scanned_seconds (if every page has to
be read from its image), wait_seconds before its turn, and gpu with the calls and seconds that would be booked (null
where there is no GPU)."""

LIMITS_HELP = """What this Space takes: every limit by name, with its value, its unit and what happens beyond it."""

MARKDOWN, STATUS, FILES = "markdown", "status", "files"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row. ``returns`` are the labels of its values; ``waits`` says that it lasts as long as a run."""

    name: str
    action: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    returns: tuple[str, ...]
    description: str
    waits: bool = False


def endpoints(api: ConvertApi) -> tuple[Endpoint, ...]:
    """Every endpoint of runs. These are also the tools of the MCP server."""
    run_id, whole = (parameters.RUN_ID,), (MARKDOWN, STATUS, FILES)
    again = (*run_id, parameters.PASSWORD, parameters.VISITOR, parameters.NEW_LANE, parameters.MOST_PAGES)
    options = (parameters.REREAD_PAGES, parameters.REREAD_OCR, parameters.TABLES, parameters.LANGUAGES, parameters.LANE)
    again_read = (*run_id, *options, parameters.PASSWORD, parameters.VISITOR)
    taken_over = (parameters.REREAD_ID, parameters.ACCEPTED_PAGES, parameters.PASSWORD, parameters.VISITOR)
    planned = (parameters.PAGE_COUNT, parameters.PAGES, parameters.OCR, parameters.TABLES, parameters.LANE)
    return (
        Endpoint("convert", api.convert, CHOSEN, whole, CONVERT_HELP, waits=True),
        Endpoint("submit", api.submit, CHOSEN, (STATUS,), SUBMIT_HELP),
        Endpoint("status", api.status, run_id, (STATUS,), STATUS_HELP),
        Endpoint("page", api.page, (*run_id, parameters.PAGE), ("page",), PAGE_HELP),
        Endpoint("result", api.result, run_id, whole, RESULT_HELP),
        Endpoint("cancel", api.cancel, run_id, (STATUS,), CANCEL_HELP),
        Endpoint("resume", api.resume, again, whole, RESUME_HELP, waits=True),
        Endpoint("repair", api.repair, again_read, (STATUS,), REPAIR_HELP),
        Endpoint("accept", api.accept, taken_over, (STATUS,), ACCEPT_HELP),
        Endpoint("delete", api.delete, run_id, (STATUS,), DELETE_HELP),
        Endpoint("estimate", api.estimate, planned, ("estimate",), ESTIMATE_HELP),
        Endpoint("limits", api.limits, (), ("limits",), LIMITS_HELP),
    )


def add_endpoints(runs: Runs, settings: Settings, uploads: Uploads) -> None:
    """Add the endpoints to the page under construction. Those that wait share the queue of the page's own runs."""
    made: dict[Parameter | str, Any] = {}
    for endpoint in endpoints(ConvertApi(runs, settings, uploads)):
        _add(endpoint, settings.concurrency + settings.queue_size, made)


def _add(endpoint: Endpoint, waiting: int, made: dict[Parameter | str, Any]) -> None:
    inputs = [_input(parameter, made) for parameter in endpoint.parameters]
    outputs = [_output(label, made) for label in endpoint.returns]
    limits: dict[str, Any] = {"concurrency_id": "convert", "concurrency_limit": waiting} if endpoint.waits else {}
    add_endpoint(
        endpoint.name, endpoint.action, endpoint.parameters, outputs, endpoint.description, inputs=inputs, **limits
    )


def _input(parameter: Parameter, made: dict[Parameter | str, Any]) -> Any:
    if parameter not in made:
        made[parameter] = component(parameter)
    return made[parameter]


def _output(label: str, made: dict[Parameter | str, Any]) -> Any:
    if label in made:
        return made[label]
    if label == FILES:
        made[label] = gr.File(label=label, file_count="multiple", visible=False)
    else:
        kind = gr.Textbox if label == MARKDOWN else gr.JSON
        made[label] = kind(label=label, visible=False)
    return made[label]
