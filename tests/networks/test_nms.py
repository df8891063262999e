"""Suppression of boxes that repeat each other."""

import numpy as np

from pipeline.models.nms import suppress

BOXES = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [0, 0, 10, 5]], dtype=np.float32)


def test_the_best_of_boxes_that_overlap_more_than_the_limit_is_kept() -> None:
    scores = np.array([0.6, 0.9, 0.5, 0.4], dtype=np.float32)
    assert suppress(BOXES, scores, 0.5) == [1, 2, 3]
    assert suppress(BOXES, scores, 0.4) == [1, 2]
    assert suppress(BOXES, scores, 0.9) == [1, 0, 2, 3]


def test_a_box_without_area_takes_no_other_box_with_it() -> None:
    boxes = np.vstack([np.zeros((1, 4), dtype=np.float32), BOXES[:1]])
    assert suppress(boxes, np.array([0.6, 0.5], dtype=np.float32), 0.1) == [0, 1]
    assert suppress(np.empty((0, 4), dtype=np.float32), np.empty(0, dtype=np.float32), 0.5) == []


def test_the_limit_is_intersection_over_union() -> None:
    scores = np.array([0.9, 0.6], dtype=np.float32)
    assert suppress(BOXES[:2], scores, 90 / 110 - 0.01) == [0]
    assert suppress(BOXES[:2], scores, 90 / 110 + 0.01) == [0, 1]
