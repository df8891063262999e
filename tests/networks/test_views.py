"""What the layout network gets to see."""

import cv2
import numpy as np
import pytest

from pipeline.models.images import Pixels
from pipeline.models.views import facing_pages, on_white_paper


def page(
    width: int, height: int, paper: tuple[int, int, int] = (255, 255, 255), ink: tuple[int, int, int] = (0, 0, 0)
) -> Pixels:
    """Two columns of lines, with nothing between them."""
    image = np.full((height, width, 3), paper, dtype=np.uint8)
    for top in range(40, height - 40, 40):
        image[top : top + 12, 40 : width // 2 - 40] = ink
        image[top : top + 12, width // 2 + 40 : width - 40] = ink
    return image


def test_a_wide_page_with_an_empty_middle_is_two_pages() -> None:
    image = page(1200, 800)
    left, right = facing_pages(image)
    assert (left.left, left.pixels.shape, right.left, right.pixels.shape) == (0, (800, 600, 3), 600, (800, 600, 3))
    assert np.array_equal(right.pixels, image[:, 600:])


def test_a_fold_down_the_middle_does_not_join_the_pages() -> None:
    image = page(1200, 800, paper=(210, 210, 230))
    image[:, 598:602] = 90
    assert len(facing_pages(image)) == 2


def test_a_line_across_the_middle_makes_it_one_page() -> None:
    image = page(1200, 800)
    image[100:112, 40:1160] = 0
    assert len(facing_pages(image)) == 1


@pytest.mark.parametrize(("width", "height"), [(800, 1200), (800, 800), (2000, 800)])
def test_portrait_square_and_very_wide_pages_stay_whole(width: int, height: int) -> None:
    assert len(facing_pages(page(width, height))) == 1


def test_white_paper_is_left_alone() -> None:
    image = page(400, 600, ink=(200, 30, 30))
    assert on_white_paper(image) is image


@pytest.mark.parametrize(
    ("paper", "ink"), [((29, 54, 72), (240, 240, 240)), ((204, 212, 236), (20, 60, 150)), ((250, 220, 120), (0, 0, 0))]
)
def test_coloured_paper_becomes_white_and_its_ink_black(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    white = on_white_paper(page(400, 600, paper, ink))
    assert np.unique(white).tolist() == [0, 255]
    assert white[0, 0].tolist() == [255, 255, 255]


def test_a_photograph_has_no_paper() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    photograph = np.asarray(cv2.resize(noise, (400, 600)), dtype=np.uint8)
    assert on_white_paper(photograph) is photograph
