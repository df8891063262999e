"""Panels in pale shades: what stands in one is read by itself; a table's shaded rows and columns stay in the table."""

from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import line, paragraph, region, sheet
from tests.support.printed_pages import first_page_markdown

GOODS = [
    f"{number * 20} g of {name}" for number, name in enumerate(["rye", "plums", "butter", "sugar", "flour", "salt"], 1)
]
STEPS = "Rub the butter into the flour until no piece is larger than a lentil and let it rest for an hour in the cold."


def recipe(path: Path, shade: str) -> Path:
    """A panel with a list at the left of a paragraph, whose lines stand at other heights."""
    canvas = Canvas(str(path), (420, 300))
    canvas.setFillColor(HexColor(shade))
    canvas.rect(30, 110, 130, 140, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#000000"))
    canvas.setFont("Helvetica", 10)
    for number, text in enumerate(GOODS):
        canvas.drawString(40, 230 - 20 * number, text)
    words = STEPS.split()
    for number in range(0, len(words), 3):
        canvas.drawString(180, 236 - 14 * number // 3, " ".join(words[number : number + 3]))
    canvas.save()
    return path


@pytest.mark.parametrize("shade", ["#f0f0f0", "#f6ecd9"])
def test_a_list_in_a_pale_panel_is_read_before_the_text_beside_it(tmp_path: Path, shade: str) -> None:
    read = " ".join(first_page_markdown(recipe(tmp_path / "recipe.pdf", shade), tmp_path).split())
    places = [read.index(text) for text in GOODS]
    assert places == sorted(places)
    assert STEPS in read
    assert places[-1] < read.index("Rub the butter")


def framed(step: float) -> list[LayoutLabel]:
    """The labels of a predicted table: a frame with rows ``step`` points apart, beside rows 14 points apart."""
    inner = [line("a name of a row", 70, 106 + step * number) for number in range(6)]
    page = sheet(
        [*inner, *paragraph(6, 250, 106, text="and words beside it")], region(LayoutLabel.TABLE, (60, 95, 560, 240))
    )
    page = replace(page, frames=(Box(60, 95, 200, 240),))
    return [found.label for found in regions(page) if found.label is LayoutLabel.TABLE]


def test_a_frame_beside_text_is_no_column_of_a_table() -> None:
    assert framed(14.0) == [LayoutLabel.TABLE], "a shaded first column"
    assert framed(19.0) == []
