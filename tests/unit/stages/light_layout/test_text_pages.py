"""Which pages are running text, so that no layout network is asked about them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.pages import RenderedPage
from pipeline.pixels import PIXELS
from pipeline.stages.clear_pages import SeenPages, is_clear
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.text_pages import is_running_text
from pipeline.stages.replay import ReplayPage
from tests.documents.committed import FOLDER
from tests.support.layout_pages import FIXED, line, paragraph
from tests.support.rendered_pages import first_page

BODY = paragraph(8, 60, 100)


def test_one_column_of_text_below_headings_is_running_text() -> None:
    heading = line("Where the ferry leaves", 60, 70, height=16.0, pitch=8.0)
    items = [line(f"- item {n} of the list", 70, 240 + 14 * n) for n in range(3)]
    assert is_running_text([heading, *BODY, *items])


def test_pieces_beside_each_other_are_none_of_a_column_but_at_the_head_and_the_foot() -> None:
    head = [line("Handbook", 60, 40), line("Ferries", 480, 40)]
    foot = [line("Issue 4", 60, 760), line("12", 520, 760)]
    assert is_running_text([*head, *BODY, *foot])
    beside = line("Net weight", 480, BODY[4].box.top)
    assert not is_running_text([*head, *BODY, beside, *foot])


@pytest.mark.parametrize(
    "lines",
    [
        [],
        BODY[:3],
        [line(f"all of it in typewriter type, line {n}", 60, 100 + 14 * n, font=FIXED) for n in range(8)],
        [*BODY, line("E = m + c", 120, 240)],
        [*BODY, replace(BODY[0], box=replace(BODY[0].box, left=20, right=30, top=100, bottom=300))],
    ],
    ids=["nothing", "few lines", "typewriter", "formula", "upright text"],
)
def test_other_pages_are_for_the_network(lines: Sequence[LayoutLine]) -> None:
    assert not is_running_text(lines)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[RenderedPage, Path]:
    """A page of text and a heading, without tags, and its pixel file."""
    return first_page(FOLDER / "report_untagged.pdf", tmp_path_factory.mktemp("batch"))


def seen(page: RenderedPage, pixels: Path) -> ReplayPage:
    return SeenPages().look(page, pixels)


def test_a_page_that_shows_more_than_its_text_is_for_the_network(rendered: tuple[RenderedPage, Path]) -> None:
    page, pixels = rendered
    assert is_clear(seen(page, pixels))
    for facts in (
        replace(page.facts, image_share=0.01),
        replace(page.facts, ink_share=0.03),  # less may be rules, and is looked at
        replace(page.facts, unread_share=0.01),
        replace(page.facts, garbled_share=0.01),
        replace(page.facts, doubtful_characters=1),
    ):
        assert not is_clear(seen(replace(page, facts=facts), pixels))


def drawn(path: Path, *drawings: Callable[[Canvas], None]) -> bool:
    """Whether a page of text with these drawings is clear."""
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont("Times-Roman", 11)
    for row in range(30):
        text = "The ferry leaves the northern quay at nine and carries lamps and salt"
        canvas.drawString(90, 740 - 15 * row - 10 * (row // 5), text)
    for draw in drawings:
        draw(canvas)
    canvas.save()
    return is_clear(seen(*first_page(path, path.parent)))


def rules(canvas: Canvas) -> None:
    """A rule below the head and one above the foot, and a frame around a paragraph."""
    canvas.setLineWidth(1.5)
    canvas.line(60, 770, 540, 770)
    canvas.line(60, 60, 540, 60)
    canvas.rect(80, 666, 400, 86)


def curves(canvas: Canvas) -> None:
    """What a chart may draw, in less ink than ``rules``."""
    canvas.setLineWidth(1.5)
    for x in range(100, 500, 50):
        canvas.line(x, 100, x + 45, 165)


def axes(canvas: Canvas) -> None:
    """Of a chart, too: as wide as the text, and a line that runs down."""
    canvas.setLineWidth(3)
    canvas.line(90, 100, 480, 100)
    canvas.line(90, 100, 90, 180)


def empty(canvas: Canvas) -> None:
    canvas.setLineWidth(3)
    canvas.rect(90, 100, 390, 80)


def figure(canvas: Canvas) -> None:
    """A thin curve in a frame with its caption."""
    canvas.setLineWidth(1.5)
    canvas.rect(80, 90, 400, 160)
    canvas.drawString(95, 100, "Figure 3 The height of the tide over a day at the northern quay of Pellam")
    canvas.bezier(160, 150, 220, 230, 300, 130, 400, 190)


def beside(canvas: Canvas) -> None:
    """A drawing beside few words in a frame."""
    canvas.setLineWidth(1.5)
    canvas.rect(80, 90, 400, 60)
    canvas.drawString(95, 135, "Figure 3")
    canvas.drawString(95, 115, "The tide")
    canvas.bezier(260, 100, 300, 140, 360, 100, 440, 140)


def bar(canvas: Canvas) -> None:
    canvas.rect(100, 100, 300, 60, fill=1)


def dashes(canvas: Canvas) -> None:
    canvas.setLineWidth(3)
    for x in range(90, 480, 100):
        canvas.line(x, 100, x + 90, 100)


def test_wide_rules_and_frames_around_text_need_no_network(tmp_path: Path) -> None:
    assert drawn(tmp_path / "a.pdf", rules)


@pytest.mark.parametrize(
    "drawing", [curves, axes, empty, figure, beside, bar, dashes], ids=lambda drawing: drawing.__name__
)
def test_other_drawings_are_for_the_network(tmp_path: Path, drawing: Callable[[Canvas], None]) -> None:
    assert not drawn(tmp_path / "a.pdf", drawing)
    assert not drawn(tmp_path / "b.pdf", rules, drawing)


def test_a_page_whose_words_cannot_be_read_is_for_the_network(
    rendered: tuple[RenderedPage, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert not is_clear(seen(rendered[0], tmp_path / PIXELS))
    assert "the lines of page 1 could not be read" in caplog.text
