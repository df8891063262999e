"""Turned pages."""

import numpy as np
import pytest

from pipeline.models.turned_page import TurnedPage, rows_of
from pipeline.pages import Box

WIDTH, HEIGHT = 60, 90
BOX = Box(10, 20, 25, 70)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_image_points_and_boxes_turn_together(turn: int) -> None:
    frame = TurnedPage(turn, WIDTH, HEIGHT)
    image = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    image[int(BOX.top) : int(BOX.bottom), int(BOX.left) : int(BOX.right)] = 255

    upright = frame.upright_image(image)
    rows, columns = np.nonzero(upright[:, :, 0])
    box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    corners = frame.upright(np.array([[BOX.left, BOX.top], [BOX.right, BOX.bottom]], dtype=np.float32))

    assert frame.on_page(box) == BOX
    assert (corners[:, 0].min(), corners[:, 1].min()) == (box.left, box.top)
    assert (corners[:, 0].max(), corners[:, 1].max()) == (box.right, box.bottom)


def test_text_that_runs_down_the_page_is_turned_once() -> None:
    image = np.zeros((3, 2, 3), dtype=np.uint8)
    image[0, 1] = 7  # where such text starts: the upper right corner
    assert TurnedPage(1, 2, 3).upright_image(image)[0, 0, 0] == 7


def test_rows_begin_a_gap_below_the_last() -> None:
    centers = np.array([[90, 31], [10, 12], [50, 10], [10, 30]], dtype=np.float32)
    assert rows_of(centers, 5).tolist() == [1, 0, 0, 1]
