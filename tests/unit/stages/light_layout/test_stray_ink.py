"""Ink that belongs to nothing known, in pixels at 144 dpi, so that 2 pixels are a point."""

import numpy as np
import pytest

from pipeline.pages import Box
from pipeline.stages.light_layout.stray_ink import stray_ink

RULE, WORD = Box(20, 100, 160, 100), Box(30, 25, 45, 29)


def test_known_boxes_hold_no_stray_ink() -> None:
    image = np.full((400, 600), 255, dtype=np.uint8)
    image[199:202, 40:321] = 0
    image[48:60, 58:92] = 0  # letters reach beyond a word's box
    drawn = int((image == 0).sum())
    assert stray_ink(image, 2.0, []) == drawn / image.size
    assert stray_ink(image, 2.0, [RULE]) == 12 * 34 / image.size
    assert stray_ink(image, 2.0, [RULE, WORD]) == 0
    image[300:310, 100:110] = 0
    assert stray_ink(image, 2.0, [RULE, WORD]) == 100 / image.size


@pytest.mark.parametrize("shade", [90, 255])
def test_a_part_of_a_page_is_looked_at_by_itself(shade: int) -> None:
    image = np.full((400, 600), shade, dtype=np.uint8)
    image[50:58, 60:90] = 180
    part = image[40:100, 40:200]
    assert stray_ink(part, 2.0, [], 40, 40) == 8 * 30 / part.size
    assert stray_ink(part, 2.0, [WORD], 40, 40) == 0
