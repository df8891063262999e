"""Comparing two runs' text, for programs: ``/compare``. It reads what the two secret links open, and nothing else."""

from typing import Any

import gradio as gr

from pipeline.history.difference import DifferenceLine, Mark
from pipeline.ui.api.named_endpoint import add_endpoint
from pipeline.ui.api.parameters import FIRST, LEFT, RIGHT
from pipeline.ui.api.refusals import refusing
from pipeline.ui.ports import Runs
from pipeline.ui.text_comparison import CHANGES_AT_ONCE, ComparedPage, TextComparison, compare_texts, open_run

COMPARISONS_AT_ONCE = 2

COMPARE_HELP = f"""Compare the Markdown of two runs page by page. Returns left and right (record ids), pages (each
page's number and whether it is equal, changed, left_only or right_only), differing (their number), and differences: up
to {CHANGES_AT_ONCE} differing pages from first on, each with its lines as a text difference shows them. Lines are null
where a page is too long to be compared line by line."""


def add_compare_endpoint(runs: Runs) -> None:
    """Add the endpoint to the page under construction."""
    add_endpoint(
        "compare",
        CompareApi(runs).compare,
        (LEFT, RIGHT, FIRST),
        gr.JSON(label="comparison", visible=False),
        COMPARE_HELP,
        concurrency_limit=COMPARISONS_AT_ONCE,
    )


class CompareApi:
    """The endpoint's function. Every error leaves as ``gr.Error`` with a sentence of the error tree."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def compare(self, left: str, right: str, first: float = 0) -> dict[str, Any]:
        with refusing():
            old, new = open_run(self._runs, left or ""), open_run(self._runs, right or "")
            return _comparison(compare_texts(old, new, int(first or 0)))


def _comparison(comparison: TextComparison) -> dict[str, Any]:
    return {
        "left": comparison.left.record_id,
        "right": comparison.right.record_id,
        "pages": [{"page": page.page, "change": page.change.value} for page in comparison.changes],
        "differing": comparison.differing,
        "first": comparison.first,
        "differences": [_difference(page) for page in comparison.shown],
    }


def _difference(page: ComparedPage) -> dict[str, Any]:
    lines = None if page.lines is None else [_text(line) for line in page.lines]
    return {"page": page.page, "change": page.change.value, "lines": lines}


def _text(line: DifferenceLine) -> str:
    """As ``diff`` writes it: a mark, a blank and the line; ``… 12`` for lines left out."""
    return f"{line.mark} {line.skipped if line.mark is Mark.SKIPPED else line.text}"
