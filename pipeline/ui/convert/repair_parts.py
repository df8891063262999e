"""The parts of the tab that repairs pages: plain gradio components, tied to nothing yet."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.pages import LaneChoice, OcrMode
from pipeline.ui.browser_scripts import script
from pipeline.ui.convert.part_words import PartWords, lane_choices, language_choices, named_choices
from pipeline.ui.theme import STATIC

REPAIR_STYLE = STATIC / "repair.css"


@dataclass(frozen=True, slots=True)
class RepairParts:
    """What is asked (which pages, with which options), the buttons that read and stop, and the ``outcome``: progress,
    then both texts beside each other with a choice for each page, which ``accept`` and ``discard`` end.
    """

    tab: gr.Tab
    advice: gr.HTML
    pages: gr.Textbox
    ocr: gr.Radio
    languages: gr.Dropdown
    tables: gr.Checkbox
    lane: gr.Radio
    read: gr.Button
    stop: gr.Button
    outcome: gr.HTML
    accept: gr.Button
    discard: gr.Button
    signature: gr.State

    @property
    def asked(self) -> set[Any]:
        """The parts that hold what is asked."""
        return {self.pages, self.ocr, self.languages, self.tables, self.lane}

    def all(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def build_repair(has_gpu: bool, words: PartWords) -> RepairParts:
    """The tab, which is shown for a run that has ended."""
    small: dict[str, Any] = {"size": "sm"}
    hidden: dict[str, Any] = {"size": "sm", "visible": False}
    tab = words.part(gr.Tab, {"label": "repair.tab"}, id="repair", visible=False)
    with tab, gr.Column(elem_id="repair"):
        advice = gr.HTML(elem_id="repair-advice")
        with gr.Row(elem_id="repair-form"):
            asked = _build_options(has_gpu, words)
        with gr.Row(elem_id="repair-start"):
            read = words.part(gr.Button, {"value": "repair.read"}, **small, elem_id="repair-read")
            stop = words.part(gr.Button, {"value": "repair.stop"}, **hidden, variant="stop", elem_id="repair-stop")
        outcome = gr.HTML(js_on_load=script("repair"), elem_id="repair-outcome")
        with gr.Row(elem_id="repair-end"):
            accept = gr.Button(**hidden, elem_id="repair-accept")
            discard = words.part(gr.Button, {"value": "repair.discard"}, **hidden, elem_id="repair-discard")
    return RepairParts(tab, advice, *asked, read, stop, outcome, accept, discard, gr.State(""))


def _build_options(has_gpu: bool, words: PartWords) -> tuple[gr.Textbox, gr.Radio, gr.Dropdown, gr.Checkbox, gr.Radio]:
    """Which pages are read again, and how."""
    pages = words.part(
        gr.Textbox,
        {"label": "repair.pages", "placeholder": "repair.pages_hint"},
        max_lines=1,
        elem_id="repair-pages",
        min_width=150,
    )
    ocr = words.part(
        gr.Radio,
        {"choices": named_choices("form.ocr", (OcrMode.ALWAYS, OcrMode.AUTO, OcrMode.NEVER))},
        value=OcrMode.ALWAYS.value,
        label="OCR",
        elem_id="repair-ocr",
        min_width=220,
    )
    languages = words.part(
        gr.Dropdown,
        {"choices": language_choices, "label": "form.languages"},
        multiselect=True,
        elem_id="repair-languages",
        min_width=200,
    )
    lane = words.part(
        gr.Radio,
        {"choices": lane_choices, "label": "form.lane"},
        value=LaneChoice.GPU_THEN_CPU.value,
        visible=has_gpu,
        elem_id="repair-lane",
        min_width=220,
    )
    tables = words.part(gr.Checkbox, {"label": "form.tables"}, value=True, elem_id="repair-tables", min_width=160)
    return pages, ocr, languages, tables, lane
