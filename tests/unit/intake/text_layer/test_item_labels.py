"""Labels of items that nearly touch their texts."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.text_layer.mending import mend
from tests.support.glyph_readers import glyph_readers

SIZE = 10.0


def read(path: Path, label: str, text: str, gap: float) -> list[str]:
    """The words of a page with a label and, ``gap`` times the type's size behind it, a text."""
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", SIZE)
    canvas.drawString(72, 700, label)
    canvas.drawString(72 + stringWidth(label, "Helvetica", SIZE) + gap * SIZE, 700, text)
    canvas.save()
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        mend(page, *glyph_readers(shown))
    return [cell.text for cell in page.word_cells]


@pytest.mark.parametrize(
    ("label", "text"), [("14.", "Replace the cable"), ("10.", "27 gauges"), ("13.", "A sensor"), ("b)", "masts of oak")]
)
def test_a_gap_behind_a_label_parts_it_from_its_text(tmp_path: Path, label: str, text: str) -> None:
    assert read(tmp_path / "a.pdf", label, text, 0.05) == [label, *text.split()]


@pytest.mark.parametrize("number", [("10.", "27 gauges"), ("3.", "5 m long")])
def test_decimals_stay_whole(tmp_path: Path, number: tuple[str, str]) -> None:
    assert read(tmp_path / "a.pdf", *number, 0.0)[0] == "".join(number).split()[0]
