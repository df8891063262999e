"""The parameters of the endpoints: one row each with its meaning, and the check that a value passes before anything is
queued.

gradio shows a row's meaning in its API view and gives it to MCP clients. A value that fails its check is answered with
HTTP 422, one sentence and a code, at the request that brings it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import gradio as gr
from gradio.components import Component

from pipeline.errors import FileAndUrl, FileMissing, FolioError, NumberMalformed, PageRangeMalformed, VisitorMalformed
from pipeline.formats import PictureForm, TableForm
from pipeline.languages import language_codes
from pipeline.pages import RANGE_DASHES, LaneChoice, OcrMode
from pipeline.runs.visitors import TOKEN
from pipeline.ui.api.refusals import one_of, sentence_and_code

PAGE_RANGE_CHARACTERS = frozenset(f"0123456789-{RANGE_DASHES},; \t")

FILE_EXAMPLE = {"path": "report.pdf", "url": "report.pdf", "meta": {"_type": "gradio.FileData"}}
ID_EXAMPLE = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, what it means, how its component is made, and the check of its values, if any.

    ``choices`` are its values where these are few; ``example`` stands for a value where there is no default.
    """

    name: str
    meaning: str
    make: Callable[[], Component]
    check: Callable[[Any], object] | None = None
    choices: tuple[str, ...] = ()
    example: object = field(default=None, hash=False)


def _whole_number(name: str, least: int) -> Callable[[Any], object]:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < least:
            raise NumberMalformed(name, least)

    return check


def _page_range(value: Any) -> None:
    """Only what no document could make right is refused here."""
    if set(str(value or "")) - PAGE_RANGE_CHARACTERS:
        raise PageRangeMalformed(str(value))


def _visitor(value: Any) -> None:
    if value and not TOKEN.fullmatch(str(value)):
        raise VisitorMalformed


def _text(name: str, default: str | None = "") -> Callable[[], Component]:
    return lambda: gr.Textbox(default, label=name, visible=False)


def _number(name: str, default: int | None = None) -> Callable[[], Component]:
    return lambda: gr.Number(default, label=name, precision=0, visible=False)


def _switch(name: str, default: bool) -> Callable[[], Component]:
    return lambda: gr.Checkbox(default, label=name, visible=False)


def _choice(name: str, meaning: str, usual: StrEnum) -> Parameter:
    """A parameter that takes the values of an enumeration, by default ``usual``."""
    choices = type(usual)
    values = tuple(choice.value for choice in choices)
    return Parameter(name, meaning, _text(name, usual.value), lambda value: one_of(choices, name, value), values)


def _id(name: str, meaning: str) -> Parameter:
    """A parameter that names a run or a record, and has to be given."""
    return Parameter(name, meaning, _text(name, None), example=ID_EXAMPLE)


