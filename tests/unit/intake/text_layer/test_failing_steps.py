"""What a step of the mending costs that fails on a page."""

from pathlib import Path

import pytest

from pipeline.intake.text_layer import mending
from pipeline.intake.text_layer.mending import TextLayer
from tests.unit.intake.pdf_files import Page, PdfFile, text
from tests.unit.intake.text_layer.test_mending import lines, mended


def test_a_step_that_fails_leaves_the_page_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(layer: TextLayer) -> None:
        layer.lines, layer.words = [], []
        raise ValueError("shapes differ")

    path = PdfFile([Page(text("Oak boats only"))]).write(tmp_path / "page.pdf")
    monkeypatch.setattr(mending, "STEPS", (lose, *mending.STEPS))
    with pytest.warns(RuntimeWarning, match="lose was left out: shapes differ"):
        page = mended(path)
    assert lines(page) == ["Oak boats only"]
