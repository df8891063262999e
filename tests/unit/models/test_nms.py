"""Suppression of boxes that repeat each other."""

import numpy as np
import pytest

from pipeline.models.nms import overlaps, suppress

BOXES = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [0, 0, 10, 5]], dtype=np.float32)


def test_overlap_is_intersection_over_union() -> None:
    assert overlaps(BOXES[0], BOXES).tolist() == pytest.approx([1, 90 / 110, 0, 0.5])


def test_the_best_of_boxes_that_overlap_more_than_the_limit_is_kept() -> None:
    scores = np.array([0.6, 0.9, 0.5, 0.4], dtype=np.float32)
    assert suppress(BOXES, scores, 0.5) == [1, 2, 3]
    assert suppress(BOXES, scores, 0.4) == [1, 2]
    assert suppress(BOXES, scores, 0.9) == [1, 0, 2, 3]


def test_boxes_without_area_overlap_nothing() -> None:
    points = np.zeros((2, 4), dtype=np.float32)
    assert suppress(points, np.array([0.5, 0.6], dtype=np.float32), 0.1) == [1, 0]
    assert suppress(np.empty((0, 4), dtype=np.float32), np.empty(0, dtype=np.float32), 0.5) == []