RUN_ID = _id("run_id", "The secret id of the run, from /submit or /convert; to read it, its reading_id serves too.")
FILE = Parameter(
    "file",
    "The PDF to convert; the client uploads it. Left out where url names one.",
    lambda: gr.File(label="file", visible=False),
    example=FILE_EXAMPLE,
)
PAGES = Parameter("pages", "A range such as 1-3,7; empty for every page.", _text("pages"), _page_range)
OCR = _choice(
    "ocr", "Whether text is read from the page image: auto where a page needs it, always, or never.", OcrMode.AUTO
)
TABLES = Parameter("tables", "Whether table structure is recognised.", _switch("tables", True))
PASSWORD = Parameter("password", "Of an encrypted PDF; it is never stored.", _text("password"))
LANE = _choice(
    "lane",
    "gpu_then_cpu goes on on the CPU where the GPU refuses, gpu stops there, cpu uses no GPU.",
    LaneChoice.GPU_THEN_CPU,
)
VISITOR = Parameter(
    "visitor",
    "Who you are: 32 random hexadecimal digits that you keep secret. The same work of the same visitor is answered by "
    "its earlier result. Empty: nothing is found again.",
    _text("visitor"),
    _visitor,
)
AGAIN = Parameter("again", "Convert even if there is an earlier result.", _switch("again", False))
LANGUAGES = Parameter(
    "languages",
    "Codes of the languages of scanned text, such as ru,en; empty: found out page by page.",
    _text("languages"),
    lambda value: language_codes(str(value or "")),
)
SPANS = _choice(
    "spans",
    "How tables with spans are written in Markdown: html, or pipes, which repeat a cell where it spans.",
    TableForm.HTML,
)
PICTURES = _choice(
    "pictures", "Pictures in the Markdown file: none, linked (to the ZIP's files) or embedded.", PictureForm.NONE
)
PAGE_MARKERS = Parameter(
    "page_markers",
    "Whether a comment stands in the Markdown where each page begins.",
    _switch("page_markers", False),
)
URL = Parameter(
    "url",
    "The address of a PDF on the web, in place of file; it has to be public, and is fetched under the limits of an "
    "upload.",
    _text("url"),
)
NEW_LANE = Parameter(
    "lane",
    "In place of the run's own lane; empty keeps that.",
    _text("lane"),
    lambda value: one_of(LaneChoice, "lane", value) if value else None,
    ("", *LANE.choices),
)
MOST_PAGES = Parameter(
    "most_pages",
    "Convert at most so many further pages; 0 for all.",
    _number("most_pages", 0),
    _whole_number("most_pages", 0),
)
REREAD_PAGES = Parameter(
    "pages",
    "A range such as 3,7 of the run's pages; empty for those that failed or whose text is doubtful.",
    _text("pages"),
    _page_range,
)
REREAD_OCR = _choice("ocr", "Whether text is read from the page image: auto, always or never.", OcrMode.ALWAYS)
ACCEPTED_PAGES = Parameter(
    "pages", "Of the pages that were read again, those to be taken over; empty for all.", _text("pages"), _page_range
)
REREAD_ID = _id("run_id", "The secret id of the run that read pages again, from /repair.")
PAGE_COUNT = Parameter("page_count", "Pages of the PDF.", _number("page_count"), _whole_number("page_count", 1))
PAGE = Parameter("page", "The page's number in the PDF, from 1.", _number("page"), _whole_number("page", 1))
LEFT = _id("left", "A run's id or link.")
RIGHT = _id("right", "The id or link of the run to compare it with.")
FIRST = Parameter("first", "How many to leave out from the beginning.", _number("first", 0), _whole_number("first", 0))
LIMIT = Parameter("limit", "How many to return, at most 100.", _number("limit", 20))
RECORD_ID = _id("record_id", "The public id of a record, from /runs or a run's status.")
SELECTION = tuple(
    Parameter(name, meaning, _text(name))
    for name, meaning in (
        ("search", "Words that must occur in the record."),
        ("status", "How the run ended: ok, partial, error or cancelled."),
        ("bundle", "The models that read it, such as light."),
        ("space", "The Space that ran it."),
        ("day", "The day on which it began, such as 2026-08-14."),
    )
)
ROLE = Parameter("role", "A worker: inbox, analysis, test-planning or tuning.", _text("role"))
PAUSED = Parameter("paused", "Whether it pauses.", _switch("paused", True))
CHOSEN = (FILE, PAGES, OCR, TABLES, PASSWORD, LANE, VISITOR, AGAIN, LANGUAGES, SPANS, PICTURES, PAGE_MARKERS, URL)
"""What a conversion is asked with."""


def component(parameter: Parameter) -> Component:
    """The parameter's hidden component, documented by its meaning.

    Methods are replaced on the instance, since gradio writes a stub file beside every module that derives a component.
    A choice is documented and left to the parameter's check, whose refusal has a code.
    """
    made = parameter.make()
    described = {"description": parameter.meaning, "additional_description": parameter.meaning}
    documented = {**made.api_info(), **described, **({"enum": list(parameter.choices)} if parameter.choices else {})}
    made.api_info = lambda: documented  # type: ignore[method-assign]
    if parameter.example is not None:
        made.example_payload = lambda: parameter.example  # type: ignore[method-assign]
    return made


def checker(parameters: tuple[Parameter, ...]) -> Callable[..., list[dict[str, Any]]]:
    """What gradio asks about a call's values, in the parameters' order, before it queues the call."""

    def check(*values: Any) -> list[dict[str, Any]]:
        given = {parameter.name: value for parameter, value in zip(parameters, values, strict=True)}
        return [_checked(parameter, given) for parameter in parameters]

    return check


def one_document(file: object, url: object) -> None:
    """Raises FileMissing where neither names a document, and FileAndUrl where both do."""
    if file and url:
        raise FileAndUrl
    if not file and not url:
        raise FileMissing


def _checked(parameter: Parameter, given: Mapping[str, Any]) -> dict[str, Any]:
    sentence = ""
    try:
        if parameter.check is not None:
            parameter.check(given[parameter.name])
        if parameter is URL:
            one_document(given[FILE.name], given[URL.name])
    except FolioError as error:
        sentence = sentence_and_code(error)
    answer: dict[str, Any] = gr.validate(not sentence, sentence)
    return answer
