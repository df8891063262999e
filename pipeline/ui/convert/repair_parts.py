"""The parts of the tab that repairs pages: plain gradio components, tied to nothing yet."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipeline.languages import LANGUAGES
from pipeline.pages import LaneChoice, OcrMode
from pipeline.ui.browser_scripts import script
from pipeline.ui.theme import STATIC
from pipeline.ui.words import LANE_NAMES

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


def build_repair(has_gpu: bool) -> RepairParts:
    """The tab, which is shown for a run that has ended."""
    with gr.Tab("Repair", id="repair", visible=False) as tab, gr.Column(elem_id="repair"):
        advice = gr.HTML(elem_id="repair-advice")
        with gr.Row(elem_id="repair-form"):
            pages = gr.Textbox(
                label="Pages to read again",
                placeholder="Such as 3,7",
                max_lines=1,
                elem_id="repair-pages",
                min_width=150,
            )
            ocr = gr.Radio(
                [("Always", OcrMode.ALWAYS.value), ("Auto", OcrMode.AUTO.value), ("Never", OcrMode.NEVER.value)],
                value=OcrMode.ALWAYS.value,
                label="OCR",
                elem_id="repair-ocr",
                min_width=220,
            )
            languages = gr.Dropdown(
                [(language.name, language.code) for language in LANGUAGES],
                multiselect=True,
                label="Languages of scans",
                elem_id="repair-languages",
                min_width=200,
            )
            lane = gr.Radio(
                [(name, choice.value) for choice, name in LANE_NAMES.items()],
                value=LaneChoice.GPU_THEN_CPU.value,
                label="Runs on",
                visible=has_gpu,
                elem_id="repair-lane",
                min_width=220,
            )
            tables = gr.Checkbox(value=True, label="Recognise tables", elem_id="repair-tables", min_width=160)
        with gr.Row(elem_id="repair-start"):
            read = gr.Button("Read these pages again", size="sm", elem_id="repair-read")
            stop = gr.Button("Stop reading", size="sm", variant="stop", visible=False, elem_id="repair-stop")
        outcome = gr.HTML(js_on_load=script("repair"), elem_id="repair-outcome")
        with gr.Row(elem_id="repair-end"):
            accept = gr.Button("Keep the new pages", size="sm", visible=False, elem_id="repair-accept")
            discard = gr.Button("Discard the second reading", size="sm", visible=False, elem_id="repair-discard")
    signature = gr.State("")
    return RepairParts(
        *(tab, advice, pages, ocr, languages, tables, lane, read, stop, outcome, accept, discard, signature)
    )
