"""Which ink looks like lines of print, and is in no text layer."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.intake.planning import INKED, needs_ocr
from pipeline.intake.reader import PdfReader
from pipeline.intake.unread_ink import LEAST_FIELDS, ink_share, printed_fields
from pipeline.pages import OcrMode, PageFacts, PageSize, RenderedPage
from tests.unit.intake.pdf_files import Page, PdfFile, stream, text

SIDES = (400, 300)


def print_on(paper: int, ink: int) -> NDArray[np.uint8]:
    image = Image.new("L", SIDES, paper)
    pen = ImageDraw.Draw(image)
    for row in range(5):
        pen.text((30, 40 + 16 * row), "Whoever finds the key shall bring it back at noon", fill=ink)
    return np.asarray(image)


def ruled_cells() -> NDArray[np.uint8]:
    """A table of short cells, each in a frame as high as its row, as a picture of a screen shows it."""
    image = Image.new("L", SIDES, 255)
    pen = ImageDraw.Draw(image)
    for row, column in np.ndindex(7, 6):
        left, top = 30 + 40 * column, 40 + 16 * row
        pen.rectangle((left, top, left + 40, top + 16), outline=0)
        pen.text((left + 6, top + 3), f"{311 * (row + 7) + 83 * column:,}", fill=0)
    return np.asarray(image)


def bars() -> NDArray[np.uint8]:
    return np.tile(np.where(np.arange(SIDES[0]) % 4 < 2, 255, 0).astype(np.uint8), (SIDES[1], 1))


def matrix_code() -> NDArray[np.uint8]:
    page = np.full((SIDES[1], SIDES[0]), 255, dtype=np.uint8)
    cells = np.random.default_rng(1).integers(0, 2, (45, 45)) * 255
    page[100:190, 100:190] = cells.repeat(2, axis=0).repeat(2, axis=1)
    return page


def photograph() -> NDArray[np.uint8]:
    across, down = np.meshgrid(np.linspace(0, 9, SIDES[0]), np.linspace(0, 7, SIDES[1]))
    noise = np.random.default_rng(2).normal(0, 25, across.shape)
    return np.asarray((120 + 70 * np.sin(across) * np.cos(down) + noise).clip(0, 255), dtype=np.uint8)


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (240, 110), (20, 230)])
def test_lines_of_print_are_seen(paper: int, ink: int) -> None:
    assert printed_fields(print_on(paper, ink)).sum() >= 4 * LEAST_FIELDS


def test_print_in_the_cells_of_a_table_is_seen_between_its_rules() -> None:
    assert printed_fields(ruled_cells()).sum() >= 2 * LEAST_FIELDS


@pytest.mark.parametrize("page", [bars(), matrix_code(), photograph()], ids=["bars", "code", "photograph"])
def test_other_ink_is_not_taken_for_print(page: NDArray[np.uint8]) -> None:
    assert printed_fields(page).sum() < LEAST_FIELDS


def test_a_good_page_with_unread_lines_is_read_from_its_image() -> None:
    good = PageFacts(1, PageSize(600, 800), 40, 3000, 0, 0.0, 0.1)
    pictured = PageFacts(1, PageSize(600, 800), 40, 3000, 0, 0.0, 0.1, unread_share=0.02)
    assert [needs_ocr(facts, OcrMode.AUTO) for facts in (good, pictured)] == [False, True]
    assert not needs_ocr(pictured, OcrMode.NEVER)


def test_ink_is_what_differs_from_the_paper() -> None:
    page = np.full((200, 100), 230, dtype=np.uint8)
    assert ink_share(page) == 0
    page[:20] = 20
    assert ink_share(page) == pytest.approx(0.1)
    assert ink_share(255 - page) == pytest.approx(0.1)


BLOCKS = b"".join(b" %d 300 24 90 re f" % x for x in range(120, 360, 40))  # large letters, as good as
WATERMARK = b" BT /F1 90 Tf 0.7 0.7 -0.7 0.7 120 120 Tm (SAMPLE) Tj ET"


@pytest.mark.parametrize(
    ("content", "ocr"),
    [
        (text("Annual Report", size=60), False),
        (text("12") + BLOCKS, True),
        (WATERMARK + BLOCKS, True),
        (b"q 340 0 0 36 115 310 cm /I Do Q " + text("Annual Report", x=110, y=310, size=60, mode=3), True),
    ],
    ids=["words", "outlines", "watermark", "scan with somebody's OCR"],
)
def test_ink_that_is_no_word_is_read_where_there_are_few_words(
    content: bytes, ocr: bool, reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    scan = stream(
        bytes((255, 0)) * 8,
        b"/Type /XObject /Subtype /Image /Width 16 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray",
    )
    document = PdfFile([Page(content, resources=b"/XObject << /I 4 0 R >>")], [scan])
    [page] = reader.render(document.write(tmp_path / "a.pdf"), "", (1,), out_dir)
    assert isinstance(page, RenderedPage)
    assert page.facts.unread_share == 0
    assert (page.facts.ink_share >= INKED) is ocr
    assert needs_ocr(page.facts, OcrMode.AUTO) is ocr
