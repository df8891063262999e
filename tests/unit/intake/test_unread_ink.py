"""Which ink looks like lines of print, and is in no text layer."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.intake.planning import needs_ocr
from pipeline.intake.unread_ink import LEAST_FIELDS, printed_fields
from pipeline.pages import OcrMode, PageFacts, PageSize

SIDES = (400, 300)


def print_on(paper: int, ink: int) -> NDArray[np.uint8]:
    image = Image.new("L", SIDES, paper)
    pen = ImageDraw.Draw(image)
    for row in range(5):
        pen.text((30, 40 + 16 * row), "Whoever finds the key shall bring it back at noon", fill=ink)
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


@pytest.mark.parametrize("page", [bars(), matrix_code(), photograph()], ids=["bars", "code", "photograph"])
def test_other_ink_is_not_taken_for_print(page: NDArray[np.uint8]) -> None:
    assert printed_fields(page).sum() < LEAST_FIELDS


def test_a_good_page_with_unread_lines_is_read_from_its_image() -> None:
    good = PageFacts(1, PageSize(600, 800), 40, 3000, 0, 0.0, 0.1)
    pictured = PageFacts(1, PageSize(600, 800), 40, 3000, 0, 0.0, 0.1, unread_share=0.02)
    assert [needs_ocr(facts, OcrMode.AUTO) for facts in (good, pictured)] == [False, True]
    assert not needs_ocr(pictured, OcrMode.NEVER)
