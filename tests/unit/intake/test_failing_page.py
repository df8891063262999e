"""A page on which our own work fails is read once more, by pdfium."""

from pathlib import Path

import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake import child
from pipeline.intake.child import RequestHandler
from pipeline.intake.wire import CellsRequest, Counts, Parser, Trouble
from tests.unit.intake.pdf_files import Page, PdfFile, text


@pytest.mark.parametrize(("failures", "read"), [(1, True), (2, False)])
def test_a_page_that_fails_once_is_read_by_pdfium(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, read: bool
) -> None:
    left = [failures]

    def fail(page: SegmentedPdfPage) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise ValueError("shapes differ")

    monkeypatch.setattr(child, "name_dingbats", fail)
    path = PdfFile([Page(text("Oak boats only"))]).write(tmp_path / "page.pdf")
    file = tmp_path / "cells.json"
    answer = RequestHandler().answer(
        CellsRequest(str(path), "", 1, str(file), Parser.DOCLING, 50_000, str(tmp_path / "none"), 0, 1, 1, 1.0, 10)
    )
    assert isinstance(answer, Counts) is read
    assert (answer is Trouble.UNREADABLE) is not read
    assert file.is_file() is read
