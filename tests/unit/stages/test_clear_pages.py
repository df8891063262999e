"""What was read of a page before its predictions is not read again, unless these change its text."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.pages import RenderedPage, TextLine
from pipeline.stages import clear_pages
from pipeline.stages.clear_pages import SeenPages, is_clear
from pipeline.stages.light_layout.lines import page_lines
from pipeline.stages.replay import FinishedPage, without_network
from tests.documents.committed import FOLDER
from tests.support.rendered_pages import first_page

READ = TextLine("read", 0.9, ((60.0, 60.0), (90.0, 60.0), (90.0, 70.0), (60.0, 70.0)))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[RenderedPage, Path]:
    return first_page(FOLDER / "report_untagged.pdf", tmp_path_factory.mktemp("batch"))


def test_a_page_is_read_once(rendered: tuple[RenderedPage, Path]) -> None:
    page, pixels = rendered
    pages = SeenPages()
    looked = pages.look(page, pixels)
    assert pages.look(page, pixels) is looked
    assert is_clear(looked)
    lines, prediction = page_lines(looked), replace(without_network(page.page), layout_ms=1.0)
    taken = pages.take(FinishedPage(page, prediction, pixels))
    assert taken is looked
    assert page_lines(taken) is lines
    assert taken.prediction is prediction
    assert pages.take(FinishedPage(page, prediction, pixels)) is not looked


def test_lines_that_were_read_and_text_that_is_replaced_are_looked_at_anew(rendered: tuple[RenderedPage, Path]) -> None:
    page, pixels = rendered
    plain = without_network(page.page)
    for finished in (
        FinishedPage(page, replace(plain, lines=(READ,)), pixels),
        FinishedPage(page, replace(plain, skew=1.0), pixels),
        FinishedPage(page, plain, pixels, replace_text=True),
    ):
        pages = SeenPages()
        looked = pages.look(page, pixels)
        assert pages.take(finished) is not looked


def test_few_pages_are_kept_and_none_that_failed(
    rendered: tuple[RenderedPage, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, pixels = rendered
    monkeypatch.setattr(clear_pages, "KEPT", 1)
    pages = SeenPages()
    first, second = (pages.look(replace(page, page=number), pixels) for number in (1, 2))
    assert pages.look(replace(page, page=1), pixels) is first
    assert pages.look(replace(page, page=2), pixels) is not second
    pages.drop(1)
    assert pages.look(replace(page, page=1), pixels) is not first
